"""A member's page and what passes between members and the shop, through the pages' own forms."""

import re
from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboard import access
from dashboard.admin.staff import NOUN_WORDS
from events.models import Event
from loyalty import queries
from loyalty.look import words
from loyalty.models import Store
from members import tagging
from members.models import Case, CaseTerms, FeedbackTerms, Member, Note, StoreContact, Survey, Voice
from members.relationship import cases, contacts, feedback, notes, surveys, voices
from rewards import founding
from rewards.models import Voucher
from tests.dashboard.test_pages import text_of

HTMX = {"HX-Request": "true"}
SECTIONS = ("now", "account", "purchases", "vouchers", "cases", "notes", "profile")


def of(lan: Member, name: str) -> str:
    return reverse(f"admin:members_member_{name}", args=[lan.pk])


@pytest.fixture
def complaint(lan, shop, till) -> Case:
    return cases.open(
        member_id=lan.pk,
        kind="complaint",
        words="Cà phê nguội ngắt.",
        via="portal",
        store_id=shop.pk,
        by=f"member:{lan.pk}",
        at=till.at,
    )


def test_every_noun_of_the_matrix_has_its_word():
    assert set(NOUN_WORDS) == set(access.MATRIX)


# --- one member ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_asks_a_handful_of_queries_however_much_happened(admin, lan, till, complaint, section):
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert admin.get(of(lan, "section"), {"tab": section}, headers=HTMX).status_code == 200
        assert not [q["sql"] for q in seen if "COUNT(" in q["sql"].upper()]
        return len(seen)

    before = asked()
    for day in range(20):
        till.sell(till.bill(58_000, 12_000, occurred_at=till.at - timedelta(days=day % 7, minutes=day)), lan)
        notes.add(member_id=lan.pk, text=f"ghi chú {day}", author_id=None, by="user:1", at=till.at)
        cases.open(member_id=lan.pk, kind="wish", words="x", via="portal", by="user:1", at=till.at)
    assert before <= 18
    # lines of bills and what events point to are fetched once for all
    assert asked() <= before + 3


def test_the_whole_page_asks_few_queries(admin, lan, till, complaint):
    till.sell(till.bill(105_000), lan)
    with CaptureQueriesContext(connection) as seen:
        page = text_of(admin.get(of(lan, "change")))
    assert len(seen) < 45
    assert "Gọi là" in page and "1 phiếu chưa đóng" in page
    assert "no-store" in admin.get(of(lan, "change"))["Cache-Control"]


def test_the_timeline_goes_back_page_by_page_and_says_why_there_were_points(admin, lan, till):
    for number in range(20):
        bill = till.bill(105_000, receipt=f"HD{number:04}", occurred_at=till.at - timedelta(hours=number + 1))
        till.sell(bill, lan)
    first = text_of(admin.get(of(lan, "section"), headers=HTMX))
    assert "HD0000" in first and "HD0014" in first and "HD0015" not in first
    assert "+10 điểm: mỗi 10.000 ₫ được 1 điểm" in first.replace("\xa0", " ")
    before = re.search(r'section/\?before=([^"&]+)"', first)[1]
    older = text_of(admin.get(f"{of(lan, 'section')}?before={before}", headers=HTMX))
    assert "HD0015" in older and "HD0019" in older and "HD0014" not in older and "<nav" not in older
    for nonsense in ("x", "2026-13-40", "0001-01-01T00:00:00Z", "\x00"):
        assert admin.get(of(lan, "section"), {"before": nonsense}, headers=HTMX).status_code == 200


