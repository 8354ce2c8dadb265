"""The pure arithmetic of bills, awards and returns: whatever the numbers, the parts add up to the whole.

`make soak` runs these with a million cases (SOAK_CASES).
"""

import os
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty import paying, refunds, splitting
from loyalty.models import EarningRule, SpendingPolicy
from loyalty.records import LineRecord
from loyalty.refunds import Back, Sold
from loyalty.rules import base as base_rule
from tests.factories.shop import NOON

CASES = int(os.environ.get("SOAK_CASES", "300"))
money = st.integers(0, 10**11)


@settings(max_examples=CASES, deadline=None)
@given(amount=money, weights=st.lists(money, min_size=1, max_size=30))
def test_a_split_loses_nothing_and_is_fair_to_the_unit(amount: int, weights: list[int]) -> None:
    parts = splitting.by_largest_remainder(amount, weights)

    assert sum(parts) == amount
    whole = sum(weights)
    if whole:
        assert all(abs(part * whole - amount * weight) < whole for part, weight in zip(parts, weights, strict=True))


@st.composite
def sold_bills(draw: st.DrawFn) -> tuple[Sold, EarningRule, SpendingPolicy]:
    """A bill with voucher and points on it, split over its lines as the platform does."""
    amounts = draw(st.lists(st.integers(0, 10**7), min_size=1, max_size=6))
    goods_total = max(0, sum(amounts) - draw(st.integers(0, 10**5)))
    apart = draw(st.integers(0, 50_000))
    extra = draw(st.integers(0, 100_000))
    total = goods_total + extra + apart
    goods = splitting.by_largest_remainder(goods_total, amounts)
    gross = splitting.by_largest_remainder(total - apart, amounts)
    voucher = draw(st.integers(0, goods_total))
    vouchers = splitting.by_largest_remainder(voucher, goods)
    left = [g - v for g, v in zip(goods, vouchers, strict=True)]
    policy = SpendingPolicy(point_value=draw(st.integers(1, 5_000)), part_paid_earns=draw(st.booleans()))
    spent = draw(st.integers(0, sum(left) // policy.point_value))
    points = paying.discount_by_line(spent * policy.point_value, left)
    lines = tuple(
        LineRecord(
            line=n + 1,
            sku="A",
            name="",
            category="",
            quantity=Decimal(1),
            amount=amounts[n],
            earns=draw(st.booleans()),
            goods=goods[n],
            gross=gross[n],
            voucher_discount=vouchers[n],
            points_discount=points[n],
        )
        for n in range(len(amounts))
    )
    rule = EarningRule(points=draw(st.integers(0, 5)), per_amount=draw(st.integers(1, 50_000)))
    earned = base_rule.award(base_rule.earning_base(lines, spending=policy), rule=rule)
    sold = Sold(
        total=total,
        voucher_discount=voucher,
        points_value=spent * policy.point_value,
        due=total - voucher - spent * policy.point_value,
        base=sum(line.base for line in lines),
        earned=earned,
        spent=spent,
        lines=lines,
    )
    return sold, rule, policy


def fields(back: Back) -> Sequence[int]:
    return [getattr(back, name) for name in Back.__slots__]


@settings(max_examples=CASES, deadline=None)
@given(bill=sold_bills(), data=st.data())
def test_any_split_of_partial_returns_is_the_whole_return(
    bill: tuple[Sold, EarningRule, SpendingPolicy], data: st.DataObject
) -> None:
    sold, rule, policy = bill
    returned: dict[int, int] = {}
    before = Back()
    steps = []
    for _ in range(data.draw(st.integers(0, 4))):
        line = data.draw(st.sampled_from(sold.lines))
        returned[line.line] = returned.get(line.line, 0) + data.draw(
            st.integers(0, line.amount - returned.get(line.line, 0))
        )
        after = refunds.back(sold, returned, whole=False, rule=rule, spending=policy)
        steps.append(after.since(before))
        before = after
        # within the bill at every step, and money never flows the wrong way
        assert after.amount <= sold.total
        assert after.amount == after.due + after.discount + after.points_value
        assert 0 <= after.clawed_back <= sold.earned
        assert 0 <= after.given_back <= sold.spent
        assert 0 <= after.base <= sold.base
        step = steps[-1]
        assert min(step.amount, step.due, step.discount, step.points_value, step.base, step.given_back) >= 0
    whole = refunds.back(sold, returned, whole=True, rule=rule, spending=policy)
    steps.append(whole.since(before))

    totals = [sum(column) for column in zip(*(fields(step) for step in steps), strict=True)]
    assert totals == fields(whole)
    assert whole.amount == sold.total
    assert (whole.clawed_back, whole.given_back) == (sold.earned, sold.spent)
    # the last step gives, it never takes money
    assert min(steps[-1].amount, steps[-1].due, steps[-1].discount, steps[-1].points_value) >= 0


@settings(max_examples=CASES, deadline=None)
@given(bill=sold_bills(), data=st.data())
def test_what_has_come_back_depends_on_what_is_kept_not_on_the_steps(
    bill: tuple[Sold, EarningRule, SpendingPolicy], data: st.DataObject
) -> None:
    sold, rule, policy = bill
    target = {line.line: data.draw(st.integers(0, line.amount)) for line in sold.lines}
    at_once = refunds.back(sold, target, whole=False, rule=rule, spending=policy)

    half = {number: amount // 2 for number, amount in target.items()}
    first = refunds.back(sold, half, whole=False, rule=rule, spending=policy)
    second = refunds.back(sold, target, whole=False, rule=rule, spending=policy).since(first)

    assert [a + b for a, b in zip(fields(first), fields(second), strict=True)] == fields(at_once)


@settings(max_examples=CASES, deadline=None)
@given(
    payable=money,
    available=st.integers(0, 10**7),
    value=st.integers(1, 10_000),
    least=st.integers(1, 50),
    most=st.none() | st.integers(0, 10_000),
    step=st.integers(1, 50),
    share=st.integers(0, 100),
)
def test_what_can_be_spent_is_within_every_limit_and_one_step_more_is_not(
    payable: int, available: int, value: int, least: int, most: int | None, step: int, share: int
) -> None:
    policy = SpendingPolicy(
        point_value=value, min_points=least, max_points=most, step=step, max_share_percent=share, first_use_after_days=0
    )

    limit = paying.spendable(payable=payable, available=available, policy=policy, joined_at=None, at=NOON)

    def fits(points: int) -> bool:
        return (
            points % step == 0
            and points >= least
            and points <= available
            and points * value * 100 <= payable * share
            and (most is None or points <= most)
        )

    assert limit.points == 0 or fits(limit.points)
    first_step = -(-least // step) * step
    assert not fits(limit.points + step if limit.points else first_step)
