"""The base rule: so many points for each full amount."""

from collections.abc import Iterable

from loyalty.models import EarningRule, SpendingPolicy
from loyalty.records import LineRecord


def earning_base(lines: Iterable[LineRecord], *, spending: SpendingPolicy) -> int:
    """What earns (minor units): the goods paid for on lines that earn, after vouchers and (by policy) points."""
    return sum(line.base + (line.points_discount if spending.part_paid_earns else 0) for line in lines if line.earns)


def award(base: int, *, rule: EarningRule) -> int:
    """Whole points for `base` minor units: rounded down once, never below zero."""
    return max(0, base) // rule.per_amount * rule.points
