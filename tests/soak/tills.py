"""Tills that sell, pay with points, take back and repeat themselves, and send each command until it is answered."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.api import bodies
from tests.api.conftest import Shop

PURCHASES, HOLDS = "/api/v1/purchases", "/api/v1/holds"
# between two tries of a till that heard nothing
PAUSE = 0.1
# how long a till goes on asking before it is given up as never answered
PATIENCE = 120.0
EXPECTED_REFUSALS = {"nothing_left", "returns_exceed_purchase", "hold_lapsed", "not_enough_points"}


@dataclass(frozen=True)
class Command:
    path: str
    body: dict[str, Any]
    member: str
    key: str | None = None

    @property
    def kind(self) -> str:
        return {PURCHASES: "purchase", HOLDS: "hold"}.get(self.path, "return")


@dataclass(frozen=True)
class Acknowledged:
    command: Command
    answer: dict[str, Any]


@dataclass
class Heard:
    """What one till was told."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    replays: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)


class Writer(threading.Thread):
    """One till: one command after the other until `closing` is set."""

    def __init__(self, *, shop: Shop, number: int, members: list[str], seed: int, closing: threading.Event) -> None:
        super().__init__(name=f"till-{number}", daemon=True)
        self.till, self.number, self.members, self.closing = shop.till, number, members, closing
        self.dice = random.Random(f"{seed}-{number}")
        self.heard = Heard()
        self.said = 0

    def run(self) -> None:
        actions: list[tuple[Callable[[], None], int]] = [
            (self.sell, 9),
            (self.sell_for_points, 4),
            (self.sell_for_held_points, 2),
            (self.take_back, 4),
            (self.say_again, 4),
        ]
        ways, weights = zip(*actions, strict=True)
        while not self.closing.is_set():
            self.dice.choices(ways, weights)[0]()

    def name(self, prefix: str) -> str:
        self.said += 1
        return f"{prefix}{self.number}-{self.said}"

    def sell(self, **said: Any) -> None:
        member = said.pop("member", None) or self.dice.choice(self.members)
        lines = [
            bodies.line(self.dice.randint(1, 30) * 4_000, quantity=4, sku=f"CF{n}")
            for n in range(self.dice.randint(1, 3))
        ]
        # not a minute ago: the terms that ask for no proof are younger than that
        body = bodies.bill(receipt=self.name("HD"), occurred_at=bodies.now(), member=member, **said)
        self.send(
            Command(PURCHASES, body | {"lines": lines, "total": sum(line["amount"] for line in lines)}, member=member)
        )

    def sell_for_points(self) -> None:
        """Seven are worth less than the smallest bill."""
        self.sell(points_to_spend=self.dice.randint(1, 7))

    def sell_for_held_points(self) -> None:
        member, points = self.dice.choice(self.members), self.dice.randint(2, 7)
        asked = Command(HOLDS, {"member": member, "points": points, "seconds": 600}, member=member, key=self.name("H"))
        if held := self.send(asked):
            self.sell(member=member, points_to_spend=self.dice.randint(1, points), hold=held["id"])

    def take_back(self) -> None:
        """A quarter of the first line, or all that is left."""
        sold = [one for one in self.heard.acknowledged if one.command.kind == "purchase"]
        if not sold:
            return
        one = self.dice.choice(sold[-50:])
        quarter = {"line": 1, "quantity": 1, "amount": one.command.body["lines"][0]["amount"] // 4}
        what = {"whole": True} if self.dice.random() < 0.4 else {"lines": [quarter]}
        path = f"{PURCHASES}/{one.answer['id']}/returns"
        self.send(Command(path, {"receipt": self.name("TH"), **what}, member=one.command.member))

    def say_again(self) -> None:
        if not self.heard.acknowledged:
            return
        one = self.dice.choice(self.heard.acknowledged)
        again = self.answered(one.command)
        if again is None:
            return
        self.heard.replays += 1
        if (again.status_code, again.json()) != (200, one.answer):
            self.heard.surprises.append(f"{one.answer} was answered again with {again.status_code} {again.text}")

    def send(self, command: Command) -> dict[str, Any] | None:
        """Send a new command; what it was told, None where it was refused."""
        answer = self.answered(command)
        if answer is None:
            return None
        told: dict[str, Any] = answer.json()
        if answer.status_code in (200, 201):
            self.heard.acknowledged.append(Acknowledged(command, told))
            return told
        if answer.status_code == 422 and told.get("code") in EXPECTED_REFUSALS:
            self.heard.refused[told["code"]] += 1
        else:
            self.heard.surprises.append(f"{command} was answered with {answer.status_code} {answer.text}")
        return None

    def answered(self, command: Command) -> requests.Response | None:
        """Ask until there is an answer, as a till does that was told nothing."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                answer = self.till.post(command.path, command.body, key=command.key)
            except requests.RequestException as error:
                self.till.session.close()
                self.heard.unanswered[type(error).__name__] += 1
            else:
                if answer.status_code != 503:
                    return answer
                self.heard.unanswered["503"] += 1
            time.sleep(PAUSE)
        self.heard.surprises.append(f"{command} was never answered")
        return None
