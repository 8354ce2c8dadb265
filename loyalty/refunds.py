"""What comes back with a return: pure arithmetic on what is kept.

Everything is computed cumulatively from what has come back in all, and a return moves the difference to what came back
before, so that any sequence of partial returns equals the whole return.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from loyalty import splitting
from loyalty.records import LineRecord, ReturnRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What has come back of a bill in all: money in minor units, and points."""

    amount: int = 0
    discount: int = 0
    points_value: int = 0
    due: int = 0
    base: int = 0
    clawed_back: int = 0
    given_back: int = 0

    def since(self, before: "Back") -> "Back":
        """What the last step moved."""
        return Back(
            amount=self.amount - before.amount,
            discount=self.discount - before.discount,
            points_value=self.points_value - before.points_value,
            due=self.due - before.due,
            base=self.base - before.base,
            clawed_back=self.clawed_back - before.clawed_back,
            given_back=self.given_back - before.given_back,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """The bill as it was: what refunds are a part of."""

    total: int
    voucher_discount: int
    points_value: int
    due: int
    base: int
    earned: int
    spent: int
    lines: Sequence[LineRecord]


def back(sold: Sold, returned: Mapping[int, int], *, whole: bool, award: int) -> Back:
    """All that has come back when `returned` (line → amount given up so far) of the bill has; `award`: of what is kept.

    Value: each line's share of the total in proportion; shipping and other charges with the whole. Discount and points'
    value follow the value, the till pays the rest. Points earned follow what is kept; points spent come back as
    floor(spent x value / total), all of them with the whole.
    """
    if whole:
        return Back(
            amount=sold.total,
            discount=sold.voucher_discount,
            points_value=sold.points_value,
            due=sold.due,
            base=sold.base,
            clawed_back=sold.earned,
            given_back=sold.spent,
        )
    value = sum(
        splitting.given_up(line.gross, returned.get(line.line, 0), line.amount) for line in _touched(sold, returned)
    )
    discount = splitting.given_up(sold.voucher_discount, value, sold.total)
    due = splitting.given_up(sold.due, value - discount, sold.total - sold.voucher_discount)
    return Back(
        amount=value,
        discount=discount,
        due=due,
        points_value=value - discount - due,
        base=sum(splitting.given_up(line.base, returned[line.line], line.amount) for line in _touched(sold, returned)),
        clawed_back=sold.earned - min(sold.earned, award),
        given_back=splitting.given_up(sold.spent, value, sold.total),
    )


def gone(returns: Sequence[ReturnRecord]) -> dict[int, tuple[Decimal, int]]:
    """Line → (quantity, amount) that came back with these returns."""
    found: dict[int, tuple[Decimal, int]] = {}
    for record in returns:
        for line in record.lines:
            quantity, amount = found.get(line.line, (Decimal(0), 0))
            found[line.line] = quantity + line.quantity, amount + line.amount
    return found


def _touched(sold: Sold, returned: Mapping[int, int]) -> list[LineRecord]:
    """The lines of which something came back (a free line comes back by quantity, its amount being 0)."""
    return [line for line in sold.lines if line.line in returned]
