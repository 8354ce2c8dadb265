import uuid
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from standardwebhooks.webhooks import Webhook

from events import clock, delivering, outbox, tasks, webhooks
from events.models import Delivery, Event, WebhookEndpoint, WebhookMessage
from tests.events.receiving import Receiver, listening

LAN = uuid.UUID("01930000-0000-7000-8000-000000000001")
LEASE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_machine(settings):
    settings.EVENT_READERS = [("events.webhooks.fan_out", ("*",))]
    settings.WEBHOOK_ALLOW_PRIVATE = True


@pytest.fixture
def receiver():
    with listening() as receiver:
        yield receiver


@pytest.fixture
def at() -> datetime:
    return clock.now()


def endpoint(receiver: Receiver, *, at, **fields) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(url=receiver.url, created_at=at, **fields)


def happened(*, at, type="purchase.recorded", **fields) -> int:
    event = outbox.record(type=type, member_id=LAN, at=at, by="system", **{"data": {"total": 58_000}} | fields)
    delivering.deliver(id=Delivery.objects.get(event_id=event).pk, at=at)
    return event


def send(at) -> None:
    for id in webhooks.claim(at=at, limit=10, lease=LEASE):
        claim = webhooks.send_some(endpoint_id=id, claim=at + LEASE, at=at)
        if claim is not None:
            webhooks.let_go(endpoint_id=id, claim=claim)


def test_an_event_reaches_each_active_endpoint_that_takes_its_type(receiver, at):
    takers = [endpoint(receiver, at=at), endpoint(receiver, at=at, types=["tier.changed", "purchase.recorded"])]
    endpoint(receiver, at=at, types=["tier.changed"])
    endpoint(receiver, at=at, active=False)

    event = happened(at=at)

    assert {m.endpoint_id for m in WebhookMessage.objects.filter(event_id=event)} == {taker.pk for taker in takers}


def test_a_message_is_signed_and_tells_what_happened_with_ids_and_numbers(receiver, at, settings):
    settings.TIME_ZONE = "Asia/Ho_Chi_Minh"
    there, bill = endpoint(receiver, at=at), uuid.uuid4()
    event = happened(at=at, subject_id=bill, store_id=3, occurred_at=datetime(2026, 11, 21, 5, 0, tzinfo=UTC))

    send(at)

    [letter] = receiver.letters
    assert Webhook(there.secret).verify(letter.body, letter.headers) == {
        "type": "purchase.recorded",
        "timestamp": "2026-11-21T12:00:00+07:00",
        "data": {"total": 58_000, "member": str(LAN), "subject": str(bill), "store": 3, "sequence": event},
    }
    message = WebhookMessage.objects.get()
    assert (message.state, message.sent_at, message.last_status) == ("sent", at, 200)
    assert letter.id == str(message.pk)


def test_the_sequence_of_a_member_grows(receiver, at):
    endpoint(receiver, at=at)
    for _ in range(20):
        happened(at=at)

    send(at)

    sequences = [orjson.loads(m.body)["data"]["sequence"] for m in WebhookMessage.objects.order_by("id")]
    assert sequences == sorted(set(sequences))
    assert len(receiver.letters) == 20


def test_a_refused_message_is_sent_again_with_the_same_id_and_body_for_days(receiver, at):
    endpoint(receiver, at=at)
    happened(at=at)
    receiver.status = 400
    moment, sent = at, []
    while (message := WebhookMessage.objects.get()).state == "open":
        moment = max(moment, message.due_at)
        send(moment)
        sent.append(moment)

    assert (message.state, message.last_status, message.last_error) == ("dead", 400, "HTTP 400")
    assert len(sent) == len(webhooks.WAITS) + 1
    assert timedelta(days=3) < sent[-1] - at < timedelta(days=4)
    assert [len(bodies) for bodies in receiver.bodies().values()] == [1]


def test_an_endpoint_in_trouble_is_left_in_peace_and_the_rest_waits(receiver, at):
    there = endpoint(receiver, at=at)
    for _ in range(50):
        happened(at=at)
    receiver.status = 503

    send(at)

    assert len(receiver.letters) == webhooks.AT_A_TIME
    assert webhooks.claim(at=at + timedelta(seconds=4), limit=10, lease=LEASE) == []
    assert webhooks.claim(at=at + timedelta(seconds=5), limit=10, lease=LEASE) == [there.pk]
    assert WebhookMessage.objects.filter(attempts=0).count() == 50 - webhooks.AT_A_TIME


def test_one_letter_refused_among_many_does_not_hold_up_the_rest(receiver, at):
    there = endpoint(receiver, at=at)
    for _ in range(50):
        happened(at=at)
    receiver.refuse_every = 10

    send(at)
    send(at)

    assert WebhookMessage.objects.filter(state="sent").count() == 45
    there.refresh_from_db()
    assert there.failures == 0
    send(at + webhooks.WAITS[0])
    assert WebhookMessage.objects.filter(state="sent").count() == 50


