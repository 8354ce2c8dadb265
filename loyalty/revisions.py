"""Which revision of a bill stands: the last one under its receipt; the others were corrected. Reads only."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef

from events.refusals import Refusal
from loyalty.models import Correction, Purchase, Return
from loyalty.records import PurchaseRecord

# chooses the bills that no other revision stands in the place of
STANDS = ~Exists(Correction.objects.filter(purchase=OuterRef("pk")))


class PurchaseCorrected(Refusal):
    """The bill was corrected: another revision stands under its receipt, and is the one to be named."""

    code = "purchase_corrected"


def was_corrected(bill: PurchaseRecord) -> bool:
    return any(back.kind == Return.Kind.CORRECTION for back in bill.returns)


def next_of(purchase_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Bill → the revision that came after it; only bills that were corrected."""
    rows = Correction.objects.filter(purchase__in=list(purchase_ids))
    return dict(rows.values_list("purchase_id", "next_id"))


def last_of(purchase_id: UUID) -> UUID:
    """The id of the revision that stands where this one once did; its own where it was never corrected."""
    while (following := next_of([purchase_id])).get(purchase_id):
        purchase_id = following[purchase_id]
    return purchase_id


def before(purchase_id: UUID) -> list[Purchase]:
    """The revisions that came before this one, the newest of them first."""
    found: list[Purchase] = []
    while row := Purchase.objects.filter(correction__next=purchase_id).first():
        found.append(row)
        purchase_id = row.pk
    return found
