"""What a till may get wrong, or somebody may try: refused in clear words, nothing written, nothing echoed, never a 500.

Each case is one call over real HTTP. `MARK` stands in what is sent and must not stand in what comes back.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from django.db import connection

from tests.api import bodies
from tests.api.conftest import Shop, Till

MARK = "zqx9"
PURCHASES, QUOTES, MEMBERS, BATCH = "/api/v1/purchases", "/api/v1/quotes", "/api/v1/members", "/api/v1/purchases/batch"
TABLES = ("loyalty_purchase", "loyalty_return", "loyalty_entry", "members_member", "events_event", "events_command")
DEEP = 100_000


@dataclass(frozen=True)
class Case:
    name: str
    path: str
    status: int
    code: str
    pointer: str | None = None
    body: Any = None
    raw: bytes | None = None
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)


def bill_with(**more: Any) -> dict[str, Any]:
    return bodies.bill(staff=MARK) | more


def bill_line(**more: Any) -> dict[str, Any]:
    body = bill_with()
    body["lines"] = [bodies.line(105_000, name=MARK) | more]
    return body


def raw_bill(old: str, new: str) -> bytes:
    text = json.dumps(bill_with())
    assert old in text
    return text.replace(old, new, 1).encode()


def of_bills() -> Iterator[Case]:
    amount, line = "/lines/0/amount", "/lines/0"
    value: Any
    for name, value, error in (
        ("a float", 105_000.0, "wrong_type"),
        ("text", "105000", "wrong_type"),
        ("full-width digits", "１２", "wrong_type"),
        ("negative", -1, "out_of_range"),
        ("beyond the bounds", 100_000_000_001, "out_of_range"),
        ("beyond 64 bits", 10**30, "out_of_range"),
        ("null", None, "wrong_type"),
        ("true", True, "wrong_type"),
        ("a list", [], "wrong_type"),
        ("an object", {}, "wrong_type"),
    ):
        yield Case(f"an amount is {name}", PURCHASES, 400, error, amount, bill_line(amount=value))
        if value is not None:
            yield Case(f"a discount is {name}", PURCHASES, 400, error, "/lines/0/discount", bill_line(discount=value))
            yield Case(
                f"points are {name}", PURCHASES, 400, error, "/points_to_spend", bill_with(points_to_spend=value)
            )
        yield Case(f"a total is {name}", PURCHASES, 400, error, "/total", bill_with(total=value))
    for name, digits in (("1e2", "1e2"), ("1.5", "1.5"), ("1E400", "1E400"), ("40 digits", "9" * 40)):
        error = "out_of_range" if name == "40 digits" else "wrong_type"
        yield Case(f"an amount is {name}", PURCHASES, 400, error, amount, raw=raw_bill("105000", digits))
    for name, value, error in (
        ("zero", 0, "out_of_range"),
        ("negative", -0.5, "out_of_range"),
        ("five decimals", 0.12345, "too_many_decimals"),
        ("text", "1", "wrong_type"),
        ("true", True, "wrong_type"),
        ("null", None, "wrong_type"),
        ("a list", [1], "wrong_type"),
        ("huge", 10**12, "out_of_range"),
    ):
        yield Case(f"a quantity is {name}", PURCHASES, 400, error, "/lines/0/quantity", bill_line(quantity=value))
    for number in ("1e999", "1e-999", "9" * 400, "0." + "0" * 400 + "1"):
        error = "too_many_decimals" if "-" in number or number.startswith("0.") else "out_of_range"
        yield Case(
            f"a quantity is {number[:8]}",
            PURCHASES,
            400,
            error,
            "/lines/0/quantity",
            raw=raw_bill('ity": 1', f'ity": {number}'),
        )
    for name in ("sku", "name", "quantity", "amount"):
        body = bill_line()
        del body["lines"][0][name]
        yield Case(f"a line lacks {name}", PURCHASES, 400, "required", f"{line}/{name}", body)
    for name in ("receipt", "occurred_at", "lines", "total"):
        body = bill_with()
        del body[name]
        yield Case(f"a bill lacks {name}", PURCHASES, 400, "required", f"/{name}", body)
    for name in ("balance", "tier", "is_staff", "vouchers", "hold", "id", "member_id", "status", "earned"):
        yield Case(f"a bill names {name}", PURCHASES, 400, "unknown_field", "", bill_with(**{name: MARK}))
    yield Case(
        "an unknown field forges a place", PURCHASES, 400, "unknown_field", "", bill_with(**{f"x - at `$.{MARK}": 1})
    )
    yield Case("a line names earns", PURCHASES, 400, "unknown_field", line, bill_line(earns=MARK))
    yield Case("a quote has a receipt", QUOTES, 400, "unknown_field", "", bill_with())
    yield Case("no lines", PURCHASES, 400, "wrong_length", "/lines", bill_with(lines=[]))
    yield Case(
        "501 lines", PURCHASES, 400, "wrong_length", "/lines", bill_with(lines=[bodies.line(1)] * 501, total=501)
    )
    yield Case("lines are an object", PURCHASES, 400, "wrong_type", "/lines", bill_with(lines={"0": MARK}))
    yield Case("an empty receipt", PURCHASES, 400, "wrong_length", "/receipt", bill_with(receipt=""))
    yield Case("a receipt of 65 letters", PURCHASES, 400, "wrong_length", "/receipt", bill_with(receipt="x" * 65))
    yield Case("a receipt with a line break", PURCHASES, 400, "not_printable", "", bill_with(receipt=f"{MARK}\n1"))
    yield Case("a receipt nobody sees", PURCHASES, 400, "not_printable", "", bill_with(receipt="\u200b"))
    yield Case("a receipt that is a number", PURCHASES, 400, "wrong_type", "/receipt", bill_with(receipt=1))
    yield Case(
        "an unknown charge",
        PURCHASES,
        400,
        "not_allowed",
        "/charges/0/kind",
        bill_with(charges=[{"kind": MARK, "amount": 1}]),
    )
    yield Case("an unknown channel", PURCHASES, 400, "not_allowed", "/channel", bill_with(channel=MARK))
    yield Case(
        "rounding of 1,000", PURCHASES, 400, "out_of_range", "/rounding", bill_with(rounding=1000, total=106_000)
    )
    yield Case("tax without its kind", PURCHASES, 400, "required", "/tax/included", bill_with(tax={"amount": 1}))
    yield Case("tax as a number", PURCHASES, 400, "wrong_type", "/tax", bill_with(tax=8))
    yield Case("a sku of 65 letters", PURCHASES, 400, "wrong_length", "/lines/0/sku", bill_line(sku="x" * 65))
    yield Case("a name like a novel", PURCHASES, 400, "wrong_length", "/lines/0/name", bill_line(name="x" * 100_000))


def of_sums() -> Iterator[Case]:
    for name, more in (
        ("a total one too high", {"total": 105_001}),
        ("a total without its tax", {"tax": {"included": False, "amount": 8_400}}),
        ("a total without its charge", {"charges": [{"kind": "service", "amount": 1}]}),
        ("a total without its discount", {"discounts": [{"kind": MARK, "amount": 1}]}),
        ("a total without its rounding", {"rounding": 1}),
        ("discounts beyond the lines", {"discounts": [{"kind": "x", "amount": 200_000}], "total": 0}),
    ):
        yield Case(name, PURCHASES, 422, "total_mismatch", None, bill_with(**more))
    yield Case(
        "a sum beyond 10^11",
        PURCHASES,
        422,
        "total_mismatch",
        None,
        bill_with(lines=[bodies.line(100_000_000_000)] * 2, total=0),
    )
    yield Case(
        "a payment of no kind",
        PURCHASES,
        422,
        "payment_method_unknown",
        None,
        bill_with(payments=[{"method": MARK, "amount": 1}]),
    )


def of_times() -> Iterator[Case]:
    for name, value, error in (
        ("no offset", "2026-11-21T10:00:00", "offset_missing"),
        ("a date", "2026-11-21", "wrong_format"),
        ("words", MARK, "wrong_format"),
        ("a number", 1_700_000_000, "wrong_type"),
        ("the 30th of February", "2026-02-30T10:00:00+07:00", "wrong_format"),
        ("hour 24", "2026-11-21T24:00:00+07:00", "wrong_format"),
        ("second 60", "2026-11-21T10:00:60+07:00", "wrong_format"),
        ("an offset of 25 hours", "2026-11-21T10:00:00+25:00", "wrong_format"),
        ("a name of a zone", "2026-11-21T10:00:00[Asia/Ho_Chi_Minh]", "wrong_format"),
        ("null", None, "wrong_type"),
    ):
        yield Case(f"a time is {name}", PURCHASES, 400, error, "/occurred_at", bill_with(occurred_at=value))
    for value in ("0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00", "1899-12-31T00:00:00Z"):
        yield Case(f"a time is {value[:4]}", PURCHASES, 400, "out_of_range", "", bill_with(occurred_at=value))
    yield Case(
        "a time is 1970", PURCHASES, 422, "occurred_too_old", None, bill_with(occurred_at="1970-01-01T00:00:00Z")
    )
    yield Case(
        "a time is 2199", PURCHASES, 422, "occurred_in_future", None, bill_with(occurred_at="2199-01-01T00:00:00Z")
    )
    yield Case("a business date of 0001", PURCHASES, 400, "out_of_range", "", bill_with(business_date="0001-01-01"))
    yield Case("a business date of 9999", PURCHASES, 400, "out_of_range", "", bill_with(business_date="9999-12-31"))
    yield Case(
        "a business date far off", PURCHASES, 422, "business_date_off", None, bill_with(business_date="2020-01-01")
    )
    yield Case(
        "a business date with a time",
        PURCHASES,
        400,
        "wrong_format",
        "/business_date",
        bill_with(business_date=bodies.now()),
    )


def of_bodies() -> Iterator[Case]:
    for name, raw, code in (
        ("nothing", b"", "not_json"),
        ("half a thing", b'{"receipt": "zqx9"', "not_json"),
        ("words", b"zqx9", "not_json"),
        ("a byte order mark", b"\xef\xbb\xbf{}", "not_json"),
        ("a thing and a half", json.dumps(bill_with()).encode() + b"{}", "not_json"),
        ("not UTF-8", b'{"receipt": "\xff\xfe"}', "not_json"),
        ("a NUL", b'{"receipt": "zqx9\x00"}', "not_json"),
        ("NaN", b'{"total": NaN}', "not_json"),
        ("Infinity", b'{"total": -Infinity}', "not_json"),
        ("a leading zero", b'{"total": 007}', "not_json"),
        ("a comment", b'{"total": 1 /* zqx9 */}', "not_json"),
        ("single quotes", b"{'total': 1}", "not_json"),
        ("a list", b"[]", "wrong_type"),
        ("null", b"null", "wrong_type"),
        ("a number", b"7", "wrong_type"),
    ):
        yield Case(f"a bill is {name}", PURCHASES, 400, code, "", raw=raw)
        if len(raw) < 10:
            yield Case(f"a quote is {name}", QUOTES, 400, code, "", raw=raw)
            yield Case(f"a batch is {name}", BATCH, 400, code, "", raw=raw)
    yield Case("a deep list", PURCHASES, 400, "wrong_type", "/lines/0", raw=b'{"lines":' + b"[" * DEEP)
    yield Case("a deep object", PURCHASES, 400, "unknown_field", "", raw=b'{"x":' * DEEP)
    deep = b"[" * DEEP + b"]" * DEEP
    yield Case("a deep quantity", PURCHASES, 400, "not_json", "", raw=b'{"lines":[{"quantity":' + deep + b"}]}")
    yield Case("a deep bill in a batch", BATCH, 400, "not_json", "", raw=b'{"purchases":[' + deep + b"]}")
    yield Case("an escaped NUL", PURCHASES, 400, "nul_character", "", raw=raw_bill(MARK, MARK + r"\u0000"))
    yield Case("an escaped NUL as a name", PURCHASES, 400, "nul_character", "", raw=b'{"\\u0000": 1}')
    yield Case("a lone surrogate", PURCHASES, 400, "not_json", "", raw=raw_bill(MARK, MARK + r"\ud800"))
    yield Case("surrogates turned round", PURCHASES, 400, "not_json", "", raw=raw_bill(MARK, r"\udc00\ud800"))
    yield Case(
        "a megabyte and more", PURCHASES, 413, "too_large", None, raw=b'{"receipt": "' + b"x" * 1_100_000 + b'"}'
    )
    for kind in (
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=latin-1",
        "",
    ):
        yield Case(
            f"a body of type {kind or 'nothing'}", PURCHASES, 415, "unsupported_media_type", None,
            raw=json.dumps(bill_with()).encode(), headers={"Content-Type": kind},
        )  # fmt: skip
    yield Case("an empty batch", BATCH, 400, "wrong_length", "/purchases", {"purchases": []})
    yield Case("a batch of 1,001", BATCH, 400, "wrong_length", "/purchases", {"purchases": [0] * 1001})
    yield Case("a batch with a name", BATCH, 400, "unknown_field", "", {"purchases": [0], "name": MARK})
    yield Case("a batch of words", BATCH, 400, "wrong_type", "/purchases", {"purchases": MARK})


def of_people() -> Iterator[Case]:
    for name, member, error, pointer in (
        ("two names", {"phone": "0912345678", "card": MARK}, "exactly_one", "/member"),
        ("no name", {}, "exactly_one", "/member"),
        ("an unknown kind", {"email": f"{MARK}@example.vn"}, "unknown_field", "/member"),
        ("a number", 912345678, "wrong_type", "/member"),
        ("a phone as a number", {"phone": 912345678}, "wrong_type", "/member/phone"),
        ("an empty phone", {"phone": ""}, "wrong_length", "/member/phone"),
        ("a long card", {"card": "1" * 81}, "wrong_length", "/member/card"),
        ("a list", [MARK], "wrong_type", "/member"),
        ("an empty id", "", "wrong_length", "/member"),
    ):
        yield Case(f"a bill is for {name}", PURCHASES, 400, error, pointer, bill_with(member=member))
    for name, member in (
        ("an unknown id", "00000000-0000-7000-8000-000000000000"),
        ("words as an id", MARK),
        ("an id in braces", "{00000000-0000-7000-8000-000000000000}"),
        ("an unknown phone", {"phone": "0988888888"}),
        ("a phone of full-width digits", {"phone": "０９８８８８８８８８"}),
        ("a phone of words", {"phone": MARK}),
        ("an unknown card", {"card": MARK}),
        ("a card with a drop table", {"card": "'; DROP TABLE"}),
        ("a code of words", {"qr": MARK}),
        ("a forged code", {"qr": "LM1.00000000-0000-7000-8000-000000000000.00000000"}),
    ):
        yield Case(f"a bill is for {name}", PURCHASES, 422, "member_unknown", None, bill_with(member=member))
    yield Case("a guest spends points", PURCHASES, 422, "member_needed", None, bill_with(points_to_spend=1))
    yield Case("a proof by PIN", PURCHASES, 400, "unknown_field", "/proof", bill_with(proof={"pin": MARK}))
    key = {"Idempotency-Key": "bad-input"}
    for name, more, error, pointer in (
        ("without consents", {"consents": None}, "wrong_type", "/consents"),
        (
            "with an unknown purpose",
            {"consents": [{"purpose": MARK, "channel": "any", "text": "x"}]},
            "not_allowed",
            "/consents/0/purpose",
        ),
        (
            "with an unknown channel",
            {"consents": [{"purpose": "programme", "channel": MARK, "text": "x"}]},
            "not_allowed",
            "/consents/0/channel",
        ),
        ("without a name", {"name": ""}, "wrong_length", "/name"),
        ("with a long name", {"name": "x" * 121}, "wrong_length", "/name"),
        ("born in 0001", {"birth_date": "0001-01-01"}, "out_of_range", ""),
        ("born on 30 February", {"birth_date": "1990-02-30"}, "wrong_format", "/birth_date"),
        ("born as people say it", {"birth_date": "20/05/1990"}, "wrong_format", "/birth_date"),
        ("of no gender we know", {"gender": MARK}, "not_allowed", "/gender"),
        ("with a locale of elsewhere", {"locale": "fr"}, "not_allowed", "/locale"),
        ("with points", {"points": 1_000_000}, "unknown_field", ""),
        ("with a tier", {"tier": MARK}, "unknown_field", ""),
        ("with a referral", {"referral_code": MARK}, "unknown_field", ""),
        ("with a phone as a number", {"phone": 912345678}, "wrong_type", "/phone"),
    ):
        yield Case(f"somebody joins {name}", MEMBERS, 400, error, pointer, bodies.enrolment() | more, headers=key)
    for name, more, code in (
        ("with a phone of words", {"phone": MARK}, "phone_unreadable"),
        ("with a short phone", {"phone": "113"}, "phone_unreadable"),
        ("with a wrong e-mail", {"email": MARK}, "email_unreadable"),
        ("with a name nobody sees", {"name": "\u200b\u200b"}, "name_unreadable"),
        ("from the future", {"birth_date": "2150-01-01"}, "birthday_impossible"),
        (
            "with an unknown text",
            {"consents": [{"purpose": "programme", "channel": "any", "text": MARK}]},
            "consent_text_unknown",
        ),
        (
            "with another purpose's text",
            {"consents": [{"purpose": "marketing", "channel": "any", "text": "programme-1"}]},
            "consent_text_unknown",
        ),
    ):
        yield Case(f"somebody joins {name}", MEMBERS, 422, code, None, bodies.enrolment() | more, headers=key)
    yield Case("somebody joins without a key", MEMBERS, 400, "key_missing", None, bodies.enrolment())
    yield Case("an empty key", MEMBERS, 400, "key_malformed", None, bodies.enrolment(), headers={"Idempotency-Key": ""})
    yield Case(
        "a key of 65 letters",
        MEMBERS,
        400,
        "key_malformed",
        None,
        bodies.enrolment(),
        headers={"Idempotency-Key": "k" * 65},
    )
    yield Case(
        "a key with accents",
        MEMBERS,
        400,
        "key_malformed",
        None,
        bodies.enrolment(),
        headers={"Idempotency-Key": "kh\xf3a"},
    )


def of_addresses() -> Iterator[Case]:
    def get(name: str, path: str, status: int, code: str, pointer: str | None = None) -> Case:
        return Case(name, path, status, code, pointer, method="GET")

    nobody = "00000000-0000-7000-8000-000000000000"
    yield get("no parameter", MEMBERS, 400, "exactly_one", "")
    yield get("two parameters", f"{MEMBERS}?phone=0912345678&card={MARK}", 400, "exactly_one", "")
    yield get("a parameter twice", f"{MEMBERS}?phone=0912345678&phone={MARK}", 400, "repeated", "/phone")
    yield get("an unknown parameter", f"{MEMBERS}?q={MARK}", 400, "unknown_parameter", "")
    yield get("a NUL in a parameter", f"{MEMBERS}?phone=%00{MARK}", 400, "wrong_format", "/phone")
    yield get("bytes that are no UTF-8", f"{MEMBERS}?phone=%ff%fe", 400, "not_readable", "")
    yield get("many parameters", MEMBERS + "?" + "&".join(f"a{n}=1" for n in range(1000)), 400, "not_readable", "")
    yield get("a long parameter", f"{MEMBERS}?card={'1' * 501}", 400, "wrong_format", "/card")
    yield get("an unknown phone", f"{MEMBERS}?phone=0988888888", 404, "not_found")
    yield get("a phone of words", f"{MEMBERS}?phone={MARK}", 404, "not_found")
    yield get("a card that is SQL", f"{MEMBERS}?card=%27%20OR%201=1", 404, "not_found")
    yield get("a forged code", f"{MEMBERS}?qr=LM1.{nobody}.00000000", 404, "not_found")
    yield get("an unknown member", f"{MEMBERS}/{nobody}", 404, "not_found")
    yield get("a member called by words", f"{MEMBERS}/{MARK}", 404, "not_found")
    yield get("a member called NUL", f"{MEMBERS}/%00", 404, "not_found")
    yield get("a member with a parameter", f"{MEMBERS}/{nobody}?fields={MARK}", 400, "unknown_parameter", "")
    yield get("a statement of nobody", f"{MEMBERS}/{nobody}/statement", 404, "not_found")
    for limit in ("0", "-1", "101", "1.0", "x", "１０", "", "9" * 30):
        yield get(
            f"a limit of {limit[:4]!r}", f"{MEMBERS}/{nobody}/statement?limit={limit}", 400, "out_of_range", "/limit"
        )
    yield get("a page", f"{MEMBERS}/{nobody}/statement?page=-1", 400, "unknown_parameter", "")
    yield get("no receipt", PURCHASES, 400, "required", "/receipt")
    yield get("an empty receipt is looked for", f"{PURCHASES}?receipt=", 400, "required", "/receipt")
    yield get("an unknown receipt", f"{PURCHASES}?receipt={MARK}", 404, "not_found")
    yield get("an unknown purchase", f"{PURCHASES}/{nobody}", 404, "not_found")
    yield get("a purchase called by words", f"{PURCHASES}/{MARK}", 404, "not_found")
    yield get("vouchers, which come later", f"{MEMBERS}/{nobody}/vouchers", 404, "not_found")
    yield get("an address nobody knows", f"/api/v1/{MARK}", 404, "not_found")
    yield get("a slash too many", f"{PURCHASES}/", 404, "not_found")
    back = {"receipt": MARK, "whole": True}
    yield Case("a return of nothing we sold", f"{PURCHASES}/{nobody}/returns", 404, "not_found", None, back)
    yield Case("a return of words", f"{PURCHASES}/{MARK}/returns", 404, "not_found", None, back)
    for name, body, error, pointer in (
        ("neither lines nor whole", {"receipt": MARK}, "lines_or_whole", ""),
        ("lines and whole", back | {"lines": [{"line": 1, "quantity": 1, "amount": 1}]}, "lines_or_whole", ""),
        ("no lines", {"receipt": MARK, "lines": []}, "wrong_length", "/lines"),
        (
            "line 0",
            {"receipt": MARK, "lines": [{"line": 0, "quantity": 1, "amount": 1}]},
            "out_of_range",
            "/lines/0/line",
        ),
        (
            "line 501",
            {"receipt": MARK, "lines": [{"line": 501, "quantity": 1, "amount": 1}]},
            "out_of_range",
            "/lines/0/line",
        ),
        (
            "a quantity of 0",
            {"receipt": MARK, "lines": [{"line": 1, "quantity": 0, "amount": 1}]},
            "out_of_range",
            "/lines/0/quantity",
        ),
        (
            "a negative amount",
            {"receipt": MARK, "lines": [{"line": 1, "quantity": 1, "amount": -1}]},
            "out_of_range",
            "/lines/0/amount",
        ),
        ("no receipt", {"whole": True}, "required", "/receipt"),
        ("points", back | {"points": 7}, "unknown_field", ""),
        ("a time without offset", back | {"occurred_at": "2026-11-21T10:00:00"}, "offset_missing", "/occurred_at"),
    ):
        yield Case(f"a return says {name}", f"{PURCHASES}/{nobody}/returns", 400, error, pointer, body)
    key = {"Idempotency-Key": "bad-cancel"}
    yield Case(
        "a cancellation of nothing", f"{PURCHASES}/{nobody}/cancellation", 404, "not_found", None, {}, headers=key
    )
    yield Case(
        "a cancellation with words",
        f"{PURCHASES}/{nobody}/cancellation",
        400,
        "unknown_field",
        "",
        {"why": MARK},
        headers=key,
    )
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        yield Case(f"{method} of purchases", PURCHASES, 405, "method_not_allowed", method=method)
    yield Case("GET of quotes", QUOTES, 405, "method_not_allowed", method="GET")
    yield Case("GET of a batch", BATCH, 405, "method_not_allowed", method="GET")


def of_keys() -> Iterator[Case]:
    for name, header in (
        ("nothing", ""),
        ("a word", MARK),
        ("another scheme", "Basic bWluaDptaW5o"),
        ("an empty key", "Bearer "),
        ("a wrong key", "Bearer lp_live_aaaaaaaa_" + "A" * 43),
        ("a key of no shape", f"Bearer {MARK}{MARK}"),
        ("half a key", "Bearer lp_live_aaaaaaaa"),
        ("a key with accents", "Bearer lp_live_kh\xf3a_" + "A" * 43),
        ("a very long key", "Bearer lp_live_" + "a" * 5000),
        ("a key that is SQL", "Bearer lp_live_' OR 1=1 --_AAAA"),
    ):
        yield Case(
            f"the key is {name}", PURCHASES, 401, "key_refused", None, bill_with(), headers={"Authorization": header}
        )


CASES = [*of_bills(), *of_sums(), *of_times(), *of_bodies(), *of_people(), *of_addresses(), *of_keys()]


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
        answer = till.send("GET", f"{MEMBERS}/{lan}/statement?cursor={cursor}")
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
