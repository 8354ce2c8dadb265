"""Long work, in chunks. A row is the queue and remembers how far the work is; the broker only says there is some.

What a kind does stands in settings.JOB_KINDS: the dotted name of `chunk(*, job, at) -> Progress`, which does a piece of
at most a minute. The piece and the row that says it is done commit together, so that a process killed at any moment
loses and doubles nothing. A kind marked `commits_itself` runs outside any transaction and must bear being run again.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string

from events import delivering, locking, masking, outbox
from events.models import Job

MOST_ATTEMPTS = 10
ENDS_ITS_WORKER = "the worker ended again and again on it"
LIVE = (Job.State.OPEN, Job.State.RUNNING)

Chunk = Callable[..., "Progress"]
log = structlog.get_logger("events.jobs")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What a chunk leaves: where the next one begins, how much is done of how much, and whether that was all.

    `again_at`: there is nothing to do before that moment.
    """

    done: int
    total: int | None = None
    cursor: dict[str, Any] | None = None
    finished: bool = False
    again_at: datetime | None = None


class UnknownKind(Exception):
    """No entry of settings.JOB_KINDS says what such a job does."""


class Busy(Exception):
    """Raised by a chunk that somebody else stands in the way of: tried again when the claim lapses, no failure."""


class _Over(Exception):
    """The job was cancelled meanwhile: what this chunk did is undone."""


def commits_itself(chunk: Chunk) -> Chunk:
    """Marks a chunk that commits by itself, piece by piece, and that may be run again at any point."""
    chunk.commits_itself = True  # type: ignore[attr-defined]
    return chunk


def start(
    *,
    kind: str,
    key: str,
    at: datetime,
    by: str,
    cursor: dict[str, Any] | None = None,
    total: int | None = None,
    due_at: datetime | None = None,
    in_order: bool = False,
) -> int:
    """Asks for a job; the same kind and key again is the job that was asked for first. Answers its id.

    Runs in the caller's transaction, if there is one. An `in_order` job begins when all earlier ones of its kind are
    over. Raises UnknownKind.
    """
    if kind not in settings.JOB_KINDS:
        raise UnknownKind(kind)
    asked = Job(kind=kind, key=key, asked_at=at, due_at=due_at or at, by=by, in_order=in_order, total=total)
    asked.cursor = cursor or {}
    Job.objects.bulk_create([asked], ignore_conflicts=True)
    return Job.objects.values_list("pk", flat=True).get(kind=kind, key=key)


def claim(*, at: datetime, limit: int, lease: timedelta) -> list[int]:
    """Ids of up to `limit` due jobs, nobody else's until `at + lease`. Committed when it returns.

    A claim that ends later than any lease could was made before the clock was set back; it counts as lapsed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH due AS MATERIALIZED (
                SELECT id FROM events_job AS job
                WHERE state IN ('open', 'running') AND due_at <= %(at)s
                  AND (claimed_until IS NULL OR claimed_until <= %(at)s OR claimed_until > %(absurd)s)
                  AND NOT (in_order AND EXISTS (
                      SELECT FROM events_job AS earlier
                      WHERE earlier.kind = job.kind AND earlier.state IN ('open', 'running') AND earlier.id < job.id
                  ))
                ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
            )
            UPDATE events_job AS job SET claimed_until = %(until)s
            FROM due WHERE job.id = due.id RETURNING job.id
            """,
            {"at": at, "until": at + lease, "absurd": at + 2 * lease, "limit": limit},
        )
        return sorted(id for (id,) in cursor.fetchall())


def work(*, id: int, until: datetime, now: Callable[[], datetime], seconds: float) -> None:
    """Runs chunks of a job for about so long, for the one whose claim ends at `until`, then lets go of it.

    A message that came late, or twice, finds another claim or somebody at work and does nothing.
    """
    end = time.monotonic() + seconds
    with locking.alone(f"job {id}") as mine:
        if not mine or not _begin(id, until=until, at=now()):
            return
        try:
            while run_chunk(id=id, at=now()):
                if time.monotonic() > end:
                    break
        except Busy:
            Job.objects.filter(pk=id).update(lapses=0)
            return
        Job.objects.filter(pk=id, state__in=LIVE).update(claimed_until=None)


def _begin(id: int, *, until: datetime, at: datetime) -> bool:
    """Whether the claim is ours. Each try is counted before it is made: a chunk that ends its worker never says so."""
    if not Job.objects.filter(pk=id, claimed_until=until, state__in=LIVE).update(lapses=F("lapses") + 1):
        return False
    kills = Job.objects.filter(pk=id, lapses__gt=MOST_ATTEMPTS)
    if kills.update(state=Job.State.FAILED, finished_at=at, claimed_until=None, last_error=ENDS_ITS_WORKER):
        log.warning("job_kills", job_id=id)
        return False
    return True


