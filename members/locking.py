"""Locking a member's points and vouchers: a lost phone, a number that has just moved, a member who asks for it.

Earning goes on. Honoured where points or vouchers leave: `loyalty` and `rewards` ask `members_may_spend` in SQL.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from events import outbox
from events.refusals import Refusal
from members import changing
from members.models import Member, SpendingLock

Reason = SpendingLock.Reason
# what members lift themselves, once a code has proved them; the rest ends by itself or is lifted by staff
OWN = frozenset({Reason.ASKED.value, Reason.PHONE_LOST.value})
ALL = frozenset(Reason.values)


class SpendingLocked(Refusal):
    """The member's points and vouchers are locked: nothing leaves the account."""

    code = "spending_locked"


class ReasonUnknown(Refusal):
    code = "reason_unknown"


@dataclass(frozen=True, kw_only=True)
class Locked:
    """The locks of a member now: since when, why, and until when (None: until somebody lifts one)."""

    since: datetime
    until: datetime | None
    reasons: frozenset[str]

    @property
    def own(self) -> bool:
        """Whether the member may lift all of it."""
        return self.reasons <= OWN


def lock_spending(
    *,
    member_id: UUID,
    until: datetime | None = None,
    reason: str = Reason.ASKED,
    by: str,
    at: datetime,
    request_id: str = "",
) -> SpendingLock:
    """Nothing leaves the account from now until `until`, or until it is lifted. Raises MemberGone, ReasonUnknown.

    A sale that is under way is finished before; every later one is refused. The same lock again is the one there is.
    """
    if reason not in ALL:
        raise ReasonUnknown
    with transaction.atomic():
        _must_be_here(member_id)
        same = _live(member_id, at).filter(reason=reason, until_at=until).first()
        if same is not None:
            return same
        lock = SpendingLock.objects.create(member_id=member_id, reason=reason, at=at, until_at=until, by=by)
        outbox.record(
            type="member.spending_locked",
            member_id=member_id,
            subject_id=lock.pk,
            data={"reason": reason, "until": until.isoformat() if until else None},
            at=at,
            by=by,
            request_id=request_id,
        )
        return lock


def unlock(*, member_id: UUID, reasons: Collection[str] = OWN, by: str, at: datetime, request_id: str = "") -> int:
    """Lifts the locks of these reasons and answers how many there were: a member's own, unless staff says `ALL`.

    The door has had the member prove who it is. Raises MemberGone.
    """
    with transaction.atomic():
        _must_be_here(member_id)
        live = list(_live(member_id, at).filter(reason__in=list(reasons)).values_list("pk", "reason"))
        if live:
            ids = [pk for pk, _reason in live]
            SpendingLock.objects.filter(pk__in=ids).update(lifted_at=at, lifted_by=by)
            outbox.record(
                type="member.spending_unlocked",
                member_id=member_id,
                subject_id=ids[0],
                data={"reasons": sorted({reason for _pk, reason in live})},
                at=at,
                by=by,
                request_id=request_id,
            )
        return len(live)


def is_locked(*, member_id: UUID, at: datetime) -> bool:
    return _live(member_id, at).exists()


def current(*, member_id: UUID, at: datetime) -> Locked | None:
    """What locks the account now, taken together; None where nothing does."""
    live = list(_live(member_id, at).order_by("at"))
    if not live:
        return None
    ends = [lock.until_at for lock in live]
    known = [end for end in ends if end is not None]
    return Locked(
        since=live[0].at,
        until=max(known) if len(known) == len(ends) else None,
        reasons=frozenset(lock.reason for lock in live),
    )


def _live(member_id: UUID, at: datetime) -> QuerySet[SpendingLock]:
    """The locks that hold; one set ahead of time, before the clock was put back, holds too."""
    return SpendingLock.objects.filter(member_id=member_id, lifted_at__isnull=True).filter(
        Q(until_at__isnull=True) | Q(until_at__gt=at)
    )


def _must_be_here(member_id: UUID) -> None:
    member = Member.objects.select_for_update(no_key=True).filter(pk=member_id, status=Member.Status.ACTIVE)
    if not member.exists():
        raise changing.MemberGone
