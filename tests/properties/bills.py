"""Random bills and their returns for property and soak tests. A `draw(low, high)` gives whole numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from loyalty import paying, refunds, splitting
from loyalty.conditions import tree
from loyalty.models import SpendingPolicy
from loyalty.records import LineRecord
from loyalty.refunds import Back, Sold
from loyalty.rules import awarding, effects, seeing
from loyalty.rules.awarding import BonusRule, Mode, Room
from loyalty.rules.base import Basis
from loyalty.rules.seeing import Gone, Seen
from tests.factories.shop import NOON

Draw = Callable[[int, int], int]

EFFECTS = [
    effects.parse(said)
    for said in (
        {"kind": "percent", "percent": 100},
        {"kind": "percent", "percent": 33, "categories": ["tea"]},
        {"kind": "fixed", "points": 40},
        {"kind": "fixed", "points": 7, "skus": ["S1", "S3"]},
        {"kind": "per_unit", "points": 3},
        {"kind": "per_unit", "points": 2, "categories": ["cake"]},
        {"kind": "per_amount", "points": 5, "per_amount": 70_001},
        {"kind": "per_amount", "points": 1, "per_amount": 9_999, "skus": ["S2"]},
    )
]
CONDITIONS = [
    tree.parse(said)
    for said in (
        {"all": []},
        {"field": "amount", "at_least": 3_000_000},
        # less kept may earn more than the bill did: no more than that comes back, and nothing is given on top
        {"not": {"field": "amount", "at_least": 2_000_000}},
        {"field": "base", "at_least": 1_000_000},
    )
]


@dataclass(frozen=True)
class Rules:
    """What a bill is judged by: the base rule, bonus rules with what their limits have left, the programme's caps."""

    basis: Basis
    base: awarding.Terms
    bonus: Sequence[BonusRule] = ()
    room: Mapping[int, Room] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    sold: Sold
    rules: Rules


def rules(draw: Draw, *, spending: SpendingPolicy) -> Rules:
    """Half of all bills meet bonus rules; of their limits and of the caps about half are there."""

    def perhaps(most: int) -> int | None:
        return draw(0, most) if draw(0, 1) else None

    bonus = awarding.in_order(
        BonusRule(
            id=n,
            key=f"rule-{n}",
            condition=CONDITIONS[draw(0, len(CONDITIONS) - 1)],
            effect=EFFECTS[draw(0, len(EFFECTS) - 1)],
            order=draw(1, 3),
            group="ab"[draw(0, 1)],
            mode=list(Mode)[max(0, draw(-3, len(Mode) - 1))],
            per_bill=perhaps(50),
        )
        for n in range(draw(0, 1) * draw(1, 4))
    )
    left = {rule.id: perhaps(80) for rule in bonus}
    base = awarding.Terms(
        points=draw(0, 5),
        per_amount=draw(1, 50_000),
        tier_percent=draw(0, 1) * draw(0, 50),
        cap_per_bill=perhaps(3_000),
        left_today=perhaps(3_000),
    )
    return Rules(
        basis=Basis(points_earn=spending.part_paid_earns),
        base=base,
        bonus=bonus,
        room={id: Room(points, "limit_month") for id, points in left.items() if points is not None},
    )


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
            sku=f"S{n + 1}",
            name="",
            category=("tea", "cake")[n % 2],
            quantity=Decimal(draw(1, 4)),
            amount=amounts[n],
            earns=bool(draw(0, 3)),
            goods=goods[n],
            gross=gross[n],
            voucher_discount=vouchers[n],
            points_discount=points[n],
        )
        for n in range(len(amounts))
    )
    judged_by = rules(draw, spending=policy)
    bill = Sold(
        total=total,
        voucher_discount=voucher,
        points_value=spent * policy.point_value,
        due=total - voucher - spent * policy.point_value,
        base=sum(line.base for line in lines),
        earned=award(lines, {}, total=total, rules=judged_by),
        spent=spent,
        lines=lines,
    )
    return Terms(bill, judged_by)


def award(lines: Sequence[LineRecord], returned: Mapping[int, int], *, total: int, rules: Rules) -> int:
    """What is kept of a bill earns."""
    gone = {
        line.line: (units(line, returned[line.line]), returned[line.line]) for line in lines if line.line in returned
    }
    return awarding.award(
        seeing.earning_lines(lines, basis=rules.basis, gone=gone),
        facts=facts(lines, gone, total=total) if rules.bonus else None,
        terms=rules.base,
        rules=rules.bonus,
        room=rules.room,
    ).points


def units(line: LineRecord, amount: int) -> Decimal:
    """So many whole pieces of a line come back with this part of its amount; a free line's with whatever comes back."""
    return Decimal(int(line.quantity) * amount // line.amount) if line.amount else line.quantity


def facts(lines: Sequence[LineRecord], gone: Gone, *, total: int) -> seeing.Facts:
    return seeing.facts(lines=lines, seen=Seen(), total=total, store="q1", channel="till", occurred_at=NOON, gone=gone)


def back(terms: Terms, returned: Mapping[int, int], *, whole: bool = False) -> Back:
    """What has come back with these returns."""
    bill = terms.sold
    kept = award(bill.lines, returned, total=bill.total, rules=terms.rules)
    return refunds.back(bill, returned, whole=whole, award=kept)


def fields(back: Back) -> Sequence[int]:
    return [getattr(back, name) for name in Back.__slots__]


def return_in_steps(terms: Terms, draw: Draw) -> None:
    """Bring a bill back in up to four partial steps and a last one: each is within the bill, all are the whole."""
    bill = terms.sold
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
