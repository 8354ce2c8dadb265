"""A till takes vouchers over real HTTP: quoted, used once, answered alike, and back when the bill is."""

import itertools
import threading
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import pytest

from events import clock
from loyalty import auditing
from members import qr
from members.models import Member
from rewards import codes, defining, founding, issuing
from rewards.issuing import Wanted
from rewards.models import VoucherDefinition
from tests.api import bodies
from tests.api.conftest import Shop, Till

_numbers = itertools.count(1)


@pytest.fixture
def lan(till: Till) -> str:
    return join(till)


def join(till: Till) -> str:
    return str(till.post("/api/v1/members", bodies.enrolment(), key=bodies.number("V")).json()["id"])


def give(member: str, key: str = "welcome", **terms: Any) -> str:
    """The id of a new voucher; `terms` make a kind of their own."""
    now = clock.now()
    founding.found(at=now)
    if terms:
        key = f"kind-{next(_numbers)}"
        told = {"name_vi": "Quà", "name_en": "Gift", "valid_from": now}
        defining.publish(VoucherDefinition(key=key, **told | terms), by="user:1", at=now)
    reason = f"test:{next(_numbers)}"
    return str(issuing.issue(key=key, wanted=[Wanted(UUID(member), reason)], at=now, by="user:1")[reason])


def code_of(voucher: str) -> str:
    return codes.shown(codes.of(UUID(voucher)))


def test_a_voucher_is_offered_used_and_told_of(till: Till, lan: str) -> None:
    voucher = give(lan)
    body = bodies.bill(70_000, 35_000, member=lan)
    question = {name: value for name, value in body.items() if name != "receipt"}

    offered = till.post("/api/v1/quotes", question).json()
    assert offered["vouchers"] == [
        {
            "id": voucher,
            "last4": code_of(voucher)[-4:],
            "name": "Welcome gift",
            "usable": True,
            "discount": 20_000,
            "reasons": [],
        }
    ]
    assert (offered["best"], offered["pay"]["discount"]) == ([voucher], 0)
    named = [{"id": voucher}]
    quoted = till.post("/api/v1/quotes", question | {"vouchers": named}).json()
    assert quoted["pay"] == {"total": 105_000, "discount": 20_000, "points_value": 0, "due": 85_000}

    answer = till.post("/api/v1/purchases", body | {"vouchers": named})
    assert answer.status_code == 201, answer.text
    sold = answer.json()
    assert (sold["pay"], sold["lines"]) == (quoted["pay"], quoted["lines"])
    assert sold["points"]["earned"] == 8
    assert sold["vouchers"] == [
        {"id": voucher, "last4": code_of(voucher)[-4:], "name": "Welcome gift", "discount": 20_000}
    ]
    assert any("20,000" in line for line in sold["print"])
    again = till.post("/api/v1/purchases", body | {"vouchers": named})
    assert (again.status_code, again.json()) == (200, sold)
    assert till.get(f"/api/v1/purchases/{sold['id']}").json() == sold | {"returns": []}
    used = till.post("/api/v1/purchases", bodies.bill(90_000, member=lan, vouchers=[{"code": code_of(voucher)}]))
    assert (used.status_code, used.json()["code"]) == (422, "voucher_used")


def test_a_code_is_taken_however_it_is_typed_and_a_replay_may_spell_it_otherwise(till: Till, lan: str) -> None:
    code = code_of(give(lan))
    body = bodies.bill(105_000, member=lan)

    first = till.post("/api/v1/purchases", body | {"vouchers": [{"code": code.lower().replace("-", " ")}]})
    assert first.status_code == 201, first.text
    again = till.post("/api/v1/purchases", body | {"vouchers": [{"code": code.replace("0", "o")}]})
    assert (again.status_code, again.json()) == (200, first.json())
    without = till.post("/api/v1/purchases", body)
    assert (without.status_code, without.json()["code"]) == (409, "receipt_conflict")


