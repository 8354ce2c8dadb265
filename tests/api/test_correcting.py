"""A bill keyed again as it should have been, over real HTTP: one transaction, the same receipt, nothing doubled."""

import threading
from typing import Any
from uuid import UUID

import pytest

from events import clock
from loyalty import auditing, keys
from loyalty.models import Lot, Purchase, ReviewDecision, Store, TierBeginning
from members import spending_pins
from tests.api import bodies
from tests.api.conftest import Shop, Till

PURCHASES = "/api/v1/purchases"


@pytest.fixture
def lan(till: Till) -> str:
    return join(till)


def join(till: Till) -> str:
    return str(till.post("/api/v1/members", bodies.enrolment(), key=bodies.number("J")).json()["id"])


def sell(till: Till, body: dict[str, Any]) -> dict[str, Any]:
    answer = till.post(PURCHASES, body)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def correct(till: Till, sold: dict[str, Any], body: dict[str, Any], *, key: str = "", **more: Any) -> Any:
    sent = {"reason": "bấm nhầm số tiền"} | body | more
    return till.post(f"{PURCHASES}/{sold['id']}/correction", sent, key=key or bodies.number("K"))


def points(till: Till, member: str) -> dict[str, Any]:
    told: dict[str, Any] = till.get(f"/api/v1/members/{member}").json()
    return told["points"] | {"tier": told["tier"]["code"]}


def test_a_corrected_bill_stands_under_its_receipt_and_nothing_is_doubled(till: Till, lan: str) -> None:
    body = bodies.bill(105_000, member=lan)
    sold = sell(till, body)
    wanted, key = body | {"lines": [bodies.line(250_000)], "total": 250_000}, bodies.number("K")

    first = correct(till, sold, wanted, key=key)

    assert first.status_code == 201, first.text
    told = first.json()
    assert told["id"] != sold["id"]
    assert (told["receipt"], told["member"], told["status"]) == (sold["receipt"], lan, "posted")
    assert (told["revision"], told["corrected_by"]) == (2, None)
    assert told["points"] == {"earned": 25, "pending": 0, "spent": 0, "balance": 25}
    assert points(till, lan)["available"] == 25
    again = correct(till, sold, wanted, key=key)
    assert (again.status_code, again.json(), again.headers["Idempotent-Replayed"]) == (200, told, "true")
    other = correct(till, sold, wanted, key=key, reason="lý do khác")
    assert (other.status_code, other.json()["code"]) == (409, "key_conflict")
    for sent in (body, wanted, {k: v for k, v in body.items() if k != "member"}):
        replayed = till.post(PURCHASES, sent)
        assert (replayed.status_code, replayed.json()) == (200, told), (
            "either body is a replay of the bill as it stands"
        )
    third = till.post(PURCHASES, body | {"total": 1, "lines": [bodies.line(1)]})
    assert (third.status_code, third.json()["code"]) == (409, "receipt_conflict")
    (result,) = till.post(f"{PURCHASES}/batch", {"purchases": [body]}).json()["results"]
    assert (result["status"], result["purchase"]) == (200, told)
    assert till.get(PURCHASES, receipt=body["receipt"]).json() == told | {"returns": []}
    old = till.get(f"{PURCHASES}/{sold['id']}").json()
    assert (old["revision"], old["corrected_by"]) == (1, told["id"])
    (back,) = old["returns"]
    assert (back["kind"], back["refund"]["amount"], back["points"]["clawed_back"]) == ("correction", 105_000, 10)
    assert points(till, lan)["available"] == 25
    lines = till.get(f"/api/v1/members/{lan}/statement").json()["items"]
    assert [(line["text"], line["points"]) for line in lines] == [
        ("Earned", 25), ("A bill was corrected", -10), ("Earned", 10),
    ]  # fmt: skip
    audit()


def test_the_same_bill_again_leaves_points_their_ends_and_the_tier_as_they_were(till: Till, lan: str) -> None:
    earlier = bodies.bill(500_000, member=lan, occurred_at=bodies.now(days=-5))
    sell(till, earlier)
    body = bodies.bill(9_000_000, member=lan)
    sold = sell(till, body)
    # the oldest go first: all fifty of the first bill and seventy of this one
    sell(till, bodies.bill(200_000, member=lan, points_to_spend=60))
    sell(till, bodies.bill(60_000, member=lan, points_to_spend=60, proof={"pin": pin(lan)}))
    sell(till, bodies.bill(30_000, member=lan))
    before, ends, tiers = points(till, lan), lots(lan), beginnings(lan)

    told = correct(till, sold, body)

    assert told.status_code == 201, told.text
    assert points(till, lan) == before
    assert lots(lan) == ends
    assert beginnings(lan) == tiers
    assert told.json()["points"]["balance"] == before["available"]
    assert told.json()["tier"] == sold["tier"]
    audit()


