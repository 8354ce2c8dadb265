"""The night's books beside an open shop: chunk by chunk, once each, and nobody at a till waits for a chunk."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import UUID

import pytest
from django.db import connection, transaction

from loyalty import auditing, expiry
from loyalty.ledger import posting
from loyalty.models import Entry
from members.models import Member
from tests.factories.shop import Shop
from tests.running import ShopDatabase, wait_until


def long_ago(shop: Shop, people: int) -> list[Member]:
    """Members whose points have ended since."""
    members = [shop.member(f"Khách {n}") for n in range(people)]
    for member in members:
        shop.sell(shop.bill(105_000), member)
    shop.later(days=400)
    return sorted(members, key=lambda member: member.pk)


def booked() -> list[UUID]:
    return list(Entry.objects.filter(kind="expire").order_by("member_id").values_list("member_id", flat=True))


@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 6])
def test_every_account_is_booked_once_however_many_make_a_chunk(db: None, monkeypatch, chunk: int) -> None:
    monkeypatch.setattr(expiry, "CHUNK", chunk)
    shop = Shop()
    people = long_ago(shop, 5)

    assert expiry.book_due(date=shop.at.date(), at=shop.at) == 5
    assert booked() == [member.pk for member in people]
    assert expiry.book_due(date=shop.at.date(), at=shop.at) == 0


def test_an_account_in_use_is_waited_for_last_and_with_no_other_in_hand(shop_db: ShopDatabase) -> None:
    shop = Shop()
    lan, *others = long_ago(shop, 3)
    in_use, let_go = Event(), Event()

    def import_her_bills() -> None:
        with transaction.atomic():
            posting.lock(member_id=lan.pk)
            in_use.set()
            assert let_go.wait(30)
        connection.close()

    def night() -> int:
        try:
            return expiry.book_due(date=shop.at.date(), at=shop.at)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        importing = pool.submit(import_her_bills)
        assert in_use.wait(30)
        booking = pool.submit(night)
        try:
            wait_until(lambda: booked() == [one.pk for one in others], seconds=20, what="the others were not booked")
            for one in others:
                shop.sell(shop.bill(105_000), one)
        finally:
            let_go.set()
        importing.result(30)
        assert booking.result(30) == 3

    assert booked() == sorted([lan.pk, *(one.pk for one in others)])
    assert [found for found in auditing.run() if not found.ok] == []
