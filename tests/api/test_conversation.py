"""The conversation of a till, over real HTTP: enrol, quote, sell, repeat, take back, cancel, catch up."""

from uuid import UUID

import pytest

from events import clock
from members import one_time_codes, qr, spending_pins
from members.models import Member
from tests.api import bodies
from tests.api.conftest import Shop, Till


@pytest.fixture
def lan(till: Till) -> str:
    """Lan joins at the till; her id."""
    answer = till.post("/api/v1/members", bodies.enrolment(), key=bodies.number("E"))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_a_member_joins_once_and_is_found_by_phone_card_and_id(till: Till) -> None:
    body = bodies.enrolment(birth_date="1990-05-20", email="Lan@example.vn", gender="female")
    first = till.post("/api/v1/members", body, key="enrol-lan")
    assert first.status_code == 201
    member = first.json()
    assert member["name"] == "Nguyễn Thị Lan"
    assert member["phone"].endswith(body["phone"][-4:]) and body["phone"] not in first.text
    assert member["points"] == {"available": 0, "pending": 0, "held": 0, "debt": 0, "next_expiry": None}
    assert member["tier"]["code"] == "member"

    again = till.post("/api/v1/members", body, key="enrol-lan")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == member
    other = till.post("/api/v1/members", body | {"name": "Lan"}, key="enrol-lan")
    assert (other.status_code, other.json()["code"]) == (409, "key_conflict")
    taken = till.post("/api/v1/members", body, key="enrol-lan-2")
    assert (taken.status_code, taken.json()["code"]) == (409, "member_exists")
    assert member["id"] not in taken.text

    assert till.get("/api/v1/members", phone="+84" + body["phone"][1:]).json() == member
    assert till.send("GET", f"/api/v1/members?phone=+84{body['phone'][1:]}").json() == member
    assert till.get("/api/v1/members", card=member["card"]).json() == member
    assert till.get(f"/api/v1/members/{member['id']}").json() == member
    assert till.get("/api/v1/members", phone="0999999999").status_code == 404


def test_a_sale_is_quoted_posted_once_and_answered_alike(till: Till, lan: str) -> None:
    body = bodies.bill(105_000, member=lan)
    question = {name: value for name, value in body.items() if name != "receipt"}
    quote = till.post("/api/v1/quotes", question)
    assert quote.status_code == 200, quote.text
    assert quote.json()["points"] == {
        "earned": 10,
        "pending": 0,
        "spendable": 0,
        "limited_by": "balance",
        "balance_after": 10,
    }
    assert quote.json()["pay"] == {"total": 105_000, "discount": 0, "points_value": 0, "due": 105_000}

    first = till.post("/api/v1/purchases", body)
    assert first.status_code == 201, first.text
    sold = first.json()
    assert sold["points"] == {"earned": 10, "pending": 0, "spent": 0, "balance": 10}
    assert sold["member"] == lan and sold["status"] == "posted"
    assert sold["explanation"][0]["points"] == 10
    assert sold["lines"] == [{"line": 1, "voucher_discount": 0, "points_discount": 0, "net": 105_000}]
    assert all(len(line) <= 32 for line in sold["print"]) and sold["print"]

    again = till.post("/api/v1/purchases", body | {"channel": "till", "rounding": None})
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.json() == sold
    other = till.post("/api/v1/purchases", bodies.bill(106_000, member=lan, receipt=body["receipt"]))
    assert (other.status_code, other.json()["code"]) == (409, "receipt_conflict")
    assert till.get(f"/api/v1/purchases/{sold['id']}").json() == sold | {"returns": []}
    assert till.get("/api/v1/purchases", receipt=body["receipt"]).json() == sold | {"returns": []}
    assert till.get("/api/v1/purchases", receipt="nothing").status_code == 404


