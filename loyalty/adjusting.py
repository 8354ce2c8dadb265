"""Points by hand: with a reason, up to a limit."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events.refusals import Refusal
from loyalty import policies
from loyalty.ledger import posting

LONGEST_REASON = 500


class ReasonMissing(Refusal):
    """An adjustment says why."""

    code = "reason_missing"


class AboveLimit(Refusal):
    """More points than one person may move by hand."""

    code = "adjustment_above_limit"


class NothingToAdjust(Refusal):
    code = "nothing_to_adjust"


@transaction.atomic
def adjust(
    *, member_id: UUID, points: int, reason: str, by: str, at: datetime, limit: int | None = None, request_id: str = ""
) -> int:
    """Add (or take, below zero) points by hand; answers the entry's seq. `limit`: None = the programme's own.

    Points added end as if earned now. Taking never goes into debt: NotEnoughPoints.
    """
    terms = policies.at(at)
    reason = checked(points=points, reason=reason, limit=terms.programme.manual_limit if limit is None else limit)
    return posting.adjust(
        member_id=member_id,
        kind="adjust",
        points=points,
        lot=terms.lot(at),
        note={"at": at, "by": by, "reason": reason, "request": request_id},
    )


def checked(*, points: int, reason: str, limit: int) -> str:
    """The reason as it is kept. Raises ReasonMissing, NothingToAdjust, AboveLimit."""
    reason = checked_reason(reason)
    if points == 0:
        raise NothingToAdjust()
    if abs(points) > limit:
        raise AboveLimit()
    return reason


def checked_reason(reason: str) -> str:
    """Raises ReasonMissing for none, or one that is longer than LONGEST_REASON."""
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise ReasonMissing()
    return reason
