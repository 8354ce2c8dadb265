"""Points that wait: so many days, or until the order is said to have arrived; and what becomes of them meanwhile."""

from datetime import timedelta

import pytest

from loyalty import expiry, moving, ordering, queries, returning, statements
from loyalty.earning import BatchItem, record_batch
from loyalty.models import Account, Entry, Lot, PendingPolicy
from loyalty.records import PurchaseRecord, ReturnedLine
from loyalty.sales import Who
from rewards import checkout
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of


@pytest.fixture
def days(shop: Shop) -> Shop:
    """Points of online bills wait for a week."""
    shop.publish(PendingPolicy(wait="days", channels=["online"], days=7))
    return shop


@pytest.fixture
def delivery(shop: Shop) -> Shop:
    """Points of online bills wait until they are delivered, thirty days at most."""
    shop.publish(PendingPolicy(wait="event", channels=["online"], event="delivered", give_up_days=30))
    return shop


def has(shop: Shop, member) -> tuple[int, int, int]:
    balance = shop.balance(member)
    return balance.available, balance.pending, balance.debt


def order(shop: Shop, member, amount: int = 105_000) -> PurchaseRecord:
    return shop.sell(shop.bill(amount, channel="online"), member).purchase


def say(shop: Shop, bill: PurchaseRecord, what: str, *, key: str = "") -> ordering.Told:
    return checkout.tell_order(
        purchase_id=bill.id,
        type=what,
        occurred_at=shop.at,
        key=key or f"{what}-{bill.receipt}",
        till=shop.till,
        fingerprint=what.encode(),
        at=shop.at,
    )


def kinds(member) -> list[str]:
    return list(Entry.objects.filter(member_id=member.pk).order_by("seq").values_list("kind", flat=True))


def test_points_of_an_online_bill_wait_and_ripen_by_themselves_at_a_midnight(days: Shop) -> None:
    lan = days.member()
    bill = order(days, lan)
    assert (bill.earned, bill.pending, bill.available_after) == (10, 10, 0)
    assert queries.purchase(bill.id) == bill
    assert has(days, lan) == (0, 10, 0)

    days.at = days.at.replace(hour=16, minute=59) + timedelta(days=6)  # 23:59 of the seventh day
    assert has(days, lan) == (0, 10, 0)
    days.later(minutes=1)
    assert has(days, lan) == (10, 0, 0)  # though nobody booked it
    assert expiry.book_due(date=days.at.date(), at=days.at) == 1
    assert has(days, lan) == (10, 0, 0) and kinds(lan) == ["earn", "mature"]


def test_a_till_bill_beside_it_waits_for_nothing(days: Shop) -> None:
    lan = days.member()
    order(days, lan)
    days.sell(days.bill(105_000), lan)
    assert has(days, lan) == (10, 10, 0)


def test_waiting_points_pay_for_nothing_until_they_are_ripe_and_then_in_the_same_breath(days: Shop) -> None:
    lan = days.member()
    order(days, lan, 900_000)
    with pytest.raises(Exception, match="not_enough_points"):
        days.sell(days.bill(900_000, points_to_spend=10), lan, proven=True)
    days.later(days=7)
    assert days.sell(days.bill(900_000, points_to_spend=90), lan, proven=True).purchase.spent == 90


def test_delivered_makes_them_ripe_once_however_often_it_is_said(delivery: Shop) -> None:
    lan = delivery.member()
    bill = order(delivery, lan)
    assert not say(delivery, bill, "shipped").matured
    assert say(delivery, bill, "delivered").matured
    assert has(delivery, lan) == (10, 0, 0)
    before = rows_of(*LEDGER_TABLES)
    assert say(delivery, bill, "delivered").replayed
    assert rows_of(*LEDGER_TABLES) == before
    assert not say(delivery, bill, "delivered", key="again").matured
    assert kinds(lan) == ["earn", "mature"]


