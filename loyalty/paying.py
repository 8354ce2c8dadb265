"""Paying part of a bill with points: how many it takes, and what limits it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.refusals import Refusal
from loyalty import splitting
from loyalty.bill import BillLine
from loyalty.ledger.posting import NotEnoughPoints
from loyalty.models import SpendingPolicy


class PointsExceedBill(Refusal):
    """More points than this bill takes; `spendable` and `limited_by` say how many and why."""

    code = "points_exceed_bill"


class ProofNeeded(Refusal):
    """Above the small daily amount, spending needs the member's QR or a code."""

    code = "proof_needed"


class MemberNeeded(Refusal):
    """A guest has no points to spend."""

    code = "member_needed"


@dataclass(frozen=True, slots=True)
class Spendable:
    """The most points a bill takes now, and the first thing that limits it ("" = the bill itself)."""

    points: int
    limited_by: str


def payable_by_line(lines: Sequence[BillLine], goods: Sequence[int], *, policy: SpendingPolicy) -> list[int]:
    """The part of each line that points may pay (minor units): the goods, without excluded categories."""
    excluded = set(policy.excluded_categories)
    return [0 if line.category in excluded else part for line, part in zip(lines, goods, strict=True)]


def spendable(
    *, payable: int, available: int, policy: SpendingPolicy, joined_at: datetime | None, at: datetime
) -> Spendable:
    """How many points a bill takes: the least of balance, share, per-bill limit, in whole steps, or none."""
    if joined_at is not None and at < joined_at + timedelta(days=policy.first_use_after_days):
        return Spendable(0, "first_use")
    limits = [(payable // policy.point_value, "bill"), (available, "balance")]
    if policy.max_share_percent < 100:
        limits.append((payable * policy.max_share_percent // 100 // policy.point_value, "share"))
    if policy.max_points is not None:
        limits.append((policy.max_points, "max_points"))
    most, why = min(limits, key=lambda limit: limit[0])
    stepped = most - most % policy.step
    if stepped < policy.min_points:
        return Spendable(0, "min_points" if most >= 1 else why)
    return Spendable(stepped, "step" if stepped < most else why)


def check(*, points: int, available: int, limit: Spendable, policy: SpendingPolicy) -> None:
    """Raise where `points` cannot be spent on this bill."""
    if points == 0:
        return
    if points > limit.points or points % policy.step or points < policy.min_points:
        if points > available and limit.limited_by in ("balance", "min_points"):
            raise NotEnoughPoints()
        raise PointsExceedBill(spendable=limit.points, limited_by=limit.limited_by)


def discount_by_line(points_value: int, payable: Sequence[int]) -> list[int]:
    """The value of the points spread over the lines they may pay, to the unit."""
    return splitting.by_largest_remainder(points_value, payable) if points_value else [0] * len(payable)
