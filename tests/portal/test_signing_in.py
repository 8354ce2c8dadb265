"""Signing in by a one-time code, and what a session of a member is and is not."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.models import CodeMessage
from members import changing
from members.models import Identifier, Member, User
from portal import sessions
from tests.dashboard.conftest import hire
from tests.portal.conftest import E164, PHONE, code_for, sign_in

OTHER = "0909 000 111"


def test_a_member_signs_in_by_the_code_that_was_sent(client, lan):
    answer = client.post("/me/sign-in", {"phone": PHONE, "own_phone": "yes"})
    assert answer.status_code == 302
    answer = client.post("/me/code", {"code": code_for()})
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    page = client.get("/me/").content.decode()
    assert "Lan" in page
    lan.refresh_from_db()
    assert lan.user is not None and not lan.user.is_staff and not lan.user.has_usable_password()
    assert Identifier.objects.get(member=lan, kind="phone").verified_at is not None


def test_the_same_member_has_one_user_however_often_they_sign_in(lan):
    sign_in()
    CodeMessage.objects.all().delete()
    sign_in()
    assert User.objects.filter(username__startswith="member-").count() == 1


def test_known_and_unknown_phones_are_answered_alike(lan):
    """Until the code is proved, every byte, header and row is the same but for the phone itself."""
    answers = []
    for phone in (PHONE, OTHER):
        browser = Client()
        begun = browser.post("/me/sign-in", {"phone": phone})
        shown = browser.get("/me/code")
        wrong = browser.post("/me/code", {"code": "000000"})
        tidy = [page.content.decode().replace("091•••5678", "•").replace("090•••0111", "•") for page in (shown, wrong)]
        answers.append((begun.status_code, begun["Location"], wrong.status_code, *map(_without_tokens, tidy)))
    assert answers[0] == answers[1]
    assert CodeMessage.objects.count() == 2


def test_known_and_unknown_phones_cost_the_same_queries(lan):
    counts = []
    for phone in (PHONE, OTHER):
        browser = Client()
        browser.get("/me/sign-in")
        with CaptureQueriesContext(connection) as counted:
            browser.post("/me/sign-in", {"phone": phone})
            browser.post("/me/code", {"code": "000000"})
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_a_stranger_with_a_proved_phone_is_led_to_joining(client, shop):
    client.post("/me/sign-in", {"phone": OTHER})
    answer = client.post("/me/code", {"code": code_for("+84909000111")})
    assert answer["Location"] == "/me/joining"
    assert "Bạn đồng ý những gì?" in client.get("/me/joining").content.decode()
    assert not Member.objects.filter(identifiers__value="+84909000111").exists()


def test_five_wrong_codes_are_the_end_of_a_code(client, lan):
    client.post("/me/sign-in", {"phone": PHONE})
    right = code_for()
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(5):
        assert client.post("/me/code", {"code": wrong}).status_code == 422
    answer = client.post("/me/code", {"code": right})
    assert answer.status_code == 422
    assert "Hãy lấy mã mới" in answer.content.decode()
    assert client.get("/me/").status_code == 302


def test_codes_for_one_phone_are_limited(client, lan):
    for _ in range(3):
        assert client.post("/me/sign-in", {"phone": PHONE}).status_code == 302
    answer = client.post("/me/sign-in", {"phone": PHONE})
    assert answer.status_code == 422
    assert "Quá nhiều lần" in answer.content.decode()
    assert CodeMessage.objects.count() == 3


@pytest.mark.parametrize("phone", ["", "abc", "12", "0" * 60, "٠٩١٢٣٤٥٦٧٨", "<script>"])
def test_what_is_no_phone_is_said_so_and_sends_nothing(client, shop, phone):
    answer = client.post("/me/sign-in", {"phone": phone})
    assert answer.status_code == 422
    assert "Không đọc được số điện thoại này" in answer.content.decode()
    assert not CodeMessage.objects.exists()


def test_the_code_is_on_the_page_only_in_a_demonstration(client, lan, settings):
    client.post("/me/sign-in", {"phone": PHONE})
    assert code_for() not in client.get("/me/code").content.decode()
    settings.MODE = "demo"
    client.post("/me/sign-in", {"phone": PHONE})
    assert code_for() in client.get("/me/code").content.decode()


def test_where_no_message_can_be_sent_the_page_says_so(client, lan, settings):
    settings.MESSAGE_PROVIDERS = {}
    answer = client.post("/me/sign-in", {"phone": PHONE})
    assert answer.status_code == 422
    assert "chưa gửi được tin nhắn" in answer.content.decode()


# --- the session ------------------------------------------------------------------------------------------------------


def test_the_key_of_the_session_changes_when_somebody_signs_in(client, lan):
    client.post("/me/sign-in", {"phone": PHONE})
    before = client.cookies[sessions.COOKIE].value
    client.post("/me/code", {"code": code_for()})
    after = client.cookies[sessions.COOKIE]
    assert after.value != before
    assert after["httponly"] and after["samesite"] == "Lax"
    assert not Session.objects.filter(session_key=before).exists()


def test_on_ones_own_phone_the_session_lasts_ninety_days(lan):
    own = sign_in().cookies[sessions.COOKIE]
    borrowed = sign_in(own_phone="").cookies[sessions.COOKIE]
    assert int(own["max-age"]) == 90 * 24 * 3600
    assert int(borrowed["max-age"]) == 3600


def test_a_members_session_opens_nothing_of_the_staffs(lans):
    for page in ("/admin/", "/admin/members/member/", "/accounts/password/", "/accounts/2fa/"):
        answer = lans.get(page)
        assert answer.status_code == 302 and "login" in answer["Location"], page
    # nor does its key, carried by hand into the cookie of staff
    lans.cookies[settings.SESSION_COOKIE_NAME] = lans.cookies[sessions.COOKIE].value
    for page in ("/admin/", "/accounts/password/", "/accounts/2fa/"):
        answer = lans.get(page)
        assert answer.status_code == 302 and "login" in answer["Location"], page


def test_a_staff_session_opens_nothing_of_the_members(lan, client):
    boss = hire("hà", "admin")
    client.force_login(boss)
    assert client.get("/admin/").status_code == 200
    assert client.get("/me/")["Location"].startswith("/me/sign-in")
    client.cookies[sessions.COOKIE] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/me/")["Location"].startswith("/me/sign-in")
    # and both stand side by side in one browser
    sign_in(client=client)
    assert client.get("/me/").status_code == 200
    assert client.get("/admin/").status_code == 200


def test_a_member_has_no_password_to_sign_in_with(lans, lan):
    lan.refresh_from_db()
    answer = Client().post("/accounts/login/", {"login": lan.user.username, "password": ""})
    assert answer.status_code == 200
    assert "_auth_user_id" not in Client().session


def test_signing_out_ends_this_session_and_empties_the_browser(lans):
    answer = lans.post("/me/sign-out")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert lans.get("/me/")["Location"].startswith("/me/sign-in")


def test_signing_out_everywhere_ends_every_session(lans):
    CodeMessage.objects.all().delete()
    tablet = sign_in()
    assert tablet.get("/me/").status_code == 200
    assert lans.post("/me/sign-out-everywhere").status_code == 302
    assert tablet.get("/me/").status_code == 302
    assert lans.get("/me/").status_code == 302


def test_who_has_left_is_nobody(lans, lan):
    Member.objects.filter(pk=lan.pk).update(status="closed")
    assert lans.get("/me/").status_code == 302


def test_a_number_that_passed_to_somebody_else_opens_their_account_only(shop, lan):
    changing.move_phone(member_id=lan.pk, phone="0900 111 222", verified=True, by="user:1", at=shop.at)
    an = shop.member("Phạm Văn An", phone=PHONE)
    page = sign_in(E164).get("/me/").content.decode()
    assert "An" in page and "Lan" not in page
    an.refresh_from_db()
    assert an.user is not None


def test_the_page_that_was_asked_for_comes_after_the_code(client, lan):
    answer = client.get("/me/vouchers")
    assert answer["Location"] == "/me/sign-in?next=%2Fme%2Fvouchers"
    client.post("/me/sign-in", {"phone": PHONE, "next": "/me/vouchers"})
    assert client.post("/me/code", {"code": code_for()})["Location"] == "/me/vouchers"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/me/", "//evil.example", "/admin/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_after_the_code(client, lan, elsewhere):
    client.post("/me/sign-in", {"phone": PHONE, "next": elsewhere})
    assert client.post("/me/code", {"code": code_for()})["Location"] == "/me/"


def test_a_code_that_is_five_minutes_old_opens_nothing(client, lan, clock):
    client.post("/me/sign-in", {"phone": PHONE})
    clock.forward(minutes=5, seconds=1)
    assert client.post("/me/code", {"code": code_for()}).status_code == 422


def test_a_visit_a_day_renews_the_ninety_days(lans, clock):
    lans.get("/me/")
    assert sessions.COOKIE not in lans.get("/me/").cookies
    clock.forward(days=1)
    assert int(lans.get("/me/").cookies[sessions.COOKIE]["max-age"]) == int(timedelta(days=90).total_seconds())


def _without_tokens(page: str) -> str:
    return re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]+"', "", page)
