"""Points by hand above the programme's limit: one person asks, another decides."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events import outbox
from events.refusals import Refusal
from loyalty import adjusting
from loyalty.ledger import posting
from loyalty.models import AdjustmentRequest

# More than this is a slip of the hand, whoever agrees.
HIGHEST = 10_000_000
COUNTED_AT_MOST = 100

State = AdjustmentRequest.State


class RequestUnknown(Refusal):
    """No such request."""

    code = "request_unknown"


class RequestDecided(Refusal):
    """Somebody has said yes or no before."""

    code = "request_decided"


class OwnRequest(Refusal):
    """Who asked does not approve."""

    code = "own_request"


def ask(
    *, member_id: UUID, points: int, reason: str, token: UUID, by: str, at: datetime, request_id: str = ""
) -> AdjustmentRequest:
    """Ask somebody else to add (or take, below zero) points; nothing moves. The same `token` again is the same request.

    Raises ReasonMissing, NothingToAdjust, AboveLimit (beyond HIGHEST).
    """
    reason = adjusting.checked(points=points, reason=reason, limit=HIGHEST)
    with transaction.atomic():
        asked, new = AdjustmentRequest.objects.get_or_create(
            token=token,
            defaults={"member_id": member_id, "points": points, "reason": reason, "asked_at": at, "asked_by": by},
        )
        if new:
            _record("adjustment.asked", asked, by=by, at=at, request_id=request_id)
    return asked


def approve(*, id: UUID, by: str, at: datetime, request_id: str = "") -> int:
    """Move the points in the approver's name; answers the entry's seq.

    Raises RequestUnknown, RequestDecided, OwnRequest, NotEnoughPoints; then it waits as before.
    """
    with transaction.atomic():
        asked = _open(id, lock_account=True)
        if asked.asked_by == by:
            raise OwnRequest()
        seq = adjusting.adjust(
            member_id=asked.member_id,
            points=asked.points,
            reason=asked.reason,
            by=by,
            at=at,
            limit=HIGHEST,
            request_id=request_id,
        )
        asked.state, asked.decided_at, asked.decided_by, asked.entry_seq = State.APPROVED, at, by, seq
        asked.save(update_fields=["state", "decided_at", "decided_by", "entry_seq"])
    return seq


def refuse(*, id: UUID, answer: str, by: str, at: datetime, request_id: str = "") -> None:
    """No, and why; who asked may take it back like this. Raises RequestUnknown, RequestDecided, ReasonMissing."""
    answer = adjusting.checked_reason(answer)
    with transaction.atomic():
        asked = _open(id, lock_account=False)
        asked.state, asked.decided_at, asked.decided_by, asked.answer = State.REFUSED, at, by, answer
        asked.save(update_fields=["state", "decided_at", "decided_by", "answer"])
        _record("adjustment.refused", asked, by=by, at=at, request_id=request_id)


def waiting() -> int:
    """How many wait for a decision; nobody counts beyond a hundred."""
    waits = AdjustmentRequest.objects.filter(state=State.ASKED)
    return len(waits.values_list("pk", flat=True)[:COUNTED_AT_MOST])


def _open(id: UUID, *, lock_account: bool) -> AdjustmentRequest:
    """The request under its lock; the account's comes first, as everywhere."""
    member_id = AdjustmentRequest.objects.filter(pk=id).values_list("member_id", flat=True).first()
    if member_id is None:
        raise RequestUnknown()
    if lock_account:
        posting.lock(member_id=member_id)
    asked = AdjustmentRequest.objects.select_for_update(no_key=True).get(pk=id)
    if asked.state != State.ASKED:
        raise RequestDecided()
    return asked


def _record(type: str, asked: AdjustmentRequest, *, by: str, at: datetime, request_id: str) -> None:
    outbox.record(
        type=type,
        member_id=asked.member_id,
        subject_id=asked.pk,
        data={"points": asked.points},
        at=at,
        by=by,
        request_id=request_id,
    )
