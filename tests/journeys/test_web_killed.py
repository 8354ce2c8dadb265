"""Web workers die by kill -9 in the middle of sales: no sale is lost, none is doubled, every answer was true."""

import os
import queue
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from loyalty import auditing
from loyalty.models import Account, Purchase
from tests.api import bodies
from tests.api.conftest import NO_LIMITS, Shop, Till, furnish
from tests.running import Processes, ShopDatabase, Web, wait_until

FULL = os.environ.get("FULL", "0") == "1"
RECEIPTS = 200 if FULL else 80
COPIES = 5
CLIENTS = 16
DEATHS = 20 if FULL else 8
MEMBERS = 12
# between two tries of a till
PAUSE = 0.1


@pytest.fixture
def served(shop_db: ShopDatabase, tmp_path) -> Iterator[tuple[Shop, Web]]:  # type: ignore[no-untyped-def]
    shop = furnish("")
    started = Processes(env={**shop_db.env, **NO_LIMITS}, logs=tmp_path)
    try:
        web = started.web()
        shop.url = web.url
        yield shop, web
    finally:
        started.stop()


class Tills:
    """Clients that post bills until somebody acknowledges them, as a till does that was told nothing."""

    def __init__(self, shop: Shop, bills: list[dict[str, Any]]) -> None:
        self.shop = shop
        self.waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        for bill in bills:
            for _ in range(COPIES):
                self.waiting.put(bill)
        self.acknowledged: dict[str, list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        self.unanswered: Counter[str] = Counter()
        self.surprises: list[str] = []
        self.clients = [threading.Thread(target=self._work, daemon=True) for _ in range(CLIENTS)]

    @property
    def done(self) -> int:
        return sum(len(answers) for answers in self.acknowledged.values())

    def _work(self) -> None:
        till = self.shop.till
        while True:
            try:
                bill = self.waiting.get_nowait()
            except queue.Empty:
                return
            while not self._acknowledged(till, bill):
                time.sleep(PAUSE)

    def _acknowledged(self, till: Till, bill: dict[str, Any]) -> bool:
        try:
            answer = till.post("/api/v1/purchases", bill)
        except requests.RequestException as error:
            till.session.close()
            self.unanswered[type(error).__name__] += 1
            return False
        if answer.status_code == 503:
            self.unanswered["503"] += 1
            return False
        if answer.status_code not in (200, 201):
            self.surprises.append(f"{answer.status_code} {answer.text}")
        self.acknowledged[bill["receipt"]].append((answer.status_code, answer.json()))
        return True


def kill_a_worker(web: Web) -> None:
    """kill -9, and wait until another one has taken its place.

    The one that lives longest: granian takes a worker that dies twice within seconds for a broken program and ends,
    which is for whoever started it to mend (`manage.py up` and the container start it anew).
    """
    victim = min(wait_until_there_are(web, 2), key=started_at)
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: victim not in web.worker_pids() and len(web.worker_pids()) >= 2, seconds=30, what="a new worker")


def started_at(pid: int) -> int:
    """Clock ticks since boot, from the kernel's own account of a process."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def wait_until_there_are(web: Web, count: int) -> list[int]:
    wait_until(lambda: len(web.worker_pids()) >= count and web.answers(), seconds=30, what="the web")
    return web.worker_pids()


@pytest.mark.slow
def test_two_hundred_receipts_outlive_twenty_deaths_of_the_web(served: tuple[Shop, Web]) -> None:
    shop, web = served
    people = [
        shop.till.post("/api/v1/members", bodies.enrolment(), key=f"join-{n}").json()["id"] for n in range(MEMBERS)
    ]
    bills = [bodies.bill(10_000 * (1 + n % 9), 5_000, member=people[n % MEMBERS]) for n in range(RECEIPTS)]
    tills = Tills(shop, bills)
    for client in tills.clients:
        client.start()

    deaths = 0
    while deaths < DEATHS:
        due = RECEIPTS * COPIES * deaths // DEATHS
        wait_until(lambda: tills.done >= due, seconds=120, what="sales to be acknowledged")  # noqa: B023
        kill_a_worker(web)
        deaths += 1
    for client in tills.clients:
        client.join(timeout=120)

    assert tills.surprises == [], web.child.log.read_text()[-20_000:]
    assert tills.done == RECEIPTS * COPIES
    for bill in bills:
        answers = tills.acknowledged[bill["receipt"]]
        assert len({answer["id"] for _, answer in answers}) == 1
        assert all(answer == answers[0][1] for _, answer in answers), "every answer is the first one"
        assert [status for status, _ in answers].count(201) <= 1
        assert Purchase.objects.get(receipt=bill["receipt"]).earned == bill["total"] // 10_000
    assert Purchase.objects.count() == RECEIPTS
    for n, person in enumerate(people):
        earned = sum(bill["total"] // 10_000 for bill in bills[n::MEMBERS])
        assert Account.objects.get(member_id=person).available == earned
    broken = [finding for finding in auditing.run() if not finding.ok]
    assert broken == []
    print(f"{deaths} deaths, {dict(tills.unanswered)} without an answer, {tills.done} acknowledged")  # noqa: T201
