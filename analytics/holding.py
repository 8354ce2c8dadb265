"""What each night counts about everybody: where members stand, what they hold, who came, which points ended.

As of the books when it is counted; a step may be killed and run again, the same date gives the same rows.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from analytics import moving
from analytics.models import StandingNight, VisitorNight
from loyalty.models import Tier
from loyalty.till import local_zone, midnight_after

# The days that the first page looks at, and compares with as many before.
DAYS = 30


@transaction.atomic
def count(*, date: date, at: datetime) -> int:
    """The rows of one date; answers how many."""
    rows = _standing(date) + _visitors(date)
    return rows + _expired(date, date)


@transaction.atomic
def fill_in(*, last: date, at: datetime) -> None:
    """What the first page wants of the nights up to `last`, in a shop that was there before its nights."""
    _standing(last)
    for end in (last - timedelta(days=DAYS), last):
        _visitors(end)
    _expired(last - timedelta(days=2 * DAYS - 1), last)


def _standing(day: date) -> int:
    first = Tier.objects.order_by("rank").values_list("pk", flat=True).first()
    StandingNight.objects.filter(date=day).delete()
    return _run("standing.sql", date=day, first=first or 0)


def _visitors(day: date) -> int:
    VisitorNight.objects.filter(date=day).delete()
    return _run("visitors.sql", date=day, days=DAYS)


def _expired(first: date, last: date) -> int:
    begin = datetime.combine(first, time.min, tzinfo=local_zone())
    return _run("expired.sql", first=first, last=last, begin=begin, end=midnight_after(last), zone=settings.TIME_ZONE)


def _run(name: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(moving.text(name), values)
        return max(0, cursor.rowcount)
