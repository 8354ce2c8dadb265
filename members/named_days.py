"""The shop's calendar of named days, by the sun and by the moon in UTC+7; days off are among them."""

import calendar as months
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from members import moon
from members.models import NamedDay

DAY = timedelta(days=1)
# lunar_vn knows these
FIRST_YEAR, LAST_YEAR = 1901, 2099


@dataclass(frozen=True, slots=True)
class Named:
    """A row of the calendar as a value: `NamedDay` says what each part means."""

    key: str
    calendar: str
    day: int
    month: int | None
    year: int | None
    starts_before: int
    lasts: int
    day_off: bool


@dataclass(frozen=True, slots=True)
class Span:
    """One time that a named day comes: its first and its last day."""

    key: str
    first: date
    last: date


@dataclass(frozen=True)
class Calendar:
    """All named days in use at one moment."""

    named: tuple[Named, ...]

    def on(self, day: date) -> frozenset[str]:
        """The keys of what falls on a day."""
        return _of_year(self.named, day.year).get(day, frozenset())

    def off(self, day: date) -> bool:
        """Whether nobody is owed an answer on that day."""
        free = {one.key for one in self.named if one.day_off}
        return bool(self.on(day) & free)

    def next(self, key: str, *, after: date) -> Span | None:
        """The span of a named day that is not over on a day; None for one that does not come again."""
        for one in self.named:
            if one.key == key:
                spans = (span for year in range(after.year - 1, after.year + 4) for span in _spans(one, year))
                return min((span for span in spans if span.last >= after), key=lambda span: span.first, default=None)
        return None


def calendar() -> Calendar:
    """The shop's calendar as it stands, in one query."""
    columns = ("key", "calendar", "day", "month", "year", "starts_before", "lasts", "day_off")
    rows = NamedDay.objects.filter(active=True).order_by("key").values_list(*columns)
    return Calendar(tuple(Named(*row) for row in rows))


@lru_cache(maxsize=64)
def _of_year(named: tuple[Named, ...], year: int) -> Mapping[date, frozenset[str]]:
    found: dict[date, set[str]] = {}
    for one in named:
        for begins in (year - 1, year, year + 1):
            for span in _spans(one, begins):
                for day in (span.first + n * DAY for n in range(one.lasts)):
                    if day.year == year:
                        found.setdefault(day, set()).add(one.key)
    return {day: frozenset(keys) for day, keys in found.items()}


def _spans(one: Named, year: int) -> Iterator[Span]:
    """Each time that it comes in a year of its own calendar."""
    if one.year not in (None, year) or not FIRST_YEAR <= year <= LAST_YEAR:
        return
    for month in [one.month] if one.month else range(1, 13):
        first = _falls_on(one, month, year) - one.starts_before * DAY
        yield Span(one.key, first, first + (one.lasts - 1) * DAY)


def _falls_on(one: Named, month: int, year: int) -> date:
    if one.calendar == NamedDay.Calendar.SOLAR:
        return date(year, month, min(one.day, months.monthrange(year, month)[1]))
    return moon.falls_on(day=one.day, month=month, year=year)
