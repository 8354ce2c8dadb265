"""Lists go on from the last row shown, in both directions, and are narrowed; nothing is counted or skipped over."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboard.admin.base import BigAdmin
from loyalty.models import Account, Tier
from members import tagging
from members.models import Member
from members.relationship import cases, feedback
from rewards import founding, issuing
from rewards.issuing import Wanted

LIST = "admin:members_member_changelist"


def names(page: str) -> list[str]:
    return re.findall(r"Khách số \d\d", page)


def link(page: str, which: str) -> str:
    found = re.search(rf'href="(\?[^"]*{which}=[^"]*)"', page)
    return reverse(LIST) + unescape(found.group(1)) if found else ""


def test_a_list_is_walked_forth_and_back_without_counting_or_offset(admin, till, monkeypatch):
    monkeypatch.setattr(BigAdmin, "list_per_page", 3)
    for number in range(8):
        till.member(f"Khách số {number:02}")
    walked, address, pages = [], reverse(LIST), []
    with CaptureQueriesContext(connection) as seen:
        while address:
            page = admin.get(address).content.decode()
            pages.append(list(dict.fromkeys(names(page))))
            walked += pages[-1]
            back, address = link(page, "before"), link(page, "after")
    assert walked == [f"Khách số {number:02}" for number in reversed(range(8))]
    assert list(dict.fromkeys(names(admin.get(back).content.decode()))) == pages[-2]
    sql = [query["sql"].upper() for query in seen]
    assert not [one for one in sql if "COUNT(" in one or " OFFSET " in one]


def test_a_forged_place_in_a_list_is_no_fault(admin, till):
    bills = reverse("admin:loyalty_purchase_changelist")
    for cursor in ("x", "%00", "1~2~3", "-1", "x~x", "2026-13-01~x", "2026-02-30~1", "0~0"):
        for address in (reverse(LIST), bills):
            assert admin.get(f"{address}?after={cursor}").status_code in {200, 302}, (address, cursor)


def test_members_are_narrowed_by_tier_store_status_tag_and_day_of_joining(admin, till, shop):
    lan = till.member("Khách số 01", store_id=shop.pk)
    minh = till.member("Khách số 02")
    gold = Tier.objects.get(code="gold")
    Account.objects.update_or_create(member_id=lan.pk, defaults={"tier": gold})
    tagging.bear(member_ids=[lan.pk], key="vip", by="user:1", at=till.at)
    Member.objects.filter(pk=minh.pk).update(status="closed", joined_at=till.at - timedelta(days=400))
    first = Tier.objects.get(rank=0)
    day = f"{timezone.localtime(till.at):%d/%m/%Y}"
    for asked, found in (
        ({"tier": gold.pk}, "01"),
        ({"tier": first.pk}, "02"),
        ({"store": shop.pk}, "01"),
        ({"status": "closed"}, "02"),
        ({"tag": "vip"}, "01"),
        ({"joined_at_from": day, "joined_at_to": day}, "01"),
        ({"tier": "nothing"}, None),
    ):
        page = admin.get(reverse(LIST), asked).content.decode()
        assert set(names(page)) == ({f"Khách số {found}"} if found else {"Khách số 01", "Khách số 02"}), asked


# the address of a list, what is asked of it, and how many questions it may put to the database
LISTS = (
    ("members_member", {}, 24),
    ("members_member", {"q": "khách số"}, 24),
    ("members_member", {"tag": "vip"}, 24),
    ("loyalty_purchase", {}, 16),
    ("loyalty_purchase", {"q": "0901000001"}, 20),
    ("loyalty_entryrow", {}, 16),
    ("members_case", {}, 18),
    ("members_case", {"which": "all", "q": "khách"}, 18),
    ("members_feedback", {}, 20),
    ("rewards_voucher", {}, 16),
    ("rewards_voucher", {"q": "khách"}, 16),
)


@pytest.fixture
def busy(till):
    """`busy(n)`: one more member with label, bill, case, score and voucher."""
    founding.found(at=till.at)

    def more(number: int) -> None:
        member = till.member(f"Khách số {number:02}", phone=f"09010000{number:02}")
        tagging.bear(member_ids=[member.pk], key="vip", by="user:1", at=till.at)
        bill = till.sell(till.bill(58_000, occurred_at=till.at - timedelta(hours=number)), member).purchase
        cases.open(member_id=member.pk, kind="wish", words="Thêm sữa hạt", via="portal", by="user:1", at=till.at)
        feedback.give(
            member_id=member.pk, purchase_id=bill.id, score=9, comment="", via="portal", by="user:1", at=till.at
        )
        issuing.issue(key="welcome", wanted=[Wanted(member.pk, f"t:{number}")], at=till.at, by="user:1")

    return more


def test_a_list_asks_as_much_for_six_rows_as_for_two_and_not_much(admin, busy):
    def asked(table: str, query: dict[str, str]) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert admin.get(reverse(f"admin:{table}_changelist"), query).status_code == 200
        return len(seen)

    for number in (1, 2):
        busy(number)
    asked("members_member", {})
    few = [asked(table, query) for table, query, _most in LISTS]
    for number in range(3, 7):
        busy(number)
    many = [asked(table, query) for table, query, _most in LISTS]
    assert many == few
    assert [one for one, number in zip(LISTS, many, strict=True) if number > one[2]] == []