def test_what_staff_do_shows_at_once_without_leaving_the_page(signed_in, lan, staff, till):
    founding.found(at=till.at)
    quân = signed_in(access.MARKETER)

    def do(name: str, /, **data) -> str:
        assert "<form" in text_of(quân.get(of(lan, name), headers=HTMX))
        page = text_of(quân.post(of(lan, name), data, headers=HTMX))
        assert page.lstrip().startswith('<div id="member"'), page[:300]
        return page

    assert "Dị ứng sữa." in do("add_note", text="Dị ứng sữa.", seen_by="everybody", token=uuid4(), tab="notes")
    assert "1 phiếu chưa đóng" in do("open_case", kind="wish", words="Thêm sữa hạt", token=uuid4())
    assert "quân" in do("appoint", contact_person=staff[access.MARKETER].pk)
    assert "di-ung-sua" in do("add_tag", key="di-ung-sua")
    assert ">50<" in do("adjust_points", points="50", reason="quà xin lỗi")
    do("give_voucher", key="welcome", reason="đợi lâu", token=uuid4())
    page = do(
        "edit_profile",
        name="Nguyễn Thị Hồng Lan",
        honorific="chị",
        birth_day="8",
        birth_month="3",
        birth_calendar="solar",
        locale="vi",
    )
    assert "Nguyễn Thị Hồng Lan" in page and "chị Lan" in page
    lan.refresh_from_db()
    assert (lan.birth_day, lan.birth_month, lan.birth_year) == (8, 3, None)
    assert queries.balance(lan.pk, at=till.at + timedelta(hours=1)).available == 50
    assert Voucher.objects.count() == Case.objects.count() == Note.objects.count() == 1
    assert tagging.keys_of(member_id=lan.pk, at=till.at + timedelta(hours=1)) == {"di-ung-sua"}
    by = f"user:{staff[access.MARKETER].pk}"
    assert not Event.objects.filter(member_id=lan.pk, by=by).filter(type="member.joined").exists()
    told = set(Event.objects.filter(member_id=lan.pk, by=by).values_list("type", flat=True))
    assert {"note.added", "case.opened", "member.changed", "label.given", "points.adjusted", "voucher.issued"} <= told


def test_a_form_that_was_refused_comes_back_with_the_words_why(admin, lan):
    for name, data, why in (
        ("add_note", {"text": " ", "seen_by": "office", "token": uuid4()}, "bắt buộc"),
        ("add_tag", {"key": "Có Dấu"}, "Nhãn chỉ gồm"),
        ("adjust_points", {"points": "99999999", "reason": "x"}, "Vượt giới hạn"),
        ("edit_profile", {"name": "Lan", "birth_day": "31", "birth_month": "2", "locale": "vi"}, "Không có ngày sinh"),
    ):
        answer = admin.post(of(lan, name), data, headers=HTMX)
        assert answer["HX-Retarget"] == "#panel", name
        assert why in text_of(answer), name
    assert not Note.objects.exists()


def test_notes_are_pinned_and_taken_away_and_anothers_own_are_not_there(admin, lan, staff, till):
    hers = notes.add(
        member_id=lan.pk, text="riêng", author_id=staff[access.MARKETER].pk, seen_by="author", by="x", at=till.at
    )
    ours = notes.add(member_id=lan.pk, text="chung", author_id=None, by="x", at=till.at)
    assert "riêng" not in text_of(admin.get(of(lan, "section"), {"tab": "notes"}, headers=HTMX))
    assert "Bỏ ghim" in text_of(
        admin.post(of(lan, "note"), {"note": ours.pk, "do": "pin", "tab": "notes"}, headers=HTMX)
    )
    assert admin.post(of(lan, "note"), {"note": hers.pk, "do": "remove"}, headers=HTMX).status_code == 404
    assert admin.post(of(lan, "note"), {"note": "nonsense", "do": "remove"}, headers=HTMX).status_code == 404
    page = text_of(admin.post(of(lan, "note"), {"note": ours.pk, "do": "remove", "tab": "notes"}, headers=HTMX))
    assert "chung" not in page


