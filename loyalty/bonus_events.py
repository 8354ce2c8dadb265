"""Points for what is no purchase: dated events, published and ended by staff, and each occurrence rewarded once.

The ledger decides under the account's lock; a dry run asks it the same question without one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, QuerySet

from events import outbox
from events.refusals import Refusal
from loyalty import policies, queries
from loyalty.ledger import posting
from loyalty.models import BonusEvent, BonusEventEnd, EventAward
from loyalty.policies import PolicyInThePast
from loyalty.till import local_day
from members import anniversaries

JOINED, PROFILE_COMPLETED, BIRTHDAY = "joined", "profile_completed", "birthday"
# what the house sees by itself; nobody outside can tell it
OF_THE_HOUSE = frozenset({JOINED, PROFILE_COMPLETED, BIRTHDAY})
# the states of a version that can still be ended
RUNS_OR_WILL = frozenset({"live", "ahead"})
Often = BonusEvent.Often


class EventUnknown(Refusal):
    """The shop gives nothing for such an event, or not yet, or nobody outside can tell of it."""

    code = "event_unknown"


class EventEnded(Refusal):
    """The shop gives nothing for it any more."""

    code = "event_ended"


class EventAlreadyRewarded(Refusal):
    """This occurrence has had its points: once, this year, today, or under this reference."""

    code = "event_already_rewarded"


class EventLimitReached(Refusal):
    """As often as it may be, today or ever; `limit` says how often that is."""

    code = "limit_reached"


class ReferenceMissing(Refusal):
    """An event that is rewarded every time is told apart by a reference."""

    code = "reference_missing"


class MemberNotActive(Refusal):
    """Nobody, or somebody who has left."""

    code = "member_not_active"


class EventNotRunning(Refusal):
    """This version gives nothing now, and will not: there is nothing to end."""

    code = "event_not_running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Awarded:
    """Points given for an event, or by a dry run (without an id) not yet; `balance`: available less debt after it."""

    id: UUID | None
    event: str
    names: tuple[str, str]
    points: int
    balance: int
    replayed: bool = False
    dry_run: bool = False


@transaction.atomic
def award(
    *,
    member_id: UUID,
    event: str,
    reference: str = "",
    occurred_at: datetime,
    by: str,
    at: datetime,
    store_id: int | None = None,
    dry_run: bool = False,
    request_id: str = "",
) -> Awarded:
    """Give a member what the version in force at `occurred_at` gives for one occurrence of an event.

    `reference` tells occurrences apart where every one counts, and is the year of a birthday. Points end as if earned
    now. `dry_run` writes nothing. Raises EventUnknown, EventEnded, EventAlreadyRewarded, EventLimitReached,
    ReferenceMissing, MemberNotActive; then nothing was written.
    """
    version = in_force(event, moment=occurred_at)
    asked = _asked(version, member_id=member_id, reference=reference, occurred_at=occurred_at)
    if dry_run:
        _must_be_due(posting.event_standing(asked), version)
        now = queries.balance(member_id, at=at)
        return _answer(version, id=None, balance=now.available - now.debt + version.points)
    given = posting.award_event(
        asked,
        lot=policies.at(at).lot(at),
        note={"at": at, "by": by, "store": store_id, "reason": version.name_vi, "request": request_id},
    )
    _must_be_due(given.standing, version)
    return _answer(version, id=given.id, balance=given.balance)


def told(award_id: UUID) -> tuple[UUID, Awarded]:
    """Whose award this is, and the answer it was given with, again."""
    given = EventAward.objects.select_related("version").get(pk=award_id)
    balance = queries.entry_balance(given.member_id, given.entry_seq)
    return given.member_id, _answer(given.version, id=given.pk, balance=balance, replayed=True)


def _answer(version: BonusEvent, *, id: UUID | None, balance: int, replayed: bool = False) -> Awarded:
    return Awarded(
        id=id,
        event=version.key,
        names=(version.name_vi, version.name_en),
        points=version.points,
        balance=balance,
        replayed=replayed,
        dry_run=id is None,
    )


def in_force(event: str, *, moment: datetime) -> BonusEvent:
    """The version of an event that gives points at a moment. Raises EventUnknown, EventEnded."""
    version = _standing().filter(key=event, valid_from__lte=moment).order_by("-valid_from").first()
    if version is None:
        raise EventUnknown()
    if BonusEventEnd.objects.filter(version=version, at__lte=moment).exists():
        raise EventEnded()
    return version


def runs(event: str, *, moment: datetime) -> bool:
    """Whether anything is given for an event at a moment."""
    try:
        in_force(event, moment=moment)
    except (EventUnknown, EventEnded):
        return False
    return True


@transaction.atomic
def publish(version: BonusEvent, *, by: str, at: datetime) -> BonusEvent:
    """From its beginning on a version stands in place of the one before. Raises PolicyInThePast."""
    if version.valid_from < at:
        raise PolicyInThePast()
    version.published_at, version.published_by = at, by
    version.save(force_insert=True)
    _tell("bonus_event.published", version, by=by, at=at)
    return version


@transaction.atomic
def end(*, id: int, by: str, at: datetime) -> None:
    """It gives nothing from now on, or never begins: then the one before goes on.

    Raises EventUnknown, EventNotRunning.
    """
    version = BonusEvent.objects.select_for_update(no_key=True).filter(pk=id).first()
    if version is None:
        raise EventUnknown()
    if state(version, at=at) not in RUNS_OR_WILL:
        raise EventNotRunning()
    BonusEventEnd.objects.create(version=version, at=at, by=by)
    _tell("bonus_event.ended", version, by=by, at=at)


def state(version: BonusEvent, *, at: datetime) -> str:
    """`ahead`, `live`, `replaced` by a later version that has begun, or `ended`."""
    return states([version], at=at)[version.pk]


def states(versions: Iterable[BonusEvent], *, at: datetime) -> dict[int, str]:
    """The state of each, in two queries."""
    versions = list(versions)
    begun = _standing().filter(key__in={version.key for version in versions}, valid_from__lte=at)
    last = dict(begun.values_list("key").annotate(last=Max("valid_from")))
    ended = set(BonusEventEnd.objects.filter(version__in=versions, at__lte=at).values_list("version_id", flat=True))

    def of(version: BonusEvent) -> str:
        if version.pk in ended:
            return "ended"
        if version.valid_from > at:
            return "ahead"
        return "replaced" if version.valid_from < last[version.key] else "live"

    return {version.pk: of(version) for version in versions}


def running(*, at: datetime) -> int:
    """For how many events something is given at a moment."""
    return list(states(BonusEvent.objects.filter(valid_from__lte=at), at=at).values()).count("live")


def _standing() -> QuerySet[BonusEvent]:
    """All versions but those that were ended before they began."""
    return BonusEvent.objects.exclude(ended__at__lte=F("valid_from"))


def _asked(version: BonusEvent, *, member_id: UUID, reference: str, occurred_at: datetime) -> dict[str, Any]:
    day = local_day(occurred_at)
    match version.often:
        case Often.ONCE:
            occurrence = "once"
        case Often.YEARLY if version.key != BIRTHDAY:
            occurrence = str(day.year)
        case Often.DAILY:
            occurrence = day.isoformat()
        case _:
            occurrence = reference
    if not occurrence:
        raise ReferenceMissing()
    return {
        "member": member_id,
        "event": version.key,
        "version": version.pk,
        "points": version.points,
        "often": version.often,
        "occurrence": occurrence,
        "occurred": occurred_at,
        "day": day,
        "gap": anniversaries.GAP_DAYS if version.key == BIRTHDAY else None,
        "most_a_day": version.most_a_day,
        "most_ever": version.most_ever,
    }


def _must_be_due(standing: str, version: BonusEvent) -> None:
    match standing:
        case "inactive":
            raise MemberNotActive()
        case "already":
            raise EventAlreadyRewarded()
        case "day":
            raise EventLimitReached(limit=version.most_a_day)
        case "ever":
            raise EventLimitReached(limit=version.most_ever)


def _tell(type: str, version: BonusEvent, *, by: str, at: datetime) -> None:
    told = {"event": version.key, "id": version.pk, "points": version.points}
    outbox.record(type=type, member_id=None, subject_id=None, data=told, at=at, by=by)
