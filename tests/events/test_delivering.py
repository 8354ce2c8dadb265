from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from events import delivering, health, invariants, outbox, tasks
from events.models import Delivery, Event
from tests.events import readers

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
LEASE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counting(settings):
    settings.EVENT_READERS = [("tests.events.readers.count", ("*",))]
    with connection.cursor() as cursor:
        cursor.execute(readers.COUNTED)


def happened(*, at=NOON) -> Delivery:
    return Delivery.objects.get(event_id=outbox.record(type="member.joined", data={}, at=at, by="system"))


def counted() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_id FROM counted ORDER BY 1")
        return [id for (id,) in cursor.fetchall()]


def claim(*, at=NOON, limit=10) -> list[int]:
    return delivering.claim(at=at, limit=limit, lease=LEASE)


def test_a_delivery_said_three_times_is_taken_once():
    delivery = happened()

    answers = [delivering.deliver(id=delivery.pk, at=NOON) for _ in range(3)]

    assert answers == [True, False, False]
    assert counted() == [delivery.event_id]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.done_at, delivery.claimed_until) == ("done", NOON, None)


def test_a_claimed_delivery_is_nobody_elses_until_its_lease_lapses():
    delivery = happened()

    assert claim() == [delivery.pk]
    assert claim(at=NOON + LEASE / 2) == []
    assert claim(at=NOON + LEASE) == [delivery.pk]


def test_a_message_that_outlived_its_lease_finds_nothing_to_do():
    delivery = happened()
    claim()
    assert delivering.held(ids=[delivery.pk], until=NOON + LEASE) == [delivering.Held(delivery.pk, suspect=False)]

    claim(at=NOON + LEASE)

    assert delivering.held(ids=[delivery.pk], until=NOON + LEASE) == []
    tasks.deliver(ids=[delivery.pk], until=(NOON + LEASE).isoformat())
    assert counted() == []
    for _ in range(3):
        tasks.deliver(ids=[delivery.pk], until=(NOON + 2 * LEASE).isoformat())
    assert counted() == [delivery.event_id]


def test_a_task_that_runs_out_of_time_gives_the_rest_back(monkeypatch):
    deliveries = [happened().pk for _ in range(3)]
    monkeypatch.setattr(tasks, "BUDGET_SECONDS", -1)

    tasks.deliver(ids=claim(), until=(NOON + LEASE).isoformat())

    assert counted() == []
    assert claim() == deliveries


def test_a_claim_takes_what_waits_longest_and_no_more_than_asked():
    late, early = happened(at=NOON), happened(at=NOON - LEASE)
    happened(at=NOON + LEASE)

    assert claim(limit=1) == [early.pk]
    assert claim() == [late.pk]


def test_what_is_given_back_is_due_again_at_once():
    delivery = happened()

    delivering.release(ids=claim())

    assert claim() == [delivery.pk]


def test_a_reader_that_fails_leaves_nothing_and_is_asked_again_later(settings):
    settings.EVENT_READERS = [("tests.events.readers.refuse", ("*",))]
    delivery = happened()
    claim()

    assert delivering.deliver(id=delivery.pk, at=NOON) is False

    assert counted() == []
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.claimed_until) == ("open", 1, None)
    assert NOON < delivery.due_at < NOON + timedelta(seconds=10)


def test_an_error_is_kept_without_what_a_person_typed(settings):
    settings.EVENT_READERS = [("tests.events.readers.refuse", ("*",))]
    delivery = happened()

    delivering.deliver(id=delivery.pk, at=NOON)

    delivery.refresh_from_db()
    assert delivery.last_error.startswith(f"ValueError: event {delivery.event_id} went badly for … … …")
    assert "tests/events/readers.py:" in delivery.last_error
    assert "example.com" not in delivery.last_error
    assert "0912" not in delivery.last_error


def test_a_reader_that_is_gone_is_an_error_of_its_delivery_only(settings):
    settings.EVENT_READERS = [("tests.events.readers.gone", ("*",))]
    delivery = happened()

    assert delivering.deliver(id=delivery.pk, at=NOON) is False

    delivery.refresh_from_db()
    assert delivery.last_error.startswith("ImportError")


def test_a_delivery_that_keeps_failing_dies_and_an_admin_opens_it_again(settings):
    settings.EVENT_READERS = [("tests.events.readers.refuse", ("*",))]
    delivery = happened()
    for _ in range(delivering.MOST_ATTEMPTS):
        delivering.deliver(id=delivery.pk, at=NOON)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("dead", delivering.MOST_ATTEMPTS)
    assert delivering.deliver(id=delivery.pk, at=NOON) is False
    assert claim(at=NOON + timedelta(days=1)) == []

    Delivery.objects.filter(pk=delivery.pk).update(reader="tests.events.readers.count")  # the mended reader
    assert delivering.retry(delivery_ids=[delivery.pk], by="user:7", at=NOON) == 1
    assert Event.objects.filter(type="deliveries.retried", by="user:7").count() == 1

    assert delivery.pk in claim()
    assert delivering.deliver(id=delivery.pk, at=NOON) is True
    assert counted() == [delivery.event_id]


def test_only_dead_deliveries_are_opened_again():
    done = happened()
    delivering.deliver(id=done.pk, at=NOON)

    assert delivering.retry(delivery_ids=[done.pk, happened().pk], by="user:7", at=NOON) == 0


def test_waits_double_up_to_an_hour():
    waits = [delivering.wait(n).total_seconds() for n in range(1, delivering.MOST_ATTEMPTS + 1)]

    assert all(0.75 * 5 * 2**n <= wait <= 1.25 * 5 * 2**n for n, wait in enumerate(waits[:9]))
    assert max(waits) <= 1.25 * 3600


def test_a_clock_set_back_neither_locks_nor_forgets_a_delivery():
    claimed, dated_ahead = happened(), happened(at=NOON + timedelta(days=365))
    claim(at=NOON + timedelta(days=365))

    delivering.mend_dates(at=NOON)

    assert claim(at=NOON) == [claimed.pk, dated_ahead.pk]


def test_health_tells_the_age_of_the_oldest_open_delivery():
    assert health.oldest_open(NOON) == health.Backlog(seconds=0, open=0, dead=0)
    old, done, dead = happened(at=NOON - LEASE), happened(at=NOON - 3 * LEASE), happened()
    delivering.deliver(id=done.pk, at=NOON)
    Delivery.objects.filter(pk=dead.pk).update(state="dead")

    assert health.oldest_open(NOON) == health.Backlog(seconds=60, open=1, dead=1)
    Delivery.objects.filter(pk=old.pk).update(due_at=NOON + LEASE)  # waiting after a failure makes it no younger
    assert health.oldest_open(NOON).seconds == 60


def broken() -> set[str]:
    with connection.cursor() as cursor:
        found = set()
        for invariant in invariants.queries():
            cursor.execute(invariant.sql)
            if cursor.fetchall():
                found.add(invariant.code)
        return found


def test_the_invariants_hold_and_each_is_missed_when_broken():
    first, second = happened(), happened()
    delivering.deliver(id=first.pk, at=NOON)
    assert broken() == set()

    Delivery.objects.filter(pk=second.pk).update(done_at=NOON)
    assert broken() == {"O1a"}
    Delivery.objects.filter(pk=second.pk).update(done_at=None, event_id=10**12)
    assert broken() == {"O1b", "O1c"}
    Delivery.objects.filter(pk=second.pk).delete()
    assert broken() == {"O1c"}
