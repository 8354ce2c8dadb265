"""A hundred callers race for one voucher over HTTP while web workers die by kill -9: one use each.

Every answer was true.
Then the winner's bill comes back by ten callers at once, and the voucher is raced for again, or stays used, as its kind
says. FULL=1 plays two hundred rounds.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests

from events import clock
from loyalty import auditing
from loyalty.models import Purchase
from rewards import codes, defining, issuing
from rewards.issuing import Wanted
from rewards.models import Voucher, VoucherDefinition, VoucherUse
from tests.api import bodies
from tests.api.conftest import NO_LIMITS, Shop, Till, furnish
from tests.journeys.test_web_killed import PAUSE, kill_a_worker
from tests.running import Processes, ShopDatabase, Web, wait_until

ROUNDS = 200 if os.environ.get("FULL") == "1" else 15
CALLERS = 100
AGAIN = 10
# in how many rounds a worker dies, and after how many answers
EVERY = 3
KILLED_AFTER = (1, 10, 40, 0, 70)


@dataclass
class Race:
    """Callers who ask until somebody answers, as a till does that was told nothing."""

    shop: Shop
    sessions: list[requests.Session] = field(default_factory=lambda: [requests.Session() for _ in range(CALLERS)])
    unanswered: Counter[str] = field(default_factory=Counter)
    answered: Counter[int] = field(default_factory=Counter)

    def death_of(self, web: Web, *, after: int) -> threading.Thread:
        """Kill a worker once so many more callers were answered, in the middle of what the others ask."""
        due = sum(self.answered.values()) + after

        def kill() -> None:
            wait_until(lambda: sum(self.answered.values()) >= due, seconds=60, what="answers")
            kill_a_worker(web)

        killer = threading.Thread(target=kill)
        killer.start()
        return killer

    def run(self, calls: list[Callable[[Till], requests.Response]], *, key: str) -> list[requests.Response]:
        """All calls at the same instant; their answers in the order of the calls."""
        start = threading.Barrier(len(calls))

        def ask(place: int) -> requests.Response:
            till = Till(self.shop.url, key, self.sessions[place])
            start.wait()
            while True:
                try:
                    answer = calls[place](till)
                except requests.RequestException as error:
                    till.session.close()
                    self.unanswered[type(error).__name__] += 1
                else:
                    if answer.status_code != 503:
                        self.answered[answer.status_code] += 1
                        return answer
                    self.unanswered["503"] += 1
                threading.Event().wait(PAUSE)

        with ThreadPoolExecutor(len(calls)) as crowd:
            return list(crowd.map(ask, range(len(calls))))


@pytest.fixture
def served(shop_db: ShopDatabase, tmp_path: Path) -> Iterator[tuple[Shop, Web]]:
    shop = furnish("")
    started = Processes(env={**shop_db.env, **NO_LIMITS}, logs=tmp_path)
    try:
        web = started.web()
        shop.url = web.url
        yield shop, web
    finally:
        started.stop()


def kinds() -> dict[str, str]:
    """A kind for each policy of returns."""
    now = clock.now()
    for policy in ("reinstate", "keep"):
        kind = VoucherDefinition(
            key=policy, valid_from=now, amount=20_000, on_return=policy, name_vi="Quà", name_en="Gift"
        )
        defining.publish(kind, by="user:1", at=now)
    return {"reinstate": "reinstated", "keep": "kept"}


def sales(voucher: UUID, member: str, count: int) -> list[Callable[[Till], requests.Response]]:
    """Bills of one member that all name the voucher, half of them by its code."""
    names = ({"id": str(voucher)}, {"code": codes.shown(codes.of(voucher))})
    bills = [bodies.bill(105_000, member=member, vouchers=[names[n % 2]]) for n in range(count)]

    def post(bill: dict[str, Any]) -> Callable[[Till], requests.Response]:
        return lambda till: till.post("/api/v1/purchases", bill)

    return [post(bill) for bill in bills]


def returns(purchase: str) -> list[Callable[[Till], requests.Response]]:
    """The whole bill back, each time under another receipt."""
    bodies_ = [{"receipt": bodies.number("TH"), "whole": True} for _ in range(AGAIN)]

    def post(body: dict[str, Any]) -> Callable[[Till], requests.Response]:
        return lambda till: till.post(f"/api/v1/purchases/{purchase}/returns", body)

    return [post(body) for body in bodies_]


def the_one(answers: list[requests.Response], others: str) -> dict[str, Any]:
    """The answer of the only one who got something; everybody else was told why not."""
    done = [answer for answer in answers if answer.ok]
    assert len(done) == 1, Counter((a.status_code, a.json().get("code")) for a in answers)
    assert {a.json()["code"] for a in answers if not a.ok} == {others}
    told: dict[str, Any] = done[0].json()
    return told


@pytest.mark.slow
def test_a_hundred_callers_use_a_voucher_once_whatever_dies(served: tuple[Shop, Web]) -> None:
    shop, web = served
    outcomes = kinds()
    race, deaths = Race(shop), 0
    for number in range(ROUNDS):
        policy = ("reinstate", "keep")[number % 2]
        lan = shop.till.post("/api/v1/members", bodies.enrolment(), key=f"join-{number}").json()["id"]
        reason = f"race:{number}"
        wanted = [Wanted(UUID(lan), reason)]
        voucher = issuing.issue(key=policy, wanted=wanted, at=clock.now(), by="user:1")[reason]
        # a key of its own: what a killed worker was judging stays counted as a guess of its till
        key = shop.key_with()
        killer = race.death_of(web, after=KILLED_AFTER[deaths % len(KILLED_AFTER)]) if number % EVERY == 1 else None
        answers = race.run(sales(voucher, lan, CALLERS), key=key)
        if killer:
            killer.join()
            deaths += 1

        sold = the_one(answers, "voucher_used")
        assert sold["pay"] == {"total": 105_000, "discount": 20_000, "points_value": 0, "due": 85_000}
        (use,) = VoucherUse.objects.filter(voucher_id=voucher)
        assert (str(use.purchase_id), use.discount) == (sold["id"], 20_000)
        assert Purchase.objects.filter(member_id=lan).count() == 1, "a refused bill is not in the books"

        back = the_one(race.run(returns(sold["id"]), key=key), "nothing_left")
        assert back["vouchers"] == [{"id": str(voucher), "outcome": outcomes[policy]}]
        assert Voucher.objects.get(pk=voucher).used == (0 if policy == "reinstate" else 1)
        again = race.run(sales(voucher, lan, AGAIN), key=key)
        if policy == "reinstate":
            assert the_one(again, "voucher_used")["vouchers"][0]["id"] == str(voucher)
        else:
            assert {answer.json()["code"] for answer in again} == {"voucher_used"}
        assert VoucherUse.objects.filter(voucher_id=voucher).count() == (2 if policy == "reinstate" else 1)
    assert [finding for finding in auditing.run() if not finding.ok] == []
    told = f"{ROUNDS} rounds of {CALLERS}, {deaths} deaths"
    print(f"{told}, answers {dict(race.answered)}, without {dict(race.unanswered)}")
