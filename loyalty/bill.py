"""A bill as a till sends it, before anything is decided about it. Amounts are whole minor units of the currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from events.refusals import Refusal
from loyalty import splitting

HIGHEST_TOTAL = 100_000_000_000
HIGHEST_ROUNDING = 999
# Charges that belong to the goods and come back with them; shipping and other charges come back with the whole bill.
CHARGES_OF_GOODS = frozenset({"service", "surcharge"})


class TotalMismatch(Refusal):
    """The total does not follow from lines, discounts, charges, tax and rounding."""

    code = "total_mismatch"


class BillOutOfBounds(Refusal):
    """A sum of the bill is beyond what the programme keeps (0 … 10^11)."""

    code = "bill_out_of_bounds"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    sku: str
    quantity: Decimal
    amount: int
    name: str = ""
    category: str = ""
    unit: str = ""
    discount: int = 0
    tax: int | None = None
    cost: int | None = None
    earns: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    kind: str
    amount: int
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    kind: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    method: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """`total` = lines - discounts + charges + tax where not included + rounding, before our vouchers and points.

    `hold`: the points it spends were put aside before; it takes no others.
    """

    receipt: str
    occurred_at: datetime
    lines: tuple[BillLine, ...]
    total: int
    business_date: date | None = None
    channel: str = "till"
    staff: str = ""
    discounts: tuple[Discount, ...] = ()
    charges: tuple[Charge, ...] = ()
    tax: int = 0
    tax_included: bool = True
    rounding: int = 0
    payments: tuple[Payment, ...] = ()
    invoice: Mapping[str, Any] | None = None
    points_to_spend: int = 0
    hold: UUID | None = None

    @property
    def lines_amount(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def discounted(self) -> int:
        return sum(discount.amount for discount in self.discounts)

    @property
    def charged(self) -> int:
        return sum(charge.amount for charge in self.charges)

    @property
    def goods(self) -> int:
        """What the goods cost after the till's own discounts; never below 0."""
        return max(0, self.lines_amount - self.discounted + self.rounding)

    @property
    def expected_total(self) -> int:
        tax_on_top = 0 if self.tax_included else self.tax
        return self.lines_amount - self.discounted + self.charged + tax_on_top + self.rounding

    def check(self) -> None:
        """Raise TotalMismatch or BillOutOfBounds where the bill does not add up."""
        if self.total != self.expected_total:
            raise TotalMismatch(total=self.total, expected=self.expected_total)
        if not 0 <= self.total <= HIGHEST_TOTAL or abs(self.rounding) > HIGHEST_ROUNDING:
            raise BillOutOfBounds()

    def goods_by_line(self) -> list[int]:
        return splitting.by_largest_remainder(self.goods, [line.amount for line in self.lines])

    def gross_by_line(self) -> list[int]:
        """Each line's part of the total without shipping and other charges: what a partial return gives back.

        Tax on top follows the lines' own taxes where the till sent one for each.
        """
        apart = sum(charge.amount for charge in self.charges if charge.kind not in CHARGES_OF_GOODS)
        taxes = [line.tax for line in self.lines]
        by_tax = not self.tax_included and None not in taxes and sum(tax or 0 for tax in taxes) == self.tax
        weights = [line.amount + (line.tax or 0 if by_tax else 0) for line in self.lines]
        return splitting.by_largest_remainder(max(0, self.total - apart), weights)
