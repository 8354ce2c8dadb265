"""Bills that are wrong: amounts, quantities, sums, times."""

from collections.abc import Iterator
from typing import Any

from tests.api import bodies
from tests.api.wrong import MARK, PURCHASES, QUOTES, Case, bill_line, bill_with, raw_bill


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
    for name in ("balance", "tier", "is_staff", "id", "member_id", "status", "earned"):
        yield Case(f"a bill names {name}", PURCHASES, 400, "unknown_field", "", bill_with(**{name: MARK}))
    ref = "/vouchers/0"
    for name, value, error, pointer in (
        ("words", MARK, "wrong_type", "/vouchers"),
        ("an object", {"code": MARK}, "wrong_type", "/vouchers"),
        ("a code outside an object", [MARK], "wrong_type", ref),
        ("nothing", [{}], "exactly_one", ref),
        ("a code and an id", [{"code": MARK, "id": MARK}], "exactly_one", ref),
        ("a reservation, which comes later", [{"reservation": MARK}], "unknown_field", ref),
        ("a discount of one's own", [{"code": MARK, "discount": 10**6}], "unknown_field", ref),
        ("an empty code", [{"code": ""}], "wrong_length", f"{ref}/code"),
        ("a code like a novel", [{"code": "x" * 41}], "wrong_length", f"{ref}/code"),
        ("a code of digits", [{"code": 12345678901234}], "wrong_type", f"{ref}/code"),
        ("eleven codes", [{"code": MARK}] * 11, "wrong_length", "/vouchers"),
    ):
        yield Case(f"vouchers are {name}", PURCHASES, 400, error, pointer, bill_with(vouchers=value))
    for name, named in (("code", {"code": MARK}), ("id", {"id": "00000000-0000-7000-8000-000000000000"})):
        yield Case(
            f"a guest names a voucher by {name}", PURCHASES, 422, "member_needed", None, bill_with(vouchers=[named])
        )
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
