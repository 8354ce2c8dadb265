"""kill -9 of the worker at every kind of moment of a night, and of a job: the same rows as if nothing had been."""

import os
import signal

import pytest
from django.db import connection

from events import clock as shop_clock
from events import jobs
from events.models import Job
from loyalty import auditing, nightly
from loyalty.engines.children import Child
from loyalty.models import Entry, NightlyStep
from tests import holding
from tests.factories.shop import Shop
from tests.nights import steps
from tests.running import Processes, wait_until

# where the worker dies → how often the first and the last step are begun that night
POINTS = {
    "points being booked": (1, 1),
    "first: begun": (2, 1),
    "first: half done": (2, 1),
    "first: all but its mark": (2, 1),
    "the mark of the first step": (2, 1),
    "the progress of the job": (1, 1),
    "last: half done": (1, 2),
    "the end of the job": (1, 1),
}
PIECES, DEATHS = 150, 3


def ask(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def kill(worker: Child) -> None:
    """Master and children at once: nobody is left to put anything in order."""
    assert worker.process is not None
    os.killpg(worker.pid, signal.SIGKILL)
    assert worker.process.wait(10) == -signal.SIGKILL


def reached(point: str) -> bool:
    return bool(ask("SELECT 1 FROM reached WHERE point = %s", point)) or holding.anybody()


@pytest.mark.slow
def test_a_night_cut_off_anywhere_comes_to_the_same_rows(house: Processes, clock) -> None:
    shop = Shop(at=now())
    people = [shop.member(f"Khách {n}") for n in range(3)]
    for member in people:
        shop.sell(shop.bill(100_000), member)
    clock.forward(days=400)  # the points have ended
    house.relay()
    worker = house.worker(concurrency=1)
    dates = {}
    for point in POINTS:
        holding.at(point)
        [job] = nightly.plan(at=now())
        dates[point] = Job.objects.get(pk=job).key
        wait_until(lambda point=point: reached(point), seconds=30, what=f"never came to {point}")
        kill(worker)
        wait_until(lambda: not holding.anybody(), seconds=10, what="PostgreSQL did not notice")
        holding.let_go()
        worker = house.worker(concurrency=1)
        wait_until(lambda job=job: Job.objects.get(pk=job).state == "done", seconds=30, what=f"{point}: not done")
        clock.forward(days=1)

    for point, (first, last) in POINTS.items():
        runs = dict(ask("SELECT step, count(*) FROM runs WHERE date = %s GROUP BY step", dates[point]))
        assert runs == {"first": first, "last": last}, point
    effects = ask("SELECT date::text, step, piece FROM effects ORDER BY 1, 2, 3")
    pieces = range(steps.PIECES)
    assert effects == [(day, step, n) for day in sorted(dates.values()) for step in ("first", "last") for n in pieces]
    booked = {dates["points being booked"]: len(people)}
    rows = NightlyStep.objects.filter(state="done", error="").values_list("date", "step", "rows")
    assert {(f"{day}", step.rpartition(".")[2]): count for day, step, count in rows} == {
        (day, step): booked.get(day, 0) if step == "book_due" else steps.PIECES
        for day in dates.values()
        for step in ("first", "book_due", "last")
    }
    assert sorted(Entry.objects.filter(kind="expire").values_list("member_id", flat=True)) == sorted(
        member.id for member in people
    )
    assert Job.objects.filter(kind="night", state="done", attempts=0, done=3).count() == len(POINTS)
    assert [finding for finding in auditing.run() if not finding.ok] == []


@pytest.mark.slow
def test_a_job_is_cut_off_stopped_and_goes_on_without_losing_or_doubling_a_piece(house: Processes) -> None:
    house.relay()
    worker = house.worker(concurrency=1)
    job = jobs.start(kind="count", key="a", total=PIECES, at=now(), by="user:1")
    for death in range(1, DEATHS + 1):
        wait_until(lambda n=death: done(job) >= PIECES * n // (DEATHS + 2), seconds=30, what="the job stands still")
        kill(worker)
        worker = house.worker(concurrency=1)
    wait_until(lambda: done(job) >= PIECES * 4 // 5, seconds=30, what="the job stands still")
    assert jobs.cancel(job_ids=[job], by="user:1", at=now()) == 1
    stopped_at = done(job)
    other = jobs.start(kind="count", key="b", total=3, at=now(), by="user:1")
    wait_until(lambda: done(other) == 3, seconds=30, what="the other job was not done")
    assert done(job) == stopped_at < PIECES

    assert jobs.retry(job_ids=[job], by="user:1", at=now()) == 1

    wait_until(lambda: Job.objects.get(pk=job).state == "done", seconds=30, what="the job did not go on")
    assert [piece for (piece,) in ask("SELECT piece FROM pieces WHERE job = 'a' ORDER BY 1")] == list(range(PIECES))


def done(job: int) -> int:
    return Job.objects.get(pk=job).done


now = shop_clock.now
