"""What each night adds: who stayed and who left, and the revenue of the months that changed.

Everything is as of the end of a business date and read from the books, not from rollups that deliveries may still be
on their way to. A step may be killed and run again: the same date gives the same row.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.db import connection, transaction
from django.db.models import Max

from analytics import moving, terms
from analytics.models import MemberState, RetentionNight, RevenueMonth

YEAR = 365
# Fewer gaps than these say little about how often people come.
LEAST_GAPS = 30
DEFAULT_WINDOW = 90
SHORTEST_WINDOW, LONGEST_WINDOW = 14, 365
# The gaps of about so many members are plenty to tell the 90th percentile by.
MEMBERS_LOOKED_AT = 100_000
DAY = timedelta(days=1)
# Months to be counted: changed since, begun and not ended, never counted, or counted before they were over. What a
# later date changed asks for another count when that date has come.
WANTED = """
UPDATE analytics_revenuemonth
SET counting = true, changed_on = CASE WHEN changed_on > %(as_of)s THEN changed_on END
WHERE month <= %(as_of)s
  AND (changed_on IS NOT NULL OR counting OR as_of IS NULL
       OR as_of < least(%(as_of)s, (month + interval '1 month' - interval '1 day')::date))
"""


@dataclass(frozen=True, kw_only=True)
class Window:
    """Within how many days of a purchase a member counts as a customer, and where that number comes from."""

    days: int
    by: str
    gaps: int
    gap_days: int | None


def count_retention(*, date: date, at: datetime) -> int:
    """Count the customers at both ends of the period that ends with `date`; answers 1, the night's row."""
    _count(date, window=window(date=date), at=at)
    return 1


def window(*, date: date) -> Window:
    """The window staff chose; else the 90th percentile of the shop's own gaps, within bounds; else, with fewer than
    LEAST_GAPS gaps, DEFAULT_WINDOW."""
    every = min(256, 1 + MemberState.objects.count() // MEMBERS_LOOKED_AT)
    with connection.cursor() as cursor:
        cursor.execute(moving.text("gaps.sql"), {"date": date, "year": YEAR, "every": every})
        gaps, gap_days = cursor.fetchone()
    chosen = terms.current().window_days
    if chosen is not None:
        days, by = chosen, RetentionNight.WindowBy.STAFF
    elif gaps >= LEAST_GAPS:
        days, by = min(max(gap_days, SHORTEST_WINDOW), LONGEST_WINDOW), RetentionNight.WindowBy.GAPS
    else:
        days, by = DEFAULT_WINDOW, RetentionNight.WindowBy.DEFAULT
    return Window(days=days, by=by.value, gaps=gaps, gap_days=gap_days)


def fill_in(*, last: date, nights: int, at: datetime) -> int:
    """Count the nights up to `last` that nobody counted, all with the window of `last`; answers how many."""
    wanted = [last - DAY * n for n in reversed(range(nights))]
    counted = set(RetentionNight.objects.filter(date__in=wanted).values_list("date", flat=True))
    found = window(date=last)
    for day in wanted:
        if day not in counted:
            _count(day, window=found, at=at)
    return len(set(wanted) - counted)


def _count(day: date, *, window: Window, at: datetime) -> None:
    period = terms.current().period_days
    with connection.cursor() as cursor:
        cursor.execute(moving.text("retention.sql"), {"date": day, "period": period, "window": window.days})
        at_start, at_end, kept, came_back = cursor.fetchone()
    RetentionNight.objects.update_or_create(
        date=day,
        defaults={
            "period_days": period,
            "window_days": window.days,
            "window_by": window.by,
            "gaps": window.gaps,
            "gap_days": window.gap_days,
            "at_start": at_start,
            "at_end": at_end,
            "kept": kept,
            "first_time": at_end - kept - came_back,
            "came_back": came_back,
            "counted_at": at,
        },
    )


def count_revenue(*, date: date, at: datetime) -> int:
    """Count the month of `date` and every month in which something changed since it was counted; answers how many.

    A month is first marked as being counted, for all to see, and then counted: what changes after the mark asks for
    another count, what changed before is in the books the count reads. An earlier date does not set a month back.
    """
    as_of = max(date, RevenueMonth.objects.aggregate(latest=Max("as_of"))["latest"] or date)
    RevenueMonth.objects.bulk_create([RevenueMonth(month=date.replace(day=1))], ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute(WANTED, {"as_of": as_of})
    months = list(RevenueMonth.objects.filter(counting=True).order_by("month").values_list("month", flat=True))
    for month in months:
        _count_month(month, as_of=as_of, at=at)
    return len(months)


def _count_month(month: date, *, as_of: date, at: datetime) -> None:
    last = min(month + relativedelta(months=1) - DAY, as_of)
    days = "business_date >= %(month)s AND {row}.business_date <= %(last)s"
    moves = moving.moves(
        bills="b." + days.format(row="b"),
        returns="r." + days.format(row="r"),
        # what moved may have days in several months: those of others are left out below
        passed="(b." + days.format(row="b") + " OR cardinality(m.returned) > 0)",
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(
            f"WITH {moves}{moving.text('revenue.sql')}", {"month": month, "last": last, "as_of": as_of, "at": at}
        )
        cursor.execute("SET LOCAL jit TO DEFAULT")
