"""What limits let through, bill after bill in the order of the books, as the till would have decided."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from loyalty.backtesting.judging import Item

# a rule's versions are counted together, by day: the next version may have another period
Used = tuple[int, UUID]


@dataclass(frozen=True, slots=True)
class Judged:
    """A bill before the limits; `wanted` by item."""

    id: UUID
    member_id: UUID
    day: date
    recorded_at: datetime
    base: int
    tier: int
    wanted: Sequence[int]
    cap_per_bill: int | None
    cap_per_day: int | None


@dataclass(frozen=True, slots=True)
class CameBack:
    """All of a bill came back: what its limits counted is free again."""

    id: UUID
    recorded_at: datetime


@dataclass(slots=True)
class Counted:
    """What has been counted so far; `used`: points and times by rule, member and day."""

    used: dict[Used, dict[date, list[int]]] = field(default_factory=lambda: defaultdict(dict))
    budgets: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    days: dict[tuple[UUID, date], int] = field(default_factory=lambda: defaultdict(int))


def limited(items: Sequence[Item]) -> list[int]:
    """The places of rules that are limited by more than one bill, with all versions of theirs: they count together."""
    rules = {item.standing.rule_id for item in items if _limits(item)}
    return [place for place, item in enumerate(items) if item.standing.rule_id in rules]


def fold(items: Sequence[Item], events: Iterable[Judged | CameBack]) -> Iterator[tuple[Judged, list[int], int]]:
    """Each bill, what each item gives for it after its limits, and its points after the programme's caps."""
    counted = Counted()
    returnable: dict[UUID, tuple[Judged, list[int], int]] = {}
    for event in events:
        if isinstance(event, CameBack):
            before = returnable.pop(event.id, None)
            if before is not None:
                _count(items, before[0], before[1], -before[2], counted, sign=-1)
            continue
        given = [
            min(wants, _room(item, place, event, counted)) if wants else 0
            for place, (item, wants) in enumerate(zip(items, event.wanted, strict=True))
        ]
        points = event.base + event.tier + sum(given)
        if event.cap_per_bill is not None:
            points = min(points, event.cap_per_bill)
        if event.cap_per_day is not None:
            points = min(points, max(0, event.cap_per_day - counted.days[event.member_id, event.day]))
        _count(items, event, given, points, counted, sign=1)
        returnable[event.id] = (event, given, points)
        yield event, given, points


def _limits(item: Item) -> bool:
    one = item.standing
    return one.per_member is not None or one.times is not None or one.budget is not None


def _room(item: Item, place: int, bill: Judged, counted: Counted) -> int:
    one, left = item.standing, bill.wanted[place]
    if one.times is not None or one.per_member is not None:
        first, last = one.days(bill.day)
        used = [had for day, had in counted.used[one.rule_id, bill.member_id].items() if first <= day <= last]
        if one.times is not None and sum(times for _points, times in used) >= one.times:
            return 0
        if one.per_member is not None:
            left = min(left, one.per_member - sum(points for points, _times in used))
    if one.budget is not None:
        left = min(left, one.budget - counted.budgets[one.rule.id])
    return max(0, left)


def _count(
    items: Sequence[Item], bill: Judged, given: Sequence[int], points: int, counted: Counted, *, sign: int
) -> None:
    for item, part in zip(items, given, strict=True):
        if part:
            had = counted.used[item.standing.rule_id, bill.member_id].setdefault(bill.day, [0, 0])
            had[0] += sign * part
            had[1] += sign
            counted.budgets[item.standing.rule.id] += sign * part
    counted.days[bill.member_id, bill.day] += points
