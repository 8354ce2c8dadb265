"""What a member tells the shop: of a visit, in a survey, in a case; and whom they may turn to."""

from uuid import uuid4

import pytest

from events import clock
from members import changing
from members.models import Case, Feedback, Survey, SurveyReply
from members.relationship import cases, surveys, terms
from tests.dashboard.conftest import hire
from tests.portal.conftest import sign_in

HOA = "+84987654321"


@pytest.fixture(autouse=True)
def _terms(db):
    terms.found()


def test_a_visit_is_asked_about_and_judged_once(lans, lan, shop):
    bill = shop.sell(shop.bill(50_000), lan).purchase
    address = f"/me/feedback/{bill.id}"
    assert address in lans.get("/me/").content.decode()
    assert lans.post(address, {"score": "9", "comment": "Cà phê ngon"}).status_code == 302
    assert lans.post(address, {"score": "1"}).status_code == 302
    said = Feedback.objects.get(purchase_id=bill.id)
    assert (said.score, said.comment, said.via, said.store_id) == (9, "Cà phê ngon", "portal", shop.store.pk)
    assert address not in lans.get("/me/").content.decode()
    assert "Bạn đã góp ý lần ghé này" in lans.get(address).content.decode()


@pytest.mark.parametrize("score", ["", "11", "-1", "1.5", "９", "x"])
def test_a_score_is_a_number_from_0_to_10(lans, lan, shop, score):
    bill = shop.sell(shop.bill(50_000), lan).purchase
    assert lans.post(f"/me/feedback/{bill.id}", {"score": score}).status_code == 422
    assert not Feedback.objects.exists()


def test_nobody_judges_somebody_elses_visit(lans, hoa, shop):
    bill = shop.sell(shop.bill(50_000), hoa).purchase
    guest = shop.sell(shop.bill(50_000)).purchase
    for other in (bill.id, guest.id, uuid4()):
        assert lans.get(f"/me/feedback/{other}").status_code == 404
        assert lans.post(f"/me/feedback/{other}", {"score": "1"}).status_code == 404
    assert not Feedback.objects.exists()


def test_a_case_is_opened_answered_and_answered_again(lans, lan):
    token = str(uuid4())
    for _ in range(2):  # a button pressed twice
        lans.post("/me/help", {"kind": "complaint", "words": "Bánh hơi khô.\nMong cửa hàng xem lại.", "token": token})
    case = Case.objects.get(member=lan)
    assert (case.kind, case.via, case.subject) == ("complaint", "portal", "Bánh hơi khô.")
    cases.answer(case_id=case.pk, words="Xin lỗi chị Lan.", by="user:1", at=clock.now())
    cases.answer(case_id=case.pk, words="Chỉ nội bộ: khách quen", internal=True, by="user:1", at=clock.now())
    page = lans.get(f"/me/help/{case.pk}").content.decode()
    assert "Xin lỗi chị Lan." in page and "nội bộ" not in page
    lans.post(f"/me/help/{case.pk}", {"words": "Cảm ơn.", "token": str(uuid4())})
    case.refresh_from_db()
    assert case.state == "open"
    assert "Cảm ơn." in lans.get(f"/me/help/{case.pk}").content.decode()


def test_a_case_is_its_members_alone(lans, lan, hoa):
    lans.post("/me/help", {"kind": "question", "words": "Mấy giờ mở cửa?", "token": str(uuid4())})
    case = Case.objects.get()
    hoas = sign_in(HOA)
    assert hoas.get(f"/me/help/{case.pk}").status_code == 404
    assert hoas.post(f"/me/help/{case.pk}", {"words": "x", "token": str(uuid4())}).status_code == 404
    assert "Mấy giờ mở cửa" not in hoas.get("/me/help").content.decode()


@pytest.mark.parametrize("wrong", [{"words": ""}, {"words": "  \u200b "}, {"kind": "x"}, {"token": "x"},
                                   {"words": "a" * 4001}])  # fmt: skip
def test_a_case_without_words_is_not_opened(lans, wrong):
    told = {"kind": "question", "words": "Mấy giờ mở cửa?", "token": str(uuid4()), **wrong}
    assert lans.post("/me/help", told).status_code == 422
    assert not Case.objects.exists()


def test_the_contact_person_stands_on_the_page(lans, lan, shop):
    minh = hire("minh", "cashier")
    minh.first_name, minh.last_name, minh.phone = "Minh", "Lê Văn", "0908 000 999"
    minh.save()
    minh.is_staff = True
    minh.save()
    changing.appoint(member_id=lan.pk, user_id=minh.pk, by="user:1", at=clock.now())
    page = lans.get("/me/help").content.decode()
    assert "Lê Văn Minh" in page and 'href="tel:0908 000 999"' in page


QUESTIONS = [
    {"key": "drink", "kind": "choice", "text_vi": "Bạn thích gì?", "text_en": "What do you like?", "required": True,
     "options": [{"key": "tea", "text_vi": "Trà", "text_en": "Tea", "tag": "likes-tea"},
                 {"key": "coffee", "text_vi": "Cà phê", "text_en": "Coffee", "tag": ""}]},
    {"key": "score", "kind": "scale", "text_vi": "Chỗ ngồi?", "text_en": "The seats?", "required": False},
]  # fmt: skip


def test_a_survey_is_answered_once(lans, lan, shop):
    survey = Survey.objects.create(
        title_vi="Gu của bạn", title_en="Your taste", questions=QUESTIONS, created_at=shop.at, created_by="user:1"
    )
    surveys.publish(survey_id=survey.pk, by="user:1", at=shop.at)
    assert "Gu của bạn" in lans.get("/me/").content.decode()
    assert "Bạn thích gì?" in lans.get(f"/me/surveys/{survey.pk}").content.decode()
    assert lans.post(f"/me/surveys/{survey.pk}", {"q-score": "3"}).status_code == 422
    assert lans.post(f"/me/surveys/{survey.pk}", {"q-drink": "tea", "q-score": "0"}).status_code == 302
    assert SurveyReply.objects.get(member=lan).answers == {"drink": "tea", "score": 0}
    assert lans.get(f"/me/surveys/{survey.pk}").status_code == 404
    assert "Gu của bạn" not in lans.get("/me/").content.decode()
