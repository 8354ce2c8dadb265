"""The worker dies again and again and the broker forgets everything: nothing is lost, nothing happens twice."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.db import connection

from dashboard.running import processes
from events import clock
from events.models import Delivery, Event, WebhookEndpoint, WebhookMessage
from loyalty import auditing
from loyalty.engines.children import Child
from loyalty.models import Purchase
from members.models import Member, TimelineItem
from tests.api import bodies
from tests.api.conftest import NO_LIMITS, Till, furnish
from tests.events import readers
from tests.events.receiving import Receiver, listening
from tests.factories.people import MemberFactory
from tests.running import Processes, ShopDatabase, wait_until

FULL = os.environ.get("FULL", "0") == "1"
PURCHASES = 2_000 if FULL else 400
DEATHS = 20 if FULL else 4
WORKERS = 3


@pytest.fixture
def shop(shop_db: ShopDatabase, tmp_path) -> Iterator[Processes]:
    """Processes with a third reader, which counts; leases are short, so that the test is."""
    with connection.cursor() as cursor:
        cursor.execute(readers.COUNTED)
    ours = {"RELAY_LEASE_SECONDS": "6", "WEBHOOK_ALLOW_PRIVATE": "1"}
    ours["DJANGO_SETTINGS_MODULE"] = "tests.journeys.counting_settings"
    shop = Processes(env={**shop_db.env, **NO_LIMITS, **ours}, logs=tmp_path)
    yield shop
    shop.stop()


@pytest.fixture
def till(shop: Processes) -> Till:
    return furnish(shop.web(workers=1).url).till


@pytest.fixture
def receiver(shop_db: ShopDatabase) -> Iterator[Receiver]:
    """Refuses some letters it has in truth kept, as a proxy in between would make it look."""
    with listening() as receiver:
        receiver.refuse_every = 100
        WebhookEndpoint.objects.create(url=receiver.url, types=["purchase.recorded"], created_at=clock.now())
        yield receiver


class Buying(threading.Thread):
    """Members buy at the till, `together` bills at a time, whenever the shop opens."""

    def __init__(self, *, till: Till, members: list[Member], together: int, times: int) -> None:
        super().__init__(daemon=True)
        self.till, self.members, self.together, self.times = till, members, together, times
        self.opened = threading.Semaphore(0)
        self.bought: list[str] = []

    def run(self) -> None:
        for _ in range(self.times):
            self.opened.acquire()
            for _ in range(self.together):
                self.bought.append(self.buy(self.members[len(self.bought) % len(self.members)]))

    def buy(self, member: Member) -> str:
        answer = self.till.post("/api/v1/purchases", bodies.bill(50_000, member=str(member.id)))
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]


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
def test_each_reader_takes_each_event_exactly_once_while_the_worker_dies(
    shop: Processes, till: Till, receiver: Receiver
) -> None:
    members = [MemberFactory() for _ in range(20)]
    buying = Buying(till=till, members=members, together=PURCHASES // DEATHS, times=DEATHS)
    buying.start()
    shop.relay()
    workers = [started(shop) for _ in range(WORKERS)]
    for death in range(1, DEATHS + 1):
        victim = workers.pop(0)
        victim.wait_until(lambda worker=victim: ready(worker), seconds=60)
        reached = done() + buying.together
        buying.opened.release()
        wait_until(lambda n=reached: done() >= n, seconds=60, what="the deliveries did not go on")
        kill(victim)
        workers.append(started(shop))
        if death == DEATHS // 2:
            redis.Redis.from_url(settings.REDIS_URL).flushdb()

    buying.join(120)
    wait_until(all_delivered, seconds=240, what="not everything was delivered")
    assert len(buying.bought) == Purchase.objects.count() == PURCHASES
    events = sorted(Event.objects.filter(type="purchase.recorded").values_list("pk", flat=True))
    assert len(events) == PURCHASES
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_id FROM counted ORDER BY 1")
        assert [id for (id,) in cursor.fetchall()] == events
    absorbed = TimelineItem.objects.filter(type="purchase.recorded").order_by("pk")
    assert [*absorbed.values_list("pk", flat=True)] == events
    sent = WebhookMessage.objects.all()
    assert sorted(sent.values_list("event_id", flat=True)) == events
    assert receiver.bodies() == {str(message.pk): {message.body.encode()} for message in sent}
    assert [finding for finding in auditing.run() if not finding.ok] == []


def all_delivered() -> bool:
    waiting = Delivery.objects.filter(state="open").exists() or WebhookMessage.objects.filter(state="open").exists()
    return Purchase.objects.count() == PURCHASES and not waiting
