"""A bill as a cashier keys it: one amount, whose it is, what of points and vouchers pays for it."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from loyalty.bill import Bill, BillLine
from loyalty.sales import Who
from members import identifying
from rewards.claiming import Named

SKU = "COUNTER"
LINE_NAME = "Hóa đơn tại quầy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """What stands on the screen when the key is pressed; it never changes afterwards, so that a replay is the same."""

    receipt: str
    amount: int
    occurred_at: datetime
    who: Who | None
    points: int = 0
    voucher: UUID | None = None
    staff: str = ""

    def bill(self) -> Bill:
        line = BillLine(sku=SKU, name=LINE_NAME, quantity=Decimal(1), amount=self.amount)
        return Bill(
            receipt=self.receipt,
            occurred_at=self.occurred_at,
            lines=(line,),
            total=self.amount,
            staff=self.staff,
            points_to_spend=self.points,
        )

    def vouchers(self) -> list[Named]:
        return [Named(id=self.voucher)] if self.voucher else []

    def without_extras(self) -> "Keyed":
        return replace(self, points=0, voucher=None)

    def fingerprint(self) -> bytes:
        """What a till that sends this bill through the API would have: `api.reading.fingerprint` of the same body."""
        body: dict[str, Any] = {
            "lines": [{"amount": self.amount, "name": LINE_NAME, "quantity": "1", "sku": SKU}],
            "occurred_at": self.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "receipt": self.receipt,
            "total": self.amount,
        }
        if self.staff:
            body["staff"] = self.staff
        if self.points:
            body["points_to_spend"] = self.points
        if self.voucher:
            body["vouchers"] = [{"id": str(self.voucher)}]
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).digest()


def who_of(text: str) -> Who | None:
    """Whom a typed phone, card or id names; None where it reads as none of them. Nobody is looked for."""
    try:
        return Who("id", str(UUID(text)))
    except ValueError:
        pass
    for kind, read, refused in (
        ("phone", identifying.phone, identifying.PhoneUnreadable),
        ("card", identifying.card, identifying.CardUnreadable),
    ):
        try:
            return Who(kind, read(text))
        except refused:
            continue
    return None