def test_a_stranger_with_the_code_learns_nothing(till: Till, lan: str) -> None:
    hers, mai = give(lan), join(till)
    nobodys = code_of(lan)
    told = [
        till.post("/api/v1/purchases", bodies.bill(105_000, member=mai, vouchers=[named]))
        for named in ({"code": code_of(hers)}, {"id": hers}, {"code": nobodys}, {"id": lan}, {"code": "x"}, {"id": "x"})
    ]
    assert {answer.text for answer in told} == {told[0].text}
    assert (told[0].status_code, told[0].json()["code"]) == (422, "voucher_unknown")
    listed = till.get(f"/api/v1/members/{mai}/vouchers").json()
    assert listed == {"items": [], "next": None}


def test_too_many_wrong_codes_make_one_till_wait_and_stop_no_sale(shop: Shop, till: Till, lan: str) -> None:
    code = code_of(give(lan))
    mad = shop.till_with()
    wrong = [codes.of(uuid4()) for _ in range(21)]
    answers = [
        mad.post("/api/v1/purchases", bodies.bill(105_000, member=lan, vouchers=[{"code": one}])) for one in wrong
    ]
    assert Counter(answer.status_code for answer in answers) == {422: 20, 429: 1}
    assert answers[-1].json()["code"] == "too_many_guesses"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 901
    right = mad.post("/api/v1/purchases", bodies.bill(105_000, member=lan, vouchers=[{"code": code}]))
    assert right.status_code == 429, "not even the right one"
    assert mad.post("/api/v1/purchases", bodies.bill(105_000, member=lan)).status_code == 201
    other = till.post("/api/v1/purchases", bodies.bill(105_000, member=lan, vouchers=[{"code": code}]))
    assert other.status_code == 201, other.text


def test_refusals_say_why_in_numbers_and_both_languages(till: Till, lan: str) -> None:
    voucher = give(lan, amount=30_000, minimum_basket=80_000)
    question = {k: v for k, v in bodies.bill(50_000, member=lan).items() if k != "receipt"}
    (offered,) = till.post("/api/v1/quotes", question).json()["vouchers"]
    assert (offered["usable"], offered["discount"]) == (False, 0)
    assert offered["reasons"] == [{"code": "voucher_basket_too_small", "text": "This voucher wants goods from 80000."}]
    refused = till.send(
        "POST",
        "/api/v1/purchases",
        json=bodies.bill(50_000, member=lan, vouchers=[{"id": voucher}]),
        headers={"Accept-Language": "vi"},
    )
    assert refused.status_code == 422
    assert refused.json()["detail"] == "Voucher này cần tiền hàng từ 80000."
    two = till.post("/api/v1/purchases", bodies.bill(90_000, member=lan, vouchers=[{"id": voucher}, {"id": give(lan)}]))
    assert two.json()["code"] == "vouchers_do_not_stack"


def test_a_key_without_redeem_takes_no_voucher(shop: Shop, lan: str) -> None:
    voucher = give(lan)
    poor = shop.till_with("earn", "lookup")
    refused = poor.post("/api/v1/purchases", bodies.bill(105_000, member=lan, vouchers=[{"id": voucher}]))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    question = {k: v for k, v in bodies.bill(105_000, member=lan).items() if k != "receipt"}
    assert poor.post("/api/v1/quotes", question).json()["best"] == [voucher]


def test_vouchers_by_id_add_up_to_the_daily_amount_and_the_qr_lifts_it(till: Till, lan: str) -> None:
    first, second = give(lan, amount=50_000), give(lan, amount=50_000)
    assert till.post("/api/v1/purchases", bodies.bill(90_000, member=lan, vouchers=[{"id": first}])).ok
    body = bodies.bill(90_000, member=lan, vouchers=[{"id": second}])
    refused = till.post("/api/v1/purchases", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "proof_needed")
    shown = qr.text(member=Member.objects.get(pk=lan), at=clock.now())
    assert till.post("/api/v1/purchases", body | {"proof": {"qr": shown}}).status_code == 201