def run_chunk(*, id: int, at: datetime) -> bool:
    """One piece of a job, whose lock the caller holds; answers whether there is more to do at once.

    A chunk that fails leaves nothing; the job waits longer each time and has failed after MOST_ATTEMPTS in a row.
    Raises Busy and delivering.DatabaseLost.
    """
    job = Job.objects.filter(pk=id, state__in=LIVE).first()
    if job is None:
        return False
    try:
        chunk: Chunk = import_string(settings.JOB_KINDS[job.kind])
        by_itself = getattr(chunk, "commits_itself", False)
        with nullcontext() if by_itself else transaction.atomic():
            progress = chunk(job=job, at=at)
            _note(job, progress, at)
        return not progress.finished and progress.again_at is None
    except (Busy, _Over) as stopped:
        if isinstance(stopped, Busy):
            raise
        return False
    except Exception as error:  # whatever a chunk may raise
        if not connection.is_usable():
            connection.close()
            raise delivering.DatabaseLost from error
        _put_off(job, error, at)
        return False


def _note(job: Job, progress: Progress, at: datetime) -> None:
    lease = timedelta(seconds=settings.RELAY_LEASE_SECONDS)
    noted = Job.objects.filter(pk=job.pk, state__in=LIVE).update(
        state=Job.State.DONE if progress.finished else Job.State.RUNNING,
        cursor=job.cursor if progress.cursor is None else progress.cursor,
        done=progress.done,
        total=job.total if progress.total is None else progress.total,
        attempts=0,
        lapses=0,
        last_error="",
        started_at=Coalesce("started_at", at),
        finished_at=at if progress.finished else None,
        due_at=progress.again_at or F("due_at"),
        claimed_until=None if progress.finished else at + lease,
    )
    if not noted:
        raise _Over


def _put_off(job: Job, error: Exception, at: datetime) -> None:
    attempts = job.attempts + 1
    failed = attempts >= MOST_ATTEMPTS
    told = masking.error(error)
    Job.objects.filter(pk=job.pk, state__in=LIVE).update(
        state=Job.State.FAILED if failed else job.state,
        attempts=attempts,
        lapses=0,
        last_error=told,
        started_at=Coalesce("started_at", at),
        finished_at=at if failed else None,
        due_at=at + delivering.wait(attempts),
        claimed_until=None,
    )
    log.warning("job_failed", kind=job.kind, key=job.key, attempts=attempts, error=told)


@transaction.atomic
def cancel(*, job_ids: Sequence[int], by: str, at: datetime) -> int:
    """Ends jobs that are not over, and writes down who wanted it. Answers how many there were.

    What their chunks have committed stays; the one under way is undone.
    """
    count = Job.objects.filter(pk__in=job_ids, state__in=LIVE).update(
        state=Job.State.CANCELLED, finished_at=at, claimed_until=None
    )
    if count:
        outbox.record(type="jobs.cancelled", data={"jobs": sorted(job_ids)}, by=by, at=at)
    return count


@transaction.atomic
def retry(*, job_ids: Sequence[int], by: str, at: datetime) -> int:
    """Lets failed and cancelled jobs go on from where they were, and writes down who wanted it; how many there were."""
    ended = Job.objects.filter(pk__in=job_ids, state__in=[Job.State.FAILED, Job.State.CANCELLED])
    count = ended.update(state=Job.State.OPEN, attempts=0, lapses=0, due_at=at, finished_at=None, claimed_until=None)
    if count:
        outbox.record(type="jobs.retried", data={"jobs": sorted(job_ids)}, by=by, at=at)
    return count


def settle(*, kind: str, key: str, done: int, at: datetime) -> bool:
    """Ends a job whose work somebody has done by hand; answers whether there was one that was not done."""
    mine = Job.objects.filter(kind=kind, key=key).exclude(state=Job.State.DONE)
    return bool(mine.update(state=Job.State.DONE, done=done, finished_at=at, claimed_until=None, last_error=""))


def mend_dates(*, at: datetime) -> int:
    """Makes due at once what waits longer after a failure than anything may: the clock was wrong when it failed."""
    late = Q(state__in=LIVE, attempts__gt=0, due_at__gt=at + 2 * delivering.LONGEST_WAIT)
    return Job.objects.filter(late).update(due_at=at)
