"""Printed cards: laid in by the batch, with any numbering, blank until somebody has one.

A batch of a range is laid in by a job, 20,000 cards a chunk, each chunk in one statement; killed at any moment, it
goes on where it was. A list is laid in at once or not at all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.db.models.expressions import CombinedExpression

from events import jobs
from events.models import Job
from events.refusals import Missing, Refusal
from members import identifying
from members.models import Card, CardBatch, Identifier

KIND = "cards"
CHUNK = 20_000
MOST_IN_A_RANGE = 2_000_000
MOST_IN_A_LIST = 200_000
LONGEST_NAME = 120


class BatchUnreadable(Refusal):
    """No name, an empty range, too many cards, or numbers that are no cards."""

    code = "card_batch_unreadable"


class BatchUnknown(Missing):
    code = "card_batch_unknown"


class CardNotUsable(Refusal):
    """The card is blocked, is somebody else's, or was never activated: `why` says which (`CardState.kind`)."""

    code = "card_not_usable"


@dataclass(frozen=True, kw_only=True)
class CardState:
    """What staff may know of a card: `active`, `blank`, `blocked`, `ended` (replaced or taken back) or `unknown`."""

    kind: str
    since: datetime | None = None
    reason: str = ""


def check(
    *, name: str, prefix: str = "", first: int = 0, last: int = 0, width: int = 8, numbers: Iterable[str] = ()
) -> None:
    """Whether a batch of these numbers, else of this range, could be laid in; nothing is. Raises BatchUnreadable."""
    listed = list(numbers)
    _name(name)
    if listed:
        _listed(listed)
    else:
        _ranged(prefix, first, last, width)


def lay_in_range(
    *, name: str, prefix: str = "", first: int, last: int, width: int = 8, by: str, at: datetime
) -> CardBatch:
    """A batch of `prefix` and the numbers `first` … `last` in `width` digits. Raises BatchUnreadable."""
    start, count = _ranged(prefix, first, last, width)
    with transaction.atomic():
        batch = CardBatch.objects.create(
            name=_name(name),
            prefix=start,
            first=first,
            last=last,
            width=width,
            count=count,
            created_at=at,
            created_by=by,
        )
        jobs.start(kind=KIND, key=str(batch.pk), at=at, by=by, total=count)
        return batch


def lay_in_list(*, name: str, numbers: Iterable[str], by: str, at: datetime) -> CardBatch:
    """A batch of these numbers, as a printer delivered them; one that is no card refuses all. BatchUnreadable."""
    wanted = _listed(numbers)
    with transaction.atomic():
        batch = CardBatch.objects.create(name=_name(name), count=len(wanted), created_at=at, created_by=by)
        made = 0
        for start in range(0, len(wanted), CHUNK):
            made += _lay("SELECT unnest(%s::text[])", [wanted[start : start + CHUNK]], batch_id=batch.pk)
        batch.made, batch.clashes = made, len(wanted) - made
        batch.save(update_fields=["made", "clashes"])
        return batch


def chunk(*, job: Job, at: datetime) -> jobs.Progress:
    """Lays in the next cards of a range (settings.JOB_KINDS)."""
    batch = CardBatch.objects.select_for_update().get(pk=int(job.key))
    assert batch.first is not None and batch.last is not None  # noqa: S101 – only ranges have jobs
    begin = int((job.cursor or {}).get("next", batch.first))
    end = min(batch.last, begin + CHUNK - 1)
    made = _lay(
        "SELECT %s || lpad(n::text, %s, '0') FROM generate_series(%s::bigint, %s::bigint) AS n",
        [batch.prefix, batch.width, begin, end],
        batch_id=batch.pk,
    )
    batch.made += made
    batch.clashes += end - begin + 1 - made
    batch.save(update_fields=["made", "clashes"])
    return jobs.Progress(
        done=end - batch.first + 1, total=batch.count, cursor={"next": end + 1}, finished=end == batch.last
    )


def numbers_of(*, batch_id: int, by: str, at: datetime) -> Iterator[str]:
    """The numbers for the printer, once; who took them is kept. Raises BatchUnknown, also for a second time."""
    with transaction.atomic():
        ready = CardBatch.objects.filter(pk=batch_id, exported_at__isnull=True, count__lte=_laid())
        if not ready.update(exported_at=at, exported_by=by):
            raise BatchUnknown
    return Card.objects.filter(batch_id=batch_id).order_by("number").values_list("number", flat=True).iterator(5000)


def state_of(*, number: str, practice: bool = False) -> CardState:
    """Why a card finds nobody, for staff. Raises CardUnreadable."""
    value = identifying.card(number)
    card = Card.objects.filter(number=value).first() if not practice else None
    if card is not None and card.state == Card.State.BLOCKED:
        return CardState(kind="blocked", since=card.blocked_at, reason=card.reason)
    known = Identifier.objects.filter(kind=Identifier.Kind.CARD, value=value, practice=practice).order_by("-from_at")
    last = known.first()
    if last is not None and last.until_at is None:
        return CardState(kind="active", since=last.from_at)
    if card is not None and card.state == Card.State.BLANK:
        return CardState(kind="blank")
    if last is not None:
        return CardState(kind="ended", since=last.until_at)
    return CardState(kind="unknown")


def take(
    *, number: str, member_id: UUID, person_id: UUID | None = None, practice: bool = False, by: str, at: datetime
) -> None:
    """A card of the stock becomes this member's, in the caller's transaction; a number of no batch passes unseen.

    Raises CardNotUsable for a blocked one.
    """
    if practice:
        return
    taken = Card.objects.filter(number=number, state=Card.State.BLANK).update(
        state=Card.State.ACTIVE, member_id=member_id, person_id=person_id, activated_at=at, activated_by=by
    )
    if taken:
        return
    card = Card.objects.filter(number=number).first()
    if card is not None and (card.state == Card.State.BLOCKED or card.member_id != member_id):
        raise CardNotUsable(why=card.state)


def _lay(numbers: str, parameters: list[Any], *, batch_id: int) -> int:
    """Adds the numbers that are in no batch and name nobody yet; answers how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO members_card (batch_id, number) SELECT %s, number FROM ({numbers}) AS new (number) "
            "WHERE NOT EXISTS (SELECT FROM members_identifier i WHERE i.kind = 'card' AND i.value = new.number "
            "AND NOT i.practice) ON CONFLICT (number) DO NOTHING",
            [batch_id, *parameters],
        )
        return cursor.rowcount


def _laid() -> CombinedExpression:
    return F("made") + F("clashes")


def _ranged(prefix: str, first: int, last: int, width: int) -> tuple[str, int]:
    """The prefix as cards have it, and how many there are."""
    count = last - first + 1
    start = identifying.joined_digits(prefix).upper()
    if not 1 <= count <= MOST_IN_A_RANGE or first < 0 or not 1 <= width <= 18 or len(str(last)) > width:
        raise BatchUnreadable
    for number in (first, last):
        _number(f"{start}{number:0{width}d}")
    return start, count


def _listed(numbers: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(_number(text) for text in numbers if text.strip()))
    if not 1 <= len(wanted) <= MOST_IN_A_LIST:
        raise BatchUnreadable
    return wanted


def _name(text: str) -> str:
    name = identifying.clean(text)
    if not name or len(name) > LONGEST_NAME:
        raise BatchUnreadable
    return name


def _number(text: str) -> str:
    try:
        return identifying.card(text)
    except identifying.CardUnreadable:
        raise BatchUnreadable from None
