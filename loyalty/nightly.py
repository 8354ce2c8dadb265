"""The nightly run: what each floor does once for each business date that ended, in the order of NIGHTLY_STEPS.

One row per date and step says how it went. A night is a job (`events.jobs`, kind "night", key = the date), so that a
killed worker, a dead beat, two beats and a missed week all come to the same: every date once, in order, as soon as
somebody is there to run it. Steps are `step(*, date, at) -> rows`; they commit by themselves and may be run again.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import F, Max
from django.utils.module_loading import import_string

from events import jobs, locking, masking
from events.models import Job
from loyalty.models import NightlyStep, Store
from loyalty.till import local_zone

KIND = "night"
DAY = timedelta(days=1)

log = structlog.get_logger("loyalty.nightly")


class NotOver(Exception):
    """The business date has not ended, or its night has not begun."""


@dataclass(frozen=True, kw_only=True)
class StepDone:
    """One step, how many rows it dealt with, and whether it had been done before."""

    step: str
    rows: int
    before: bool = False


@dataclass(frozen=True, kw_only=True)
class Behind:
    """How late the nights are: the last date whose run is over, and how many dates wait or have failed."""

    last: date | None
    waiting: int
    failed: int


def due_at(day: date) -> datetime:
    """When the run of a business date may begin: NIGHTLY_AT of the next morning, and the day of every store is over."""
    return _due_at(day, _begins())


def last_due(*, at: datetime) -> date:
    """The latest business date whose run may begin."""
    day = at.astimezone(local_zone()).date() - DAY
    return day if due_at(day) <= at else day - DAY


def plan(*, at: datetime) -> list[int]:
    """Asks for the nights that are due and were never asked for, in order. Answers the ids of their jobs.

    The first night of all is the last one due: a history that was imported or seeded is no reason for hundreds of runs.
    """
    begins = _begins()
    return [
        jobs.start(
            kind=KIND,
            key=day.isoformat(),
            at=at,
            by="system",
            due_at=_due_at(day, begins),
            total=len(settings.NIGHTLY_STEPS),
            in_order=True,
        )
        for day in _never_asked_for(at)
    ]


@jobs.commits_itself
def chunk(*, job: Job, at: datetime) -> jobs.Progress:
    """The next step of a night that is not done."""
    day, steps = date.fromisoformat(job.key), settings.NIGHTLY_STEPS
    if (due := due_at(day)) > at:  # it was asked for while the clock was ahead
        return jobs.Progress(done=job.done, again_at=due)
    with _alone():
        done = _done(day)
        left = [step for step in steps if step not in done]
        if left:
            _run(left[0], day=day, at=at)
    more = len(left) - 1
    return jobs.Progress(done=len(steps) - max(0, more), total=len(steps), finished=more <= 0)


def run(*, day: date, at: datetime, again: bool = False) -> Iterator[StepDone]:
    """Runs the steps of a business date now, in this process; `again` also those that were done.

    Raises jobs.Busy while somebody else is at a step, and NotOver.
    """
    if due_at(day) > at:
        raise NotOver(day)
    for step in settings.NIGHTLY_STEPS:
        with _alone():
            known = {} if again else _done(day)
            rows = known[step] if step in known else _run(step, day=day, at=at)
        yield StepDone(step=step, rows=rows, before=step in known)
    jobs.settle(kind=KIND, key=day.isoformat(), done=len(settings.NIGHTLY_STEPS), at=at)


def waiting() -> list[date]:
    """The dates whose nights were asked for and are not over, in order."""
    keys = Job.objects.filter(kind=KIND, state__in=jobs.LIVE).order_by("key").values_list("key", flat=True)
    return [date.fromisoformat(key) for key in keys]


def behind(*, at: datetime) -> Behind:
    """How late the nights are."""
    nights = Job.objects.filter(kind=KIND)
    last = nights.filter(state=Job.State.DONE).aggregate(last=Max("key"))["last"]
    return Behind(
        last=date.fromisoformat(last) if last else None,
        waiting=nights.filter(state__in=jobs.LIVE).count() + len(_never_asked_for(at)),
        failed=nights.filter(state=Job.State.FAILED).count(),
    )


def _never_asked_for(at: datetime) -> list[date]:
    latest = last_due(at=at)
    known = Job.objects.filter(kind=KIND).aggregate(last=Max("key"))["last"]
    first = date.fromisoformat(known) + DAY if known else latest
    return [first + n * DAY for n in range((latest - first).days + 1)]


def _begins() -> clock_time:
    stores = Store.objects.filter(practice_of=None, closed=False)
    latest: clock_time | None = stores.aggregate(latest=Max("day_starts"))["latest"]
    return max(settings.NIGHTLY_AT, latest or clock_time.min)


def _due_at(day: date, begins: clock_time) -> datetime:
    return datetime.combine(day + DAY, begins, tzinfo=local_zone())


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One step at a time in the whole house."""
    with locking.alone("loyalty.nightly") as mine:
        if not mine:
            raise jobs.Busy
        yield


def _done(day: date) -> dict[str, int]:
    done = NightlyStep.objects.filter(date=day, state=NightlyStep.State.DONE)
    return {step: rows or 0 for step, rows in done.values_list("step", "rows")}


def _run(step: str, *, day: date, at: datetime) -> int:
    row, first = NightlyStep.objects.get_or_create(date=day, step=step, defaults={"started_at": at})
    ours = NightlyStep.objects.filter(pk=row.pk)
    if not first:
        ours.update(state=NightlyStep.State.BEGUN, begun=F("begun") + 1, started_at=at, finished_at=None, error="")
    begun = time.monotonic()
    try:
        rows: int = import_string(step)(date=day, at=at)
    except Exception as error:
        if connection.is_usable():
            ours.update(state=NightlyStep.State.FAILED, error=masking.error(error))
        raise
    seconds = time.monotonic() - begun
    finished_at = at + timedelta(seconds=seconds)
    ours.update(state=NightlyStep.State.DONE, finished_at=finished_at, seconds=seconds, rows=rows)
    log.info("nightly_step", date=day.isoformat(), step=step, rows=rows, seconds=round(seconds, 3))
    return rows
