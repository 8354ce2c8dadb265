"""Calls that are wrong: bodies that are no bodies, people who are nobody, addresses, keys."""

import json
from collections.abc import Iterator

from tests.api import bodies
from tests.api.wrong import BATCH, MARK, MEMBERS, PURCHASES, QUOTES, Case, bill_with, raw_bill

DEEP = 100_000


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
    for name, proof, error, pointer in (
        ("nothing", {}, "exactly_one", "/proof"),
        ("two things", {"pin": "482915", "code": "482915"}, "exactly_one", "/proof"),
        ("the voice", {"voice": MARK}, "unknown_field", "/proof"),
        ("a word", MARK, "wrong_type", "/proof"),
        ("a PIN that is a number", {"pin": 482915}, "wrong_type", "/proof/pin"),
        ("a PIN of words", {"pin": MARK + "xx"}, "wrong_format", "/proof/pin"),
        ("a PIN of four digits", {"pin": "4829"}, "wrong_length", "/proof/pin"),
        ("a PIN and a new line", {"pin": "48291\n"}, "wrong_format", "/proof/pin"),
        ("a code of full-width digits", {"code": "４８２９１５"}, "wrong_format", "/proof/code"),
        ("a code with blanks", {"code": "482 915"}, "wrong_length", "/proof/code"),
        ("a screen that is endless", {"qr": MARK * 40}, "wrong_length", "/proof/qr"),
    ):
        yield Case(f"a proof is {name}", PURCHASES, 400, error, pointer, bill_with(proof=proof))
    codes = f"{MEMBERS}/00000000-0000-7000-8000-000000000000/codes"
    yield Case("a code is asked for with a phone", codes, 400, "unknown_field", "", {"phone": MARK})
    yield Case("a code is asked for with words", codes, 400, "not_json", "", raw=b"zqx9")
    yield Case("codes are read", codes, 405, "method_not_allowed", None, method="GET")
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
    yield get("vouchers of nobody", f"{MEMBERS}/{nobody}/vouchers", 404, "not_found")
    yield get("vouchers of a state", f"{MEMBERS}/{nobody}/vouchers?state={MARK}", 400, "unknown_parameter", "")
    yield get("a limit of vouchers", f"{MEMBERS}/{nobody}/vouchers?limit=101", 400, "out_of_range", "/limit")
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
    yield from of_corrections(nobody)
    yield from of_moves(nobody)
    yield Case("a bill with a parameter", f"{PURCHASES}?dry_run={MARK}", 400, "unknown_parameter", "", bill_with())
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        yield Case(f"{method} of purchases", PURCHASES, 405, "method_not_allowed", method=method)
    yield Case("GET of quotes", QUOTES, 405, "method_not_allowed", method="GET")
    yield Case("GET of a batch", BATCH, 405, "method_not_allowed", method="GET")


def of_corrections(nobody: str) -> Iterator[Case]:
    key = {"Idempotency-Key": "bad-correct"}
    path, body = f"{PURCHASES}/{nobody}/correction", bill_with(reason=MARK)
    yield Case("a correction without a key", path, 400, "key_missing", None, body)
    yield Case("a correction of nothing we sold", path, 404, "not_found", None, body, headers=key)
    yield Case("a correction of words", f"{PURCHASES}/{MARK}/correction", 404, "not_found", None, body, headers=key)
    yield Case("a correction with a parameter", f"{path}?f={MARK}", 400, "unknown_parameter", "", body, headers=key)
    yield Case("GET of a correction", path, 405, "method_not_allowed", method="GET")
    for name, sent, error, pointer in (
        ("no reason", bill_with(), "required", "/reason"),
        ("an empty reason", body | {"reason": ""}, "wrong_length", "/reason"),
        ("a long reason", body | {"reason": "x" * 501}, "wrong_length", "/reason"),
        ("a reason that is a number", body | {"reason": 7}, "wrong_type", "/reason"),
        ("no lines", body | {"lines": []}, "wrong_length", "/lines"),
        ("no receipt", {k: v for k, v in body.items() if k != "receipt"}, "required", "/receipt"),
        ("a total as text", body | {"total": "105000"}, "wrong_type", "/total"),
        ("a time without offset", body | {"occurred_at": "2026-11-21T10:00:00"}, "offset_missing", "/occurred_at"),
        ("which revision it is", body | {"revision": 7}, "unknown_field", ""),
    ):
        yield Case(f"a correction says {name}", path, 400, error, pointer, sent, headers=key)
    wrong_sum = body | {"total": 1}
    yield Case("a correction with a wrong sum", path, 422, "total_mismatch", None, wrong_sum, headers=key)


