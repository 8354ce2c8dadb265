"""Random bills and their returns for property and soak tests. A `draw(low, high)` gives whole numbers."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from loyalty import paying, refunds, splitting
from loyalty.models import EarningRule, SpendingPolicy
from loyalty.records import LineRecord
from loyalty.refunds import Back, Sold
from loyalty.rules import base as base_rule
from loyalty.rules import seeing

Draw = Callable[[int, int], int]
Terms = tuple[Sold, EarningRule, SpendingPolicy]


def sold(draw: Draw) -> Terms:
    """A bill with a voucher and points on it, split over its lines as the platform does."""
    amounts = [draw(0, 10**7) for _ in range(draw(1, 6))]
    goods_total = max(0, sum(amounts) - draw(0, 10**5))
    apart = draw(0, 50_000)
    total = goods_total + draw(0, 100_000) + apart
    goods = splitting.by_largest_remainder(goods_total, amounts)
    gross = splitting.by_largest_remainder(total - apart, amounts)
    voucher = draw(0, goods_total)
    vouchers = splitting.by_largest_remainder(voucher, goods)
    left = [g - v for g, v in zip(goods, vouchers, strict=True)]
    policy = SpendingPolicy(point_value=draw(1, 5_000), part_paid_earns=bool(draw(0, 1)))
    spent = draw(0, sum(left) // policy.point_value)
    points = paying.discount_by_line(spent * policy.point_value, left)
    lines = tuple(
        LineRecord(
            line=n + 1,
            sku="A",
            name="",
            category="",
            quantity=Decimal(1),
            amount=amounts[n],
            earns=bool(draw(0, 3)),
            goods=goods[n],
            gross=gross[n],
            voucher_discount=vouchers[n],
            points_discount=points[n],
        )
        for n in range(len(amounts))
    )
    rule = EarningRule(points=draw(0, 5), per_amount=draw(1, 50_000))
    bill = Sold(
        total=total,
        voucher_discount=voucher,
        points_value=spent * policy.point_value,
        due=total - voucher - spent * policy.point_value,
        base=sum(line.base for line in lines),
        earned=award(lines, {}, rule, policy),
        spent=spent,
        lines=lines,
    )
    return bill, rule, policy


def award(lines: Sequence[LineRecord], returned: Mapping[int, int], rule: EarningRule, policy: SpendingPolicy) -> int:
    """What is kept of a bill earns."""
    gone = {line.line: (Decimal(0), returned[line.line]) for line in lines if line.line in returned}
    kept = seeing.earning_lines(lines, basis=base_rule.basis(rule, policy), gone=gone)
    return base_rule.award(sum(line.amount for line in kept), rule=rule)


def back(terms: Terms, returned: Mapping[int, int], *, whole: bool = False) -> Back:
    """What has come back with these returns."""
    sold, rule, policy = terms
    return refunds.back(sold, returned, whole=whole, award=award(sold.lines, returned, rule, policy))


def fields(back: Back) -> Sequence[int]:
    return [getattr(back, name) for name in Back.__slots__]


def return_in_steps(terms: Terms, draw: Draw) -> None:
    """Bring a bill back in up to four partial steps and a last one: each is within the bill, all are the whole."""
    bill, _rule, _policy = terms
    returned: dict[int, int] = {}
    before = Back()
    steps: list[Back] = []
    for _ in range(draw(0, 4)):
        line = bill.lines[draw(0, len(bill.lines) - 1)]
        returned[line.line] = returned.get(line.line, 0) + draw(0, line.amount - returned.get(line.line, 0))
        after = back(terms, returned)
        step = after.since(before)
        assert after.amount <= bill.total
        assert after.amount == after.due + after.discount + after.points_value
        assert 0 <= after.clawed_back <= bill.earned
        assert 0 <= after.given_back <= bill.spent
        assert 0 <= after.base <= bill.base
        # money never flows the wrong way
        assert min(step.amount, step.due, step.discount, step.points_value, step.base, step.given_back) >= 0
        steps.append(step)
        before = after
    whole = back(terms, returned, whole=True)
    last = whole.since(before)
    steps.append(last)
    assert [sum(column) for column in zip(*(fields(step) for step in steps), strict=True)] == fields(whole)
    assert whole.amount == bill.total
    assert (whole.clawed_back, whole.given_back) == (bill.earned, bill.spent)
    assert min(last.amount, last.due, last.discount, last.points_value) >= 0
