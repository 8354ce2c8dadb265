"""How the house comes to know that a member did something worth points: a till tells it, it sees it, the day comes."""

from datetime import date as Date  # noqa: N812 - a step is told its `date`
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from events import commands
from events.models import Event
from events.refusals import Refusal
from loyalty import bonus_events
from loyalty.bonus_events import BIRTHDAY, JOINED, PROFILE_COMPLETED, Awarded, EventUnknown
from loyalty.clocks import AHEAD_POSTED, OccurredInFuture, OccurredTooOld
from loyalty.ledger import posting
from loyalty.models.points import IMPORTED
from loyalty.sales import MemberUnknown, Who
from loyalty.till import Till, local_zone
from members import anniversaries, profiles
from members.models import Member

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


def hear(*, event: Event) -> None:
    """The reader of who joined and whose profile changed: gives what the shop offers for it, once, whoever tells twice.

    Who came with an import joined long ago, and did not fill anything in; practice is not rewarded.
    """
    if event.member_id is None or event.by.startswith(IMPORTED):
        return
    if Member.objects.filter(pk=event.member_id, practice=True).exists():
        return
    if event.type == "member.joined":
        _give(event.member_id, JOINED, at=event.recorded_at, store_id=event.store_id)
    elif not profiles.OF_A_PROFILE & set(event.data.get("changed", ())):
        return
    if profiles.complete(event.member_id):
        _give(event.member_id, PROFILE_COMPLETED, at=event.recorded_at, store_id=event.store_id)


def birthdays(*, date: Date, at: datetime) -> int:
    """Nightly: points for everyone whose birthday is kept on the day that follows the business date `date`.

    The year is that of the birthday's own calendar. Each member commits alone; whoever had theirs is passed over, so it
    may be killed and run again. Not for a birthday nobody is sure of. Answers how many were given.
    """
    day = date + timedelta(days=1)
    begins = datetime.combine(day, time.min, tzinfo=local_zone())
    if not bonus_events.runs(BIRTHDAY, moment=begins):
        return 0
    given = 0
    for told in anniversaries.kept_on(day):
        born = Member.objects.filter(
            birth_calendar=told.calendar, birth_month=told.month, birth_day=told.day, birth_unsure=False
        )
        active = born.filter(status=Member.Status.ACTIVE, practice=False).order_by("pk")
        for member_id in list(active.values_list("pk", flat=True)):
            given += _give(member_id, BIRTHDAY, reference=str(told.year), occurred_at=begins, at=at)
    return given


def _give(
    member_id: UUID,
    event: str,
    *,
    at: datetime,
    reference: str = "",
    occurred_at: datetime | None = None,
    store_id: int | None = None,
) -> bool:
    """Whether points were given. Nobody asked for them: a refusal is no news to anybody."""
    moment = occurred_at or at
    try:
        bonus_events.award(
            member_id=member_id,
            event=event,
            reference=reference,
            occurred_at=moment,
            by="system",
            at=at,
            store_id=store_id,
        )
    except Refusal:
        return False
    return True
