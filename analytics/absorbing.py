"""Each event moves the rollups by what it changed, in the transaction that marks its delivery done.

Sums do not mind the order of deliveries; what goes by order (a member's first and last bill) is looked up in the books
each time. A bill that waits for staff counts with all that came back of it once it is approved, whichever of its events
comes first.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from analytics import joining, moving
from analytics.models import Ahead
from events.models import Event
from loyalty.models import Purchase

# The name by which deliveries know this reader.
READER = "analytics.absorbing.absorb"
TYPES = (
    "purchase.recorded",
    "purchase.returned",
    "purchase.cancelled",
    "purchase.corrected",
    "purchase.reviewed",
    "purchase.moved",
    "purchase.claimed",
    "purchases.imported",
)


def absorb(*, event: Event) -> None:
    """Add to the rollups what this event changed, unless a rebuild has taken it from the books already."""
    if event.type in joining.TYPES:
        joining.wait_for(event)
    if Ahead.objects.filter(pk=event.pk).delete()[0]:
        return
    if event.type in joining.TYPES:
        joining.absorb(event, reader=READER)
    elif event.type == "purchases.imported":
        condition, values = _imported(event)
        moving.add(bills=condition, values=values)
    elif event.type in ("purchase.moved", "purchase.claimed"):
        known_on = date.fromisoformat(event.data["business_date"])
        moving.add(passed="m.id = %(move)s", values={"move": event.data["move"]}, on=known_on)
    elif event.type == "purchase.reviewed" or _waited_for_staff(event):
        _add_reviewed(event.subject_id)
    elif event.type == "purchase.recorded":
        moving.add(bills="b.id = %(bill)s", values={"bill": event.subject_id})
    else:
        moving.add(returns="r.id = %(back)s", values={"back": event.data["return"]})


def _waited_for_staff(event: Event) -> bool:
    if "status" in event.data:
        return bool(event.data["status"] == Purchase.Status.REVIEW)
    return Purchase.objects.filter(id__in=[event.subject_id], status=Purchase.Status.REVIEW).exists()


def _add_reviewed(purchase_id: UUID | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO analytics_reviewedfigure (subject_id)
            SELECT purchase_id FROM loyalty_reviewdecision WHERE purchase_id = %(bill)s AND approved
            UNION ALL
            SELECT r.id FROM loyalty_return r JOIN loyalty_reviewdecision d USING (purchase_id)
            WHERE d.purchase_id = %(bill)s AND d.approved
            ON CONFLICT DO NOTHING
            RETURNING subject_id::text
            """,
            {"bill": purchase_id},
        )
        subjects = [subject for (subject,) in cursor.fetchall()]
    if subjects:
        moving.add(
            bills="b.id = ANY (%(subjects)s::uuid[])",
            returns="r.id = ANY (%(subjects)s::uuid[])",
            values={"subjects": subjects},
        )


def _imported(event: Event) -> tuple[str, dict[str, Any]]:
    """The bills of one chunk: of all of the import where it was a single one (see loyalty.importing.posting)."""
    values = {"import": event.data["import_id"]}
    condition = "b.import_id = %(import)s"
    chunk = event.data.get("chunk")
    if chunk:
        members = chunk["of"] == "members"
        key = "b.member_id" if members else "b.id"
        condition += f" AND b.member_id IS {'NOT ' if members else ''}NULL"
        if chunk["after"]:
            condition += f" AND {key} > %(after)s"
        if chunk["until"]:
            condition += f" AND {key} <= %(until)s"
        values |= {"after": chunk["after"], "until": chunk["until"]}
    return condition, values
