"""How the house comes to know that a member did something worth points: a till tells it, it sees it, the day comes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events import commands
from loyalty import bonus_events
from loyalty.bonus_events import Awarded, EventUnknown
from loyalty.clocks import AHEAD_POSTED, OccurredInFuture, OccurredTooOld
from loyalty.ledger import posting
from loyalty.sales import MemberUnknown, Who
from loyalty.till import Till

KIND = "bonus_event"


@transaction.atomic
def tell(
    *,
    who: Who,
    event: str,
    reference: str,
    occurred_at: datetime | None,
    dry_run: bool,
    key: str,
    till: Till,
    fingerprint: bytes,
    at: datetime,
    request_id: str = "",
) -> Awarded:
    """A till says that a member wrote a review, came by, or did what the shop has thought of. The same `key` again is
    answered alike; a dry run neither has nor needs one.

    Raises MemberUnknown, KeyConflict, OccurredInFuture, OccurredTooOld, and what `bonus_events.award` raises.
    """
    member_id = posting.member_of(who.kind, who.value, practice=till.practice)
    before = None if dry_run else commands.find(store_id=till.store_id, key=key)
    if before is not None:
        commands.check(before, kind=KIND, fingerprint=fingerprint)
        return _again(before.subject_id, member_id)
    moment = occurred_at or at
    if moment > at + AHEAD_POSTED:
        raise OccurredInFuture()
    if moment < at - till.window("online"):
        raise OccurredTooOld()
    if member_id is None:
        raise MemberUnknown()
    if event in bonus_events.OF_THE_HOUSE:
        raise EventUnknown()
    awarded = bonus_events.award(
        member_id=member_id,
        event=event,
        reference=reference,
        occurred_at=moment,
        by=till.by,
        at=at,
        store_id=till.store_id,
        dry_run=dry_run,
        request_id=request_id,
    )
    if awarded.id is not None:
        commands.remember(
            store_id=till.store_id, key=key, kind=KIND, fingerprint=fingerprint, subject_id=awarded.id, at=at
        )
    return awarded


def _again(award_id: UUID, member_id: UUID | None) -> Awarded:
    """The first answer. One that names somebody else now is another call; one that names nobody is still a replay."""
    whose, awarded = bonus_events.told(award_id)
    if member_id not in (None, whose):
        raise commands.KeyConflict
    return awarded
