"""Bills and people as tills send them."""

import itertools
from datetime import datetime, timedelta, timezone
from typing import Any

HANOI = timezone(timedelta(hours=7))
_numbers = itertools.count(1)


def now(*, days: float = 0, minutes: float = 0) -> str:
    return (datetime.now(HANOI) + timedelta(days=days, minutes=minutes)).isoformat()


def number(prefix: str = "HD") -> str:
    return f"{prefix}{next(_numbers):06d}"


def phone() -> str:
    return f"09{next(_numbers):08d}"


def line(amount: int = 50_000, **more: Any) -> dict[str, Any]:
    return {"sku": "CF1", "name": "Cà phê sữa", "quantity": 1, "amount": amount, **more}


def bill(*amounts: int, **more: Any) -> dict[str, Any]:
    """A bill whose lines cost `amounts` and whose total follows, unless `more` says otherwise."""
    lines = [line(amount) for amount in amounts or (105_000,)]
    body = {"receipt": number(), "occurred_at": now(minutes=-1), "lines": lines, "total": sum(amounts or (105_000,))}
    return body | more


def enrolment(**more: Any) -> dict[str, Any]:
    consents = [{"purpose": "programme", "channel": "any", "text": "programme-1"}]
    return {"phone": phone(), "name": "Nguyễn Thị Lan", "consents": consents} | more
