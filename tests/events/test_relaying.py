"""The relay and the worker as they run, while what they stand on comes and goes."""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from events import clock, commands, delivering, health, outbox, tasks
from events.models import Delivery
from loyalty import conf
from loyalty.celery import app
from loyalty.engines import sockets
from loyalty.engines.valkey import Valkey
from tests.events import readers
from tests.running import Processes, ShopDatabase, wait_until

LEASE = timedelta(seconds=60)


@pytest.fixture(autouse=True)
def counting(shop_db: ShopDatabase, settings) -> None:
    settings.EVENT_READERS = [("tests.events.readers.count", ("*",))]
    with connection.cursor() as cursor:
        cursor.execute(readers.COUNTED)


@pytest.fixture
def valkey(tmp_path) -> Iterator[Valkey]:
    """One of our own, which a test may stop."""
    valkey = Valkey(run_dir=tmp_path, sockets=sockets.folder(run_dir=tmp_path), durable=False)
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture
def shop(shop_db: ShopDatabase, valkey: Valkey, tmp_path) -> Iterator[Processes]:
    env = {**shop_db.env, "REDIS_URL": valkey.url(), "RELAY_LEASE_SECONDS": "3"}
    shop = Processes(env=env, logs=tmp_path)
    yield shop
    shop.stop()


def happen(times: int) -> list[int]:
    return [outbox.record(type="member.joined", data={}, at=clock.now(), by="system") for _ in range(times)]


def counted() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_id FROM counted ORDER BY 1")
        return [id for (id,) in cursor.fetchall()]


def wait_for(events: list[int]) -> None:
    wait_until(lambda: health.oldest_open(clock.now()).open == 0, seconds=60, what="not everything was delivered")
    assert counted() == sorted(events)


@pytest.mark.slow
def test_relay_and_worker_go_on_when_what_they_stand_on_comes_back(shop: Processes, valkey: Valkey) -> None:
    relays, worker = [shop.relay(), shop.relay()], shop.worker()
    events = happen(200)
    wait_for(events)

    valkey.stop()  # the broker is gone, and what was in it
    events += happen(200)
    valkey.start()
    wait_for(events)

    with connection.cursor() as cursor:  # the database drops everybody
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                       "AND pid <> pg_backend_pid()")  # fmt: skip
    events += happen(200)
    wait_for(events)

    assert valkey.child is not None
    os.kill(valkey.child.pid, signal.SIGSTOP)  # the broker hangs
    events += happen(200)
    threading.Timer(6, os.kill, [valkey.child.pid, signal.SIGCONT]).start()
    wait_for(events)

    os.killpg(worker.pid, signal.SIGSTOP)  # the worker hangs, and another one comes
    events += happen(200)
    shop.worker()
    wait_for(events)
    os.killpg(worker.pid, signal.SIGCONT)

    assert all(relay.alive() for relay in relays)


def test_messages_that_come_shuffled_nought_to_five_times_do_no_harm(
    shop_db: ShopDatabase, processes: Processes
) -> None:
    events = happen(300)
    processes.worker()
    at = clock.now()
    ids = delivering.claim(at=at, limit=300, lease=LEASE)
    messages = [ids[start : start + 10] for start in range(0, 300, 10)]
    chance = random.Random(20261121)
    told = [message for number, message in enumerate(messages) for _ in range(number % 6)]
    chance.shuffle(told)

    with app.connection_for_write(url=conf.broker(shop_db.env["REDIS_URL"])) as broker:
        for message in told:
            tasks.deliver.apply_async(kwargs={"ids": message, "until": (at + LEASE).isoformat()}, connection=broker)
    wait_until(lambda: len(counted()) >= 250, seconds=30, what="the messages were not heard")

    unheard = {id for number, message in enumerate(messages) if number % 6 == 0 for id in message}
    assert set(Delivery.objects.filter(state="open").values_list("pk", flat=True)) == unheard
    processes.relay()  # whose claims begin when these end
    Delivery.objects.filter(state="open").update(claimed_until=clock.now())
    wait_for(events)


def test_two_relays_never_claim_the_same(shop_db: ShopDatabase) -> None:
    happen(500)
    claims: Counter[int] = Counter()
    begin = threading.Barrier(4)

    def relay() -> None:
        begin.wait()
        for _ in range(10):
            claims.update(delivering.claim(at=clock.now(), limit=20, lease=LEASE))
        connection.close()

    threads = [threading.Thread(target=relay) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(claims) == 500
    assert set(claims.values()) == {1}


def test_of_equal_commands_at_one_instant_the_second_finds_the_first(shop_db: ShopDatabase) -> None:
    effects: list[str] = []
    begin = threading.Barrier(6)

    def adjust() -> None:
        begin.wait()
        with transaction.atomic():
            if commands.find(store_id=1, key="k") is None:
                outbox.record(type="points.adjusted", data={}, at=clock.now(), by="system")
                commands.remember(
                    store_id=1, key="k", kind="adjustment", fingerprint=b"a", subject_id=uuid4(), at=clock.now()
                )
                effects.append("one")
        connection.close()

    threads = [threading.Thread(target=adjust) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert effects == ["one"]
    assert Delivery.objects.count() == 1
