"""Chunks of jobs that leave a row per piece, without any constraint: a piece done twice shows."""

from datetime import datetime, timedelta

from django.db import connection

from events import jobs
from events.jobs import Progress
from events.models import Job

COUNTED = "CREATE TABLE IF NOT EXISTS pieces (job text NOT NULL, piece integer NOT NULL)"


def counted(job: str = "") -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT piece FROM pieces WHERE job = %s OR %s = '' ORDER BY piece", [job, job])
        return [piece for (piece,) in cursor.fetchall()]


def chunk(*, job: Job, at: datetime) -> Progress:
    piece = job.cursor.get("next", 0)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO pieces VALUES (%s, %s)", [job.key, piece])
    after_piece()
    return Progress(done=piece + 1, cursor={"next": piece + 1}, finished=piece + 1 == job.total)


def after_piece() -> None:
    """What happens elsewhere meanwhile."""


def refuse(*, job: Job, at: datetime) -> Progress:
    chunk(job=job, at=at)
    raise ValueError("'Lan' cannot be counted")


def end_the_worker(*, job: Job, at: datetime) -> Progress:
    chunk(job=job, at=at)
    raise SystemExit  # as far as the rows can tell, kill -9


def wait(*, job: Job, at: datetime) -> Progress:
    return Progress(done=1, again_at=at + timedelta(hours=1))


def busy(*, job: Job, at: datetime) -> Progress:
    raise jobs.Busy


def cut_off(*, job: Job, at: datetime) -> Progress:
    chunk(job=job, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    raise AssertionError("the connection should be gone")


@jobs.commits_itself
def cut_off_by_itself(*, job: Job, at: datetime) -> Progress:
    return cut_off(job=job, at=at)
