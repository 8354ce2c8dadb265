"""A return gives back exactly what the bill moved, in any number of steps, and is never refused for lack of points."""

from datetime import timedelta
from decimal import Decimal

import pytest

from loyalty import policies, returning
from loyalty.bill import BillLine, Charge, Discount
from loyalty.records import PurchaseRecord, ReturnedLine
from loyalty.returning import NothingLeft, ReturnConflict, ReturnsExceedPurchase, TooLate
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of


def give_back(
    shop: Shop, bill: PurchaseRecord, amount: int | None = None, quantity: str = "0.1", **told: object
) -> returning.Returned:
    lines = None if amount is None else [ReturnedLine(line=1, quantity=Decimal(quantity), amount=amount)]
    receipt = str(told.pop("receipt", f"T-{bill.receipt}-{amount}"))
    return returning.return_lines(
        purchase_id=bill.id, receipt=receipt, lines=lines, till=shop.till, fingerprint=receipt.encode(), at=shop.at
    )


def test_the_worked_example(shop: Shop) -> None:
    lan = shop.member()
    bill = shop.sell(shop.bill(105_000), lan).purchase

    first = give_back(shop, bill, 50_000, "0.5").record
    rest = give_back(shop, bill).record

    assert (first.clawed_back, first.due, rest.clawed_back, rest.due) == (5, 50_000, 5, 55_000)
    assert (first.whole, rest.whole) == (False, True)
    assert shop.balance(lan).available == 0


def test_three_partial_returns_of_a_mixed_bill_add_up_to_the_whole(shop: Shop) -> None:
    lan = shop.member()
    shop.sell(shop.bill(4_000_000), lan)
    bill = shop.sell(
        shop.bill(
            lines=(
                BillLine(sku="BEANS", quantity=Decimal("0.535"), unit="kg", amount=160_501),
                BillLine(sku="CAKE", quantity=Decimal(2), amount=59_999),
            ),
            discounts=(Discount(kind="manual", amount=10_000),),
            charges=(Charge(kind="service", amount=10_775), Charge(kind="shipping", amount=15_000)),
            tax=18_102,
            tax_included=False,
            rounding=-377,
            points_to_spend=97,
        ),
        lan,
    ).purchase
    before = shop.balance(lan).available

    steps = [give_back(shop, bill, 33_333, "0.1"), give_back(shop, bill, 1, "0.05"), give_back(shop, bill)]

    records = [step.record for step in steps]
    assert sum(record.amount for record in records) == bill.total
    assert sum(record.due for record in records) == bill.due
    assert sum(record.points_value for record in records) == bill.points_value
    assert sum(record.given_back for record in records) == 97
    assert sum(record.clawed_back for record in records) == bill.earned
    assert all(record.due >= 0 and record.points_value >= 0 for record in records)
    # shipping comes back with the whole only
    assert records[0].amount + records[1].amount < bill.total - 15_000
    assert shop.balance(lan).available == before - bill.earned + 97


def test_points_spent_meanwhile_become_debt_that_the_next_earn_repays(shop: Shop) -> None:
    lan = shop.member()
    bill = shop.sell(shop.bill(1_000_000), lan).purchase
    shop.sell(shop.bill(100_000, points_to_spend=90), lan)

    back = give_back(shop, bill).record

    spent_on = (100_000 - 45_000) // 10_000
    assert (back.available_after, back.debt_after) == (0, 90 - spent_on)
    assert shop.sell(shop.bill(1_000_000), lan).purchase.available_after == 100 - (90 - spent_on)


def test_where_the_house_absorbs_nobody_owes(shop: Shop) -> None:
    policies.change_programme(changes={"debt_on_return": False})
    lan = shop.member()
    bill = shop.sell(shop.bill(1_000_000), lan).purchase
    shop.sell(shop.bill(100_000, points_to_spend=90), lan)

    back = give_back(shop, bill).record

    assert (back.absorbed, back.debt_after, back.available_after) == (90 - 5, 0, 0)


def test_points_given_back_keep_their_end_unless_it_is_near(shop: Shop) -> None:
    lan = shop.member()
    shop.sell(shop.bill(500_000), lan)
    end = shop.balance(lan).next_expiry_on
    shop.later(days=100)
    early = shop.sell(shop.bill(100_000, points_to_spend=10), lan).purchase
    give_back(shop, early)
    assert shop.balance(lan).next_expiry_on == end
    assert shop.balance(lan).next_expiry_points == 50

    shop.later(days=250)
    late = shop.sell(shop.bill(100_000, points_to_spend=10), lan).purchase
    give_back(shop, late)

    assert shop.balance(lan).available == 50
    shop.later(days=20)  # the rest of the first lot has ended; the ten came back for thirty days
    assert shop.balance(lan).available == 10
    shop.later(days=11)
    assert shop.balance(lan).available == 0


