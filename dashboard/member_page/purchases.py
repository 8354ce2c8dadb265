"""A member's bills with their lines."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.utils import formats

from dashboard import linking, wording
from loyalty import owning, revisions
from loyalty.models import Purchase, PurchaseLine

SHOWN = 10
LINES_SHOWN = 8


def of(member_id: UUID, *, stores: dict[int, str], currency: str) -> list[dict[str, Any]]:
    """The newest bills as they stand, each with its first lines, in a few queries."""
    rows = list(owning.bills_of(member_id).filter(revisions.STANDS).order_by("-occurred_at")[:SHOWN])
    moves = owning.last_moves(rows)
    earned = {row.pk: moves[row.pk].earned if row.pk in moves else row.earned for row in rows}
    lines: dict[UUID, list[PurchaseLine]] = defaultdict(list)
    for line in PurchaseLine.objects.filter(purchase_id__in=[row.pk for row in rows]).order_by("purchase_id", "line"):
        lines[line.purchase_id].append(line)
    return [
        {
            "link": linking.to("loyalty_purchase", row.pk, row.receipt),
            "at": wording.moment(row.occurred_at),
            "store": stores.get(row.store_id, ""),
            "status": row.get_status_display() if row.status != Purchase.Status.POSTED else "",
            "total": wording.money(row.total, currency=currency),
            "earned": wording.points(earned[row.pk], signed=True) if earned[row.pk] else "",
            "spent": wording.points(-row.spent) if row.spent else "",
            "lines": [
                {
                    "name": line.name or line.sku,
                    "quantity": f"{formats.number_format(line.quantity.normalize())} {line.unit}".strip(),
                    "amount": wording.money(line.amount, currency=currency),
                }
                for line in lines[row.pk][:LINES_SHOWN]
            ],
            "more": max(0, len(lines[row.pk]) - LINES_SHOWN),
        }
        for row in rows
    ]
