"""A small shop for tests: its programme, a store with a till, members, and bills in one line."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from loyalty import earning, founding, policies, queries
from loyalty.bill import Bill, BillLine
from loyalty.correcting import Asked
from loyalty.models import Store
from loyalty.models.policies import DatedPolicy
from loyalty.sales import Recorded, Who
from loyalty.till import Till
from members import founding as member_founding
from members import joining
from members.models import Member
from rewards import checkout
from rewards.checkout import CheckedOut

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # 12:00 in Ho Chi Minh City, a Friday
_numbers = itertools.count(1)


@dataclass
class Shop:
    """One store of a founded programme, at a moment that the test moves."""

    at: datetime = NOON
    store: Store = field(init=False)
    till: Till = field(init=False)

    def __post_init__(self) -> None:
        policies.forget()
        founding.found(name="Cà phê Phố", at=self.at)
        member_founding.found(at=self.at)
        self.store = Store.objects.create(code=f"q{next(_numbers)}-{uuid4().hex[:6]}", name="Quận 1")
        self.till = Till.of(self.store, by="terminal:1")

    def member(self, name: str = "Nguyễn Thị Lan", **known: Any) -> Member:
        phone = known.pop("phone", f"+8491{next(_numbers):07d}")
        return joining.join(name=name, phone=phone, joined_via="counter", by="user:1", at=self.at, **known)

    def bill(self, *amounts: int, **said: Any) -> Bill:
        """A bill of one line per amount; `total` follows unless said."""
        lines = said.pop("lines", None) or tuple(
            BillLine(sku=f"SKU{n}", quantity=Decimal(1), amount=amount) for n, amount in enumerate(amounts, 1)
        )
        said.setdefault("receipt", f"R{next(_numbers):06d}")
        said.setdefault("occurred_at", self.at)
        draft = Bill(lines=lines, total=0, **said)
        return Bill(lines=lines, total=draft.expected_total, **said)

    def sell(self, bill: Bill, member: Member | None = None, **told: Any) -> Recorded:
        told.setdefault("fingerprint", bill.receipt.encode())
        told.setdefault("till", self.till)
        told.setdefault("at", self.at)
        who = Who("id", str(member.id)) if member else None
        return earning.record_purchase(bill=bill, who=who, **told)

    def correct(self, purchase_id: UUID, bill: Bill, *, key: str = "", **told: Any) -> CheckedOut:
        """The bill keyed again as it should have been."""
        key = key or f"correct-{next(_numbers)}"
        asked = Asked(
            purchase_id=purchase_id,
            bill=bill,
            who=None,
            reason="bấm nhầm",
            key=key,
            fingerprint=key.encode(),
            as_sale=f"{bill.receipt}:{key}".encode(),
        )
        told.setdefault("till", self.till)
        told.setdefault("at", self.at)
        return checkout.correct(asked, **told)

    def publish(self, *terms: DatedPolicy) -> None:
        """These policies are in force from now on."""
        for one in terms:
            one.valid_from = self.at
            policies.publish(one, by="system", at=self.at)

    def balance(self, member: Member) -> queries.Balance:
        return queries.balance(member.id, at=self.at)

    def later(self, **span: int) -> None:
        self.at += timedelta(**span)


def rows_of(*tables: str) -> dict[str, str]:
    """A digest per table of all its rows: equal digests, not a row touched."""
    digests = " UNION ALL ".join(
        f"SELECT '{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(digests)
        return dict(cursor.fetchall())


LEDGER_TABLES = (
    "loyalty_account",
    "loyalty_billmove",
    "loyalty_correction",
    "loyalty_entry",
    "loyalty_eventaward",
    "loyalty_hold",
    "loyalty_lot",
    "loyalty_lotuse",
    "loyalty_orderevent",
    "loyalty_purchase",
    "loyalty_purchaseline",
    "loyalty_return",
    "loyalty_returnline",
    "loyalty_ruleaward",
    "loyalty_rulebudget",
    "loyalty_tierbeginning",
    "events_event",
    "events_delivery",
)
