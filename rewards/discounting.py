"""What a voucher takes off a bill, or why it takes nothing: pure, from the voucher and the goods."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from loyalty import splitting
from rewards.queries import VoucherView


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`discount` in minor units, 0 where `reason` (the code of a refusal) says why; `details`: its numbers."""

    discount: int = 0
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        return self.reason == ""


_OVER = {"redeemed": "voucher_used", "expired": "voucher_expired", "void": "voucher_void"}


def judge(voucher: VoucherView, *, goods: int) -> Verdict:
    """`goods`: what the goods cost after the till's own discounts, before vouchers and points."""
    if voucher.state in _OVER:
        return Verdict(reason=_OVER[voucher.state])
    worth = _worth(voucher, goods)
    if goods < voucher.minimum_basket or worth < 1:
        return Verdict(reason="voucher_basket_too_small", details={"minimum": max(1, voucher.minimum_basket)})
    return Verdict(discount=worth)


def _worth(voucher: VoucherView, goods: int) -> int:
    """An amount, or a percentage rounded down and capped; never more than the goods."""
    worth = voucher.amount or goods * (voucher.percent or 0) // 100
    if voucher.cap is not None:
        worth = min(worth, voucher.cap)
    return min(worth, goods)


def by_line(discount: int, goods: Sequence[int]) -> list[int]:
    """The discount spread over the lines in proportion to their goods; no line bears more than it costs."""
    return splitting.by_largest_remainder(discount, goods)
