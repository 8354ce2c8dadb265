"""Taking a voucher out of use by hand."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from events import outbox
from events.refusals import Refusal
from rewards.models import Voucher

LONGEST_REASON = 500


class VoidReasonMissing(Refusal):
    """Who voids a voucher says why."""

    code = "reason_missing"


class NothingToVoid(Refusal):
    """The voucher was voided before, or all of its uses are gone."""

    code = "nothing_to_void"


@transaction.atomic
def void(*, voucher_id: UUID, reason: str, by: str, at: datetime) -> None:
    """The voucher cannot be used from now on; what was used stays used. Raises VoidReasonMissing, NothingToVoid."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise VoidReasonMissing()
    # a till that claims the voucher at this moment holds its row: whoever comes second sees what the first one did
    live = Voucher.objects.filter(pk=voucher_id, voided_at__isnull=True, used__lt=F("uses_allowed"))
    if not live.update(voided_at=at, voided_by=by, void_reason=reason):
        raise NothingToVoid()
    outbox.record(
        type="voucher.voided",
        member_id=Voucher.objects.values_list("member_id", flat=True).get(pk=voucher_id),
        subject_id=voucher_id,
        data={},
        at=at,
        by=by,
    )
