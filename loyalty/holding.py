"""Points put aside for an open bill: nobody else can spend them until the bill takes them, or they are let go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from events import commands
from loyalty import policies, queries, revisions
from loyalty.ledger import posting
from loyalty.ledger.posting import Opening
from loyalty.models import Hold, Purchase
from loyalty.paying import ProofNeeded
from loyalty.sales import MemberUnknown, Who
from loyalty.till import Till, local_midnight

LONGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A hold as it stands in the books; `balance`: what is available beside it, less any debt, right after it."""

    id: UUID
    points: int
    expires_at: datetime
    balance: int
    replayed: bool


@transaction.atomic
def hold(
    *,
    who: Who | None,
    points: int,
    lasts: timedelta,
    key: str,
    till: Till,
    fingerprint: bytes,
    at: datetime,
    proven: Callable[[UUID], bool],
    request_id: str = "",
) -> Held:
    """Put points aside. The same key again is answered alike.

    `lasts`: at most an hour. `proven`: whether the member has shown to be there; it may raise what a proof does.
    Raises MemberUnknown, NotEnoughPoints, SpendingLocked, ProofNeeded, KeyConflict.
    """
    before = commands.find(store_id=till.store_id, key=key)
    if before is not None:
        commands.check(before, kind="hold", fingerprint=fingerprint)
        return _told(Hold.objects.get(pk=before.subject_id), replayed=True)
    snap = posting.open_account(_opening(who, at=at), store_id=till.store_id, practice=till.practice, at=at, by=till.by)
    if snap.member_id is None:
        raise MemberUnknown
    if not proven(snap.member_id):
        _check_daily_amount(snap.member_id, points, at=at)
    posting.hold(
        {
            "id": snap.new_id,
            "member_id": snap.member_id,
            "points": points,
            "expires_at": at + min(lasts, LONGEST),
            "store_id": till.store_id,
            "at": at,
            "by": till.by,
            "request_id": request_id,
        }
    )
    commands.remember(
        store_id=till.store_id, key=key, kind="hold", fingerprint=fingerprint, subject_id=snap.new_id, at=at
    )
    return _told(Hold.objects.get(pk=snap.new_id), replayed=False)


@transaction.atomic
def let_go(*, hold_id: UUID, till: Till, at: datetime, request_id: str = "") -> bool:
    """Give the points back to the member's account; False where they were taken, let go or lapsed before.

    Only the store that put them aside can.
    """
    held = Hold.objects.filter(pk=hold_id, store_id=till.store_id).first()
    if held is None:
        return False
    posting.lock(member_id=held.member_id)
    note = {"at": at, "by": till.by, "store": till.store_id, "request": request_id}
    let = posting.let_go(hold_id=hold_id, note=note)
    posting.book_due(member_id=held.member_id, at=at, by=till.by)
    return let


def _opening(who: Who | None, *, at: datetime) -> Opening:
    kind, value = (who.kind, who.value) if who else ("nobody", "")
    window = policies.last_known(at).ladder.window
    return Opening(kind=kind, value=value, period="", receipt=None, occurred_at=at, window=window, staff="")


def _check_daily_amount(member_id: UUID, points: int, *, at: datetime) -> None:
    """What is held counts to the day as if it had been spent. Raises ProofNeeded."""
    spending = policies.at(at).spending
    day = local_midnight(at)
    spent = Purchase.objects.filter(revisions.STANDS, member_id=member_id, recorded_at__gte=day).aggregate(
        sum=Sum("points_value")
    )
    held = Hold.objects.filter(member_id=member_id, ended_at=None).aggregate(sum=Sum("points"))
    value = (spent["sum"] or 0) + ((held["sum"] or 0) + points) * spending.point_value
    if value > spending.proof_above:
        raise ProofNeeded


def _told(held: Hold, *, replayed: bool) -> Held:
    after = queries.entry_balance(held.member_id, held.entry_seq)
    return Held(id=held.pk, points=held.points, expires_at=held.expires_at, balance=after, replayed=replayed)
