"""What a bonus rule gives: typed effects, read from JSON, each a pure function of the lines in its scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from events.refusals import Refusal
from loyalty.conditions import kinds
from loyalty.conditions.kinds import Unreadable

MOST_POINTS, MOST_PERCENT = 1_000_000, 10_000
NOTHING = Fraction(0)


class EffectUnreadable(Refusal):
    """`details["errors"]` lists each mistake: the JSON pointer to it and its code."""

    code = "effect_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarningLine:
    """A line that earns. `amount`: its part of the earning base (minor units), after what does not earn."""

    sku: str
    category: str
    quantity: Decimal
    amount: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Which lines an effect looks at: those of these categories or SKUs; nothing named: every line that earns."""

    categories: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()

    def of(self, lines: Sequence[EarningLine]) -> Sequence[EarningLine]:
        if not self.categories and not self.skus:
            return lines
        return [line for line in lines if line.category in self.categories or line.sku in self.skus]


@dataclass(frozen=True, slots=True)
class PerAmount:
    """So many points for each full `per_amount` (minor units) of the scope's lines together."""

    points: int
    per_amount: int
    scope: Scope = Scope()

    def points_of(self, lines: Sequence[EarningLine], base: "Base") -> Fraction:
        amount = sum(line.amount for line in self.scope.of(lines))
        return Fraction(amount // self.per_amount * self.points)


@dataclass(frozen=True, slots=True)
class Fixed:
    """So many points for the bill, where something in scope is on it."""

    points: int
    scope: Scope = Scope()

    def points_of(self, lines: Sequence[EarningLine], base: "Base") -> Fraction:
        return Fraction(self.points) if self.scope.of(lines) else NOTHING


@dataclass(frozen=True, slots=True)
class PerUnit:
    """So many points for each whole unit (cup, piece, kilogram) of the scope's lines together."""

    points: int
    scope: Scope = Scope()

    def points_of(self, lines: Sequence[EarningLine], base: "Base") -> Fraction:
        quantity = sum((line.quantity for line in self.scope.of(lines)), Decimal(0))
        return Fraction(int(quantity) * self.points)


@dataclass(frozen=True, slots=True)
class Percent:
    """So many percent of the base points again: 100 doubles them, 20 gives a fifth more.

    A scope has the share of the base points that its lines have of the earning base, so that parts add up to the whole.
    Several on one bill add up: two that double make three times, not four.
    """

    percent: int
    scope: Scope = Scope()

    def points_of(self, lines: Sequence[EarningLine], base: "Base") -> Fraction:
        amount = sum(line.amount for line in self.scope.of(lines))
        return base.points * Fraction(amount * self.percent, base.amount * 100) if base.amount else NOTHING


@dataclass(frozen=True, slots=True)
class Base:
    """What the bill earns before any bonus: the earning base (minor units) and its whole points."""

    amount: int
    points: int


Effect = PerAmount | Fixed | PerUnit | Percent
_FIELDS: dict[str, dict[str, int]] = {
    "per_amount": {"points": MOST_POINTS, "per_amount": kinds.HIGHEST},
    "fixed": {"points": MOST_POINTS},
    "per_unit": {"points": MOST_POINTS},
    "percent": {"percent": MOST_PERCENT},
}
_KINDS: dict[str, type[Any]] = {"per_amount": PerAmount, "fixed": Fixed, "per_unit": PerUnit, "percent": Percent}


def parse(document: Any) -> Effect:
    """The effect that a JSON document says: `{"kind", <numbers>, "categories"?, "skus"?}`. Raises EffectUnreadable."""
    if not isinstance(document, dict) or not isinstance(document.get("kind"), str) or document["kind"] not in _KINDS:
        raise EffectUnreadable(errors=[{"pointer": "/kind", "code": "unknown_effect"}])
    kind = document["kind"]
    wanted, errors = _FIELDS[kind], []
    numbers: dict[str, int] = {}
    for name, most in wanted.items():
        value = document.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            errors.append({"pointer": f"/{name}", "code": "unreadable"})
        else:
            numbers[name] = value
    scope: dict[str, frozenset[str]] = {}
    for name in ("categories", "skus"):
        try:
            scope[name] = frozenset(kinds.many(kinds.text)(document[name])) if document.get(name) else frozenset()
        except Unreadable:
            errors.append({"pointer": f"/{name}", "code": "unreadable"})
    errors += [{"pointer": f"/{name}", "code": "unknown"} for name in document if name not in {"kind", *wanted, *scope}]
    if errors:
        raise EffectUnreadable(errors=errors)
    effect: Effect = _KINDS[kind](**numbers, scope=Scope(**scope))
    return effect
