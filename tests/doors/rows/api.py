"""The POS system's rows: each call with the scope it wants."""

from tests.doors.rows.row import ALL, KeyRow, Row

ROWS: dict[str, Row | KeyRow] = {
    # what machines ask without a key; /metrics answers to this machine or to its token (tests/api/test_health.py)
    "healthz": Row(get=ALL),
    "readyz": Row(get=ALL),
    "metrics": Row(get=ALL),
    "schema": Row(get=ALL),
    "docs": Row(get=ALL),
    # members belong to the business: a till of any store serves each of them
    "members": KeyRow((("GET", "lookup"), ("POST", "enrol"))),
    "member": KeyRow((("GET", "lookup"),), of="any member"),
    "statement": KeyRow((("GET", "lookup"),), of="any member"),
    "vouchers": KeyRow((("GET", "lookup"),), of="any member"),
    # answered alike for everybody, whoever is asked for
    "codes": KeyRow((("POST", "redeem"),), of="any member"),
    "quotes": KeyRow((("POST", "earn"),)),
    "purchases": KeyRow((("GET", "earn"), ("POST", "earn"))),
    "batch": KeyRow((("POST", "earn"),)),
    "claims": KeyRow((("POST", "earn"),)),
    "purchase": KeyRow((("GET", "earn"),), of="bill"),
    "returns": KeyRow((("POST", "refund"),), of="bill", body={"receipt": "TH1", "whole": True}),
    "cancellation": KeyRow((("POST", "refund"),), of="bill"),
    "correction": KeyRow(
        (("POST", "refund"),),
        of="bill",
        body={
            "receipt": "HD1",
            "occurred_at": "2026-11-20T12:00:00+07:00",
            "lines": [{"sku": "CF1", "name": "Cà phê", "quantity": 1, "amount": 50_000}],
            "total": 50_000,
            "reason": "nhầm số",
        },
    ),
    "order_events": KeyRow(
        (("POST", "earn"),), of="bill", body={"type": "shipped", "occurred_at": "2026-11-20T12:00:00+07:00"}
    ),
    "bonus_events": KeyRow((("POST", "earn"),)),
    "holds": KeyRow((("POST", "redeem"),)),
    # let go or never there: answered alike for everybody
    "hold": KeyRow((("DELETE", "redeem"),), of="any hold"),
    "move": KeyRow((("POST", "refund"),), of="bill", body={"member": {"phone": "0987654321"}, "reason": "nhầm người"}),
}
