"""A receipt number is the key of a sale: whatever is repeated, by whom, and at the same instant."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests

from events import clock
from loyalty import keys
from loyalty.models import ApiKey, Purchase, Store, Terminal
from members.models import Member
from tests.api import bodies
from tests.api.conftest import Shop, Till

CROWD = 8


def join(till: Till, **more: Any) -> dict[str, Any]:
    joined: dict[str, Any] = till.post("/api/v1/members", bodies.enrolment(**more), key=bodies.number("J")).json()
    return joined


def at_once(call: Callable[[Till], requests.Response], shop: Shop) -> list[requests.Response]:
    """The same call by a crowd of tills at the same instant."""
    answers: list[requests.Response] = []
    start = threading.Barrier(CROWD)

    def one() -> None:
        till = shop.till
        start.wait()
        answers.append(call(till))

    crowd = [threading.Thread(target=one) for _ in range(CROWD)]
    for member in crowd:
        member.start()
    for member in crowd:
        member.join()
    return answers


def test_one_receipt_by_many_tills_at_once_is_one_sale(shop: Shop, till: Till) -> None:
    lan = join(till)
    body = bodies.bill(100_000, member=lan["id"])
    answers = at_once(lambda one: one.post("/api/v1/purchases", body), shop)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: CROWD - 1}
    assert len({answer.text for answer in answers}) == 1
    assert till.get(f"/api/v1/members/{lan['id']}").json()["points"]["available"] == 10


def test_one_guest_receipt_by_many_tills_at_once_is_one_sale(shop: Shop) -> None:
    body = bodies.bill(100_000)
    answers = at_once(lambda one: one.post("/api/v1/purchases", body), shop)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: CROWD - 1}
    assert Purchase.objects.filter(receipt=body["receipt"]).count() == 1


def test_one_enrolment_by_many_tills_at_once_is_one_member(shop: Shop) -> None:
    body, key = bodies.enrolment(), bodies.number("K")
    answers = at_once(lambda one: one.post("/api/v1/members", body, key=key), shop)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: CROWD - 1}
    assert len({answer.json()["id"] for answer in answers}) == 1
    other = bodies.enrolment(phone=bodies.phone())
    answers = at_once(lambda one: one.post("/api/v1/members", other, key=bodies.number("K")), shop)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CROWD - 1}
    assert Member.objects.filter(identifiers__value="+84" + other["phone"][1:]).count() == 1


def test_points_are_not_spent_twice_by_many_tills_at_once(shop: Shop, till: Till) -> None:
    lan = join(till)
    assert till.post("/api/v1/purchases", bodies.bill(500_000, member=lan["id"])).json()["points"]["balance"] == 50
    answers = at_once(
        lambda one: one.post("/api/v1/purchases", bodies.bill(20_000, member=lan["id"], points_to_spend=40)), shop
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: CROWD - 1}


def test_one_return_and_one_cancellation_at_once_take_back_once(shop: Shop, till: Till) -> None:
    lan = join(till)
    sold = till.post("/api/v1/purchases", bodies.bill(100_000, member=lan["id"])).json()
    back = {"receipt": bodies.number("TH"), "whole": True}
    answers = at_once(lambda one: one.post(f"/api/v1/purchases/{sold['id']}/returns", back), shop)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: CROWD - 1}
    sold = till.post("/api/v1/purchases", bodies.bill(100_000, member=lan["id"])).json()
    path, key = f"/api/v1/purchases/{sold['id']}/cancellation", bodies.number("C")
    answers = at_once(lambda one: one.post(path, {}, key=key), shop)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: CROWD - 1}
    assert till.get(f"/api/v1/members/{lan['id']}").json()["points"]["available"] == 0


def test_a_replay_may_name_the_member_otherwise_but_not_another_member(till: Till) -> None:
    lan, hoa = join(till), join(till, name="Hoa")
    body = bodies.bill(100_000, member=lan["id"])
    first = till.post("/api/v1/purchases", body)
    for member in ({"card": lan["card"]}, {"card": "unknown7"}, {"phone": "not a phone"}, "gone"):
        again = till.post("/api/v1/purchases", body | {"member": member})
        assert (again.status_code, again.json()) == (200, first.json()), member
    other = till.post("/api/v1/purchases", body | {"member": hoa["id"]})
    assert (other.status_code, other.json()["code"]) == (409, "receipt_conflict")
    guest = bodies.bill(100_000)
    assert till.post("/api/v1/purchases", guest).status_code == 201
    claimed = till.post("/api/v1/purchases", guest | {"member": lan["id"]})
    assert (claimed.status_code, claimed.json()["code"]) == (409, "receipt_conflict")


@pytest.mark.parametrize("restart", ["daily", "monthly", "yearly"])
def test_numbers_that_start_again_are_another_sale(shop: Shop, restart: str) -> None:
    store = Store.objects.create(code=restart, name=restart, receipt_restart=restart)
    till = Till(shop.url, keys.create(store=store, at=clock.now())[1])
    midnight = clock.now().astimezone(bodies.HANOI).replace(hour=0, minute=0, second=0, microsecond=0)
    begins = {"daily": midnight, "monthly": midnight.replace(day=1), "yearly": midnight.replace(month=1, day=1)}[
        restart
    ]
    moments = (begins - timedelta(seconds=1), begins, begins - timedelta(seconds=1))
    answers = [
        till.post("/api/v1/purchases", bodies.bill(10_000, receipt="0001", occurred_at=moment.isoformat()))
        for moment in moments
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 200]
    assert answers[0].json()["id"] == answers[2].json()["id"] != answers[1].json()["id"]
    assert till.get("/api/v1/purchases", receipt="0001").json()["id"] == answers[1].json()["id"]


def test_a_wide_printer_without_accents_gets_plain_lines(shop: Shop) -> None:
    terminal = Terminal.objects.create(store=shop.store, code="wide", print_width=42, print_accents=False)
    key = keys.create(store=shop.store, terminal=terminal, at=clock.now())[1]
    till = Till(shop.url, key)
    lan = join(till)
    told = till.send(
        "POST", "/api/v1/purchases", json=bodies.bill(3_000_000, member=lan["id"]), headers={"Accept-Language": "vi"}
    ).json()
    assert [len(line) for line in told["print"][:2]] == [42, 42]
    assert told["print"][0].startswith("Diem tich") and told["print"][0].endswith("+300")
    assert all(line.isascii() for line in told["print"])
    assert "Chuc mung" in " ".join(told["print"]), "a tier was reached"
    accents = shop.till.send(
        "POST", "/api/v1/purchases", json=bodies.bill(10_000, member=lan["id"]), headers={"Accept-Language": "vi"}
    ).json()
    assert accents["print"][0].startswith("Điểm tích") and len(accents["print"][0]) == 32


def test_a_key_shows_when_it_was_last_used(shop: Shop) -> None:
    till = shop.till_with("earn")
    assert till.get("/api/v1/purchases", receipt="x").status_code == 404
    assert ApiKey.objects.latest("id").last_used_at is not None
