"""Nightly steps that write down each time they are run, and stop at a point as long as a test holds it.

A point in Python is reached when it stands in `reached`; one inside PostgreSQL (a trigger) when a backend sleeps.
"""

import time
from datetime import date as Date  # noqa: N812
from datetime import datetime

from django.db import connection

from events.jobs import Progress
from events.models import Job

PIECES = 4
TABLES = """
    CREATE TABLE reached (point text NOT NULL);
    CREATE TABLE runs (date date NOT NULL, step text NOT NULL);
    CREATE TABLE effects (date date NOT NULL, step text NOT NULL, piece integer NOT NULL);
    CREATE TABLE pieces (job text NOT NULL, piece integer NOT NULL);
    CREATE TRIGGER hold_mark BEFORE UPDATE ON loyalty_nightlystep FOR EACH ROW
        WHEN (NEW.state = 'done' AND NEW.step LIKE '%first') EXECUTE FUNCTION hold('the mark of the first step');
    CREATE TRIGGER hold_progress BEFORE UPDATE ON events_job FOR EACH ROW
        WHEN (NEW.done = 1) EXECUTE FUNCTION hold('the progress of the job');
    CREATE TRIGGER hold_end BEFORE UPDATE ON events_job FOR EACH ROW
        WHEN (NEW.state = 'done') EXECUTE FUNCTION hold('the end of the job');
    CREATE TRIGGER hold_entry AFTER INSERT ON loyalty_entry FOR EACH ROW
        WHEN (NEW.kind = 'expire') EXECUTE FUNCTION hold('points being booked');
"""


def first(*, date: Date, at: datetime) -> int:
    return _work("first", date)


def last(*, date: Date, at: datetime) -> int:
    return _work("last", date)


def _work(step: str, date: Date) -> int:
    """Each piece commits by itself; one that is there is not written again, as of any step."""
    _sql("INSERT INTO runs VALUES (%s, %s)", date, step)
    pause(f"{step}: begun")
    for piece in range(PIECES):
        _sql(
            "INSERT INTO effects SELECT %s, %s, %s"
            " WHERE NOT EXISTS (SELECT FROM effects WHERE (date, step, piece) = (%s, %s, %s))",
            *(date, step, piece) * 2,
        )
        if piece == PIECES // 2:
            pause(f"{step}: half done")
    pause(f"{step}: all but its mark")
    return PIECES


def chunk(*, job: Job, at: datetime) -> Progress:
    """A piece of a job that takes a moment; written without any constraint, so that one done twice shows."""
    piece = job.cursor.get("next", 0)
    _sql("INSERT INTO pieces VALUES (%s, %s)", job.key, piece)
    _sql("SELECT pg_sleep(0.01)")
    return Progress(done=piece + 1, cursor={"next": piece + 1}, finished=piece + 1 == job.total)


def pause(point: str) -> None:
    """Stays here as long as the point is held."""
    if _held(point):
        _sql("INSERT INTO reached VALUES (%s)", point)
        while _held(point):
            time.sleep(0.02)


def _held(point: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM held WHERE point = %s", [point])
        return cursor.rowcount == 1


def _sql(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
