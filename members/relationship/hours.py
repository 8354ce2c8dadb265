"""Hours in which somebody is there to answer: from opening to closing, holidays left out, by the shop's clock."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

OPENS, CLOSES = time(8), time(21)
DAY = timedelta(days=1)
# terms are at most a year of hours: whoever is there a minute a day is asked for no more than this
LONGEST = 4000


def after(at: datetime, *, hours: int, opens: time, closes: time, off: Callable[[date], bool]) -> datetime:
    """The moment by which so many hours have been worked since `at`. The same time twice: open day and night.

    `off`: the days on which nobody works.
    """
    zone, left = ZoneInfo(settings.TIME_ZONE), timedelta(hours=hours)
    first = at.astimezone(zone).date()
    for day in (first + n * DAY for n in range(LONGEST)):
        if off(day):
            continue
        begins, ends = _span(day, opens=opens, closes=closes, zone=zone)
        # in UTC, where a day has as many hours as have passed
        begins = max(begins, at.astimezone(ZoneInfo("UTC")))
        if begins + left <= ends:
            return begins + left
        left -= max(timedelta(0), ends - begins)
    return at + LONGEST * DAY


def _span(day: date, *, opens: time, closes: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    ends = datetime.combine(day if closes > opens else day + DAY, closes, tzinfo=zone)
    return datetime.combine(day, opens, tzinfo=zone).astimezone(ZoneInfo("UTC")), ends.astimezone(ZoneInfo("UTC"))