@pytest.mark.parametrize(("policy", "outcome"), [("reinstate", "reinstated"), ("keep", "kept")])
def test_a_bill_that_comes_back_says_what_became_of_its_voucher(
    till: Till, lan: str, policy: str, outcome: str
) -> None:
    voucher = give(lan, amount=20_000, on_return=policy)
    body = bodies.bill(60_000, 45_000, member=lan, vouchers=[{"id": voucher}])
    sold = till.post("/api/v1/purchases", body).json()
    path = f"/api/v1/purchases/{sold['id']}/returns"
    line = {"receipt": bodies.number("TH"), "lines": [{"line": 1, "quantity": 1, "amount": 60_000}]}

    part = till.post(path, line).json()
    assert part["vouchers"] == [{"id": voucher, "outcome": "kept"}]
    rest_body = {"receipt": bodies.number("TH"), "whole": True}
    rest = till.post(path, rest_body).json()
    assert rest["vouchers"] == [{"id": voucher, "outcome": outcome}]
    assert part["refund"]["discount"] + rest["refund"]["discount"] == 20_000
    assert part["refund"]["due"] + rest["refund"]["due"] == 85_000
    assert till.post(path, line).json() == part
    assert till.post(path, rest_body).json() == rest
    known = till.get(f"/api/v1/purchases/{sold['id']}").json()
    assert known == sold | {"returns": [part, rest]}
    (mine,) = till.get(f"/api/v1/members/{lan}/vouchers").json()["items"]
    assert mine["state"] == ("issued" if policy == "reinstate" else "redeemed")


def test_a_cancelled_bill_gives_its_voucher_back(till: Till, lan: str) -> None:
    voucher = give(lan)
    sold = till.post("/api/v1/purchases", bodies.bill(105_000, member=lan, vouchers=[{"id": voucher}])).json()
    path = f"/api/v1/purchases/{sold['id']}/cancellation"
    first = till.send("POST", path, headers={"Idempotency-Key": f"v-{sold['id'][-12:]}"})
    assert first.json()["vouchers"] == [{"id": voucher, "outcome": "reinstated"}]
    again = till.send("POST", path, headers={"Idempotency-Key": f"v-{sold['id'][-12:]}"})
    assert (again.status_code, again.json()) == (200, first.json())
    assert till.post("/api/v1/purchases", bodies.bill(105_000, member=lan, vouchers=[{"id": voucher}])).ok


def test_a_batch_takes_no_vouchers(till: Till, lan: str) -> None:
    voucher = give(lan)
    batch = {"purchases": [bodies.bill(105_000, member=lan, vouchers=[{"id": voucher}]), bodies.bill(1_000)]}
    results = till.post("/api/v1/purchases/batch", batch).json()["results"]
    assert [result["status"] for result in results] == [422, 201]
    assert results[0]["error"]["code"] == "online_only"


def test_the_list_is_read_page_by_page_and_tells_no_code(till: Till, lan: str) -> None:
    made = [give(lan, percent=20, kind="percent", cap=50_000), give(lan), give(lan, "birthday")]
    first = till.get(f"/api/v1/members/{lan}/vouchers", limit="2")
    rest = till.get(f"/api/v1/members/{lan}/vouchers", limit="2", cursor=first.json()["next"])
    items = first.json()["items"] + rest.json()["items"]
    assert [item["id"] for item in items] == made[::-1]
    assert rest.json()["next"] is None
    assert items[1]["text"] == "₫20,000 off, with goods from ₫50,000"
    assert items[2] | {"issued_at": "", "expires_on": ""} == {
        "id": made[0],
        "last4": code_of(made[0])[-4:],
        "state": "issued",
        "name": "Gift",
        "text": "20 % off, at most ₫50,000",
        "kind": "percent",
        "amount": None,
        "percent": 20,
        "cap": 50_000,
        "minimum_basket": 0,
        "issued_at": "",
        "expires_on": "",
        "uses_left": 1,
    }
    for voucher in made:
        assert code_of(voucher) not in first.text + rest.text
        assert code_of(voucher).replace("-", "") not in first.text + rest.text


def test_a_crowd_of_tills_uses_a_voucher_once(shop: Shop, lan: str) -> None:
    voucher = give(lan)
    bills = [bodies.bill(105_000, member=lan, vouchers=[{"id": voucher}]) for _ in range(12)]
    answers: list[Any] = []
    start = threading.Barrier(len(bills))

    def one(body: dict[str, Any]) -> None:
        till = shop.till
        start.wait()
        answers.append(till.post("/api/v1/purchases", body))

    crowd = [threading.Thread(target=one, args=[body]) for body in bills]
    for member in crowd:
        member.start()
    for member in crowd:
        member.join()
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 11}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 422} == {"voucher_used"}
    assert [finding for finding in auditing.run() if not finding.ok] == []