def of_moves(nobody: str) -> Iterator[Case]:
    key = {"Idempotency-Key": "bad-move"}
    path, claims = f"{PURCHASES}/{nobody}/member", f"{PURCHASES}/claims"
    move = {"member": nobody, "reason": MARK}
    claim = {"member": nobody, "receipt": MARK, "date": "2026-11-21", "amount": 105_000}
    yield Case("a move without a key", path, 400, "key_missing", None, move)
    yield Case("a move of nothing we sold", path, 404, "not_found", None, move, headers=key)
    yield Case("a move of words", f"{PURCHASES}/{MARK}/member", 404, "not_found", None, move, headers=key)
    yield Case("a move with a parameter", f"{path}?force={MARK}", 400, "unknown_parameter", "", move, headers=key)
    yield Case("GET of a move", path, 405, "method_not_allowed", method="GET")
    for name, body, error, pointer in (
        ("no member", {"reason": MARK}, "required", "/member"),
        ("a member that is null", move | {"member": None}, "wrong_type", "/member"),
        ("two members", move | {"member": {"phone": "0912345678", "card": MARK}}, "exactly_one", "/member"),
        ("no reason", {"member": nobody}, "required", "/reason"),
        ("an empty reason", move | {"reason": ""}, "wrong_length", "/reason"),
        ("a long reason", move | {"reason": MARK * 126}, "wrong_length", "/reason"),
        ("points", move | {"points": 7}, "unknown_field", ""),
    ):
        yield Case(f"a move says {name}", path, 400, error, pointer, body, headers=key)
    yield Case("a claim without a key", claims, 400, "key_missing", None, claim)
    yield Case("a claim for nobody", claims, 422, "member_unknown", None, claim, headers=key)
    yield Case("GET of claims", claims, 405, "method_not_allowed", method="GET")
    for name, body, error, pointer in (
        ("no member", {"code": MARK}, "required", "/member"),
        ("nothing of the bill", {"member": nobody}, "receipt_or_code", ""),
        ("a receipt and a code", claim | {"code": MARK}, "receipt_or_code", ""),
        ("a receipt alone", {"member": nobody, "receipt": MARK}, "receipt_date_and_amount", ""),
        ("no amount", claim | {"amount": None}, "receipt_date_and_amount", ""),
        ("a negative amount", claim | {"amount": -1}, "out_of_range", "/amount"),
        ("an amount with a point", claim | {"amount": 105_000.5}, "wrong_type", "/amount"),
        ("a date as people say it", claim | {"date": "21/11/2026"}, "wrong_format", "/date"),
        ("30 February", claim | {"date": "2026-02-30"}, "wrong_format", "/date"),
        ("the year 1", claim | {"date": "0001-01-01"}, "out_of_range", ""),
        ("a long receipt", claim | {"receipt": "x" * 65}, "wrong_length", "/receipt"),
        ("a long code", {"member": nobody, "code": "x" * 41}, "wrong_length", "/code"),
        ("an empty code", {"member": nobody, "code": ""}, "wrong_length", "/code"),
        ("points", claim | {"points": 7}, "unknown_field", ""),
    ):
        yield Case(f"a claim says {name}", claims, 400, error, pointer, body, headers=key)


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