def test_points_spent_meanwhile_are_repaid_by_what_the_next_revision_earns(till: Till, lan: str) -> None:
    body = bodies.bill(1_000_000, member=lan)
    sold = sell(till, body)
    sell(till, bodies.bill(40_000, member=lan, points_to_spend=80))

    told = correct(till, sold, body | {"lines": [bodies.line(900_000)], "total": 900_000})

    assert told.status_code == 201, told.text
    assert told.json()["points"] == {"earned": 90, "pending": 0, "spent": 0, "balance": 10}
    assert points(till, lan)["available"] == 10 and points(till, lan)["debt"] == 0
    less = correct(till, told.json(), body | {"lines": [bodies.line(500_000)], "total": 500_000})
    assert less.json()["points"] == {"earned": 50, "pending": 0, "spent": 0, "balance": -30}
    assert (points(till, lan)["available"], points(till, lan)["debt"]) == (0, 30)
    audit()


def test_a_bill_corrected_twice_leaves_the_points_of_the_last_revision(till: Till, lan: str) -> None:
    body = bodies.bill(105_000, member=lan)
    first = sell(till, body)
    key = bodies.number("K")
    second = correct(till, first, body | {"lines": [bodies.line(9_000_000)], "total": 9_000_000}, key=key).json()
    assert points(till, lan)["tier"] != "member"

    third = correct(till, second, body | {"lines": [bodies.line(70_000)], "total": 70_000})

    assert (third.status_code, third.json()["revision"]) == (201, 3)
    assert points(till, lan) | {"next_expiry": None} == {
        "available": 7, "pending": 0, "held": 0, "debt": 0, "next_expiry": None, "tier": "member",
    }  # fmt: skip
    for earlier in (first, second):
        for path, sent in (
            ("correction", body | {"reason": "x"}),
            ("returns", {"receipt": bodies.number("TH"), "whole": True}),
            ("cancellation", {}),
            ("member", {"member": join(till), "reason": "x"}),
            ("events", {"type": "shipped", "occurred_at": bodies.now()}),
        ):
            refused = till.post(f"{PURCHASES}/{earlier['id']}/{path}", sent, key=bodies.number("K"))
            assert (refused.status_code, refused.json()["code"]) == (422, "purchase_corrected"), path
    again = correct(till, first, body | {"lines": [bodies.line(9_000_000)], "total": 9_000_000}, key=key)
    assert again.status_code == 200
    assert (again.json()["id"], again.json()["points"]) == (second["id"], second["points"])
    assert again.json()["corrected_by"] == third.json()["id"]
    back = till.post(f"{PURCHASES}/{third.json()['id']}/returns", {"receipt": bodies.number("TH"), "whole": True})
    assert back.json()["points"]["clawed_back"] == 7
    late = correct(till, third.json(), body)
    assert (late.status_code, late.json()["code"]) == (422, "nothing_left")
    audit()


def test_points_that_paid_for_it_may_pay_again(till: Till, lan: str) -> None:
    sell(till, bodies.bill(3_000_000, member=lan))
    body = bodies.bill(100_000, member=lan, points_to_spend=100)
    sold = sell(till, body)
    assert sold["points"]["balance"] == 205

    told = correct(till, sold, body | {"lines": [bodies.line(120_000)], "total": 120_000})

    assert told.status_code == 201, told.text
    assert told.json()["points"] == {"earned": 7, "pending": 0, "spent": 100, "balance": 207}
    more = correct(till, told.json(), body | {"points_to_spend": 101})
    assert (more.status_code, more.json()["code"]) == (422, "proof_needed"), "what had not left before is proven"
    shown = correct(till, told.json(), body | {"points_to_spend": 101, "proof": {"pin": pin(lan)}})
    assert (shown.status_code, shown.json()["points"]["spent"]) == (201, 101), shown.text
    none = correct(till, shown.json(), body | {"points_to_spend": 0})
    assert none.json()["points"] == {"earned": 10, "pending": 0, "spent": 0, "balance": 310}
    cannot = Till(till.url, _key_without_redeem(till))
    refused = correct(cannot, none.json(), body)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    audit()


def test_a_guests_bill_is_corrected_and_claimed_by_the_paper_of_before(till: Till, lan: str) -> None:
    body = bodies.bill(105_000)
    sold = sell(till, body)
    code = sold["print"][0].removeprefix("Claim code: ").partition(" ")[0]
    named = correct(till, sold, body | {"member": lan})
    assert (named.status_code, named.json()["code"]) == (422, "other_member")
    told = correct(till, sold, body | {"lines": [bodies.line(200_000)], "total": 200_000})
    assert (told.status_code, told.json()["member"]) == (201, None)

    claimed = till.post(f"{PURCHASES}/claims", {"member": lan, "code": code}, key=bodies.number("C"))

    assert (claimed.status_code, claimed.json()["id"]) == (201, told.json()["id"])
    assert points(till, lan)["available"] == 20
    last = correct(till, told.json(), body)
    assert (last.json()["member"], last.json()["points"]["balance"]) == (lan, 10), "whose it is now keeps it"
    audit()


