"""A locked account: earning goes on, nothing leaves, not even by a hair's breadth."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from loyalty import auditing, standings
from members import locking
from members.locking import SpendingLocked
from members.models import Member
from rewards import checkout
from rewards.claiming import Named
from rewards.models import VoucherUse
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of
from tests.rewards import wallets
from tests.rewards.test_racing import at_once

TABLES = (*LEDGER_TABLES, "rewards_voucher", "rewards_voucheruse")


@pytest.fixture
def lan(shop: Shop) -> Member:
    return shop.member()


def lock(shop: Shop, member: Member, **told):
    return locking.lock_spending(member_id=member.id, reason="asked", by="user:1", at=shop.at, **told)


def test_nothing_leaves_a_locked_account_and_earning_goes_on(shop: Shop, lan: Member) -> None:
    shop.sell(shop.bill(3_000_000), lan)
    gift = wallets.give(shop, lan)
    lock(shop, lan)
    before = rows_of(*TABLES)

    for named, points in (((), 10), ((Named(code=gift.code),), 0), ((Named(id=gift.id),), 0)):
        with pytest.raises(SpendingLocked):
            wallets.sell(shop, shop.bill(100_000, points_to_spend=points), lan, *named, proven=True)
    assert rows_of(*TABLES) == before

    assert wallets.sell(shop, shop.bill(100_000), lan).purchase.earned == 10
    locking.unlock(member_id=lan.id, by="user:1", at=shop.at)
    done = wallets.sell(shop, shop.bill(100_000, points_to_spend=10), lan, Named(code=gift.code), proven=True)
    assert (done.purchase.spent, done.purchase.voucher_discount) == (10, 20_000)
    assert [finding for finding in auditing.run() if not finding.ok] == []


def test_a_quote_says_that_it_is_the_lock(shop: Shop, lan: Member) -> None:
    shop.sell(shop.bill(3_000_000), lan)
    wallets.give(shop, lan)
    lock(shop, lan, until=shop.at + timedelta(days=1))
    told = {"who": checkout.Who("id", str(lan.id)), "till": shop.till, "at": shop.at}

    quoted = checkout.quote(bill=shop.bill(100_000), **told)

    assert (quoted.quote.spendable, quoted.quote.limited_by) == (0, "spending_locked")
    assert [(one.verdict.usable, one.verdict.reason) for one in quoted.offered] == [(False, "spending_locked")]
    assert quoted.best == ()
    with pytest.raises(SpendingLocked):
        checkout.quote(bill=shop.bill(100_000, points_to_spend=10), **told)
    assert standings.of("id", lan.id, practice=False, at=shop.at).spending_locked
    assert not standings.of("id", lan.id, practice=False, at=shop.at + timedelta(days=1)).spending_locked


def test_what_was_spent_before_the_lock_is_answered_again(shop: Shop, lan: Member) -> None:
    shop.sell(shop.bill(3_000_000), lan)
    bill = shop.bill(100_000, points_to_spend=10)
    first = wallets.sell(shop, bill, lan, proven=True)
    lock(shop, lan)
    again = wallets.sell(shop, bill, lan, proven=True)
    assert again.replayed
    assert again.purchase.id == first.purchase.id


def test_points_come_back_to_a_locked_account(shop: Shop, lan: Member) -> None:
    shop.sell(shop.bill(3_000_000), lan)
    bill = wallets.sell(shop, shop.bill(100_000, points_to_spend=10), lan, proven=True)
    lock(shop, lan)
    assert wallets.bring_back(shop, bill.purchase.id).record.given_back == 10


def test_the_lock_costs_a_sale_no_round_trip(shop: Shop, lan: Member) -> None:
    shop.sell(shop.bill(100_000), lan)
    with CaptureQueriesContext(connection) as open_account:
        shop.sell(shop.bill(100_000), lan)
    lock(shop, lan)
    with CaptureQueriesContext(connection) as locked:
        shop.sell(shop.bill(100_000), lan)
    assert len(locked) == len(open_account)


@pytest.mark.parametrize("what", ["points", "voucher"])
def test_a_sale_that_meets_a_lock_being_set_waits_and_is_refused(shop_db, what: str) -> None:
    shop = Shop()
    lan = shop.member()
    shop.sell(shop.bill(3_000_000), lan)
    gift = wallets.give(shop, lan)
    bill = shop.bill(100_000, points_to_spend=10 if what == "points" else 0)
    named = [Named(code=gift.code)] if what == "voucher" else []
    waiting, answers = threading.Event(), []

    def sell() -> None:
        waiting.set()
        answers.extend(at_once(lambda: wallets.sell(shop, bill, lan, *named, proven=True)))

    with transaction.atomic():
        lock(shop, lan)
        seller = threading.Thread(target=sell)
        seller.start()
        waiting.wait()
        _until_somebody_waits_for_a_row()
    seller.join()

    assert answers == ["spending_locked"]
    assert shop.balance(lan).available == 300
    assert not VoucherUse.objects.exists()


def _until_somebody_waits_for_a_row() -> None:
    """Polls, without a sleep of its own, until the sale stands in line behind this transaction."""
    with connection.cursor() as cursor:
        for _ in range(400):
            cursor.execute("SELECT pg_sleep(0.02)")
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waited")
