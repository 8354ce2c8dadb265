"""Schemathesis plays the OpenAPI document against a running server: no 5xx, no answer that is not documented.

`FULL=1` plays it ten times as long.
"""

import json
import os
from collections import Counter
from typing import Any

import pytest
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.api import bodies
from tests.api.conftest import Shop

EXAMPLES = 200 if os.environ.get("FULL") == "1" else 20
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]

document = SchemaGenerator(urlconf="api.urls").get_schema(request=None, public=True)
schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document)))
answers: Counter[tuple[str, int]] = Counter()


@pytest.fixture(scope="module")
def known(shop: Shop) -> dict[str, str]:
    """Lan, and a bill of hers: ids that exist, for the calls that ask for some."""
    lan = shop.till.post("/api/v1/members", bodies.enrolment(), key="known").json()["id"]
    sold = shop.till.post("/api/v1/purchases", bodies.bill(1_000_000, member=lan)).json()["id"]
    return {"member_id": lan, "purchase_id": sold, "hold_id": lan}


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_answer_is_undocumented(case: schemathesis.Case, shop: Shop, known: dict[str, str]) -> None:
    if case.meta is not None and case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE:
        make_sense_of(case, known)
    headers = {"Authorization": f"Bearer {shop.key}"}
    response = case.call(base_url=shop.url, headers=headers, timeout=30)
    answers[case.operation.label, response.status_code] += 1
    # a batch answers 200 and says inside which of its bills were malformed
    judged_inside = case.operation.path.endswith("/batch")
    checks = [check for check in CHECKS if not (judged_inside and check is negative_data_rejection)]
    case.validate_response(response, checks=checks, headers=headers)


def make_sense_of(case: schemathesis.Case, known: dict[str, str]) -> None:
    """What fits the document is made to fit the shop, so that the calls come past the first refusal."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = known[name]
    body: Any = case.body
    if isinstance(body, dict):
        if case.operation.path.endswith(("/member", "/claims", "/holds")):
            body["member"] = known["member_id"]
        if "consents" in body:
            body |= {"phone": bodies.phone(), "name": "Lan " + body["name"], "email": None, "birth_date": None}
            body["consents"] = bodies.enrolment()["consents"]
        for bill in body.get("purchases", [body]):
            if isinstance(bill, dict) and {"lines", "total"} <= bill.keys():
                add_up(bill, known["member_id"])


def add_up(bill: dict[str, Any], member: str) -> None:
    if "receipt" in bill:
        bill["receipt"] = bodies.number("S")
    bill |= {"occurred_at": bodies.now(), "business_date": None, "payments": None, "points_to_spend": None}
    bill["member"] = member if len(bill["lines"]) % 2 else None
    if len(bill["lines"]) % 3:
        bill["vouchers"] = None  # the others come past the shape, and to a voucher that is nobody's
    if len(bill["lines"]) % 2 == 0:
        bill["proof"] = None  # the others show one: nothing leaves with them, and so it is left alone
    for line in bill["lines"]:
        line["quantity"] = max(0.0001, round(line["quantity"], 4))
    tax = bill.get("tax") or {"included": True, "amount": 0}
    bill["total"] = (
        sum(line["amount"] for line in bill["lines"])
        - sum(discount["amount"] for discount in bill.get("discounts") or [])
        + sum(charge["amount"] for charge in bill.get("charges") or [])
        + (0 if tax["included"] else tax["amount"])
        + (bill.get("rounding") or 0)
    )


def test_enough_was_played() -> None:
    """Of the operations that were played in this process: with xdist each runs in one of several."""
    told = ", ".join(f"{operation} {status}: {count}" for (operation, status), count in sorted(answers.items()))
    print(f"schemathesis: {sum(answers.values())} calls; {told}")  # noqa: T201
    here = {operation for operation, _ in answers}
    for operation, status in (("purchases", 201), ("quotes", 200), ("members", 201)):
        label = f"POST /api/v1/{operation}"
        assert label not in here or answers[label, status] >= 5
