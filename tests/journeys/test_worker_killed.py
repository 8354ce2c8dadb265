"""The worker dies again and again and the broker forgets everything: nothing is lost, nothing happens twice."""

import os
import signal
import threading
import uuid
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.db import connection

from dashboard.running import processes
from events import clock, invariants, outbox
from events.models import Delivery, WebhookEndpoint, WebhookMessage
from loyalty.engines.children import Child
from members import joining
from members.models import TimelineItem
from tests.events import readers
from tests.events.receiving import Receiver, listening
from tests.running import Processes, ShopDatabase, wait_until

PURCHASES = 2_000
DEATHS = 20
WORKERS = 3
READERS = ["members.timeline.absorb", "tests.events.readers.count", "events.webhooks.fan_out"]


@pytest.fixture
def shop(shop_db: ShopDatabase, settings, tmp_path) -> Iterator[Processes]:
    """Processes whose leases are short, so that the test is; a third reader counts."""
    settings.EVENT_READERS = [(reader, ("purchase.recorded",)) for reader in READERS]
    with connection.cursor() as cursor:
        cursor.execute(readers.COUNTED)
    env = {**shop_db.env, "RELAY_LEASE_SECONDS": "3", "WEBHOOK_ALLOW_PRIVATE": "1"}
    started = Processes(env=env, logs=tmp_path)
    yield started
    started.stop()


@pytest.fixture
def receiver(shop_db: ShopDatabase) -> Iterator[Receiver]:
    """Refuses some letters it has in truth kept, as a proxy in between would make it look."""
    with listening() as receiver:
        receiver.refuse_every = 100
        WebhookEndpoint.objects.create(url=receiver.url, created_at=clock.now())
        yield receiver


class Buying(threading.Thread):
    """Members buy, `together` at a time, whenever the shop opens. `buy` alone knows how a purchase is made."""

    def __init__(self, *, members: list[uuid.UUID], together: int, times: int) -> None:
        super().__init__(daemon=True)
        self.members, self.together, self.times = members, together, times
        self.opened = threading.Semaphore(0)
        self.bought: list[int] = []

    def run(self) -> None:
        for _ in range(self.times):
            self.opened.acquire()
            for _ in range(self.together):
                self.bought.append(self.buy(len(self.bought)))
        connection.close()

    def buy(self, number: int) -> int:
        return outbox.record(
            type="purchase.recorded",
            member_id=self.members[number % len(self.members)],
            subject_id=uuid.uuid4(),
            data={"total": 10_000 + number},
            at=clock.now(),
            by="terminal:1",
        )


def some_members(count: int) -> list[uuid.UUID]:
    return [
        joining.join(name=f"Lan {number}", phone=f"09{number:08}", joined_via="counter", by="system", at=clock.now()).pk
        for number in range(count)
    ]


def done() -> int:
    return Delivery.objects.filter(state="done").count()


def started(shop: Processes) -> Child:
    """A worker that need not be ready yet: others do its work meanwhile."""
    log = shop.logs / f"worker_{len(shop.started)}.log"
    worker = processes.worker(env=shop.env, log=log, concurrency=1)
    worker.start()
    shop.started.append(worker)
    return worker


def ready(worker: Child) -> bool:
    assert worker.log is not None
    return processes.said(worker.log, processes.WORKER_READY)


def kill(worker: Child) -> None:
    """Master and children at once: nobody is left to put anything in order."""
    assert worker.process is not None
    os.killpg(worker.pid, signal.SIGKILL)
    assert worker.process.wait(10) == -signal.SIGKILL


@pytest.mark.slow
def test_each_reader_takes_each_event_exactly_once_while_the_worker_dies(shop: Processes, receiver: Receiver) -> None:
    buying = Buying(members=some_members(20), together=PURCHASES // DEATHS, times=DEATHS)
    buying.start()
    shop.relay()
    workers = [started(shop) for _ in range(WORKERS)]
    for death in range(1, DEATHS + 1):
        victim = workers.pop(0)
        victim.wait_until(lambda worker=victim: ready(worker), seconds=60)
        reached = done() + buying.together
        buying.opened.release()
        wait_until(lambda n=reached: done() >= n, seconds=30, what="the deliveries did not go on")
        kill(victim)
        workers.append(started(shop))
        if death == DEATHS // 2:
            redis.Redis.from_url(settings.REDIS_URL).flushdb()

    buying.join(60)
    wait_until(
        lambda: done() == PURCHASES * len(READERS) and WebhookMessage.objects.filter(state="sent").count() == PURCHASES,
        seconds=60,
        what="not everything was delivered",
    )
    assert len(buying.bought) == PURCHASES
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_id FROM counted")
        assert sorted(id for (id,) in cursor.fetchall()) == sorted(buying.bought)
    # Nothing was even tried twice: a reader that had failed would have left its trace here.
    assert not Delivery.objects.filter(attempts__gt=0).exists()
    assert set(TimelineItem.objects.values_list("event_id", flat=True)) == set(buying.bought)
    assert_letters_arrived(receiver)
    assert_invariants_hold()


def assert_letters_arrived(receiver: Receiver) -> None:
    sent = {str(message.pk): {message.body.encode()} for message in WebhookMessage.objects.all()}
    assert WebhookMessage.objects.values("event_id").distinct().count() == PURCHASES
    assert receiver.bodies() == sent


def assert_invariants_hold() -> None:
    with connection.cursor() as cursor:
        for invariant in invariants.queries():
            cursor.execute(invariant.sql)
            assert cursor.fetchall() == [], invariant.sentence
