"""Bills as a till of today sends them: staff, discounts of the quiet hours, tax inside the price, how it was paid."""

import hashlib
from decimal import Decimal

import numpy as np

from dashboard.seeding import menu
from dashboard.seeding.history import History
from dashboard.seeding.paying import POINT_VALUE
from dashboard.seeding.places import PLACES
from dashboard.seeding.visits import GUEST
from loyalty.bill import Bill, BillLine, Discount, Payment
from loyalty.sales import Who

PAID_BY = ("momo", "cash", "transfer", "card", "zalopay", "vnpay")
PAID_BY_SHARE = np.array((0.33, 0.24, 0.18, 0.15, 0.06, 0.04)).cumsum()
QUIET_HOURS = range(14, 17)


def who(history: History, bill: int) -> Who | None:
    """The member by the phone they said, None for a guest."""
    person = history.member_of(bill)
    return Who("phone", f"+84{person.phone[1:]}") if person else None


def bill(history: History, number: int, *, points: int) -> Bill:
    """The whole bill, asking for `points` of the member as far as they fit on it."""
    chance = np.random.default_rng([history.seed, 9, number])
    moment = history.moment(number)
    place = PLACES[int(history.visits.store[number])]
    lines = tuple(_lines(history, number))
    amount = sum(line.amount for line in lines)
    quiet = moment.hour in QUIET_HOURS and moment.weekday() < 5 and chance.random() < 0.3
    discounts = (Discount(kind="promotion", code="GIO-VANG", amount=amount // 10_000 * 1_000),) if quiet else ()
    total = amount - sum(discount.amount for discount in discounts)
    points = min(points, total // POINT_VALUE)
    due = total - points * POINT_VALUE
    method = PAID_BY[min(int(np.searchsorted(PAID_BY_SHARE, chance.random())), len(PAID_BY) - 1)]
    return Bill(
        receipt=history.receipts[number],
        occurred_at=moment,
        lines=lines,
        total=total,
        staff=str(chance.choice(place.staff)),
        discounts=tuple(discount for discount in discounts if discount.amount),
        tax=total * 8 // 108,
        payments=(Payment(method=method, amount=due),) if due else (),
        points_to_spend=points,
    )


def _lines(history: History, number: int) -> list[BillLine]:
    sold = history.lines
    return [
        BillLine(
            sku=item.sku,
            name=item.name,
            category=item.group,
            quantity=Decimal(f"{sold.quantity[line]:g}"),
            unit=item.unit,
            amount=int(sold.amount[line]),
            cost=int(sold.cost[line]),
        )
        for line in history.lines.of(number)
        for item in [menu.MENU[sold.item[line]]]
    ]


def is_guest(history: History, number: int) -> bool:
    return int(history.visits.person[number]) == GUEST


def fingerprint(*parts: object) -> bytes:
    """What makes a repeated bill of the demo recognisable as the same."""
    return hashlib.sha256(repr(parts).encode()).digest()