def test_three_partial_returns_take_back_what_the_whole_would(till: Till, lan: str) -> None:
    body = bodies.bill(member=lan, lines=[bodies.line(105_000, quantity=3)], total=105_000)
    sold = till.post("/api/v1/purchases", body).json()
    clawed, paid = 0, 0
    for amount in (50_000, 30_000, 25_000):
        part = {"receipt": bodies.number("TH"), "lines": [{"line": 1, "quantity": 1, "amount": amount}]}
        back = till.post(f"/api/v1/purchases/{sold['id']}/returns", part)
        assert back.status_code == 201, back.text
        clawed += back.json()["points"]["clawed_back"]
        paid += back.json()["refund"]["due"]
        again = till.post(f"/api/v1/purchases/{sold['id']}/returns", part)
        assert (again.status_code, again.json()) == (200, back.json())
    assert (clawed, paid) == (10, 105_000)
    more = {"receipt": bodies.number("TH"), "lines": [{"line": 1, "quantity": 1, "amount": 1}]}
    over = till.post(f"/api/v1/purchases/{sold['id']}/returns", more)
    assert (over.status_code, over.json()["code"]) == (422, "returns_exceed_purchase")
    whole = till.post(f"/api/v1/purchases/{sold['id']}/returns", {"receipt": bodies.number("TH"), "whole": True})
    assert (whole.status_code, whole.json()["code"]) == (422, "nothing_left")
    assert len(till.get(f"/api/v1/purchases/{sold['id']}").json()["returns"]) == 3


def test_a_bill_is_cancelled_once_per_key(till: Till, lan: str) -> None:
    sold = till.post("/api/v1/purchases", bodies.bill(250_000, member=lan)).json()
    path = f"/api/v1/purchases/{sold['id']}/cancellation"
    assert till.send("POST", path).json()["code"] == "key_missing"
    first = till.send("POST", path, headers={"Idempotency-Key": f"c-{sold['id'][:8]}-{lan[-8:]}"})
    assert first.status_code == 201, first.text
    assert first.json()["kind"] == "cancellation"
    assert first.json()["points"]["clawed_back"] == 25
    again = till.send("POST", path, json={}, headers={"Idempotency-Key": f"c-{sold['id'][:8]}-{lan[-8:]}"})
    assert (again.status_code, again.json()) == (200, first.json())
    other = till.post(path, {}, key="another-key")
    assert (other.status_code, other.json()["code"]) == (422, "nothing_left")


def test_points_are_spent_with_proof_above_a_small_daily_amount(shop: Shop, till: Till, lan: str) -> None:
    assert till.post("/api/v1/purchases", bodies.bill(3_000_000, member=lan)).json()["points"]["balance"] == 300
    small = till.post("/api/v1/purchases", bodies.bill(100_000, member=lan, points_to_spend=100))
    assert small.status_code == 201, small.text
    assert small.json()["pay"] == {"total": 100_000, "discount": 0, "points_value": 50_000, "due": 50_000}
    assert small.json()["points"] == {"earned": 5, "pending": 0, "spent": 100, "balance": 205}
    assert small.json()["lines"][0]["net"] == 50_000
    more = bodies.bill(100_000, member=lan, points_to_spend=1)
    refused = till.post("/api/v1/purchases", more)
    assert (refused.status_code, refused.json()["code"]) == (422, "proof_needed")
    code = qr.text(member=Member.objects.get(pk=lan), at=clock.now())
    shown = till.post("/api/v1/purchases", more | {"proof": {"qr": code}})
    assert shown.status_code == 201, shown.text
    twice = till.post("/api/v1/purchases", bodies.bill(100_000, member={"qr": code}, points_to_spend=1))
    assert (twice.status_code, twice.json()["code"]) == (422, "qr_refused"), "a screen lets points leave once"
    by_code = till.post("/api/v1/purchases", bodies.bill(100_000, member={"qr": code}))
    assert by_code.status_code == 201, by_code.text
    assert by_code.json()["member"] == lan
    lapsed = code[:-8] + f"{(int(code[-8:]) + 1) % 10**8:08d}"
    replay = till.post("/api/v1/purchases", more | {"member": {"qr": lapsed}})
    assert replay.status_code == 200, "a replay is known before its member"
    nobody = till.post("/api/v1/purchases", bodies.bill(100_000, member={"qr": lapsed}))
    assert (nobody.status_code, nobody.json()["code"]) == (422, "member_unknown")
    cannot = shop.till_with("earn", "lookup").post(
        "/api/v1/purchases", bodies.bill(100_000, member=lan, points_to_spend=1)
    )
    assert (cannot.status_code, cannot.json()["code"]) == (403, "scope_missing")
    too_many = till.post("/api/v1/purchases", bodies.bill(100_000, member=lan, points_to_spend=201))
    assert (too_many.status_code, too_many.json()["code"]) == (422, "points_exceed_bill")


