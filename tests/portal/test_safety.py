"""Locking what may be spent, unlocking it with the phone in hand, and moving to another number."""

import re

import pytest

from events import clock as shop_clock
from members import finding, locking
from members.models import Identifier, Member
from tests.portal.conftest import E164, PHONE, code_for, sign_in

NEW, NEW_E164 = "0905 777 888", "+84905777888"


def locked(lan: Member) -> bool:
    return locking.is_locked(member_id=lan.pk, at=shop_clock.now())


def test_a_member_locks_at_once_and_unlocks_with_a_code(lans, lan):
    assert "Mất điện thoại?" in lans.get("/me/safety").content.decode()
    assert lans.post("/me/safety/lock").status_code == 302
    assert locked(lan)
    assert "Thẻ đang khóa" in lans.get("/me/safety").content.decode()
    lans.post("/me/safety/unlock")
    right = code_for()
    wrong = "000000" if right != "000000" else "000001"
    assert lans.post("/me/safety/unlock", {"code": wrong}).status_code == 422
    assert locked(lan)
    assert lans.post("/me/safety/unlock", {"code": right}).status_code == 302
    assert not locked(lan)


def test_a_lock_that_is_not_the_members_own_is_not_lifted_here(lans, lan):
    locking.lock_spending(member_id=lan.pk, reason="phone_moved", by="system", at=shop_clock.now())
    assert lans.post("/me/safety/unlock").status_code == 302
    assert lans.post("/me/safety/unlock", {"code": "123456"})["Location"] == "/me/safety"
    assert locked(lan)


def moving(lans) -> dict[str, str]:
    assert lans.post("/me/number", {"phone": NEW})["Location"] == "/me/number/codes"
    return {"code_old": code_for(E164), "code_new": code_for(NEW_E164)}


def test_a_number_moves_by_a_code_to_both_and_nothing_leaves_for_a_day(lans, lan, shop):
    codes = moving(lans)
    assert finding.by_phone(NEW) is None
    answer = lans.post("/me/number/codes", codes, follow=True).content.decode()
    assert "Đã đổi số" in answer
    assert finding.by_phone(NEW) == lan and finding.by_phone(PHONE) is None
    assert Identifier.objects.get(value=NEW_E164, until_at=None).verified_at is not None
    assert locked(lan)
    # the member stays signed in, and signs in by the new number from now on
    assert lans.get("/me/").status_code == 200
    assert sign_in(NEW_E164).get("/me/").status_code == 200


@pytest.mark.parametrize("name", ["code_old", "code_new"])
def test_one_code_alone_moves_nothing(lans, lan, name):
    codes = moving(lans)
    answer = lans.post("/me/number/codes", {name: codes[name]})
    assert answer.status_code == 422
    assert finding.by_phone(PHONE) == lan and not locked(lan)
    # the one that was right is not asked for again
    assert answer.content.decode().count('autocomplete="one-time-code"') == 1
    other = {"code_old": "code_new", "code_new": "code_old"}[name]
    assert lans.post("/me/number/codes", {other: codes[other]}).status_code == 302
    assert finding.by_phone(NEW) == lan


def test_whether_the_new_number_is_somebodys_is_not_said(lans, lan, hoa):
    pages = []
    for phone in ("0987 654 321", NEW):
        assert lans.post("/me/number", {"phone": phone})["Location"] == "/me/number/codes"
        page = lans.get("/me/number/codes").content.decode().split("<main")[1]
        pages.append(page.replace("098•••4321", "•").replace("090•••7888", "•"))
    assert _tidy(pages[0]) == _tidy(pages[1])


@pytest.mark.parametrize("phone", ["", "12", PHONE, "abc"])
def test_what_is_no_other_number_is_said_so(lans, phone):
    assert lans.post("/me/number", {"phone": phone}).status_code == 422


def test_after_half_an_hour_one_begins_again(lans, lan, clock):
    codes = moving(lans)
    clock.forward(minutes=31)
    assert lans.post("/me/number/codes", codes)["Location"] == "/me/number"
    assert finding.by_phone(PHONE) == lan


def test_a_number_that_came_to_somebody_new_gives_them_a_card_of_their_own(client, lan, shop):
    poster = f"/join/{shop.store.code}"
    client.post(poster, {"phone": PHONE, "name": "Phạm Văn An"})
    assert client.post("/me/code", {"code": code_for()})["Location"] == "/me/joining"
    page = client.get("/me/joining").content.decode()
    assert "Số này đã có thẻ thành viên" in page and "Lan" not in page
    client.post("/me/joining", {"whose": "before"})
    said = {"name": "Phạm Văn An", "programme": "yes", "terms": "yes"}
    assert client.post("/me/joining", said)["Location"] == "/me/welcome"
    an = finding.by_phone(PHONE)
    assert an.name == "Phạm Văn An" and an != lan
    lan.refresh_from_db()
    assert lan.status == "active"
    assert "Lan" not in client.get("/me/").content.decode().split("<main")[1]


def _tidy(page: str) -> str:
    return re.sub(r'value="[^"]*"', "", page)
