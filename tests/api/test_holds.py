"""A till puts points aside, and hears of its orders, over HTTP."""

import pytest

from events import clock
from loyalty import adjusting, policies
from loyalty.models import PendingPolicy
from tests.api import bodies
from tests.api.conftest import Shop, Till

HOLDS, PURCHASES, MEMBERS = "/api/v1/holds", "/api/v1/purchases", "/api/v1/members"


@pytest.fixture
def lan(till: Till) -> str:
    """Lan has a hundred points."""
    enrolled: str = till.post(MEMBERS, bodies.enrolment(), key=bodies.number()).json()["id"]
    adjusting.adjust(member_id=enrolled, points=100, reason="quà", by="user:1", at=clock.now())
    return enrolled


def points(till: Till, member: str) -> tuple[int, int, int]:
    told = till.get(f"{MEMBERS}/{member}").json()["points"]
    return told["available"], told["pending"], told["held"]


def test_a_till_is_sure_of_the_points_before_it_takes_money(till: Till, lan: str) -> None:
    key = bodies.number()
    placed = till.post(HOLDS, {"member": lan, "points": 60, "seconds": 300}, key=key)
    held = placed.json()
    assert (placed.status_code, held["points"], held["balance"]) == (201, 60, 40)
    again = till.post(HOLDS, {"member": lan, "points": 60, "seconds": 300}, key=key)
    assert (again.status_code, again.json(), again.headers["Idempotent-Replayed"]) == (200, held, "true")
    assert points(till, lan) == (40, 0, 60)
    other = till.post(PURCHASES, bodies.bill(900_000, member=lan, points_to_spend=41))
    assert other.json()["code"] == "not_enough_points"

    bill = bodies.bill(900_000, member=lan, points_to_spend=50, hold=held["id"])
    sold = till.post(PURCHASES, bill)
    assert sold.status_code == 201, sold.text
    assert sold.json()["points"] == {"earned": 87, "pending": 0, "spent": 50, "balance": 137}
    assert till.post(PURCHASES, bill).json() == sold.json()
    assert points(till, lan) == (137, 0, 0)
    gone = till.post(PURCHASES, bodies.bill(900_000, member=lan, points_to_spend=1, hold=held["id"]))
    assert (gone.status_code, gone.json()["code"]) == (422, "hold_lapsed")


def test_points_let_go_are_the_members_again_and_twice_does_no_harm(till: Till, lan: str) -> None:
    held = till.post(HOLDS, {"member": lan, "points": 60}, key=bodies.number()).json()["id"]
    for _ in range(2):
        assert till.send("DELETE", f"{HOLDS}/{held}").status_code == 204
        assert points(till, lan) == (100, 0, 0)
    assert till.send("DELETE", f"{HOLDS}/no-such-thing").status_code == 204
    kinds = [one["kind"] for one in till.get(f"{MEMBERS}/{lan}/statement").json()["items"]]
    assert kinds == ["release", "hold", "adjust"]


def test_much_is_put_aside_with_a_proof_only(till: Till, lan: str) -> None:
    till.post(HOLDS, {"member": lan, "points": 100}, key=bodies.number())
    adjusting.adjust(member_id=lan, points=100, reason="quà", by="user:1", at=clock.now())
    more = till.post(HOLDS, {"member": lan, "points": 1}, key=bodies.number())
    assert (more.status_code, more.json()["code"]) == (422, "proof_needed")
    wrong = till.post(HOLDS, {"member": lan, "points": 1, "proof": {"pin": "482915"}}, key=bodies.number())
    assert wrong.json()["code"] == "pin_refused"


def test_an_orders_points_wait_for_its_delivery(shop: Shop, till: Till, lan: str) -> None:
    now = clock.now()
    waits = PendingPolicy(wait="event", channels=["online"], event="delivered", valid_from=now)
    policies.publish(waits, by="system", at=now)
    bill = bodies.bill(105_000, member=lan, channel="online", occurred_at=bodies.now())
    sold = till.post(PURCHASES, bill).json()
    assert sold["points"] == {"earned": 10, "pending": 10, "spent": 0, "balance": 100}
    events = f"{PURCHASES}/{sold['id']}/events"
    shipped = {"type": "shipped", "occurred_at": bodies.now(), "tracking_url": "https://ghn.example/1"}
    assert till.post(events, shipped, key=bodies.number()).json()["matured"] is False
    delivered, key = {"type": "delivered", "occurred_at": bodies.now()}, bodies.number()
    first = till.post(events, delivered, key=key)
    assert (first.status_code, first.json()["matured"]) == (201, True)
    assert till.post(events, delivered, key=key).status_code == 200
    assert points(till, lan) == (110, 0, 0)

    refused = till.post(PURCHASES, bill | {"receipt": bodies.number()}).json()
    said = {"type": "failed", "occurred_at": bodies.now()}
    assert till.post(f"{PURCHASES}/{refused['id']}/events", said, key=bodies.number()).status_code == 201
    (back,) = till.get(f"{PURCHASES}/{refused['id']}").json()["returns"]
    assert back["points"]["clawed_back"] == 10 and points(till, lan) == (110, 0, 0)
    elsewhere = shop.till_with("earn", test=True)
    assert elsewhere.post(events, delivered, key=bodies.number()).status_code == 404