def test_a_till_that_was_offline_catches_up(till: Till, lan: str) -> None:
    good, guest = bodies.bill(20_000, member=lan), bodies.bill(30_000)
    wrong = bodies.bill(40_000, total=1)
    unknown = bodies.bill(50_000, member="nobody")
    spends = bodies.bill(60_000, member=lan, points_to_spend=1)
    malformed = bodies.bill(70_000, quantity=3)
    batch = [good, guest, good, wrong, unknown, spends, malformed, 7, good | {"total": 20_001, "rounding": 1}]
    answer = till.post("/api/v1/purchases/batch", {"purchases": batch})
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [201, 201, 200, 422, 422, 422, 400, 400, 409]
    assert [result["error"]["code"] for result in results if result["error"]] == [
        "total_mismatch",
        "member_unknown",
        "online_only",
        "malformed",
        "malformed",
        "receipt_conflict",
    ]
    assert [result["receipt"] for result in results] == [
        *(sent["receipt"] for sent in batch[:7]),  # type: ignore[index]
        None,
        good["receipt"],
    ]
    assert results[0]["purchase"] == results[2]["purchase"]


def test_a_wrong_clock_does_not_block_a_sale(till: Till, lan: str) -> None:
    def sell(**when: float) -> tuple[int, str, int]:
        answer = till.post("/api/v1/purchases", bodies.bill(100_000, member=lan, occurred_at=bodies.now(**when)))
        told = answer.json()
        return (
            answer.status_code,
            told.get("status") if answer.ok else told["code"],
            told.get("points", {}).get("earned", 0),
        )

    assert sell(minutes=9) == (201, "posted", 10)
    assert sell(minutes=30) == (201, "review", 0)
    assert sell(days=-6) == (201, "posted", 10)
    assert sell(days=-8) == (201, "review", 0)
    assert sell(days=2) == (422, "occurred_in_future", 0)
    assert sell(days=-401) == (422, "occurred_too_old", 0)


def test_a_statement_is_read_page_by_page(till: Till, lan: str) -> None:
    for amount in (10_000, 20_000, 30_000):
        assert till.post("/api/v1/purchases", bodies.bill(amount, member=lan)).status_code == 201
    first = till.get(f"/api/v1/members/{lan}/statement", limit="2").json()
    assert [item["points"] for item in first["items"]] == [3, 2]
    assert first["items"][0]["kind"] == "earn" and first["items"][0]["balance"] == 6
    rest = till.get(f"/api/v1/members/{lan}/statement", limit="2", cursor=first["next"]).json()
    assert ([item["points"] for item in rest["items"]], rest["next"]) == ([1], None)


def test_a_test_key_lives_in_a_world_of_its_own(shop: Shop, till: Till, lan: str) -> None:
    practice = shop.till_with(test=True)
    assert practice.get(f"/api/v1/members/{lan}").status_code == 404
    refused = practice.post("/api/v1/purchases", bodies.bill(10_000, member=lan))
    assert (refused.status_code, refused.json()["code"]) == (422, "member_unknown")
    sold = till.post("/api/v1/purchases", bodies.bill(10_000, member=lan)).json()
    assert practice.get(f"/api/v1/purchases/{sold['id']}").status_code == 404
    back = practice.post(f"/api/v1/purchases/{sold['id']}/returns", {"receipt": "x", "whole": True})
    assert back.status_code == 404