def test_numbers_are_shown_in_full_to_the_own_manager_and_it_is_written_down(signed_in, lan, shop, staff):
    assert signed_in(access.MARKETER).post(of(lan, "show_identifiers"), headers=HTMX).status_code == 403
    mai = signed_in(access.MANAGER)
    assert mai.post(of(lan, "show_identifiers"), headers=HTMX).status_code == 403, "not of her store"
    Member.objects.filter(pk=lan.pk).update(home_store_id=shop.pk)
    assert "+84912345678" not in text_of(mai.get(of(lan, "section"), {"tab": "profile"}, headers=HTMX))
    assert "+84912345678" in text_of(mai.post(of(lan, "show_identifiers"), headers=HTMX))
    shown = Event.objects.get(type="identifiers.shown")
    assert (shown.member_id, shown.by) == (lan.pk, f"user:{staff[access.MANAGER].pk}")
    assert "912345678" not in str(shown.data)


def test_a_note_and_a_name_are_text_and_never_markup(admin, lan, till):
    bad = "<script>alert(1)</script>\"'{{7*7}}"
    Member.objects.filter(pk=lan.pk).update(name=bad, call_name=bad)
    notes.add(member_id=lan.pk, text=bad, author_id=None, by="x", at=till.at)
    case = cases.open(member_id=lan.pk, kind="wish", subject=bad, words=bad, via="portal", by="x", at=till.at)
    cases.answer(case_id=case.pk, words=bad, by="x", at=till.at)
    pages = [text_of(admin.get(of(lan, "change"), {"tab": section})) for section in SECTIONS]
    pages += [text_of(admin.get(reverse("admin:members_case_change", args=[case.pk])))]
    pages += [text_of(admin.get(reverse("admin:members_case_changelist"), {"which": "all"}))]
    for page in pages:
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


# --- cases -----------------------------------------------------------------------------------------------------------


def take(browser, case: Case, step: str, **data):
    return browser.post(
        reverse("admin:members_case_change", args=[case.pk]), {"step": step, "token": uuid4()} | data, headers=HTMX
    )


def test_a_case_is_answered_handed_on_closed_and_opened_again_on_its_page(signed_in, staff, complaint):
    mai = signed_in(access.MANAGER)
    page = text_of(mai.get(reverse("admin:members_case_change", args=[complaint.pk])))
    assert "Cà phê nguội ngắt." in page
    assert f"{words.WEEKDAYS[timezone.localtime(complaint.answer_due_at).weekday()]} " in page
    assert "Xin lỗi chị." in text_of(take(mai, complaint, "answer", words="Xin lỗi chị."))
    assert "Hỏi bếp." in text_of(take(mai, complaint, "internal", words="Hỏi bếp."))
    assert "quân" in text_of(take(mai, complaint, "assign", owner=staff[access.MARKETER].pk))
    closed = take(mai, complaint, "close", reason="solved", words="Cảm ơn chị.")
    assert closed["HX-Trigger"] == "case-changed"
    assert "Đã xử lý xong" in text_of(closed)
    again = text_of(take(mai, complaint, "answer", words="Còn gì nữa không?"))
    assert "Phiếu đã đóng" in again or "Mở lại" in again
    assert "chờ trả lời" in text_of(take(mai, complaint, "reopen", words="Khách gọi lại."))
    complaint.refresh_from_db()
    assert (complaint.state, complaint.reopened, complaint.owner) == ("open", 1, staff[access.MARKETER])
    assert "Khách gọi lại." in text_of(mai.get(reverse("admin:members_case_change", args=[complaint.pk])))


def test_an_apology_on_the_page_gives_and_a_refused_one_says_why(signed_in, lan, till, complaint):
    founding.found(at=till.at)
    quân = signed_in(access.MARKETER)
    assert "Vượt giới hạn" in text_of(take(quân, complaint, "apologise", points="1001", words="Xin lỗi"))
    assert "Chọn số điểm hoặc voucher" in text_of(take(quân, complaint, "apologise", words="Xin lỗi"))
    page = text_of(take(quân, complaint, "apologise", points="30", voucher="welcome", words="Xin lỗi chị."))
    assert "+30 điểm" in page
    assert Voucher.objects.get().member_id == lan.pk
    mai = text_of(signed_in(access.MANAGER).get(reverse("admin:members_case_change", args=[complaint.pk])))
    assert 'name="points"' in mai and 'name="voucher"' not in mai, "a manager gives points, no vouchers"


