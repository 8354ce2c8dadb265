import uuid
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from events import outbox
from events.models import Delivery, Event

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
LAN = uuid.UUID("01930000-0000-7000-8000-000000000001")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_readers(settings):
    settings.EVENT_READERS = [
        ("tests.events.readers.count", ("*",)),
        ("tests.events.readers.refuse", ("tier.changed",)),
    ]


def test_an_event_is_written_with_one_delivery_per_reader_that_takes_its_type():
    joined = outbox.record(type="member.joined", member_id=LAN, data={"n": 1}, at=NOON, by="system")
    rose = outbox.record(type="tier.changed", member_id=LAN, data={}, at=NOON, by="system")

    assert [*Delivery.objects.filter(event_id=joined).values_list("reader", flat=True)] == [
        "tests.events.readers.count"
    ]
    assert Delivery.objects.filter(event_id=rose, state="open", member_id=LAN, due_at=NOON).count() == 2


def test_an_event_keeps_what_it_was_told():
    bill, happened = uuid.uuid4(), datetime(2026, 11, 20, tzinfo=UTC)
    id = outbox.record(
        type="purchase.recorded",
        member_id=LAN,
        subject_id=bill,
        store_id=3,
        data={"total": 58_000, "bill": bill},
        at=NOON,
        occurred_at=happened,
        by="terminal:7",
        request_id="r-1",
    )

    event = Event.objects.get(pk=id)
    assert (event.member_id, event.subject_id, event.store_id, event.by) == (LAN, bill, 3, "terminal:7")
    assert event.data == {"total": 58_000, "bill": str(bill)}
    assert (event.occurred_at, event.recorded_at, event.request_id) == (happened, NOON, "r-1")


def test_an_event_without_a_moment_of_its_own_happened_when_it_was_recorded():
    id = outbox.record(type="member.joined", data={}, at=NOON, by="system")

    assert Event.objects.get(pk=id).occurred_at == NOON


def test_an_event_goes_with_the_transaction_it_tells_about():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.record(type="member.joined", data={}, at=NOON, by="system")
        raise ZeroDivisionError

    assert not Event.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    "deed", ["UPDATE events_event SET by = 'me'", "DELETE FROM events_event", "TRUNCATE events_event CASCADE"]
)
def test_what_happened_is_never_changed(deed):
    outbox.record(type="member.joined", data={}, at=NOON, by="system")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed)
