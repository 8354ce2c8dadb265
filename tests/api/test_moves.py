"""Bills that find their member later, through the door of the POS system."""

from tests.api import bodies
from tests.api.conftest import Shop, Till

PURCHASES = "/api/v1/purchases"
CLAIMS = f"{PURCHASES}/claims"


def joined(till: Till, phone: str = "") -> str:
    body = bodies.enrolment() | ({"phone": phone} if phone else {})
    return till.post("/api/v1/members", body, key=bodies.number("J")).json()["id"]


def test_a_bill_moves_and_every_call_tells_the_same(till: Till) -> None:
    lan, phone = joined(till), bodies.phone()
    mai = joined(till, phone)
    bill = bodies.bill(105_000, member=lan)
    sold = till.post(PURCHASES, bill).json()
    body, key = {"member": {"phone": phone}, "reason": "bấm nhầm số"}, bodies.number("M")

    first = till.post(f"{PURCHASES}/{sold['id']}/member", body, key=key)

    told = first.json()
    assert (first.status_code, told["id"], told["member"], told["receipt"]) == (
        201, sold["id"], mai, sold["receipt"],
    )  # fmt: skip
    assert told["points"] == {"earned": 10, "pending": 0, "spent": 0, "balance": 10}
    assert told["explanation"][0]["points"] == 10
    assert told.keys() == sold.keys()
    again = till.post(f"{PURCHASES}/{sold['id']}/member", body, key=key)
    assert (again.status_code, again.json(), again.headers["Idempotent-Replayed"]) == (200, told, "true")
    replayed = till.post(PURCHASES, bill)
    assert (replayed.status_code, replayed.json()) == (200, told)
    read = till.get(f"{PURCHASES}/{sold['id']}").json()
    assert read == told | {"returns": []}
    lines = till.get(f"/api/v1/members/{lan}/statement").json()["items"]
    assert [line["text"] for line in lines] == ["A bill went to another member", "Earned"]
    assert till.get(f"/api/v1/members/{mai}/statement").json()["items"][0]["text"] == "A bill came to you"


def test_why_not_is_told_in_both_languages(till: Till) -> None:
    lan, mai = joined(till), joined(till)
    guests = till.post(PURCHASES, bodies.bill(105_000)).json()["id"]
    members = till.post(PURCHASES, bodies.bill(105_000, member=lan)).json()["id"]
    for bill, member, code in ((guests, mai, "guests_bill"), (members, lan, "same_member")):
        path, body = f"{PURCHASES}/{bill}/member", {"member": member, "reason": "x"}
        said = {}
        for language in ("vi", "en"):
            headers = {"Idempotency-Key": bodies.number("M"), "Accept-Language": language}
            answer = till.send("POST", path, json=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (422, code)
            said[language] = answer.json()["detail"]
        assert said["vi"] != said["en"]


def test_another_stores_bill_is_not_found(shop: Shop, till: Till) -> None:
    lan, mai = joined(till), joined(till)
    sold = till.post(PURCHASES, bodies.bill(105_000, member=lan)).json()["id"]
    practice = shop.till_with(test=True)
    body = {"member": mai, "reason": "x"}
    assert practice.post(f"{PURCHASES}/{sold}/member", body, key=bodies.number("M")).status_code == 404


def test_a_guest_claims_with_the_code_on_the_receipt(till: Till) -> None:
    sold = till.post(PURCHASES, bodies.bill(105_000)).json()
    (printed,) = sold["print"]
    assert len(printed) <= 32
    assert printed.startswith("Claim code: ")
    code = printed.removeprefix("Claim code: ").partition(" ")[0]
    lan, key = joined(till), bodies.number("C")

    first = till.post(CLAIMS, {"member": lan, "code": code}, key=key)

    told = first.json()
    assert (first.status_code, told["id"], told["member"], told["points"]["balance"]) == (201, sold["id"], lan, 10)
    assert any(line.startswith("Points earned") for line in told["print"])
    again = till.post(CLAIMS, {"member": lan, "code": code}, key=key)
    assert (again.status_code, again.json()) == (200, told)
    other = till.post(CLAIMS, {"member": joined(till), "code": code}, key=key)
    assert (other.status_code, other.json()["code"]) == (409, "key_conflict")
    late = till.post(CLAIMS, {"member": joined(till), "code": code}, key=bodies.number("C"))
    assert (late.status_code, late.json()["code"]) == (422, "already_claimed")


def test_guesses_at_a_guests_bill_are_slowed(shop: Shop) -> None:
    till = shop.till_with()
    lan = joined(till)
    sold = till.post(PURCHASES, bodies.bill(105_000)).json()
    body = {"member": lan, "receipt": sold["receipt"], "date": sold["occurred_at"][:10]}
    answers = [till.post(CLAIMS, body | {"amount": n}, key=bodies.number("C")) for n in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 60
