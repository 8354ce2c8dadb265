"""Joining from a poster: phone and name, the code, each consent for itself, and the gift."""

import pytest
from django.test import Client

from campaigns import reacting
from campaigns.models import CodeMessage
from events import clock
from events.models import Event
from loyalty.models import Store
from members.models import Consent, Member
from rewards.models import Voucher
from tests.portal.conftest import PHONE, code_for

NEW, NEW_E164 = "0903 111 222", "+84903111222"


@pytest.fixture
def poster(shop) -> str:
    """The address in the QR of the store's poster."""
    return f"/join/{shop.store.code}"


def proved(poster: str, *, phone: str = NEW, name: str = "Lê Ngọc Mai", client: Client | None = None) -> Client:
    """Somebody who came by the poster and typed the right code."""
    browser = client or Client()
    assert browser.post(poster, {"phone": phone, "name": name}).status_code == 302
    browser.post("/me/code", {"code": code_for(NEW_E164 if phone == NEW else "+84912345678")})
    return browser


YES = {"programme": "yes", "terms": "yes", "name": "Lê Ngọc Mai"}


def test_a_poster_leads_to_a_card_in_three_steps(poster, shop):
    browser = proved(poster)
    answer = browser.post("/me/joining", {**YES, "marketing": "yes", "birthday": "20/5", "source": "friend"})
    assert answer["Location"] == "/me/welcome"
    mai = Member.objects.get(identifiers__value=NEW_E164)
    assert (mai.name, mai.call_name, mai.birth_day, mai.birth_month) == ("Lê Ngọc Mai", "Mai", 20, 5)
    assert (mai.joined_via, mai.joined_store_id, mai.joined_source) == ("portal", shop.store.pk, "friend")
    assert "Chào mừng Mai!" in browser.get("/me/welcome").content.decode()
    assert browser.get("/me/").status_code == 200


def test_each_consent_is_written_with_the_text_that_was_shown(poster):
    browser = proved(poster)
    page = browser.get("/me/joining").content.decode()
    assert "Tôi đồng ý nhận tin ưu đãi và quảng cáo" in page
    assert "checked" not in page  # nothing is ticked before
    browser.post("/me/joining", {**YES, "marketing": "yes"})
    said = Consent.objects.filter(member__identifiers__value=NEW_E164).order_by("purpose")
    assert [(one.purpose, one.text_id, one.granted, one.how) for one in said] == [
        ("marketing", "marketing-1", True, "portal"),
        ("programme", "programme-1", True, "portal"),
    ]


@pytest.mark.parametrize("missing", ["programme", "terms", "name"])
def test_without_the_terms_or_the_programme_nobody_becomes_a_member(poster, missing):
    browser = proved(poster)
    answer = browser.post("/me/joining", {**YES, missing: ""})
    assert answer.status_code == 422
    assert not Member.objects.filter(identifiers__value=NEW_E164).exists()


def test_the_gift_is_in_the_account_while_the_page_looks(poster, shop):
    browser = proved(poster)
    browser.post("/me/joining", YES)
    looking = browser.get("/me/welcome").content.decode()
    assert "Đang lấy quà chào mừng của bạn" in looking
    reacting.react(event=Event.objects.get(type="member.joined"))
    shop.at = clock.now()
    shop.dispatch()
    assert Voucher.objects.count() == 1
    found = browser.get("/me/welcome/gift?looked=1").content.decode()
    assert "Quà chào mừng đã ở trong thẻ của bạn" in found
    assert "hx-get" not in found


def test_the_page_looks_for_some_seconds_and_then_says_that_the_gift_will_come(poster):
    browser = proved(poster)
    browser.post("/me/joining", YES)
    for looked in ("15", "999", "1' OR 1=1", "-1", "٣"):
        page = browser.get("/me/welcome/gift", {"looked": looked}).content.decode()
        assert "trong ít phút nữa" in page, looked
    assert "looked=15" in browser.get("/me/welcome/gift?looked=14").content.decode()


def test_a_member_who_comes_by_the_poster_is_signed_in_and_asked_nothing_again(poster, lan):
    browser = Client()
    browser.post(poster, {"phone": PHONE, "name": "Ai Đó"})
    answer = browser.post("/me/code", {"code": code_for()})
    assert answer["Location"] == "/me/joining"
    assert "Số này đã có thẻ thành viên" in browser.get("/me/joining").content.decode()
    assert browser.post("/me/joining", {"whose": "mine"})["Location"] == "/me/"
    assert "Lan" in browser.get("/me/").content.decode()
    lan.refresh_from_db()
    assert lan.name == "Nguyễn Thị Lan"


def test_a_stranger_at_the_poster_does_not_learn_who_is_a_member(poster, lan):
    begun = [Client().post(poster, {"phone": phone, "name": "Ai Đó"}) for phone in (PHONE, NEW)]
    assert {(page.status_code, page["Location"]) for page in begun} == {(302, "/me/code")}
    assert CodeMessage.objects.count() == 2


def test_nothing_is_written_of_somebody_who_never_typed_the_code(poster):
    browser = Client()
    browser.post(poster, {"phone": NEW, "name": "Lê Ngọc Mai"})
    answer = browser.post("/me/joining", YES)
    assert answer["Location"] == "/me/sign-in"
    assert not Member.objects.exists()


def test_the_button_pressed_twice_makes_one_member(poster):
    browser = proved(poster)
    second = Client()
    second.cookies["member"] = browser.cookies["member"].value
    assert browser.post("/me/joining", YES)["Location"] == "/me/welcome"
    second.post("/me/joining", YES)
    assert Member.objects.filter(identifiers__value=NEW_E164).count() == 1


def test_a_proof_of_half_an_hour_ago_makes_nobody_a_member(poster, clock):
    browser = proved(poster)
    clock.forward(minutes=31)
    assert browser.post("/me/joining", YES)["Location"] == "/me/sign-in"


def test_without_a_store_one_joins_the_business_itself(shop):
    browser = proved("/join/")
    browser.post("/me/joining", YES)
    assert Member.objects.get(identifiers__value=NEW_E164).joined_store_id is None


def test_a_closed_or_unknown_store_has_no_page(client, shop):
    assert client.get("/join/nowhere").status_code == 404
    Store.objects.filter(pk=shop.store.pk).update(closed=True)
    assert client.get(f"/join/{shop.store.code}").status_code == 404


@pytest.mark.parametrize("birthday", ["31/2", "20/5/1850", "hôm qua", "32/13", "20/5/2090"])
def test_a_birthday_that_cannot_be_is_asked_again(poster, birthday):
    browser = proved(poster)
    assert browser.post("/me/joining", {**YES, "birthday": birthday}).status_code == 422
    assert not Member.objects.filter(identifiers__value=NEW_E164).exists()
