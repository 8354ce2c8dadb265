"""What was recorded, as the doors show it: read back from rows, or made from what was just posted, alike."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRecord:
    """One line and what our vouchers and points took off it (minor units)."""

    line: int
    sku: str
    name: str
    category: str
    quantity: Decimal
    amount: int
    earns: bool
    goods: int
    gross: int
    voucher_discount: int = 0
    points_discount: int = 0

    @property
    def net(self) -> int:
        return self.amount - self.voucher_discount - self.points_discount

    @property
    def base(self) -> int:
        return self.goods - self.voucher_discount - self.points_discount


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedLine:
    line: int
    quantity: Decimal
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRecord:
    """What came back, in money (minor units) and points; the balance is as it stood right after."""

    id: UUID
    purchase_id: UUID
    kind: str
    receipt: str
    member_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    whole: bool
    amount: int
    discount: int
    points_value: int
    due: int
    clawed_back: int
    given_back: int
    absorbed: int
    available_after: int
    debt_after: int
    tier_code: str | None
    lines: tuple[ReturnedLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRecord:
    """A bill came to a member, from another (move) or from none (claim); the balance is the new owner's right after.

    `earned_back` left the old owner, `earned` came to the new one. `returned`: the returns that had come before.
    """

    id: UUID
    purchase_id: UUID
    step: int
    kind: str
    from_member_id: UUID | None
    to_member_id: UUID
    at: datetime
    by: str
    reason: str
    earned_back: int
    absorbed: int
    earned: int
    available_after: int
    debt_after: int
    tier_code: str
    tier_changed: bool
    reasons: dict[str, Any] = field(default_factory=dict)
    returned: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRecord:
    """A bill as it was posted; where it has moved, with its owner now and what the owner got for it.

    `pending`: how many of the points earned could not be spent yet when it was posted. `corrected_by`: the next
    revision, which stands in its place. `methods`: how it was paid.
    `reasons` = {"matched": [{rule, points, …}], "refused": [{rule, reason, …}], "seen"?}.
    """

    id: UUID
    store_code: str
    store_name: str
    terminal_code: str
    receipt: str
    business_date: date
    status: str
    member_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    channel: str
    methods: frozenset[str] = frozenset()
    total: int
    voucher_discount: int
    points_value: int
    due: int
    earned: int
    pending: int
    spent: int
    available_after: int
    debt_after: int
    tier_code: str | None
    tier_changed: bool
    reasons: dict[str, Any] = field(default_factory=dict)
    lines: tuple[LineRecord, ...] = ()
    returns: tuple[ReturnRecord, ...] = ()
    moves: tuple[MoveRecord, ...] = ()
    revision: int = 1
    corrected_by: UUID | None = None
