"""What a till may get wrong, or somebody may try: refused in clear words, nothing written, nothing echoed, never a 500.

Each case is one call over real HTTP. `MARK` stands in what is sent and must not stand in what comes back.
"""

import json

import pytest
import requests
from django.db import connection

from tests.api import bodies, wrong_bills, wrong_calls, wrong_holds
from tests.api.conftest import Shop, Till
from tests.api.wrong import MARK, MEMBERS, PURCHASES, Case

TABLES = ("loyalty_purchase", "loyalty_return", "loyalty_entry", "members_member", "events_event", "events_command")
TABLES += ("rewards_voucher", "rewards_voucheruse", "loyalty_hold", "loyalty_orderevent", "loyalty_eventaward")

CASES = [
    *wrong_bills.of_bills(),
    *wrong_bills.of_sums(),
    *wrong_bills.of_times(),
    *wrong_calls.of_bodies(),
    *wrong_calls.of_people(),
    *wrong_calls.of_addresses(),
    *wrong_calls.of_keys(),
    *wrong_holds.of_holds(),
    *wrong_holds.of_orders(),
    *wrong_holds.of_events(),
]


def rows() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in TABLES))
        return list(cursor.fetchone())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_refused_and_leaves_nothing(case: Case, till: Till) -> None:
    before = rows()
    answer = send(till, case)
    assert answer.status_code == case.status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert (told["status"], told["title"] != "") == (case.status, True)
    if case.pointer is None:
        assert told["code"] == case.code
    else:
        assert (told["code"], told["errors"]) == ("malformed", [{"pointer": case.pointer, "code": case.code}])
    assert MARK not in answer.text
    assert rows() == before
    assert (case.status == 401) == ("WWW-Authenticate" in answer.headers)
    assert (case.status == 405) == ("Allow" in answer.headers)


def send(till: Till, case: Case) -> requests.Response:
    data = case.raw if case.raw is not None else None if case.body is None else json.dumps(case.body).encode()
    headers = ({"Content-Type": "application/json"} if data is not None else {}) | case.headers
    headers = {name: value.encode("utf-8").decode("latin-1") for name, value in headers.items()}
    return till.send(case.method, case.path, data=data, headers=headers)


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES), "every case says something else"


def test_a_key_without_the_scope_is_told_so(shop: Shop) -> None:
    answer = shop.till_with("lookup").post(PURCHASES, bodies.bill())
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_a_forged_cursor_is_refused(till: Till) -> None:
    lan = till.post(MEMBERS, bodies.enrolment(), key=bodies.number()).json()["id"]
    for cursor in ("5", "5.", f"5.{'0' * 16}", "x", "-1.0", "%00", "9" * 50):
        for page in ("statement", "vouchers"):
            answer = till.send("GET", f"{MEMBERS}/{lan}/{page}?cursor={cursor}")
            assert answer.status_code == 400, cursor
            assert answer.json()["errors"][0]["pointer"] == "/cursor"


@pytest.mark.parametrize(
    "name",
    [
        "Đặng Thị Ánh Nguyệt",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "{% include 'x' %}",
        "=HYPERLINK(1)",
        "Robert'); DROP TABLE members;--",
        "مریم",
        "👵🏻 Bà Tư",
        "Nguye\u0302\u0303n",
        "a\u202eb\u200bc\x07",
    ],
)
def test_names_are_kept_as_typed(till: Till, name: str) -> None:
    answer = till.post(MEMBERS, bodies.enrolment(name=name), key=bodies.number())
    assert answer.status_code == 201, answer.text
    kept = answer.json()["name"]
    assert kept == {"Nguye\u0302\u0303n": "Nguyễn", "a\u202eb\u200bc\x07": "abc"}.get(name, name)


@pytest.mark.parametrize(
    "spelling",
    [
        "0912 345 {}",
        "+84 912 345 {}",
        "84912345{}",
        "0084 912.345.{}",
        "(+84) 912-345-{}",
        "912345{}",
        "+84(0)912345{}",
    ],
)
def test_every_spelling_of_a_phone_meets_one_member(till: Till, spelling: str) -> None:
    last = f"{sum(map(ord, spelling)) % 1000:03d}"
    lan = till.post(MEMBERS, bodies.enrolment(phone=f"0912345{last}"), key=bodies.number())
    lan_id = lan.json()["id"] if lan.ok else till.get(MEMBERS, phone=f"0912345{last}").json()["id"]
    assert till.get(MEMBERS, phone=spelling.format(last)).json()["id"] == lan_id
    sold = till.post(PURCHASES, bodies.bill(member={"phone": spelling.format(last)}))
    assert sold.json()["member"] == lan_id


def test_the_last_of_two_equal_names_counts(till: Till) -> None:
    raw = json.dumps(bodies.bill()).replace('"total": 105000', '"total": 5, "total": 105000').encode()
    answer = till.send("POST", PURCHASES, data=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code == 201, answer.text


def test_a_bill_of_nothing_is_a_visit(till: Till) -> None:
    answer = till.post(PURCHASES, bodies.bill(0))
    assert (answer.status_code, answer.json()["points"]["earned"]) == (201, 0)


def test_a_body_sent_in_chunks_without_a_length_is_read(till: Till) -> None:
    body = json.dumps(bodies.bill()).encode()
    answer = till.send(
        "POST", PURCHASES, data=iter([body[:20], body[20:]]), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 201, answer.text
    long = till.send(
        "POST", PURCHASES, data=(b"x" * 65536 for _ in range(40)), headers={"Content-Type": "application/json"}
    )
    assert long.status_code == 413
