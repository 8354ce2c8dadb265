"""What a bill earns under every rule at once, with a reason for each point: a pure function.

Order: base, the tier's factor, bonus rules (by `order`, then key), each times the tier's factor; a rule's limits; the
caps of the whole programme. What is given is exact until it is rounded down once, cumulatively, so that the parts add
up to the whole and base and tier never depend on the rules. The result does not depend on how rules are stored.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from loyalty.conditions import tree
from loyalty.conditions.facts import Facts
from loyalty.conditions.tree import Condition, Leaf
from loyalty.rules.effects import Base, EarningLine, Effect


class Mode(StrEnum):
    """How rules of one group go together. `exclusive`: the rule gives, and no other rule does, of whatever group."""

    STACK = "stack"
    BEST = "best"
    FIRST = "first"
    EXCLUSIVE = "exclusive"


@dataclass(frozen=True, kw_only=True)
class BonusRule:
    """One version in force. Limits in points: `per_bill`; what is left of the others is told with each bill."""

    id: int
    key: str
    condition: Condition
    effect: Effect
    order: int = 100
    group: str = ""
    mode: Mode = Mode.STACK
    per_bill: int | None = None

    @cached_property
    def holds(self) -> Callable[[Facts], bool]:
        return tree.compiled(self.condition)


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of a rule's limits for this bill (points), and which limit that is."""

    points: int
    limit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`points` for each full `per_amount`; the tier's `tier_percent` on top; caps of the programme, None: none."""

    points: int
    per_amount: int
    tier_percent: int = 0
    cap_per_bill: int | None = None
    left_today: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A bonus rule's part: `points` are paid out; its limits remember `counted`, what it gave before the caps."""

    rule: BonusRule
    points: int
    counted: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule that gave nothing, or less than it would have. `cut`: by how much; `failed`: what did not hold."""

    rule: BonusRule
    reason: str
    cut: int = 0
    by: str = ""
    failed: tuple[Leaf, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """`points` = base + tier + the parts of the rules. `capped`: cap → points it took off, of the whole bill."""

    base: int
    base_points: int
    tier_points: int
    given: tuple[Given, ...] = ()
    refused: tuple[Refused, ...] = ()
    capped: Mapping[str, int] = field(default_factory=dict)

    @property
    def points(self) -> int:
        return self.base_points + self.tier_points + sum(one.points for one in self.given)


def award(
    lines: Sequence[EarningLine],
    *,
    facts: Facts | None,
    terms: Terms,
    rules: Iterable[BonusRule] = (),
    room: Mapping[int, Room] | None = None,
    explain: bool = False,
) -> Award:
    """Whole points for the lines that earn. `facts`: None where no rule asks. `room`: by rule id, where it is limited.

    `explain` also names the rules that do not hold, and why.
    """
    amount = max(0, sum(line.amount for line in lines))
    base = Base(amount, amount // terms.per_amount * terms.points)
    tier = base.points * terms.tier_percent // 100
    wanted, refused = _wanted(lines, facts, base, in_order(rules), explain=explain)
    chosen, beaten = _chosen(wanted)
    refused += beaten
    given: list[Given] = []
    factor = Fraction(100 + terms.tier_percent, 100)
    exact = base.points * factor
    for rule, points in chosen:
        before, exact = exact, exact + points * factor
        whole = int(exact) - int(before)
        left = _limited(rule, whole, (room or {}).get(rule.id))
        if left.points < whole:
            refused.append(Refused(rule, left.limit, cut=whole - left.points))
        if left.points:
            given.append(Given(rule, left.points, left.points))
    return _capped(Award(base=amount, base_points=base.points, tier_points=tier, given=tuple(given)), terms, refused)


def _wanted(
    lines: Sequence[EarningLine], facts: Facts | None, base: Base, rules: Iterable[BonusRule], *, explain: bool
) -> tuple[list[tuple[BonusRule, Fraction]], list[Refused]]:
    """The rules that hold and give something, in order, with their exact points."""
    wanted: list[tuple[BonusRule, Fraction]] = []
    refused: list[Refused] = []
    for rule in rules:
        if facts is None or not rule.holds(facts):
            if explain and facts is not None:
                refused.append(Refused(rule, "condition", failed=rule.condition.failed(facts)))
            continue
        points = rule.effect.points_of(lines, base)
        if points > 0:
            wanted.append((rule, points))
        elif explain:
            refused.append(Refused(rule, "nothing_in_scope"))
    return wanted, refused


def _chosen(
    wanted: Sequence[tuple[BonusRule, Fraction]],
) -> tuple[Sequence[tuple[BonusRule, Fraction]], list[Refused]]:
    """Which of the rules that hold give, in order; the others, and by whom they were beaten."""
    alone = next((rule for rule, _points in wanted if rule.mode is Mode.EXCLUSIVE), None)
    winners: dict[str, tuple[BonusRule, Fraction]] = {}
    for rule, points in wanted:
        if rule.mode in {Mode.BEST, Mode.FIRST}:
            best = winners.get(rule.group)
            if best is None or (rule.mode is Mode.BEST and points > best[1]):
                winners[rule.group] = (rule, points)
    chosen, beaten = [], []
    for rule, points in wanted:
        winner = alone or (winners[rule.group][0] if rule.mode in {Mode.BEST, Mode.FIRST} else rule)
        if winner is rule:
            chosen.append((rule, points))
        else:
            beaten.append(Refused(rule, "another_rule", by=winner.key))
    return chosen, beaten


def _limited(rule: BonusRule, points: int, room: Room | None) -> Room:
    """What of the points the rule's limits let through, and which one is the narrowest."""
    left = Room(points, "")
    if rule.per_bill is not None and rule.per_bill < left.points:
        left = Room(rule.per_bill, "limit_bill")
    if room is not None and room.points < left.points:
        left = Room(max(0, room.points), room.limit)
    return left


def _capped(award: Award, terms: Terms, refused: list[Refused]) -> Award:
    """The programme's caps take from the last rule backwards, then from the tier's part and the base."""
    capped: dict[str, int] = {}
    allowed = award.points
    for name, cap in (("cap_bill", terms.cap_per_bill), ("cap_day", terms.left_today)):
        if cap is not None and max(0, cap) < allowed:
            capped[name] = allowed - max(0, cap)
            allowed = max(0, cap)
    left, parts = allowed, []
    for points in (award.base_points, award.tier_points, *(one.points for one in award.given)):
        parts.append(min(points, left))
        left -= parts[-1]
    given = tuple(Given(one.rule, part, one.counted) for one, part in zip(award.given, parts[2:], strict=True))
    return Award(
        base=award.base,
        base_points=parts[0],
        tier_points=parts[1],
        given=given,
        refused=tuple(refused),
        capped=capped,
    )


def in_order(rules: Iterable[BonusRule]) -> tuple[BonusRule, ...]:
    """By order, then key; rules that are in order already are not sorted again."""
    return rules if isinstance(rules, InOrder) else InOrder(sorted(rules, key=_place))


class InOrder(tuple[BonusRule, ...]):
    """Rules as they are judged, one after the other."""


def _place(rule: BonusRule) -> tuple[int, str, int]:
    return rule.order, rule.key, rule.id
