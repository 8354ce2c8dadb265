"""What a member mostly buys, and when they were here last: read from their last bills by index, at any size of shop."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

LOOKED_AT = 20
FEWEST_VISITS = 3
# each bill counts nine tenths of the one after it
FADES = Decimal("0.9")
# in at least a third of the (weighted) bills
LEAST_SHARE = Decimal("0.33")
MOST_ITEMS = 3

# The last kept bills that are the member's now: those sold to them that never moved, and those that came to them.
RECENT = """
WITH recent AS (
    SELECT id, store_id, occurred_at, due, row_number() OVER (ORDER BY occurred_at DESC, id DESC) AS nth
    FROM (
        (SELECT p.id, p.store_id, p.occurred_at, p.due FROM loyalty_purchase p
         WHERE p.member_id = %(member)s AND p.occurred_at <= %(at)s
             AND NOT EXISTS (SELECT FROM loyalty_billmove m WHERE m.purchase_id = p.id)
             AND NOT EXISTS (SELECT FROM loyalty_return r WHERE r.purchase_id = p.id AND r.whole)
         ORDER BY p.occurred_at DESC LIMIT %(most)s)
        UNION ALL
        (SELECT p.id, p.store_id, p.occurred_at, p.due FROM loyalty_billowner o
         JOIN loyalty_purchase p ON p.id = o.purchase_id
         WHERE o.member_id = %(member)s AND p.occurred_at <= %(at)s
             AND NOT EXISTS (SELECT FROM loyalty_return r WHERE r.purchase_id = p.id AND r.whole)
         ORDER BY p.occurred_at DESC LIMIT %(most)s)
    ) kept
    ORDER BY occurred_at DESC, id DESC LIMIT %(most)s
)
"""
USUAL = """
, bought AS (
    SELECT DISTINCT ON (b.nth, l.sku) b.nth, l.sku, l.name
    FROM recent b
    JOIN loyalty_purchaseline l ON l.purchase_id = b.id
    WHERE l.quantity > coalesce(
        (SELECT sum(k.quantity) FROM loyalty_returnline k WHERE k.purchase_id = l.purchase_id AND k.line = l.line), 0)
    ORDER BY b.nth, l.sku, l.line
)
SELECT
    sku, (array_agg(name ORDER BY nth))[1], count(*), (SELECT count(*) FROM recent),
    sum(%(fades)s ^ (nth - 1)) / (SELECT sum(%(fades)s ^ (nth - 1)) FROM recent) AS share
FROM bought
GROUP BY sku
ORDER BY share DESC, min(nth), sku
LIMIT %(items)s
"""
LAST = """
SELECT b.id, b.store_id, s.name, b.occurred_at, b.due
FROM recent b
JOIN loyalty_store s ON s.id = b.store_id
WHERE nth = 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualItem:
    """An article in `times` of the last bills; `share` weighs later ones more, 0 to 1."""

    sku: str
    name: str
    times: int
    share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualOrder:
    """What is in most of the last `visits` bills (LOOKED_AT at most), most usual first; never empty."""

    items: tuple[UsualItem, ...]
    visits: int

    @property
    def words(self) -> str:
        """For the counter: "Cà phê sữa, bánh mì"."""
        return ", ".join(item.name for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastVisit:
    purchase_id: UUID
    store_id: int
    store_name: str
    at: datetime
    due: int


def usual_order(member_id: UUID, at: datetime) -> UsualOrder | None:
    """What the member mostly buys; None before FEWEST_VISITS kept bills, or where nothing repeats itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            RECENT + USUAL,
            {"member": member_id, "at": at, "most": LOOKED_AT, "fades": FADES, "items": MOST_ITEMS},
        )
        rows = cursor.fetchall()
    if not rows or rows[0][3] < FEWEST_VISITS:
        return None
    items = tuple(
        UsualItem(sku=sku, name=name or sku, times=times, share=share)
        for sku, name, times, _, share in rows
        if share >= LEAST_SHARE and times > 1
    )
    return UsualOrder(items=items, visits=rows[0][3]) if items else None


def last_visit(member_id: UUID, at: datetime) -> LastVisit | None:
    """The last kept bill before `at`; a bill that came back wholly was no visit."""
    with connection.cursor() as cursor:
        cursor.execute(RECENT + LAST, {"member": member_id, "at": at, "most": 1})
        row = cursor.fetchone()
    if row is None:
        return None
    return LastVisit(purchase_id=row[0], store_id=row[1], store_name=row[2], at=row[3], due=row[4])
