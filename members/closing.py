"""A member closes the account, with a reason and thirty days to think again; then the night erases it.

While it is closed nobody finds it, nothing is earned or spent and nothing is sent. Points keep running out as they
would have; who comes back within the time has what is left.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from events import outbox
from events.refusals import Missing, Refusal
from members import changing, erasing, identifying
from members.models import Closing, Identifier, Member

WAY_BACK = timedelta(days=30)
LONGEST_WORDS = 1000


class ClosingReasonUnknown(Refusal):
    code = "closing_reason_unknown"


class NoWayBack(Missing):
    """No account was closed here, or the thirty days are over."""

    code = "no_way_back"


def close(*, member_id: UUID, reason: str, words: str = "", by: str, at: datetime, request_id: str = "") -> Closing:
    """Closes the account; the door has had a code proved and told what becomes of the points.

    Raises ClosingReasonUnknown, MemberGone.
    """
    if reason not in Closing.Reason.values:
        raise ClosingReasonUnknown
    with transaction.atomic():
        member = _locked(member_id, Member.Status.ACTIVE)
        if member is None:
            raise changing.MemberGone
        closing = Closing.objects.create(
            member=member,
            reason=reason,
            words=identifying.clean(words)[:LONGEST_WORDS],
            closed_at=at,
            closed_by=by,
            back_until=at + WAY_BACK,
        )
        member.status = Member.Status.CLOSED
        # every QR and every session of before is worthless
        member.qr_generation = member.qr_generation % 30_000 + 1
        member.save(update_fields=["status", "qr_generation"])
        _tell("member.closed", member_id, closing.pk, {"reason": reason}, by=by, at=at, request_id=request_id)
        return closing


def closed(*, phone: str, practice: bool = False, at: datetime) -> Closing | None:
    """The closed account this phone named and may name again: only after a code proved the phone, or for staff."""
    value = identifying.phone(phone)
    found = Closing.objects.filter(
        member__identifiers__kind=Identifier.Kind.PHONE,
        member__identifiers__value=value,
        member__identifiers__practice=practice,
        member__identifiers__until_at__isnull=True,
        member__status=Member.Status.CLOSED,
        came_back_at__isnull=True,
        erased_at__isnull=True,
        back_until__gt=at,
    )
    return found.first()


def come_back(*, member_id: UUID, by: str, at: datetime, request_id: str = "") -> Member:
    """The account is open again, as it was. Raises NoWayBack."""
    with transaction.atomic():
        member = _locked(member_id, Member.Status.CLOSED)
        closing = Closing.objects.filter(
            member_id=member_id, came_back_at__isnull=True, erased_at__isnull=True, back_until__gt=at
        ).first()
        if member is None or closing is None:
            raise NoWayBack
        closing.came_back_at, closing.came_back_by = at, by
        closing.save(update_fields=["came_back_at", "came_back_by"])
        member.status = Member.Status.ACTIVE
        member.save(update_fields=["status"])
        _tell("member.came_back", member_id, closing.pk, {}, by=by, at=at, request_id=request_id)
        return member


def erase_due(*, date: date, at: datetime) -> int:
    """A step of the night: forgets whoever closed the account thirty days ago, one transaction each."""
    due = Closing.objects.filter(came_back_at__isnull=True, erased_at__isnull=True, back_until__lte=at)
    ids = list(due.order_by("back_until").values_list("member_id", flat=True))
    return sum(_still_gone_and_erased(member_id, at) for member_id in ids)


def _still_gone_and_erased(member_id: UUID, at: datetime) -> bool:
    with transaction.atomic():
        if _locked(member_id, Member.Status.CLOSED) is None:
            return False  # came back, or was erased on request, since the list was made
        return erasing.erase(member_id=member_id, by="system", at=at)


def _locked(member_id: UUID, status: str) -> Member | None:
    return Member.objects.select_for_update(no_key=True).filter(pk=member_id, status=status).first()


def _tell(
    type: str, member_id: UUID, subject_id: UUID, data: dict[str, str], *, by: str, at: datetime, request_id: str
) -> None:
    outbox.record(type=type, member_id=member_id, subject_id=subject_id, data=data, at=at, by=by, request_id=request_id)
