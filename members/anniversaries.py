"""On which day a birthday falls, by the sun or by the moon."""

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta

import lunar_vn

from members import moon
from members.models import Member

SOLAR, LUNAR = Member.Calendar.SOLAR.value, Member.Calendar.LUNAR.value

# between two gifts for a birthday, whatever the profile says meanwhile
GAP_DAYS = 300


@dataclass(frozen=True, kw_only=True)
class Told:
    """A birthday as a member told it, and the year of its own calendar in which it falls on the day asked about."""

    calendar: str
    day: int
    month: int
    year: int


def falls_on(*, calendar: str, day: int, month: int, year: int) -> date:
    """The day on which a birthday is kept in `year` of its own calendar.

    29 February → 28 in a common year; the 30th of a lunar month → 29 in a short one; a leap month is not counted: the
    birthday belongs to the ordinary month of that number.
    """
    if calendar == SOLAR:
        return date(year, month, min(day, months.monthrange(year, month)[1]))
    return moon.falls_on(day=day, month=month, year=year)


def kept_on(day: date) -> list[Told]:
    """Every birthday that is kept on this day: the inverse of `falls_on`."""
    found = [Told(calendar=SOLAR, day=day.day, month=day.month, year=day.year)]
    if (day.month, day.day) == (2, 28) and not months.isleap(day.year):
        found.append(Told(calendar=SOLAR, day=29, month=2, year=day.year))
    lunar = lunar_vn.solar_to_lunar(day)
    if not lunar.leap:
        found.append(Told(calendar=LUNAR, day=lunar.day, month=lunar.month, year=lunar.year))
        if lunar.day == 29 and lunar_vn.solar_to_lunar(day + timedelta(days=1)).day == 1:
            found.append(Told(calendar=LUNAR, day=30, month=lunar.month, year=lunar.year))
    return found
