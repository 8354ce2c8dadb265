"""Holds, words about orders and about what members did that are wrong."""

from collections.abc import Iterator

from tests.api.wrong import MARK, PURCHASES, Case, bill_with

HOLDS = "/api/v1/holds"
NOBODY = "00000000-0000-7000-8000-000000000000"
EVENTS = f"{PURCHASES}/{NOBODY}/events"
BONUS_EVENTS = "/api/v1/events"


def of_holds() -> Iterator[Case]:
    key = {"Idempotency-Key": "bad-hold"}
    asked = {"member": NOBODY, "points": 5}
    for name, more, error, pointer in (
        ("no member", {"member": None}, "wrong_type", "/member"),
        ("no points", {"points": 0}, "out_of_range", "/points"),
        ("points below zero", {"points": -5}, "out_of_range", "/points"),
        ("half a point", {"points": 0.5}, "wrong_type", "/points"),
        ("points as text", {"points": MARK}, "wrong_type", "/points"),
        ("points without end", {"points": 10**12}, "out_of_range", "/points"),
        ("no time", {"seconds": 0}, "out_of_range", "/seconds"),
        ("a day", {"seconds": 86_400}, "out_of_range", "/seconds"),
        ("a tier", {"tier": MARK}, "unknown_field", ""),
    ):
        yield Case(f"a hold asks for {name}", HOLDS, 400, error, pointer, asked | more, headers=key)
    yield Case("a hold without a key", HOLDS, 400, "key_missing", None, asked)
    yield Case("a hold for nobody", HOLDS, 422, "member_unknown", None, asked, headers=key)
    yield Case("holds are read", HOLDS, 405, "method_not_allowed", method="GET")
    yield Case("a hold is read", f"{HOLDS}/{NOBODY}", 405, "method_not_allowed", method="GET")
    yield Case("a guest's bill has a hold", PURCHASES, 422, "member_needed", None, bill_with(hold=NOBODY))
    yield Case("a hold is a number", PURCHASES, 400, "wrong_type", "/hold", bill_with(hold=5))
    yield Case("a quote has a hold", "/api/v1/quotes", 400, "unknown_field", "", _question(hold=NOBODY))


def of_orders() -> Iterator[Case]:
    key = {"Idempotency-Key": "bad-order"}
    said = {"type": "delivered", "occurred_at": "2026-11-20T12:00:00+07:00"}
    for name, more, error, pointer in (
        ("an unknown word", {"type": MARK}, "not_allowed", "/type"),
        ("no time", {"occurred_at": None}, "wrong_type", "/occurred_at"),
        ("a time of nowhere", {"occurred_at": "2026-11-20T12:00:00"}, "offset_missing", "/occurred_at"),
        ("a link that is none", {"tracking_url": f"javascript:{MARK}"}, "wrong_format", "/tracking_url"),
        ("points", {"points": 5}, "unknown_field", ""),
    ):
        yield Case(f"of an order is said {name}", EVENTS, 400, error, pointer, said | more, headers=key)
    yield Case("of an order is said a thing without a key", EVENTS, 400, "key_missing", None, said)
    yield Case("of no order is said a thing", EVENTS, 404, "not_found", None, said, headers=key)
    yield Case("words of orders are read", EVENTS, 405, "method_not_allowed", method="GET")


def of_events() -> Iterator[Case]:
    key = {"Idempotency-Key": "bad-event"}
    said = {"member": NOBODY, "type": "review", "reference": MARK}
    for name, more, error, pointer in (
        ("no member", {"member": None}, "wrong_type", "/member"),
        ("two names", {"member": {"phone": "0912345678", "card": MARK}}, "exactly_one", "/member"),
        ("no type", {"type": None}, "wrong_type", "/type"),
        ("a type of words", {"type": f"Đánh giá {MARK}"}, "wrong_format", "/type"),
        ("a type and a new line", {"type": "review\n"}, "not_printable", ""),
        ("an endless type", {"type": "x" * 41}, "wrong_length", "/type"),
        ("an empty reference", {"reference": ""}, "wrong_length", "/reference"),
        ("an endless reference", {"reference": "x" * 65}, "wrong_length", "/reference"),
        ("a reference with a new line", {"reference": f"{MARK}\n"}, "not_printable", ""),
        ("a reference that is a number", {"reference": 7}, "wrong_type", "/reference"),
        ("a time of nowhere", {"occurred_at": "2026-11-20T12:00:00"}, "offset_missing", "/occurred_at"),
        ("the year 1", {"occurred_at": "0001-01-01T00:00:00Z"}, "out_of_range", ""),
        ("a dry run in words", {"dry_run": MARK}, "wrong_type", "/dry_run"),
        ("points", {"points": 5}, "unknown_field", ""),
    ):
        yield Case(f"an event says {name}", BONUS_EVENTS, 400, error, pointer, said | more, headers=key)
    yield Case("an event without a key", BONUS_EVENTS, 400, "key_missing", None, said)
    yield Case("an event of nobody", BONUS_EVENTS, 422, "member_unknown", None, said, headers=key)
    yield Case("a dry run for nobody", BONUS_EVENTS, 422, "member_unknown", None, said | {"dry_run": True}, headers=key)
    for name, moment, error in (
        ("ahead", "2199-01-01T00:00:00Z", "occurred_in_future"),
        ("long ago", "2020-01-01T00:00:00Z", "occurred_too_old"),
    ):
        yield Case(f"an event {name}", BONUS_EVENTS, 422, error, None, said | {"occurred_at": moment}, headers=key)
    yield Case("events with a parameter", f"{BONUS_EVENTS}?f={MARK}", 400, "unknown_parameter", "", said, headers=key)
    yield Case("events are read", BONUS_EVENTS, 405, "method_not_allowed", method="GET")


def _question(**more: object) -> dict[str, object]:
    return {name: value for name, value in bill_with(**more).items() if name != "receipt"}
