"""When points that come now can be spent, and when they end: pure functions of the dated policies."""

import calendar
import functools
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from loyalty.models import ExpiryPolicy, PendingPolicy

Kind = ExpiryPolicy.Kind
MONTHS_OF = {Kind.END_OF_MONTH: 1, Kind.END_OF_QUARTER: 3, Kind.END_OF_YEAR: 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class LotTerms:
    """What a new lot is told: when it ends (None = never), and until when it waits.

    `matures`: it ripens by itself; `lapses`: it waits for somebody to say that the order arrived, and is given up then.
    `slides`: all that slides ends with the newest.
    """

    expires: datetime | None
    matures: datetime | None = None
    lapses: datetime | None = None
    slides: bool = False

    @property
    def pending(self) -> bool:
        return self.matures is not None or self.lapses is not None

    def told(self) -> dict[str, Any]:
        """As the ledger reads it: what is not said is left out."""
        said = {"expires": self.expires, "matures": self.matures, "lapses": self.lapses, "slides": self.slides or None}
        return {name: value for name, value in said.items() if value is not None}


def lot_terms(
    *, expiry: ExpiryPolicy, pending: PendingPolicy | None, moment: datetime, channel: str | None, zone: ZoneInfo
) -> LotTerms:
    """For points earned at `moment` with a bill of `channel`; None: no bill, such points never wait."""
    expires = end(expiry, moment=moment, zone=zone)
    slides = expiry.kind == Kind.INACTIVITY
    if pending is None or channel is None or channel not in pending.channels or pending.wait == PendingPolicy.Wait.NONE:
        return LotTerms(expires=expires, slides=slides)
    day = moment.astimezone(zone).date()
    if pending.wait == PendingPolicy.Wait.DAYS:
        return LotTerms(expires=expires, matures=_end_of(day + timedelta(days=pending.days - 1), zone), slides=slides)
    return LotTerms(expires=expires, lapses=_end_of(day + timedelta(days=pending.give_up_days), zone), slides=slides)


def end(policy: ExpiryPolicy, *, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """The local midnight that ends the last day of points earned at `moment`; None where they never end."""
    kind = Kind(policy.kind)
    if kind == Kind.ROLLING and policy.months is None and policy.days is None:
        return None
    return _end(kind, policy.months or 0, policy.days or 0, tuple(policy.dates), moment.astimezone(zone).date(), zone)


@functools.lru_cache(maxsize=4096)
def _end(kind: Kind, months: int, days: int, dates: tuple[str, ...], day: date, zone: ZoneInfo) -> datetime:
    later = day + relativedelta(months=months, days=days)
    if kind in MONTHS_OF:
        later = _last_of(later, MONTHS_OF[kind])
    elif kind == Kind.DATES:
        later = next_of(dates, after=day, not_before=later)
    return _end_of(later, zone)


def _last_of(day: date, months: int) -> date:
    """The last day of the month, quarter or year (`months` long) that `day` lies in."""
    month = (day.month - 1) // months * months + months
    return date(day.year, month, calendar.monthrange(day.year, month)[1])


def next_of(dates: tuple[str, ...], *, after: date, not_before: date) -> date:
    """The first of the days of the year (`31/12`) that comes after one day and not before the other.

    29/02 falls on 28/02 where there is none. Raises ValueError for what is no day.
    """
    found = []
    for written in dates:
        number, month = (int(part) for part in written.split("/"))
        for year in range(not_before.year, not_before.year + 3):
            last = calendar.monthrange(year, month)[1]
            if number > (29 if month == 2 else last):
                raise ValueError(f"{written} is no day of the year")
            day = date(year, month, min(number, last))
            if day > after and day >= not_before:
                found.append(day)
    return min(found)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
