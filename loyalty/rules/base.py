"""The base rule: so many points for each full amount of what earns."""

from collections.abc import Iterable
from dataclasses import dataclass

from loyalty.models import EarningRule, SpendingPolicy
from loyalty.records import LineRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What of a line earns, by the policies of a moment."""

    with_tax: bool = False
    vouchers_earn: bool = False
    points_earn: bool = False
    excluded_categories: frozenset[str] = frozenset()
    excluded_skus: frozenset[str] = frozenset()

    def earns(self, line: LineRecord) -> bool:
        return line.earns and line.category not in self.excluded_categories and line.sku not in self.excluded_skus

    def amount(self, line: LineRecord) -> int:
        """Minor units, never below zero."""
        amount = line.gross if self.with_tax else line.goods
        amount -= 0 if self.vouchers_earn else line.voucher_discount
        amount -= 0 if self.points_earn else line.points_discount
        return max(0, amount)


def basis(earning: EarningRule, spending: SpendingPolicy) -> Basis:
    return Basis(
        with_tax=earning.with_tax,
        vouchers_earn=earning.vouchers_earn,
        points_earn=spending.part_paid_earns,
        excluded_categories=frozenset(earning.excluded_categories),
        excluded_skus=frozenset(earning.excluded_skus),
    )


def earning_base(lines: Iterable[LineRecord], *, basis: Basis) -> int:
    """What earns of these lines (minor units)."""
    return sum(basis.amount(line) for line in lines if basis.earns(line))


def award(base: int, *, rule: EarningRule) -> int:
    """Whole points for `base` minor units: rounded down once, never below zero."""
    return max(0, base) // rule.per_amount * rule.points
