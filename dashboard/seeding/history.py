"""The whole invented past of the chain: who they are, every bill, who pays with points, and what comes back.

Everything follows from (members, months, seed, ends): the same four give the same bytes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import numpy as np
from dateutil.relativedelta import relativedelta

from dashboard.seeding import baskets, days, people, visits
from dashboard.seeding.baskets import Lines
from dashboard.seeding.days import Calendar
from dashboard.seeding.people import Person
from dashboard.seeding.places import PLACES
from dashboard.seeding.visits import GUEST, Visits

VIETNAM = timezone(timedelta(hours=7))
GUESTS_PER_DAY_AND_MEMBER = 15.2 / 3000


@dataclass(frozen=True)
class History:
    """`visits[b]` and `lines.of(b)` are bill b; bills are in order of time."""

    begins: datetime
    ends: datetime
    seed: int
    calendar: Calendar
    crowd: list[Person]
    visits: Visits
    lines: Lines
    totals: np.ndarray
    receipts: list[str]

    def moment(self, bill: int) -> datetime:
        return self.begins + timedelta(seconds=int(self.visits.seconds[bill]))

    def bills_between(self, start: datetime, end: datetime) -> range:
        """The bills of [start, end)."""
        edges = [(moment - self.begins).total_seconds() for moment in (start, end)]
        first, last = np.searchsorted(self.visits.seconds, edges)
        return range(int(first), int(last))

    def chapters(self, *, till_days: int) -> list[tuple[datetime, datetime]]:
        """The calendar months of the history up to the last `till_days`, then those days."""
        edges = [self.begins]
        living = (self.ends - timedelta(days=till_days)).replace(hour=0, minute=0, second=0, microsecond=0)
        month = self.begins.replace(day=1) + relativedelta(months=1)
        while month < living:
            edges.append(month)
            month += relativedelta(months=1)
        edges += [max(living, self.begins), self.ends]
        return [(start, end) for start, end in pairwise(edges) if start < end]

    def member_of(self, bill: int) -> Person | None:
        position = int(self.visits.person[bill])
        return None if position == GUEST else self.crowd[position]

    def joined_between(self, start: datetime, end: datetime) -> list[Person]:
        joined = [person for person in self.crowd if start <= person.joined_at < end]
        return sorted(joined, key=lambda person: (person.joined_at, person.number))


def invent(*, members: int, months: int, seed: int, ends: datetime) -> History:
    """The past of a chain of five stores with this many members, up to the moment `ends`."""
    ends = ends.astimezone(VIETNAM)
    begins = (ends - relativedelta(months=months)).replace(hour=0, minute=0, second=0, microsecond=0)
    calendar = days.calendar(first=begins.date(), last=ends.date(), rng=np.random.default_rng([seed, 0]))
    last_second = (ends - begins).total_seconds() - 300
    crowd = people.invent(count=members, seed=seed, ends=ends.date())
    came = visits.together(
        visits.of_members(crowd, calendar, seed=seed, last_second=last_second),
        visits.of_guests(calendar, per_day=GUESTS_PER_DAY_AND_MEMBER * members, seed=seed, last_second=last_second),
    )
    _joining(crowd, begins=begins, ends=ends)
    lines = baskets.fill(came, crowd, calendar, seed=seed)
    return History(
        begins=begins,
        ends=ends,
        seed=seed,
        calendar=calendar,
        crowd=crowd,
        visits=came,
        lines=lines,
        totals=lines.totals(),
        receipts=_receipts(came),
    )


def _joining(crowd: list[Person], *, begins: datetime, ends: datetime) -> None:
    """Most people join at the till with their first bill in hand; those who never came joined on the way."""
    for person in crowd:
        if len(person.visits):
            person.joined_at = begins + timedelta(seconds=float(person.visits[0]) - 90)
        else:
            hour = 9 + person.number % 12
            person.joined_at = begins + timedelta(days=person.joined_day, hours=hour, minutes=person.number % 60)
        person.joined_at = min(person.joined_at, ends - timedelta(minutes=10))


def _receipts(came: Visits) -> list[str]:
    """Each store numbers its receipts from 1 for ever."""
    initials = ["".join(word[0] for word in place.code.split("-")).upper() for place in PLACES]
    counted = np.zeros(len(came), dtype=int)
    for number in range(len(PLACES)):
        here = came.store == number
        counted[here] = np.arange(1, int(here.sum()) + 1)
    return [f"{initials[s]}{n:06d}" for s, n in zip(came.store.tolist(), counted.tolist(), strict=True)]
