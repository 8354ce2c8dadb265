"""A birthday as people tell it: a day and a month, perhaps a year, by the sun or by the moon."""

import calendar as months
import re
from dataclasses import dataclass
from datetime import date

from events.refusals import Refusal
from members.models import Member

EARLIEST_YEAR = 1900


class BirthdayImpossible(Refusal):
    """No such day in that calendar, or a year nobody living was born in."""

    code = "birthday_impossible"


@dataclass(frozen=True, kw_only=True)
class Birthday:
    """Day and month of the named calendar; `year` may be unknown. `unsure` keeps a date that may be a filler.

    29 February stands without a year; a lunar month has at most 30 days. Raises BirthdayImpossible.
    """

    day: int
    month: int
    year: int | None = None
    calendar: str = Member.Calendar.SOLAR
    unsure: bool = False

    def __post_init__(self) -> None:
        if self.calendar not in Member.Calendar.values or not 1 <= self.month <= 12:
            raise BirthdayImpossible
        if self.year is not None and not EARLIEST_YEAR <= self.year <= 2200:
            raise BirthdayImpossible
        if not 1 <= self.day <= self._longest():
            raise BirthdayImpossible

    def _longest(self) -> int:
        if self.calendar == Member.Calendar.LUNAR:
            return 30
        # without a year, 29 February may be somebody's
        return months.monthrange(2000 if self.year is None else self.year, self.month)[1]


def must_be_past(birthday: Birthday, *, on: date) -> None:
    """Raises BirthdayImpossible for somebody not born yet. A lunar year may begin a little after the solar one."""
    if birthday.year is None:
        return
    told = (birthday.year, birthday.month, birthday.day) if birthday.calendar == Member.Calendar.SOLAR else None
    if birthday.year > on.year or (told is not None and told > (on.year, on.month, on.day)):
        raise BirthdayImpossible


_YEAR_FIRST = re.compile(r"(?:([0-9]{4})|-)-([0-9]{1,2})-([0-9]{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})(?:[/.-]([0-9]{4}))?", re.ASCII)


def read(text: str, *, calendar: str = Member.Calendar.SOLAR, bulk: bool = False) -> Birthday:
    """The birthday in `1990-05-20`, `--05-20`, `20/5/1990` or `20/05`. Raises BirthdayImpossible.

    In bulk, 1 January is kept but unsure: old tills fill it in when nobody asked.
    """
    if found := _YEAR_FIRST.fullmatch(text.strip()):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(text.strip()):
        day, month, year = found.groups()
    else:
        raise BirthdayImpossible
    return Birthday(
        day=int(day),
        month=int(month),
        year=int(year) if year else None,
        calendar=calendar,
        unsure=bulk and int(day) == 1 and int(month) == 1,
    )
