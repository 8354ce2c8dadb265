"""The pure arithmetic of bills, awards and returns: whatever the numbers, the parts add up to the whole.

`make soak` runs a million cases of the same checks (tests/soak).
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty import paying, splitting
from loyalty.models import SpendingPolicy
from tests.factories.shop import NOON
from tests.properties import bills
from tests.properties.bills import Terms

CASES = 300
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
def sold_bills(draw: st.DrawFn) -> Terms:
    return bills.sold(lambda low, high: draw(st.integers(low, high)))


@settings(max_examples=CASES, deadline=None)
@given(bill=sold_bills(), data=st.data())
def test_any_split_of_partial_returns_is_the_whole_return(bill: Terms, data: st.DataObject) -> None:
    bills.return_in_steps(bill, lambda low, high: data.draw(st.integers(low, high)))


@settings(max_examples=CASES, deadline=None)
@given(bill=sold_bills(), data=st.data())
def test_what_has_come_back_depends_on_what_is_kept_not_on_the_steps(bill: Terms, data: st.DataObject) -> None:
    target = {line.line: data.draw(st.integers(0, line.amount)) for line in bill.sold.lines}
    at_once = bills.back(bill, target)

    half = {number: amount // 2 for number, amount in target.items()}
    first = bills.back(bill, half)
    second = bills.back(bill, target).since(first)

    assert [a + b for a, b in zip(bills.fields(first), bills.fields(second), strict=True)] == bills.fields(at_once)


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