@pytest.mark.parametrize("word", ["failed", "cancelled"])
def test_an_order_that_came_to_nothing_is_a_whole_return_of_what_waits(delivery: Shop, word: str) -> None:
    lan = delivery.member()
    bill = order(delivery, lan)
    say(delivery, bill, word)
    assert has(delivery, lan) == (0, 0, 0) and kinds(lan) == ["earn", "clawback"]
    (back,) = queries.purchase(bill.id).returns
    assert (back.whole, back.due, back.clawed_back) == (True, 105_000, 10)
    assert say(delivery, bill, word).replayed
    say(delivery, bill, "cancelled", key="once more")
    assert len(queries.purchase(bill.id).returns) == 1


def test_where_nobody_says_a_word_they_are_given_up_and_a_late_word_changes_nothing(delivery: Shop) -> None:
    lan = delivery.member()
    bill = order(delivery, lan)
    delivery.later(days=31)
    assert has(delivery, lan) == (0, 0, 0)
    assert not say(delivery, bill, "delivered").matured
    assert kinds(lan) == ["earn", "cancel_pending"]


def test_returns_before_and_after_ripening_take_the_same_points(days: Shop) -> None:
    lan, mai = days.member(), days.member("Trần Thị Mai")
    early, late = order(days, lan), order(days, mai)
    bring_back(days, early, 50_000)
    assert has(days, lan) == (0, 5, 0)
    days.later(days=7)
    bring_back(days, late, 50_000)
    assert has(days, lan) == has(days, mai) == (5, 0, 0)
    bring_back(days, early, 55_000)
    bring_back(days, late, 55_000)
    assert has(days, lan) == has(days, mai) == (0, 0, 0)


def test_a_debt_is_repaid_when_points_are_ripe_and_not_before(days: Shop) -> None:
    lan = days.member()
    bill = days.sell(days.bill(105_000), lan).purchase
    days.sell(days.bill(100_000, points_to_spend=10), lan, proven=True)
    bring_back(days, bill, 105_000)
    owed = has(days, lan)[2]
    order(days, lan)
    assert owed and has(days, lan) == (0, 10, owed)
    days.later(days=7)
    assert has(days, lan) == (10 - owed, 0, 0)


def test_a_bill_that_goes_to_another_member_waits_there_as_long_as_it_would_have(delivery: Shop) -> None:
    lan, mai = delivery.member(), delivery.member("Trần Thị Mai")
    waiting, arrived = order(delivery, lan), order(delivery, lan)
    say(delivery, arrived, "delivered")
    for bill in (waiting, arrived):
        moving.move(
            purchase_id=bill.id,
            member_id=mai.pk,
            reason="nhầm số",
            key=bill.receipt,
            till=delivery.till,
            at=delivery.at,
        )
    assert has(delivery, lan) == (0, 0, 0) and has(delivery, mai) == (10, 10, 0)
    assert say(delivery, waiting, "delivered").matured
    assert has(delivery, mai) == (20, 0, 0)


def test_the_history_says_that_points_wait_and_when_they_came(days: Shop) -> None:
    lan = days.member()
    order(days, lan)
    days.later(days=7)
    expiry.book_due(date=days.at.date(), at=days.at)
    ripe, came = statements.told(lan.pk, language="vi", at=days.at)
    assert (came.title, came.points, came.pending) == ("Tích điểm", 0, 10)
    assert (ripe.title, ripe.points, ripe.pending) == ("Điểm chờ đã dùng được", 10, -10)


def test_a_batch_writes_what_single_sales_write(days: Shop) -> None:
    lan = days.member()
    bills = [days.bill(105_000, channel="online"), days.bill(55_000)]
    items = [BatchItem(bill=bill, who=Who("id", str(lan.pk)), fingerprint=b"b") for bill in bills]
    record_batch(items=items, till=days.till, at=days.at)
    assert has(days, lan) == (5, 10, 0)
    assert Lot.objects.filter(member_id=lan.pk, pending=True).count() == 1
    assert Account.objects.get(pk=lan.pk).next_due_at == Lot.objects.get(pending=True).matures_at


def bring_back(shop: Shop, bill: PurchaseRecord, amount: int) -> None:
    returning.return_lines(
        purchase_id=bill.id,
        receipt=f"T{bill.receipt}-{amount}",
        lines=[ReturnedLine(line=1, quantity=bill.lines[0].quantity / 2, amount=amount)],
        till=shop.till,
        fingerprint=b"t",
        at=shop.at,
    )
