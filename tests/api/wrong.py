"""What a case of bad input is, and the calls that cases are made of."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.api import bodies

MARK = "zqx9"
PURCHASES, QUOTES, MEMBERS, BATCH = "/api/v1/purchases", "/api/v1/quotes", "/api/v1/members", "/api/v1/purchases/batch"


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