def test_an_endpoint_that_asks_for_peace_gets_it(receiver, at):
    endpoint(receiver, at=at)
    happened(at=at)
    receiver.status, receiver.answer_headers = 429, {"Retry-After": "900"}

    send(at)

    assert webhooks.claim(at=at + timedelta(seconds=899), limit=10, lease=LEASE) == []
    assert len(webhooks.claim(at=at + timedelta(seconds=900), limit=10, lease=LEASE)) == 1


def test_after_hours_of_trouble_everything_that_waits_goes_at_once(receiver, at):
    there = endpoint(receiver, at=at)
    for _ in range(30):
        happened(at=at)
    receiver.status = 500
    moment = at
    while moment < at + timedelta(hours=6):
        send(moment)
        moment += timedelta(minutes=5)
    assert WebhookMessage.objects.filter(state="open").count() == 30
    assert not WebhookMessage.objects.filter(state="open", due_at__lte=moment - timedelta(hours=5)).exists()

    receiver.status = 200
    happened(at=moment)
    send(moment)
    send(moment)

    assert WebhookMessage.objects.filter(state="sent").count() == 31
    there.refresh_from_db()
    assert (there.failures, there.held_until) == (0, None)


def test_an_endpoint_that_is_gone_is_switched_off(receiver, at):
    there = endpoint(receiver, at=at)
    happened(at=at)
    receiver.status = 410

    send(at)

    there.refresh_from_db()
    assert there.active is False
    happened(at=at)
    assert WebhookMessage.objects.count() == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(receiver, at, status):
    endpoint(receiver, at=at)
    happened(at=at)
    with listening() as elsewhere:
        receiver.status, receiver.answer_headers = status, {"Location": elsewhere.url}
        send(at)
        assert elsewhere.letters == []
    assert WebhookMessage.objects.get().last_error == f"HTTP {status}"


def test_an_endpoint_that_is_down_costs_nothing_but_time(at):
    with listening() as receiver:
        there = endpoint(receiver, at=at)
    happened(at=at)

    send(at)

    message = WebhookMessage.objects.get()
    assert (message.state, message.last_status, message.last_error) == ("open", None, "ConnectionError")
    there.refresh_from_db()
    assert there.failures == 1


def test_a_claimed_endpoint_is_nobody_elses_until_the_lease_lapses(receiver, at):
    there = endpoint(receiver, at=at)
    happened(at=at)

    assert webhooks.claim(at=at, limit=10, lease=LEASE) == [there.pk]
    assert webhooks.claim(at=at + LEASE / 2, limit=10, lease=LEASE) == []
    assert webhooks.claim(at=at + LEASE, limit=10, lease=LEASE) == [there.pk]


def test_a_message_is_replayed_under_its_id_with_its_body(receiver, at):
    there = endpoint(receiver, at=at)
    happened(at=at - timedelta(days=2))
    happened(at=at)
    send(at)

    assert webhooks.replay(endpoint_id=there.pk, since=at - timedelta(hours=1), by="user:7", at=at) == 1
    send(at)
    everything = [message.pk for message in WebhookMessage.objects.all()]
    assert webhooks.replay(message_ids=everything, by="user:7", at=at) == 2
    assert Event.objects.filter(type="webhooks.replayed", by="user:7").count() == 2
    send(at)

    assert sorted(len([ln for ln in receiver.letters if ln.id == str(id)]) for id in everything) == [2, 3]
    assert all(len(bodies) == 1 for bodies in receiver.bodies().values())


def test_the_task_sends_all_that_is_due(receiver, at):
    endpoint(receiver, at=at)
    for _ in range(webhooks.PER_ROUND + 1):
        happened(at=at)

    ids = [str(id) for id in webhooks.claim(at=at, limit=10, lease=LEASE)]
    tasks.send_webhooks(ids=ids, until=(at + LEASE).isoformat())

    assert len(receiver.letters) == webhooks.PER_ROUND + 1
    assert WebhookEndpoint.objects.get().held_until is None


def test_a_copy_of_a_task_whose_claim_is_over_sends_nothing(receiver, at):
    endpoint(receiver, at=at)
    happened(at=at)
    [id] = webhooks.claim(at=at, limit=10, lease=LEASE)
    webhooks.claim(at=at + LEASE, limit=10, lease=LEASE)

    tasks.send_webhooks(ids=[str(id)], until=(at + LEASE).isoformat())

    assert receiver.letters == []
    assert WebhookEndpoint.objects.get().held_until == at + 2 * LEASE


def test_messages_dated_by_a_wrong_clock_are_due_now(receiver, at):
    endpoint(receiver, at=at)
    happened(at=at + timedelta(days=365))
    webhooks.claim(at=at + timedelta(days=365), limit=10, lease=LEASE)

    webhooks.mend_dates(at=at)
    send(at)

    assert len(receiver.letters) == 1
