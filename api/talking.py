"""A till's side of the contract: what it calls, what it remembers between two calls, and what it complains of."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests

from events import clock

TIMEOUT_SECONDS = 10
Json = dict[str, Any]


class Complaint(Exception):
    """What to mend."""


@dataclass
class Conversation:
    """What a till remembers from one call to the next."""

    url: str
    key: str
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    session: requests.Session = field(default_factory=requests.Session)
    member: str = ""
    bill: Json = field(default_factory=dict)
    quoted: Json = field(default_factory=dict)
    sold: Json = field(default_factory=dict)

    def call(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        key: str | None = None,
        seconds: float = TIMEOUT_SECONDS,
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}", "Accept-Language": "en"}
        if key:
            headers["Idempotency-Key"] = key
        return self.session.request(method, f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=seconds)

    def receipt(self, name: str) -> str:
        return f"CHECK-{self.run}-{name}"

    def new_bill(self, name: str, *amounts: int, at: datetime | None = None) -> Json:
        lines = [{"sku": f"CHECK{n}", "name": "Check", "quantity": 1.5, "amount": a} for n, a in enumerate(amounts)]
        return {
            "receipt": self.receipt(name),
            "member": self.member or None,
            "occurred_at": (at or clock.now()).isoformat(),
            "lines": lines,
            "total": sum(amounts),
        }


def expect(answer: requests.Response, status: int, *, code: str = "") -> Json:
    """The JSON of an answer with this status (and code), or a complaint that says what came instead."""
    told: Json = answer.json() if "json" in answer.headers.get("Content-Type", "") else {}
    came = f"{answer.status_code} {told.get('code', '')}".strip()
    if answer.status_code == 403:
        raise Complaint(
            "the key lacks a scope; make a test key with all of them: manage.py create_api_key STORE --test"
        )
    if answer.status_code == 429:
        raise Complaint("too many calls; wait a minute and run again")
    if answer.status_code != status or (code and told.get("code") != code):
        raise Complaint(f"expected {status} {code}".strip() + f", got {came}: {told.get('detail', answer.text[:200])}")
    return told


def alike(first: Any, second: Any, what: str) -> None:
    if first != second:
        raise Complaint(f"{what}: {first!r} is not {second!r}")
