"""What must be alike through the real doors, whatever the numbers: there and back, in parts, in another order."""

from collections.abc import Callable
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from loyalty import auditing, moving, queries, returning
from loyalty.bill import Bill, BillLine, Charge, Discount
from loyalty.models import EarningRule, Lot
from loyalty.records import PurchaseRecord, ReturnedLine, ReturnRecord
from members.models import Member
from tests.factories.rules import in_force
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of

TEA = BillLine(sku="TS01", category="tea", quantity=Decimal(2), amount=450_000)
CAKE = BillLine(sku="BK02", category="cake", quantity=Decimal("1.5"), amount=1_600_999)
CARD = BillLine(sku="GIFT", category="card", quantity=Decimal(1), amount=200_000, earns=False)


@pytest.fixture
def shop(db: None) -> Shop:
    """A bonus on tea, one for a big bill with a limit for the member, and a cap for the bill."""
    shop = Shop()
    shop.publish(EarningRule(cap_per_bill=330))
    in_force(shop, "tea", {"kind": "percent", "percent": 50, "categories": ["tea"]})
    big = {"field": "amount", "at_least": 1_000_000}
    in_force(shop, "big", {"kind": "fixed", "points": 90}, condition=big, per_member=120)
    return shop


@pytest.fixture
def lan(shop: Shop) -> Member:
    """Has points to spend, and stands below the first tier with a bill."""
    return settled(shop, "Nguyễn Thị Lan")


def settled(shop: Shop, name: str) -> Member:
    member = shop.member(name)
    shop.sell(shop.bill(900_000), member)
    return member


def stands(shop: Shop, member: Member) -> tuple[Any, ...]:
    """The account: its buckets, its tier and what counts for it, and the points of its lots with their ends."""
    has = shop.balance(member)
    standing = queries.standing(member.id, at=shop.at, tier_id=has.tier_id)
    lots = Lot.objects.filter(member_id=member.id, remaining__gt=0).values_list("expires_at", "remaining")
    buckets = has.available, has.pending, has.held, has.debt
    return buckets, standing.tier.code, standing.window_spend, sorted(lots)


def mixed(shop: Shop, *lines: BillLine, **said: Any) -> Bill:
    return shop.bill(
        lines=lines or (TEA, CAKE, CARD),
        discounts=(Discount(kind="manual", amount=50_000),),
        charges=(Charge(kind="service", amount=10_775), Charge(kind="shipping", amount=15_000)),
        tax=18_102,
        tax_included=False,
        rounding=-377,
        **said,
    )


def back(shop: Shop, bill: PurchaseRecord, *parts: ReturnedLine) -> ReturnRecord:
    """These parts, or all that is left."""
    receipt = f"T{uuid4().hex[:8]}"
    return returning.return_lines(
        purchase_id=bill.id, receipt=receipt, lines=parts or None, till=shop.till, fingerprint=b"T", at=shop.at
    ).record


def move(shop: Shop, bill: PurchaseRecord, to: Member) -> None:
    key = f"k{uuid4().hex[:8]}"
    moving.move(purchase_id=bill.id, member_id=to.id, reason="bấm nhầm số", key=key, till=shop.till, at=shop.at)


def sound() -> bool:
    return all(found.ok for found in auditing.run())


@pytest.mark.parametrize("spend", [0, 55])
def test_a_bill_that_comes_back_whole_leaves_the_account_as_it_was_with_its_tier(
    shop: Shop, lan: Member, spend: int
) -> None:
    before = stands(shop, lan)

    bill = shop.sell(mixed(shop, points_to_spend=spend), lan, proven=True).purchase
    assert (bill.earned, bill.tier_code) != (0, before[1]), "it moves points and the tier"
    back(shop, bill)

    assert stands(shop, lan) == before
    assert sound()


@pytest.mark.parametrize(
    "order", list(permutations((TEA, CAKE, CARD))), ids=lambda order: "-".join(one.sku for one in order)
)
def test_the_order_of_lines_does_not_matter(shop: Shop, lan: Member, order: tuple[BillLine, ...]) -> None:
    mai = settled(shop, "Trần Thị Mai")
    first = shop.sell(mixed(shop, points_to_spend=55), lan, proven=True).purchase
    other = shop.sell(mixed(shop, *order, points_to_spend=55), mai, proven=True).purchase
    assert other.earned == first.earned
    assert stands(shop, mai) == stands(shop, lan)

    for bill in (first, other):
        tea = next(line.line for line in bill.lines if line.sku == TEA.sku)
        back(shop, bill, ReturnedLine(line=tea, quantity=Decimal(1), amount=225_000))

    assert stands(shop, mai) == stands(shop, lan)
    assert sound()


def test_one_return_in_two_parts_is_one_return(shop: Shop, lan: Member) -> None:
    mai = settled(shop, "Trần Thị Mai")
    one, two = (shop.sell(mixed(shop, points_to_spend=55), who, proven=True).purchase for who in (lan, mai))

    at_once = back(
        shop,
        one,
        ReturnedLine(line=1, quantity=Decimal(1), amount=225_001),
        ReturnedLine(line=2, quantity=Decimal("0.7"), amount=777_777),
    )
    parts = [
        back(shop, two, ReturnedLine(line=2, quantity=Decimal("0.3"), amount=333_334)),
        back(
            shop,
            two,
            ReturnedLine(line=1, quantity=Decimal(1), amount=225_001),
            ReturnedLine(line=2, quantity=Decimal("0.4"), amount=444_443),
        ),
    ]

    for name in ("amount", "due", "discount", "points_value", "clawed_back", "given_back"):
        assert sum(getattr(part, name) for part in parts) == getattr(at_once, name), name
    assert stands(shop, mai) == stands(shop, lan)
    assert sound()


def test_a_bill_that_moves_there_and_back_leaves_both_accounts_as_they_were_with_their_tiers(
    shop: Shop, lan: Member
) -> None:
    mai = settled(shop, "Trần Thị Mai")
    bill = shop.sell(mixed(shop), lan).purchase
    before = stands(shop, lan), stands(shop, mai)

    move(shop, bill, mai)
    assert (stands(shop, lan)[1], stands(shop, mai)[1]) == (before[1][1], before[0][1]), "the tier goes along"
    move(shop, bill, lan)

    assert (stands(shop, lan), stands(shop, mai)) == before
    assert sound()


LATER: dict[str, Callable[[Shop, PurchaseRecord, Member], object]] = {
    "nothing": lambda shop, bill, mai: None,
    "a part came back": lambda shop, bill, mai: back(
        shop, bill, ReturnedLine(line=1, quantity=Decimal(1), amount=225_000)
    ),
    "all came back": lambda shop, bill, mai: back(shop, bill),
    "it moved": lambda shop, bill, mai: move(shop, bill, mai),
    "months went by": lambda shop, bill, mai: shop.later(days=90),
}


@pytest.mark.parametrize("meanwhile", LATER)
def test_a_purchase_replayed_changes_nothing_whatever_happened_meanwhile(
    shop: Shop, lan: Member, meanwhile: str
) -> None:
    mai = shop.member("Trần Thị Mai")
    asked = mixed(shop, points_to_spend=0 if meanwhile == "it moved" else 55)
    sold = shop.sell(asked, lan, proven=True).purchase
    LATER[meanwhile](shop, sold, mai)
    before = rows_of(*LEDGER_TABLES)

    again = shop.sell(asked, lan, proven=True)

    assert again.replayed
    assert (again.purchase.id, again.purchase.spent) == (sold.id, sold.spent)
    assert rows_of(*LEDGER_TABLES) == before
