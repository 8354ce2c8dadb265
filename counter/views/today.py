"""One's own bills of today, and taking one back that should not have been."""

import hashlib
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from counter import pages
from counter.desk import Desk, serves
from loyalty import today
from loyalty.models import Purchase
from loyalty.queries import PurchaseUnknown
from rewards import checkout

MOST = 60
OVER = ("cancelled", "returned", "corrected")


@serves
@require_GET
def bills(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The newest first; a manager sees those of the store."""
    rows = today.bills_of(till=desk.till, at=desk.at, by=None if desk.is_manager else desk.by, limit=MOST)
    told = [
        {
            "bill": row,
            "state": today.STATES[row.state] if row.state != "posted" else "",
            "undo": row.state not in OVER if desk.is_manager else not row.keeps,
            "move": bool(row.member_id) and row.state == "posted" and not row.moved,
        }
        for row in rows
    ]
    return pages.part(request, desk, "today", {"rows": told})


@serves
@require_POST
def cancel(request: HttpRequest, desk: Desk, purchase_id: UUID) -> HttpResponse:
    """The bill never happened. One's own last one, until the end of the business day; a manager any of the store."""
    if not Purchase.objects.filter(pk=purchase_id, store_id=desk.till.store_id).exists():
        raise PurchaseUnknown
    take_back = checkout.cancel if desk.is_manager else checkout.undo
    done = take_back(
        purchase_id=purchase_id,
        key=f"counter-undo:{purchase_id}",
        till=desk.till,
        fingerprint=hashlib.sha256(str(purchase_id).encode()).digest(),
        at=desk.at,
    )
    response = pages.part(request, desk, "undone", {"back": done.record, "member_id": done.record.member_id})
    response["HX-Trigger"] = "counter:undone"
    return response
