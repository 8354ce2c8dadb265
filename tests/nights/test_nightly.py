"""Which nights are due, in which order, and that each is run once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection

from events import clock as shop_clock
from events import jobs
from events.models import Job
from loyalty import nightly
from loyalty.models import NightlyStep, Store
from tests import holding
from tests.factories.shop import Shop
from tests.nights import steps
from tests.running import Processes, wait_until

# In Ho Chi Minh City 02:30 of the 21st is 19:30 of the 20th in Greenwich.
THE_20TH = date(2026, 11, 20)
HALF_PAST_TWO = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def counted(db, settings) -> None:
    settings.NIGHTLY_STEPS = ["tests.nights.steps.first", "tests.nights.steps.last"]
    holding.install()
    with connection.cursor() as cursor:
        cursor.execute(steps.TABLES)


def planned() -> list[str]:
    return list(Job.objects.filter(kind="night").order_by("pk").values_list("key", flat=True))


def runs() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT date::text, step FROM runs ORDER BY ctid")
        return cursor.fetchall()


def work(at: datetime) -> None:
    for id in jobs.claim(at=at, limit=10, lease=MINUTE):
        jobs.work(id=id, until=at + MINUTE, now=lambda: at, seconds=60)


def test_a_date_is_due_at_the_hour_of_the_next_morning(db):
    assert nightly.last_due(at=HALF_PAST_TWO - MINUTE) == THE_20TH - DAY
    assert nightly.last_due(at=HALF_PAST_TWO) == THE_20TH


def test_a_date_is_not_due_before_the_day_of_every_store_is_over(db):
    store = Store.objects.create(code="bar", name="Quán đêm", day_starts=time(5))
    assert nightly.last_due(at=HALF_PAST_TWO) == THE_20TH - DAY
    assert nightly.last_due(at=HALF_PAST_TWO + timedelta(hours=2, minutes=30)) == THE_20TH

    Store.objects.filter(pk=store.pk).update(closed=True)
    assert nightly.last_due(at=HALF_PAST_TWO) == THE_20TH


def test_a_fresh_shop_begins_with_the_last_night_however_old_its_history(db):
    Shop(at=HALF_PAST_TWO - timedelta(days=500))

    nightly.plan(at=HALF_PAST_TWO)

    assert planned() == ["2026-11-20"]
    assert nightly.plan(at=HALF_PAST_TWO) == []


def test_missed_dates_are_asked_for_in_order_once_each(db):
    nightly.plan(at=HALF_PAST_TWO)
    nightly.plan(at=HALF_PAST_TWO + 3 * DAY)
    nightly.plan(at=HALF_PAST_TWO + 3 * DAY + MINUTE)

    assert planned() == ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]


def test_nights_run_one_after_the_other_and_each_step_once(counted):
    nightly.plan(at=HALF_PAST_TWO)
    nightly.plan(at=HALF_PAST_TWO + DAY)
    for _ in range(4):
        work(HALF_PAST_TWO + DAY)

    assert runs() == [(f"2026-11-{day}", step) for day in (20, 21) for step in ("first", "last")]
    assert {job.state for job in Job.objects.filter(kind="night")} == {"done"}
    row = NightlyStep.objects.get(date=THE_20TH, step="tests.nights.steps.first")
    assert (row.state, row.rows, row.begun, row.error) == ("done", steps.PIECES, 1, "")
    assert row.finished_at >= row.started_at == HALF_PAST_TWO + DAY


def test_a_step_that_fails_is_shown_and_tried_again_and_those_before_it_are_not(counted, settings):
    settings.NIGHTLY_STEPS = ["tests.nights.steps.first", "tests.nights.test_nightly.refuse"]
    nightly.plan(at=HALF_PAST_TWO)
    for n in range(3):
        work(HALF_PAST_TWO + n * MINUTE)

    refused = NightlyStep.objects.get(step="tests.nights.test_nightly.refuse")
    assert (refused.state, refused.begun) == ("failed", 3)
    assert refused.error.startswith("ValueError: not tonight, …")
    assert runs() == [("2026-11-20", "first")]
    assert Job.objects.get(kind="night").attempts == 3


def refuse(*, date: date, at: datetime) -> int:
    raise ValueError("not tonight, 'Lan'")


def test_a_night_given_up_does_not_hold_up_the_next_and_may_be_run_later(counted, settings):
    ours = settings.NIGHTLY_STEPS
    settings.NIGHTLY_STEPS = ["tests.nights.test_nightly.refuse"]
    [first] = nightly.plan(at=HALF_PAST_TWO)
    for _ in range(jobs.MOST_ATTEMPTS):
        jobs.run_chunk(id=first, at=HALF_PAST_TWO)
    assert nightly.behind(at=HALF_PAST_TWO) == nightly.Behind(last=None, waiting=0, failed=1)
    settings.NIGHTLY_STEPS = ours

    nightly.plan(at=HALF_PAST_TWO + DAY)
    work(HALF_PAST_TWO + DAY)
    assert nightly.behind(at=HALF_PAST_TWO + DAY) == nightly.Behind(last=THE_20TH + DAY, waiting=0, failed=1)

    jobs.retry(job_ids=[first], by="user:1", at=HALF_PAST_TWO + DAY)
    work(HALF_PAST_TWO + DAY)
    assert {day for day, _step in runs()} == {"2026-11-20", "2026-11-21"}
    assert nightly.behind(at=HALF_PAST_TWO + DAY).failed == 0


def test_the_books_say_how_late_they_are(counted):
    assert nightly.behind(at=HALF_PAST_TWO) == nightly.Behind(last=None, waiting=1, failed=0)
    nightly.plan(at=HALF_PAST_TWO)
    work(HALF_PAST_TWO)

    assert nightly.behind(at=HALF_PAST_TWO) == nightly.Behind(last=THE_20TH, waiting=0, failed=0)
    assert nightly.behind(at=HALF_PAST_TWO + 2 * DAY) == nightly.Behind(last=THE_20TH, waiting=2, failed=0)


def test_a_night_asked_for_by_a_clock_that_was_ahead_waits_for_its_date(counted):
    nightly.plan(at=HALF_PAST_TWO + DAY)
    Job.objects.update(due_at=HALF_PAST_TWO)

    work(HALF_PAST_TWO)

    assert runs() == []
    assert Job.objects.get(kind="night").due_at == HALF_PAST_TWO + DAY
    assert nightly.plan(at=HALF_PAST_TWO) == []


def test_a_night_run_by_hand_is_not_run_by_a_worker(counted):
    nightly.plan(at=HALF_PAST_TWO)

    done = list(nightly.run(day=THE_20TH, at=HALF_PAST_TWO))
    work(HALF_PAST_TWO)

    assert [(step.rows, step.before) for step in done] == [(steps.PIECES, False)] * 2
    assert runs() == [("2026-11-20", "first"), ("2026-11-20", "last")]
    assert Job.objects.get(kind="night").state == "done"
    assert all(step.before for step in nightly.run(day=THE_20TH, at=HALF_PAST_TWO))


def test_a_date_that_is_not_over_is_refused(counted):
    with pytest.raises(nightly.NotOver):
        list(nightly.run(day=THE_20TH, at=HALF_PAST_TWO - MINUTE))


@pytest.mark.slow
def test_two_beats_two_relays_and_two_workers_run_missed_dates_once_in_order(house: Processes, clock) -> None:
    Shop(at=shop_clock.now())
    for start in (house.beat, house.relay, house.worker) * 2:
        start()
    wait_until(lambda: finished() == 1, seconds=30, what="the first night was not run")
    clock.forward(days=5)  # everybody slept
    for _ in range(20):  # while somebody does it by hand
        nightly.plan(at=shop_clock.now())
    wait_until(lambda: finished() == 6, seconds=60, what="the missed nights were not run")

    latest = nightly.last_due(at=shop_clock.now())
    days = [f"{latest - n * DAY}" for n in reversed(range(6))]
    assert runs() == [(day, step) for day in days for step in ("first", "last")]
    rows = list(NightlyStep.objects.order_by("started_at"))
    assert [str(row.date) for row in rows] == [day for day in days for _ in range(3)]
    assert {(row.state, row.begun) for row in rows} == {("done", 1)}


def finished() -> int:
    return Job.objects.filter(kind="night", state="done").count()
