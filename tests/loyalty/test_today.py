"""Today's bills as the counter shows them, and the one that may be undone."""

from datetime import timedelta
from decimal import Decimal

import pytest

from events.commands import KeyConflict
from loyalty import claiming, moving, returning, reviewing, today
from loyalty.models import Terminal
from loyalty.records import ReturnedLine
from loyalty.till import Till
from loyalty.today import NotUndoable
from rewards import checkout
from tests.factories.shop import Shop


def told(shop: Shop, **asked: object) -> dict[str, tuple[str, str, str]]:
    """Receipt → (state, moved, what keeps it)."""
    return {
        bill.receipt: (bill.state, bill.moved, bill.keeps)
        for bill in today.bills_of(till=shop.till, at=shop.at, **asked)
    }


def test_every_bill_of_the_day_says_what_became_of_it(shop: Shop, django_assert_max_num_queries) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    sold = {}
    for name in ("moved", "claimed", "part", "whole", "cancelled", "before", "last"):
        sold[name] = shop.sell(shop.bill(105_000, receipt=name), None if name == "claimed" else lan).purchase
        shop.later(minutes=1)
    common = {"till": shop.till, "at": shop.at}
    moving.move(purchase_id=sold["moved"].id, member_id=mai.id, reason="nhầm", key="m", **common)
    claiming.claim(member_id=mai.id, code=claiming.code_of(sold["claimed"].id), key="c", **common)
    part = [ReturnedLine(line=1, quantity=Decimal("0.5"), amount=50_000)]
    for name, lines in (("part", part), ("whole", None)):
        returning.return_lines(purchase_id=sold[name].id, receipt=name, lines=lines, fingerprint=b"r", **common)
    returning.cancel(purchase_id=sold["cancelled"].id, key="x", fingerprint=b"x", **common)

    with django_assert_max_num_queries(6):
        found = told(shop)

    assert found == {
        "last": ("posted", "", ""),
        "before": ("posted", "", "not_last"),
        "cancelled": ("cancelled", "", "cancelled"),
        "whole": ("returned", "", "returned"),
        "part": ("partly_returned", "", "not_last"),
        "claimed": ("posted", "claim", "claimed"),
        "moved": ("posted", "move", "moved"),
    }
    assert list(found) == list(reversed(sold)), "newest first"
    bills = {bill.receipt: bill for bill in today.bills_of(till=shop.till, at=shop.at)}
    assert (bills["moved"].member_id, bills["moved"].member_name, bills["moved"].earned) == (mai.id, mai.name, 10)
    assert (bills["claimed"].member_name, bills["last"].member_name) == (mai.name, lan.name)
    assert {keeps for *_, keeps in found.values()} - {""} <= set(today.WHY_NOT)


def test_bills_that_wait_for_staff_say_so(shop: Shop) -> None:
    ahead = shop.at + timedelta(hours=3)
    waits, refused = (shop.sell(shop.bill(50_000, occurred_at=ahead), shop.member()).purchase for _ in range(2))
    reviewing.refuse(purchase_id=refused.id, by="user:1", at=shop.at)
    found = told(shop)
    assert (found[waits.receipt][0], found[refused.receipt][0]) == ("review", "refused")


def test_yesterdays_bills_and_other_peoples_are_apart(shop: Shop) -> None:
    yesterday = shop.sell(shop.bill(50_000)).purchase
    shop.later(days=1)
    terminal = Terminal.objects.create(store=shop.store, code="t2")
    minhs = Till.of(shop.store, terminal, by="user:7")
    mine = shop.sell(shop.bill(50_000)).purchase
    minh = shop.sell(shop.bill(50_000), till=minhs).purchase

    assert set(told(shop)) == {mine.receipt, minh.receipt}
    assert told(shop)[minh.receipt][2] == "not_own"
    assert told(shop, by="user:7") == {minh.receipt: ("posted", "", "")}
    assert set(told(shop, terminal_id=terminal.pk)) == {minh.receipt}
    with pytest.raises(NotUndoable) as refused:
        today.must_be_undoable(purchase_id=yesterday.id, till=shop.till, at=shop.at)
    assert refused.value.details == {"reason": "not_today"}


def test_ones_own_last_bill_is_undone_once(shop: Shop) -> None:
    lan = shop.member()
    first, last = (shop.sell(shop.bill(105_000), lan).purchase for _ in range(2))

    def undo(bill, key, **told):
        return checkout.undo(
            purchase_id=bill.id, key=key, fingerprint=b"u" + bill.id.bytes, at=shop.at, **({"till": shop.till} | told)
        )

    for bill, till, reason in ((first, shop.till, "not_last"), (last, Till.of(shop.store, by="user:7"), "not_own")):
        with pytest.raises(NotUndoable) as refused:
            undo(bill, "no", till=till)
        assert refused.value.details == {"reason": reason}
    done = undo(last, "k")
    assert (done.record.kind, shop.balance(lan).available) == ("cancellation", 10)
    assert undo(last, "k").record == done.record
    with pytest.raises(NotUndoable):
        undo(last, "again")
    with pytest.raises(KeyConflict):
        undo(first, "k")
    assert undo(first, "k2").record.whole, "the one before is the last now"