def test_a_whole_market_bill_is_kept_split_and_partly_returned(till: Till, lan: str) -> None:
    """A discount, 8 % tax on top, a service charge, rounding and 0.535 kg."""
    lines = [
        bodies.line(53_500, sku="ROBUSTA", name="Cà phê hạt", quantity=0.535, unit="kg", cost=31_000),
        bodies.line(45_000, quantity=1.5, unit="ly"),
    ]
    body = bodies.bill(
        member=lan,
        lines=lines,
        discounts=[{"kind": "promotion", "code": "SANG", "amount": 8_500}],
        charges=[{"kind": "service", "amount": 4_500}],
        tax={"included": False, "amount": 7_560},
        rounding=-60,
        total=102_000,
        payments=[{"method": "cash", "amount": 102_000}],
        invoice={"series": "1C26TYY", "number": "00000123"},
    )
    sold = till.post("/api/v1/purchases", body)
    assert sold.status_code == 201, sold.text
    # goods = 98,500 - 8,500 - 60 = 89,940
    assert sold.json()["points"]["earned"] == 8
    path = f"/api/v1/purchases/{sold.json()['id']}/returns"
    part = till.post(
        path, {"receipt": bodies.number("TH"), "lines": [{"line": 1, "quantity": 0.535, "amount": 53_500}]}
    ).json()
    rest = till.post(path, {"receipt": bodies.number("TH"), "whole": True}).json()
    assert part["refund"]["due"] + rest["refund"]["due"] == 102_000
    assert part["points"]["clawed_back"] + rest["points"]["clawed_back"] == 8


def test_a_code_that_was_sent_lets_points_leave_once_and_asking_says_nothing(shop: Shop, till: Till, lan: str) -> None:
    till.post("/api/v1/purchases", bodies.bill(3_000_000, member=lan))
    asked = till.post(f"/api/v1/members/{lan}/codes", {})
    nobody = till.post("/api/v1/members/00000000-0000-7000-8000-000000000000/codes", {})
    words = till.send("POST", "/api/v1/members/nobody/codes")
    practice = shop.till_with(test=True).post(f"/api/v1/members/{lan}/codes", {})
    told = {(one.status_code, one.text) for one in (asked, nobody, words, practice)}
    assert told == {(202, '{"seconds":300}')}
    cannot = shop.till_with("earn", "lookup").post(f"/api/v1/members/{lan}/codes", {})
    assert (cannot.status_code, cannot.json()["code"]) == (403, "scope_missing")

    code = one_time_codes.ask(purpose="spend", member_id=UUID(lan), asker="test", at=clock.now()).code
    body = bodies.bill(500_000, member=lan, points_to_spend=200, proof={"code": code})
    sold = till.post("/api/v1/purchases", body)
    assert (sold.status_code, sold.json()["points"]["spent"]) == (201, 200), sold.text
    again = till.post("/api/v1/purchases", body | {"proof": {"code": "000000"}})
    assert (again.status_code, again.json()) == (200, sold.json()), "a replay is not asked again"
    used = till.post("/api/v1/purchases", bodies.bill(500_000, member=lan, points_to_spend=1, proof={"code": code}))
    assert (used.status_code, used.json()["code"]) == (422, "code_refused")
    spending_pins.choose(member_id=UUID(lan), pin="483920", by="test", at=clock.now())
    for pin, status in (("483921", 422), ("483920", 201)):
        shown = till.post("/api/v1/purchases", bodies.bill(90_000, member=lan, points_to_spend=1, proof={"pin": pin}))
        assert shown.status_code == status, shown.text