def test_nobody_apologises_to_themselves(admin, lan, staff, complaint):
    Member.objects.filter(pk=lan.pk).update(user=staff[access.ADMIN])
    assert take(admin, complaint, "apologise", points="30", words="Xin lỗi").status_code == 403
    assert take(admin, complaint, "dance", words="x").status_code == 403


def test_each_sees_the_cases_that_are_theirs_to_see(signed_in, lan, shop, till, complaint):
    elsewhere = Store.objects.get(code="Q3")
    far = cases.open(
        member_id=lan.pk, kind="wish", words="Ở quận 3", via="portal", store_id=elsewhere.pk, by="x", at=till.at
    )
    mai = signed_in(access.MANAGER)
    assert "Ở quận 3" not in text_of(mai.get(reverse("admin:members_case_changelist")))
    assert mai.get(reverse("admin:members_case_change", args=[far.pk])).status_code == 302
    assert take(mai, far, "answer", words="x").status_code == 403
    ánh = signed_in(access.ANALYST)
    for address in (
        reverse("admin:members_case_changelist"),
        reverse("admin:members_case_change", args=[complaint.pk]),
    ):
        page = text_of(ánh.get(address))
        assert "Lan" not in page and "nguội" not in page
    assert take(ánh, complaint, "answer", words="x").status_code == 403


def test_the_tabs_of_the_list_choose(admin, staff, lan, till, complaint):
    def listed(which: str) -> bool:
        return "Cà phê nguội ngắt." in text_of(admin.get(reverse("admin:members_case_changelist"), {"which": which}))

    assert [which for which in ("open", "mine", "late", "nobody", "closed", "all") if listed(which)] == [
        "open",
        "nobody",
        "all",
    ]
    cases.assign(case_id=complaint.pk, user_id=staff[access.ADMIN].pk, by="x", at=till.at)
    assert listed("mine") and not listed("nobody")
    Case.objects.filter(pk=complaint.pk).update(answer_due_at=till.at - timedelta(hours=1))
    assert listed("late")
    badge = text_of(admin.get(reverse("admin:index")))
    assert re.search(r"Phiếu hỗ trợ.{0,600}?>\s*1\s*<", badge, re.DOTALL), "the menu says what needs a hand"
    assert admin.get(reverse("admin:members_case_changelist"), {"store": "9" * 30}).status_code == 200


def test_staff_set_the_times_the_reasons_and_what_a_low_score_does(signed_in, shop, staff):
    quân = signed_in(access.MARKETER)
    quân.post(
        reverse("admin:members_caseterms_change", args=["complaint"]),
        {"answer_hours": "2", "close_hours": "24", "reopen_days": "7", "opens": "07:30", "closes": "22:00"},
    )
    terms = CaseTerms.objects.get(pk="complaint")
    assert (terms.answer_hours, terms.close_hours, terms.reopen_days) == (2, 24, 7)
    assert (terms.opens, terms.closes) == (time(7, 30), time(22))
    quân.post(reverse("admin:members_feedbackterms_change", args=[1]), {"opens_case_at_most": "3"})
    rule = FeedbackTerms.objects.get()
    assert (rule.opens_case, rule.opens_case_at_most) == (False, 3)
    added = {"store_id": shop.pk, "person": staff[access.MANAGER].pk}
    assert quân.post(reverse("admin:members_storecontact_add"), added).status_code == 302
    assert contacts.of_stores() == {shop.pk: staff[access.MANAGER]}
    quân.post(reverse("admin:members_storecontact_change", args=[shop.pk]), {"person": ""})
    assert StoreContact.objects.get().person is None


# --- feedback, surveys, recommendations ------------------------------------------------------------------------------


