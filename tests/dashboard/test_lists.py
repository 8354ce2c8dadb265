"""Lists go on from the last row shown, in both directions, and are narrowed; nothing is counted or skipped over."""

import re
from datetime import timedelta
from html import unescape

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboard.admin.base import BigAdmin
from loyalty.models import Account, Tier
from members import tagging
from members.models import Member

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
    for cursor in ("x", "%00", "1~2~3", "-1"):
        assert admin.get(f"{reverse(LIST)}?after={cursor}").status_code in {200, 302}, cursor


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