def test_points_that_ended_are_not_taken_twice(shop: Shop) -> None:
    lan = shop.member()
    bill = shop.sell(shop.bill(1_000_000), lan).purchase
    shop.later(days=300)
    shop.sell(shop.bill(500_000), lan)
    shop.later(days=80)

    back = give_back(shop, bill).record

    assert (back.clawed_back, back.available_after, back.debt_after) == (100, 50, 0)


def test_the_same_receipt_again_is_answered_alike_and_another_body_conflicts(shop: Shop) -> None:
    lan = shop.member()
    bill = shop.sell(shop.bill(105_000), lan).purchase
    first = give_back(shop, bill, 50_000, receipt="T1")
    before = rows_of(*LEDGER_TABLES)

    again = give_back(shop, bill, 50_000, receipt="T1")

    assert again.replayed
    assert again.record == first.record
    with pytest.raises(ReturnConflict):
        returning.return_lines(
            purchase_id=bill.id, receipt="T1", lines=None, till=shop.till, fingerprint=b"else", at=shop.at
        )
    assert rows_of(*LEDGER_TABLES) == before


@pytest.mark.parametrize(
    "line",
    [
        ReturnedLine(line=1, quantity=Decimal(1), amount=105_001),
        ReturnedLine(line=1, quantity=Decimal("1.0001"), amount=1),
        ReturnedLine(line=2, quantity=Decimal(1), amount=1),
    ],
)
def test_more_than_was_sold_is_refused(shop: Shop, line: ReturnedLine) -> None:
    bill = shop.sell(shop.bill(105_000), shop.member()).purchase
    before = rows_of(*LEDGER_TABLES)

    with pytest.raises(ReturnsExceedPurchase):
        returning.return_lines(
            purchase_id=bill.id, receipt="T", lines=[line], till=shop.till, fingerprint=b"t", at=shop.at
        )

    assert rows_of(*LEDGER_TABLES) == before


def test_nothing_comes_back_twice(shop: Shop) -> None:
    bill = shop.sell(shop.bill(105_000), shop.member()).purchase
    give_back(shop, bill, receipt="T1")

    with pytest.raises(NothingLeft):
        give_back(shop, bill, receipt="T2")


def test_a_return_takes_the_tier_back(shop: Shop) -> None:
    lan = shop.member()
    bill = shop.sell(shop.bill(2_000_000), lan).purchase
    assert bill.tier_code == "silver"

    assert give_back(shop, bill, 1, "0.1").record.tier_code == "member"


def test_a_guests_bill_comes_back_in_money(shop: Shop) -> None:
    bill = shop.sell(shop.bill(105_000)).purchase

    back = give_back(shop, bill, 5_000).record

    assert (back.due, back.clawed_back, back.member_id) == (5_000, 0, None)


class TestCancelling:
    def cancel(self, shop: Shop, bill: PurchaseRecord, key: str = "k1") -> returning.Returned:
        return returning.cancel(purchase_id=bill.id, key=key, till=shop.till, fingerprint=b"c", at=shop.at)

    def test_on_its_own_day_the_bill_never_happened(self, shop: Shop) -> None:
        lan = shop.member()
        bill = shop.sell(shop.bill(105_000), lan).purchase

        done = self.cancel(shop, bill)

        assert (done.record.kind, done.record.due, shop.balance(lan).available) == ("cancellation", 105_000, 0)
        assert self.cancel(shop, bill).replayed

    def test_the_next_day_it_is_too_late(self, shop: Shop) -> None:
        bill = shop.sell(shop.bill(105_000), shop.member()).purchase
        shop.at += timedelta(days=1)

        with pytest.raises(TooLate):
            self.cancel(shop, bill)


def test_what_was_said_of_the_tier_stays_said_when_an_earlier_bill_is_booked_after_it(shop: Shop) -> None:
    """Two tills at once: the bill that came in first waited longer for the account."""
    lan, came_in = shop.member(), shop.at
    bill = shop.sell(shop.bill(100_000), lan).purchase
    shop.later(seconds=2)
    first = give_back(shop, bill, 10_000, "0.1")
    assert first.record.tier_code == "member"

    shop.sell(shop.bill(5_000_000, occurred_at=came_in), lan, at=came_in)

    again = give_back(shop, bill, 10_000, "0.1")
    assert (again.replayed, again.record) == (True, first.record)
