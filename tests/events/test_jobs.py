"""Jobs: each chunk once whatever happens, and people may stop them and let them go on."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from events import delivering, health, jobs, locking, tasks
from events.models import Event, Job
from tests.events import counting
from tests.running import ShopDatabase

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)


@pytest.fixture(autouse=True)
def kinds(settings, request):
    settings.JOB_KINDS = {
        "count": "tests.events.counting.chunk",
        "refuse": "tests.events.counting.refuse",
        "wait": "tests.events.counting.wait",
        "busy": "tests.events.counting.busy",
    }
    request.getfixturevalue("shop_db" if "shop_db" in request.fixturenames else "db")
    with connection.cursor() as cursor:
        cursor.execute(counting.COUNTED)


def asked(kind: str = "count", *, key: str = "1", total: int = 3, at=NOON, **more) -> Job:
    return Job.objects.get(pk=jobs.start(kind=kind, key=key, total=total, at=at, by="user:1", **more))


def claim(*, at=NOON, limit=10) -> list[int]:
    return jobs.claim(at=at, limit=limit, lease=LEASE)


def work(job: Job, *, at=NOON, seconds: float = 10, until=None) -> Job:
    jobs.work(id=job.pk, until=until or at + LEASE, now=lambda: at, seconds=seconds)
    job.refresh_from_db()
    return job


def test_a_job_runs_chunk_by_chunk_to_its_end():
    job = asked()
    assert claim() == [job.pk]

    work(job)

    assert counting.counted() == [0, 1, 2]
    assert (job.state, job.done, job.total, job.cursor) == ("done", 3, 3, {"next": 3})
    assert (job.started_at, job.finished_at, job.claimed_until) == (NOON, NOON, None)
    assert claim() == []


def test_a_job_that_was_asked_for_is_not_asked_for_again():
    first = asked()
    work_done = claim() and work(first)

    assert asked(total=7) == first
    assert work_done.state == "done"
    assert claim() == []


def test_an_unknown_kind_is_refused():
    with pytest.raises(jobs.UnknownKind):
        jobs.start(kind="nothing", key="1", at=NOON, by="user:1")


def test_a_job_lets_go_when_its_time_is_over_and_goes_on_from_there():
    job = asked()
    claim()

    work(job, seconds=-1)

    assert (job.state, job.done, counting.counted()) == ("running", 1, [0])
    assert claim() == [job.pk]
    assert work(job).state == "done"
    assert counting.counted() == [0, 1, 2]


def test_a_message_that_comes_late_or_twice_does_nothing():
    job = asked()
    claim()
    tasks.run_jobs(ids=[job.pk], until=(NOON - LEASE).isoformat())
    assert counting.counted() == []

    for _ in range(3):
        tasks.run_jobs(ids=[job.pk], until=(NOON + LEASE).isoformat())

    assert counting.counted() == [0, 1, 2]


def test_a_chunk_that_fails_leaves_nothing_and_is_tried_later():
    job = asked("refuse")
    claim()

    work(job)

    assert counting.counted() == []
    assert (job.state, job.attempts, job.claimed_until) == ("open", 1, None)
    assert job.last_error.startswith("ValueError: … cannot be counted")
    assert NOON < job.due_at < NOON + timedelta(seconds=10)
    assert claim() == []


def test_a_job_that_keeps_failing_fails_and_goes_on_when_somebody_says_so(settings):
    job = asked("refuse")
    for _ in range(jobs.MOST_ATTEMPTS):
        jobs.run_chunk(id=job.pk, at=NOON)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.finished_at) == ("failed", jobs.MOST_ATTEMPTS, NOON)
    assert claim(at=NOON + timedelta(days=1)) == []

    settings.JOB_KINDS = {"refuse": "tests.events.counting.chunk"}  # mended
    assert jobs.retry(job_ids=[job.pk], by="user:1", at=NOON) == 1
    assert claim() == [job.pk]
    assert work(job).state == "done"
    assert counting.counted() == [0, 1, 2]


def test_attempts_are_counted_in_a_row():
    job = asked()
    Job.objects.filter(pk=job.pk).update(attempts=jobs.MOST_ATTEMPTS - 1, last_error="…")

    jobs.run_chunk(id=job.pk, at=NOON)

    job.refresh_from_db()
    assert (job.attempts, job.last_error) == (0, "")


def test_a_job_that_ends_its_worker_every_time_fails(settings):
    settings.JOB_KINDS = {"count": "tests.events.counting.end_the_worker"}
    job = asked()
    for n in range(jobs.MOST_ATTEMPTS):
        at = NOON + n * LEASE
        assert claim(at=at) == [job.pk]
        with pytest.raises(SystemExit):
            work(job, at=at)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("open", 0)

    at = NOON + jobs.MOST_ATTEMPTS * LEASE
    claim(at=at)
    work(job, at=at)

    assert (job.state, job.last_error) == ("failed", jobs.ENDS_ITS_WORKER)
    assert counting.counted() == []


def test_a_cancelled_job_stops_where_it_is_and_can_go_on():
    job = asked()
    claim()
    work(job, seconds=-1)

    assert jobs.cancel(job_ids=[job.pk], by="user:1", at=NOON) == 1
    assert claim() == []
    assert jobs.run_chunk(id=job.pk, at=NOON) is False
    assert counting.counted() == [0]

    assert jobs.retry(job_ids=[job.pk], by="user:1", at=NOON) == 1
    claim()
    assert work(job).state == "done"
    assert counting.counted() == [0, 1, 2]
    told = Event.objects.filter(by="user:1").order_by("pk").values_list("type", "data")
    assert list(told) == [("jobs.cancelled", {"jobs": [job.pk]}), ("jobs.retried", {"jobs": [job.pk]})]


def test_what_is_over_is_neither_cancelled_nor_tried_again():
    job = asked()
    claim()
    work(job)

    assert (
        jobs.cancel(job_ids=[job.pk], by="user:1", at=NOON) == jobs.retry(job_ids=[job.pk], by="user:1", at=NOON) == 0
    )


def test_jobs_in_order_wait_for_each_other_and_others_do_not():
    first, second = asked(key="1", in_order=True), asked(key="2", in_order=True)
    aside = asked(key="0")

    assert claim() == [first.pk, aside.pk]
    work(first)
    assert claim() == [second.pk]


def test_a_failed_or_cancelled_job_holds_nobody_up():
    first, second = asked(key="1", in_order=True), asked(key="2", in_order=True)
    jobs.cancel(job_ids=[first.pk], by="user:1", at=NOON)

    assert claim() == [second.pk]


def test_a_chunk_may_say_when_there_is_more_to_do():
    job = asked("wait")
    claim()

    work(job)

    assert (job.state, job.due_at, job.claimed_until) == ("running", NOON + timedelta(hours=1), None)
    assert claim(at=NOON + timedelta(minutes=59)) == []
    assert claim(at=NOON + timedelta(hours=1)) == [job.pk]


def test_somebody_in_the_way_is_no_failure():
    job = asked("busy")
    claim()

    work(job)

    assert (job.attempts, job.state, job.claimed_until) == (0, "open", NOON + LEASE)


def test_a_clock_set_back_neither_locks_nor_forgets_a_job():
    claimed, failed = asked(key="1"), asked("refuse", key="2")
    ahead = NOON + timedelta(days=365)
    jobs.claim(at=ahead, limit=1, lease=LEASE)
    jobs.run_chunk(id=failed.pk, at=ahead)

    jobs.mend_dates(at=NOON)

    assert claim() == [claimed.pk, failed.pk]


def test_work_done_by_hand_ends_the_job():
    job = asked()

    assert jobs.settle(kind="count", key="1", done=3, at=NOON)
    assert not jobs.settle(kind="count", key="1", done=3, at=NOON)

    job.refresh_from_db()
    assert (job.state, job.done, job.finished_at) == ("done", 3, NOON)


def test_health_counts_jobs():
    assert health.jobs(NOON) == health.Jobs(seconds=0, open=0, failed=0)
    asked(key="1", at=NOON - LEASE)
    asked(key="2", due_at=NOON + LEASE)
    broken = asked("refuse", key="3")
    Job.objects.filter(pk=broken.pk).update(state="failed", finished_at=NOON)

    assert health.jobs(NOON) == health.Jobs(seconds=60, open=2, failed=1)


def test_the_chunk_under_way_when_a_job_is_cancelled_is_undone(shop_db: ShopDatabase, other_connection, monkeypatch):
    job = asked()
    claim()

    with other_connection() as hà:
        sql = "UPDATE events_job SET state = 'cancelled', finished_at = now()"
        monkeypatch.setattr(counting, "after_piece", lambda: hà.execute(sql))
        work(job)

    assert (job.state, job.done) == ("cancelled", 0)
    assert counting.counted() == []


def test_two_workers_never_work_at_one_job(shop_db: ShopDatabase, other_connection):
    job = asked()
    claim()

    with other_connection() as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"job {job.pk}"])
        work(job)
        assert counting.counted() == []

    assert work(job).state == "done"
    assert counting.counted() == [0, 1, 2]


def test_a_lock_ends_with_its_block_and_with_its_connection(shop_db: ShopDatabase, other_connection):
    with locking.alone("a") as mine:
        assert mine
        with other_connection() as other:
            other.execute("SELECT pg_try_advisory_lock(hashtextextended('a', 0))")
            assert other.fetchone() == (False,)
    with other_connection() as other:
        other.execute("SELECT pg_try_advisory_lock(hashtextextended('a', 0))")
        assert other.fetchone() == (True,)
        with locking.alone("a") as mine:
            assert not mine
    with locking.alone("a") as mine:
        assert mine


@pytest.mark.parametrize("by_itself", [False, True])
def test_a_chunk_whose_connection_breaks_is_run_again(shop_db: ShopDatabase, settings, by_itself):
    settings.JOB_KINDS = {"count": f"tests.events.counting.cut_off{'_by_itself' if by_itself else ''}"}
    job = asked()
    claim()

    with contextlib.suppress(delivering.DatabaseLost):
        work(job)

    job.refresh_from_db()
    assert (job.state, job.done, counting.counted()) == ("open", 0, [0] if by_itself else [])
    settings.JOB_KINDS = {"count": "tests.events.counting.chunk"}
    assert claim(at=NOON + LEASE) == [job.pk]
    assert work(job, at=NOON + LEASE).state == "done"