def test_a_bill_that_moved_stays_with_its_owner_and_the_first_member_may_still_be_named(till: Till, lan: str) -> None:
    mai, body = join(till), bodies.bill(105_000, member=lan)
    sold = sell(till, body)
    till.post(f"{PURCHASES}/{sold['id']}/member", {"member": mai, "reason": "nhầm"}, key=bodies.number("M"))
    for member in (lan, join(till)):
        refused = correct(till, sold, body | {"member": member})
        assert (refused.status_code, refused.json()["code"]) == (422, "other_member")
    wanted = {k: v for k, v in body.items() if k != "member"} | {"lines": [bodies.line(50_000)], "total": 50_000}

    told = correct(till, sold, wanted)

    assert (told.status_code, told.json()["member"], told.json()["points"]["balance"]) == (201, mai, 5)
    assert points(till, lan)["available"] == 0
    for member in (lan, mai):
        replayed = till.post(PURCHASES, body | {"member": member})
        assert (replayed.status_code, replayed.json()) == (200, told.json())
    audit()


def test_what_is_not_corrected_is_said(shop: Shop, till: Till, lan: str) -> None:
    body = bodies.bill(105_000, member=lan)
    sold = sell(till, body)

    def refused(**more: Any) -> tuple[int, str]:
        answer = correct(till, sold, body, **more)
        return answer.status_code, answer.json()["code"]

    assert refused(receipt=bodies.number()) == (422, "other_receipt")
    assert refused(member=join(till)) == (422, "other_member")
    assert refused(member={"phone": bodies.phone()}) == (422, "member_unknown")
    assert refused(reason="  ") == (422, "reason_missing")
    assert refused(total=1) == (422, "total_mismatch")
    assert refused(occurred_at=bodies.now(days=-20)) == (422, "occurred_too_old")
    assert refused(occurred_at=bodies.now(minutes=40)) == (422, "occurred_in_future")
    assert correct(shop.till_with(test=True), sold, body).status_code == 404
    assert till.post(f"{PURCHASES}/{sold['id']}/correction", body | {"reason": "x"}).json()["code"] == "key_missing"
    assert points(till, lan)["available"] == 10, "nothing was written"
    part = {"receipt": bodies.number("TH"), "lines": [{"line": 1, "quantity": 0.5, "amount": 50_000}]}
    till.post(f"{PURCHASES}/{sold['id']}/returns", part)
    assert refused() == (422, "partly_returned")
    waiting = sell(till, bodies.bill(105_000, member=lan, occurred_at=bodies.now(minutes=30)))
    answer = correct(till, waiting, body | {"receipt": waiting["receipt"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "purchase_in_review")
    ReviewDecision.objects.create(purchase_id=waiting["id"], approved=False, by="user:1", at=clock.now())
    answer = correct(till, waiting, body | {"receipt": waiting["receipt"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "purchase_in_review")
    audit()


def test_an_old_bill_is_corrected_under_the_rules_of_its_day(till: Till, lan: str) -> None:
    body = bodies.bill(105_000, member=lan, occurred_at=bodies.now(days=-6))
    sold = sell(till, body)
    before = lots(lan)
    told = correct(till, sold, body | {"lines": [bodies.line(100_000), bodies.line(8_000)], "total": 108_000})
    assert (told.status_code, told.json()["status"]) == (201, "posted")
    assert told.json()["occurred_at"] == sold["occurred_at"]
    assert lots(lan) == before


def test_of_many_who_correct_a_bill_at_once_one_does(till: Till, lan: str) -> None:
    body = bodies.bill(105_000, member=lan)
    sold, told = sell(till, body), []

    def press(amount: int) -> None:
        other = Till(till.url, till.key)
        told.append(correct(other, sold, body | {"lines": [bodies.line(amount)], "total": amount}))

    threads = [threading.Thread(target=press, args=(n * 100_000,)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [answer for answer in told if answer.status_code == 201]
    assert len(done) == 1, [answer.text for answer in told]
    assert {answer.json()["code"] for answer in told if answer not in done} == {"purchase_corrected"}
    assert points(till, lan)["available"] == done[0].json()["points"]["balance"]
    assert Purchase.objects.filter(receipt=body["receipt"]).count() == 2
    audit()


def lots(member: str) -> list[tuple[Any, int]]:
    """When a member's points end, and how many each time."""
    ends: dict[Any, int] = {}
    for lot in Lot.objects.filter(member_id=UUID(member), remaining__gt=0):
        ends[lot.expires_at] = ends.get(lot.expires_at, 0) + lot.remaining
    return sorted(ends.items())


def beginnings(member: str) -> list[Any]:
    return list(TierBeginning.objects.filter(member_id=UUID(member)).values_list("pk", "tier_id"))


def pin(member: str) -> str:
    spending_pins.choose(member_id=UUID(member), pin="483920", by="test", at=clock.now())
    return "483920"


def _key_without_redeem(till: Till) -> str:
    return keys.create(store=Store.objects.get(code="q1"), scopes=("refund", "lookup"), test=False, at=clock.now())[1]


def audit() -> None:
    assert [finding for finding in auditing.run() if not finding.ok] == []
