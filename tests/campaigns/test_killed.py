"""The real relay and worker send, and die while they send: nothing goes twice, and what is not known is called so."""

import os
import signal
from collections.abc import Iterator

import pytest
from django.db.models import Count

from campaigns.models import FakeMessage, InboxMessage, Turn
from dashboard.running import processes
from events import clock as house_clock
from loyalty import auditing
from loyalty.engines.children import Child
from rewards.models import Voucher
from tests.campaigns.conftest import Marketing, behave, sent_to, turn_of
from tests.running import Clock, Processes, ShopDatabase, wait_until

FULL = os.environ.get("FULL", "0") == "1"
MEMBERS = 240 if FULL else 120
DEATHS = 6 if FULL else 3


@pytest.fixture
def shop(shop_db: ShopDatabase, clock: Clock) -> Marketing:
    return Marketing(at=house_clock.now())


@pytest.fixture
def running(shop_db: ShopDatabase, shop: Marketing, tmp_path) -> Iterator[Processes]:
    """Leases are short, so that the test is."""
    started = Processes(env={**shop_db.env, "RELAY_LEASE_SECONDS": "5"}, logs=tmp_path)
    yield started
    started.stop()


def kill(worker: Child) -> None:
    """Master and children at once: nobody is left to put anything in order."""
    assert worker.process is not None
    os.killpg(worker.pid, signal.SIGKILL)
    assert worker.process.wait(10) == -signal.SIGKILL


def clean() -> list[str]:
    return [finding.invariant.code for finding in auditing.run() if not finding.ok]


@pytest.mark.slow
def test_a_worker_killed_between_the_decision_and_the_answer_leaves_it_unknown_and_nobody_sends_it_again(
    running: Processes, shop: Marketing, clock: Clock
):
    behave("email", "slow", seconds=50)
    lan = shop.reachable()
    running.relay()
    worker = running.worker(concurrency=1)
    wait_until(lambda: bool(sent_to(lan)), seconds=30, what="the provider heard nothing")
    assert turn_of(lan).state == "sending"
    kill(worker)

    behave("email", "well")
    clock.forward(minutes=4)
    wait_until(lambda: turn_of(lan).state == "unknown", seconds=30, what="it was not given up")
    running.worker(concurrency=1)
    shop.at = house_clock.now()
    hoa = shop.reachable("Trần Thị Hoa")
    wait_until(lambda: Turn.objects.filter(member=hoa, state="sent").exists(), seconds=30, what="no other was sent")
    turn = turn_of(lan)
    assert (turn.state, turn.reason) == ("unknown", "worker_died")
    [message] = sent_to(lan)
    assert message.asked == 1
    assert clean() == []


@pytest.mark.slow
def test_two_relays_and_workers_that_die_again_and_again_send_each_turn_once(
    running: Processes, shop: Marketing, clock: Clock
):
    behave("email", "slow", seconds=0.02)
    for _ in range(MEMBERS):
        shop.reachable()
    running.relay()
    running.relay()
    workers = [running.worker(concurrency=2) for _ in range(2)]
    for death in range(1, DEATHS + 1):
        reached = MEMBERS * death // (DEATHS + 2)
        wait_until(lambda n=reached: ended() + open_letters() >= n, seconds=60, what="sending does not go on")
        kill(workers.pop(0))
        log = running.logs / f"worker_again_{death}.log"
        worker = processes.worker(env=running.env, log=log, concurrency=2)
        worker.start()
        running.started.append(worker)
        workers.append(worker)
    for worker in workers:
        worker.wait_until(lambda log=worker.log: processes.said(log, processes.WORKER_READY), seconds=60)
    wait_until(lambda: Turn.objects.count() == MEMBERS, seconds=60, what="not everybody has a turn")
    wait_until(lambda: not Turn.objects.filter(state="due").exists(), seconds=90, what="not everything was sent")
    clock.forward(minutes=4)
    wait_until(lambda: ended() == MEMBERS, seconds=30, what="not everything has ended")

    states = dict(Turn.objects.values_list("state").annotate(count=Count("id")))
    assert set(states) <= {"sent", "unknown"}
    assert states.get("unknown", 0) <= DEATHS * 2  # each death catches at most two in the act
    assert sum(states.values()) == MEMBERS
    assert Voucher.objects.count() == InboxMessage.objects.count() == MEMBERS
    assert not FakeMessage.objects.filter(asked__gt=1).exists()
    assert FakeMessage.objects.count() >= states["sent"]
    assert clean() == []


def ended() -> int:
    return Turn.objects.filter(ended_at__isnull=False).count()


def open_letters() -> int:
    return Turn.objects.filter(state="sending").count()