def test_the_score_stands_beside_its_interval_and_its_definition(admin, signed_in, shop, till):
    for score in (10, 10, 9, 7, 2):
        someone = till.member()
        feedback.give(
            member_id=someone.pk, score=score, comment="Ngon.", store_id=shop.pk, via="link", by="x", at=till.at
        )
    page = text_of(admin.get(reverse("admin:members_feedback_changelist")))
    assert "+40" in page and "Khoảng tin cậy" in page and "NPS = phần trăm chấm 9–10" in page
    assert "Chưa đủ dữ liệu" in page
    assert page.count("Ngon.") == 5
    assert "Ngon." not in text_of(signed_in(access.ANALYST).get(reverse("admin:members_feedback_changelist")))
    shown = text_of(admin.get(reverse("admin:members_feedback_changelist"), {"days": "30", "group": "detractor"}))
    assert "+40" in shown and shown.count("Ngon.") == 1


def test_a_survey_is_written_published_answered_and_counted(admin, signed_in, lan, till):
    draft = {
        "title_vi": "Gu của bạn",
        "title_en": "Your taste",
        "q1_kind": "choice",
        "q1_vi": "Bạn hay uống gì?",
        "q1_en": "What do you drink?",
        "q1_required": "on",
        "q1_options": "Cà phê | Coffee | thich:ca-phe\nTrà | Tea",
        "q2_kind": "scale",
        "q2_vi": "Hài lòng?",
        "q2_en": "Happy?",
    }
    wrong = admin.post(reverse("admin:members_survey_add"), draft | {"q1_options": "Cà phê"})
    assert "từ 2 đến 12 lựa chọn" in text_of(wrong)
    assert "Nhãn chỉ gồm" in text_of(
        admin.post(reverse("admin:members_survey_add"), draft | {"q1_options": "A | A | Có Dấu\nB"})
    )
    assert admin.post(reverse("admin:members_survey_add"), draft).status_code == 302
    survey = Survey.objects.get()

    def of_survey(name: str) -> str:
        return reverse(f"admin:members_survey_{name}", args=[survey.pk])

    assert "Cà phê | Coffee | thich:ca-phe" in text_of(admin.get(of_survey("change")))
    assert "Bạn hay uống gì?" in text_of(admin.get(of_survey("preview")))
    assert surveys.open_for(member_id=lan.pk, at=till.at) == []
    assert admin.post(of_survey("publish")).status_code == 302
    later = till.at + timedelta(minutes=1)
    surveys.answer(
        survey_id=survey.pk, member_id=lan.pk, answers={"q1": "ca-phe", "q2": 9}, via="portal", by="x", at=later
    )
    results = text_of(admin.get(of_survey("results")))
    assert "1 người trả lời" in results and "trung bình 9,0" in results
    assert admin.post(of_survey("stop")).status_code == 302
    assert surveys.open_for(member_id=till.member().pk, at=later + timedelta(hours=1)) == []
    assert "Kết quả" in text_of(signed_in(access.ANALYST).get(of_survey("results")))


def test_a_recommendation_is_shown_after_somebody_has_approved_it(admin, lan, staff, till):
    voice = voices.give(member_id=lan.pk, text="Ngon nhất phố.", consent_text="voice-1", by="x", at=till.at)
    assert "voice-1" in text_of(admin.get(reverse("admin:members_voice_change", args=[voice.pk])))
    later = till.at + timedelta(hours=1)
    assert voices.shown(at=later) == []
    assert admin.post(reverse("admin:members_voice_approve", args=[voice.pk])).status_code == 302
    assert [one.text for one in voices.shown(at=later)] == ["Ngon nhất phố."]
    assert admin.post(reverse("admin:members_voice_refuse", args=[voice.pk]), {"reason": "hết hạn"}).status_code == 302
    assert voices.shown(at=later) == []
    assert Voice.objects.get().decided_by == staff[access.ADMIN]
