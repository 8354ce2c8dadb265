"""How far behind the readers are, for the health page and the metrics."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

COUNTED_UP_TO = 10_000


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """Deliveries still open and given up. `seconds` is the age of the oldest open one, 0 when there is none.

    Counts end at COUNTED_UP_TO: beyond it the number says "at least", and the query stays cheap on a bad day.
    """

    seconds: float
    open: int
    dead: int


def oldest_open(at: datetime) -> Backlog:
    """The age of the oldest open delivery, and how many are open and dead."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(extract(epoch FROM %(at)s - min(recorded_at)), 0), count(*),
                   (SELECT count(*) FROM (SELECT FROM events_delivery WHERE state = 'dead' LIMIT %(most)s) AS dead)
            FROM (
                SELECT event.recorded_at
                FROM events_delivery AS delivery JOIN events_event AS event ON event.id = delivery.event_id
                WHERE delivery.state = 'open' ORDER BY delivery.due_at LIMIT %(most)s
            ) AS open
            """,
            {"at": at, "most": COUNTED_UP_TO},
        )
        seconds, opened, dead = cursor.fetchone()
    return Backlog(seconds=max(0.0, float(seconds)), open=opened, dead=dead)


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """Jobs that are not over, and failed ones. `seconds`: how long the oldest has been due."""

    seconds: float
    open: int
    failed: int


def jobs(at: datetime) -> Jobs:
    """How late jobs are. One that has begun counts as well: a long one is late until it is done."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(extract(epoch FROM %(at)s - min(due_at)), 0), count(*),
                   (SELECT count(*) FROM events_job WHERE state = 'failed')
            FROM events_job WHERE state IN ('open', 'running')
            """,
            {"at": at},
        )
        seconds, opened, failed = cursor.fetchone()
    return Jobs(seconds=max(0.0, float(seconds)), open=opened, failed=failed)
