"""How many whole pieces of some goods a member has kept, bill by bill: read from the books, at any size of shop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

# The kept bills that are the member's now (those sold to them that never moved, and those that came to them). One that
# waits for staff counts once it is approved; of one that was corrected only the revision that stands was not returned.
PIECES = """
WITH theirs AS (
    SELECT p.id, p.status, p.occurred_at, p.recorded_at FROM loyalty_purchase p
     WHERE p.member_id = %(member)s AND p.occurred_at >= %(begins)s
       AND p.occurred_at < coalesce(%(ends)s::timestamptz, 'infinity')
       AND NOT EXISTS (SELECT FROM loyalty_billmove m WHERE m.purchase_id = p.id)
    UNION ALL
    SELECT p.id, p.status, p.occurred_at, p.recorded_at FROM loyalty_billowner o
      JOIN loyalty_purchase p ON p.id = o.purchase_id
     WHERE o.member_id = %(member)s AND p.occurred_at >= %(begins)s
       AND p.occurred_at < coalesce(%(ends)s::timestamptz, 'infinity')
), kept AS (
    SELECT b.id, b.occurred_at, b.recorded_at, floor(l.quantity - coalesce(
             (SELECT sum(k.quantity) FROM loyalty_returnline k
               WHERE k.purchase_id = l.purchase_id AND k.line = l.line), 0))::int AS pieces
      FROM theirs b JOIN loyalty_purchaseline l ON l.purchase_id = b.id
     WHERE (l.category = ANY (%(categories)s::text[]) OR l.sku = ANY (%(skus)s::text[]))
       AND NOT EXISTS (SELECT FROM loyalty_return r WHERE r.purchase_id = b.id AND r.whole)
       AND (b.status <> 'review'
            OR EXISTS (SELECT FROM loyalty_reviewdecision d WHERE d.purchase_id = b.id AND d.approved))
)
SELECT id, recorded_at, sum(pieces)::int FROM kept WHERE pieces > 0
 GROUP BY id, occurred_at, recorded_at ORDER BY occurred_at, id
"""


@dataclass(frozen=True, slots=True)
class Bought:
    """`pieces` whole pieces on one bill."""

    purchase_id: UUID
    recorded_at: datetime
    pieces: int


def pieces(
    *, member_id: UUID, categories: Sequence[str], skus: Sequence[str], begins: datetime, ends: datetime | None
) -> list[Bought]:
    """What the member kept of these categories and articles from bills of [begins, ends), in the order of the sales.

    Each line counts its whole pieces: of 1.5 kept one, of half a piece none.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            PIECES,
            {
                "member": member_id,
                "categories": list(categories),
                "skus": list(skus),
                "begins": begins,
                "ends": ends,
            },
        )
        return [Bought(*row) for row in cursor.fetchall()]
