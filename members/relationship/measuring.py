"""How quickly cases are answered and closed, and which are late. Reads only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from members.models import Case, Voice

COUNTED_AT_MOST = 100

# Whoever waits still, past the time to answer, counts as late; whoever waits within it does not count yet.
TIMES = """
SELECT count(*),
       count(first_answered_at),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_answered_at - opened_at))
         FILTER (WHERE first_answered_at IS NOT NULL),
       count(*) FILTER (WHERE first_answered_at <= first_due_at),
       count(*) FILTER (WHERE first_answered_at IS NOT NULL OR first_due_at < %(at)s),
       count(closed_at),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - opened_at))
         FILTER (WHERE closed_at IS NOT NULL),
       count(*) FILTER (WHERE closed_at <= close_due_at),
       count(*) FILTER (WHERE closed_at IS NOT NULL OR close_due_at < %(at)s)
  FROM members_case
 WHERE opened_at >= %(since)s AND opened_at < %(until)s AND NOT practice
   AND (%(stores)s::int[] IS NULL OR store_id = ANY(%(stores)s::int[]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Of the cases opened within a period: medians, and how many of those whose time has come were in time."""

    opened: int
    answered: int
    median_answer: timedelta | None
    answered_in_time: int
    answer_judged: int
    closed: int
    median_close: timedelta | None
    closed_in_time: int
    close_judged: int


def times(*, since: datetime, until: datetime, at: datetime, store_ids: Collection[int] | None = None) -> Times:
    """The times of cases opened in [since, until), as they stand at `at`."""
    stores = None if store_ids is None else list(store_ids)
    with connection.cursor() as cursor:
        cursor.execute(TIMES, {"since": since, "until": until, "at": at, "stores": stores})
        row = cursor.fetchone()
    return Times(
        opened=row[0],
        answered=row[1],
        median_answer=_span(row[2]),
        answered_in_time=row[3],
        answer_judged=row[4],
        closed=row[5],
        median_close=_span(row[6]),
        closed_in_time=row[7],
        close_judged=row[8],
    )


def overdue(*, at: datetime, store_ids: Collection[int] | None = None) -> QuerySet[Case]:
    """Cases whose answer or end is late, the longest waiting first."""
    return _of(Case.objects.filter(late(at), practice=False), store_ids).order_by("close_due_at")


def late(at: datetime) -> Q:
    """What makes a case late at a moment."""
    return Q(state=Case.State.OPEN, answer_due_at__lt=at) | ~Q(state=Case.State.CLOSED) & Q(close_due_at__lt=at)


def waiting(*, store_ids: Collection[int] | None = None) -> int:
    """How many cases wait for our answer, counted up to a hundred."""
    return _few(_of(Case.objects.filter(state=Case.State.OPEN, practice=False), store_ids))


def late_count(*, at: datetime, store_ids: Collection[int] | None = None) -> int:
    """How many cases are late, counted up to a hundred."""
    return _few(_of(Case.objects.filter(late(at), practice=False), store_ids))


def voices_waiting() -> int:
    """How many recommendations wait to be looked at, counted up to a hundred."""
    return _few(Voice.objects.filter(state=Voice.State.WAITING))


def _of(rows: QuerySet[Case], store_ids: Collection[int] | None) -> QuerySet[Case]:
    return rows if store_ids is None else rows.filter(store_id__in=list(store_ids))


def _few(rows: QuerySet[Any]) -> int:
    return len(rows.order_by().values_list("pk", flat=True)[:COUNTED_AT_MOST])


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=float(seconds))
