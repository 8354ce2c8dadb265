"""A condition read from JSON: typed, bounded, or refused with every mistake named."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from events.refusals import Refusal
from loyalty.conditions import kinds
from loyalty.conditions.facts import Facts
from loyalty.conditions.fields import FIELDS
from loyalty.conditions.kinds import Unreadable

DEEPEST, MOST_LEAVES = 6, 50


class ConditionUnreadable(Refusal):
    """`details["errors"]` lists each mistake: the JSON pointer to it and its code."""

    code = "condition_unreadable"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One question about one field."""

    field: str
    operator: str
    operand: Any
    of: str = ""

    def holds(self, facts: Facts) -> bool:
        field = FIELDS[self.field]
        value = field.read(facts, self.of)
        return value is not None and field.kind[self.operator].holds(value, self.operand)

    def failed(self, facts: Facts) -> tuple["Leaf", ...]:
        return () if self.holds(facts) else (self,)

    def sql(self) -> tuple[str, list[Any]]:
        field = FIELDS[self.field]
        operator = field.kind[self.operator]
        # psycopg2 binds from left to right: the operand of "has" stands before the value
        operand, of = operator.bound(self.operand), [self.of] if field.wants_of else []
        before = operator.sql.index("%s") < operator.sql.index("{")
        return f"coalesce({operator.sql.format(field.sql)}, false)", [*operand, *of] if before else [*of, *operand]


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; nothing asked, nothing missing."""

    parts: tuple["Condition", ...]

    def holds(self, facts: Facts) -> bool:
        return all(part.holds(facts) for part in self.parts)

    def failed(self, facts: Facts) -> tuple[Leaf, ...]:
        return tuple(leaf for part in self.parts for leaf in part.failed(facts))

    def sql(self) -> tuple[str, list[Any]]:
        return _joined(self.parts, " AND ", "true")


@dataclass(frozen=True, slots=True)
class Some:
    """One part holds at least."""

    parts: tuple["Condition", ...]

    def holds(self, facts: Facts) -> bool:
        return any(part.holds(facts) for part in self.parts)

    def failed(self, facts: Facts) -> tuple[Leaf, ...]:
        return () if self.holds(facts) else tuple(leaf for part in self.parts for leaf in part.failed(facts))

    def sql(self) -> tuple[str, list[Any]]:
        return _joined(self.parts, " OR ", "false")


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"

    def holds(self, facts: Facts) -> bool:
        return not self.part.holds(facts)

    def failed(self, facts: Facts) -> tuple[Leaf, ...]:
        """What stands in the way: everything that is asked not to be."""
        return () if self.holds(facts) else tuple(_leaves(self.part))

    def sql(self) -> tuple[str, list[Any]]:
        inner, bound = self.part.sql()
        return f"NOT {inner}", bound


Condition = Leaf | All | Some | Not


def parse(document: Any) -> Condition:
    """The condition that a JSON document says. Raises ConditionUnreadable with everything that is wrong in it."""
    reading = _Reading([])
    condition = reading.node(document, "", 1)
    if condition is not None and len(list(_leaves(condition))) > MOST_LEAVES:
        reading.wrong("", "too_many_leaves")
    if reading.errors or condition is None:
        raise ConditionUnreadable(errors=[{"pointer": at, "code": code} for at, code in reading.errors])
    return condition


@dataclass
class _Reading:
    errors: list[tuple[str, str]]

    def wrong(self, pointer: str, code: str) -> None:
        """There is no condition here, and why."""
        self.errors.append((pointer, code))

    def node(self, said: Any, pointer: str, depth: int) -> Condition | None:
        if depth > DEEPEST:
            self.wrong(pointer, "too_deep")
            return None
        if not isinstance(said, dict):
            self.wrong(pointer, "not_a_condition")
            return None
        if "field" in said:
            return self.leaf(said, pointer)
        if len(said) != 1 or next(iter(said)) not in {"all", "any", "not"}:
            self.wrong(pointer, "not_a_condition")
            return None
        ((how, inner),) = said.items()
        if how == "not":
            part = self.node(inner, f"{pointer}/not", depth + 1)
            return Not(part) if part is not None else None
        if not isinstance(inner, list) or len(inner) > MOST_LEAVES:
            self.wrong(f"{pointer}/{how}", "not_a_list")
            return None
        parts = [self.node(part, f"{pointer}/{how}/{place}", depth + 1) for place, part in enumerate(inner)]
        known = tuple(part for part in parts if part is not None)
        return All(known) if how == "all" else Some(known)

    def leaf(self, said: dict[str, Any], pointer: str) -> Leaf | None:
        name = said["field"]
        field = FIELDS.get(name) if isinstance(name, str) else None
        if field is None:
            self.wrong(f"{pointer}/field", "unknown_field")
            return None
        asked = {key for key in said if key not in {"field", "of"}}
        if len(asked) != 1:
            self.wrong(pointer, "one_operator")
            return None
        operator = asked.pop()
        if operator not in field.kind:
            self.wrong(f"{pointer}/{operator}", "unknown_operator")
            return None
        if field.wants_of != ("of" in said):
            self.wrong(f"{pointer}/of", "missing" if field.wants_of else "unknown")
            return None
        try:
            operand = field.kind[operator].read(said[operator])
        except Unreadable:
            self.wrong(f"{pointer}/{operator}", "unreadable")
            return None
        try:
            of = kinds.text(said["of"]) if field.wants_of else ""
        except Unreadable:
            self.wrong(f"{pointer}/of", "unreadable")
            return None
        return Leaf(name, operator, operand, of)


def compiled(condition: Condition) -> Callable[[Facts], bool]:
    """The same judgement as `holds`, looked up once: for conditions that judge every bill of a day."""
    match condition:
        case Leaf():
            field = FIELDS[condition.field]
            read, of, operand = field.read, condition.of, condition.operand
            test = field.kind[condition.operator].holds

            def holds(facts: Facts) -> bool:
                value = read(facts, of)
                return value is not None and test(value, operand)

            return holds
        case Not():
            inner = compiled(condition.part)
            return lambda facts: not inner(facts)
    parts = [compiled(part) for part in condition.parts]
    if isinstance(condition, Some):
        return lambda facts: any(part(facts) for part in parts)

    return lambda facts: all(part(facts) for part in parts)


def fields(condition: Condition) -> frozenset[str]:
    """The names of the fields that a condition asks about."""
    return frozenset(leaf.field for leaf in _leaves(condition))


def _leaves(condition: Condition) -> Iterator[Leaf]:
    if isinstance(condition, Leaf):
        yield condition
    elif isinstance(condition, Not):
        yield from _leaves(condition.part)
    else:
        for part in condition.parts:
            yield from _leaves(part)


def _joined(parts: tuple[Condition, ...], word: str, empty: str) -> tuple[str, list[Any]]:
    said = [part.sql() for part in parts]
    if not said:
        return empty, []
    return f"({word.join(text for text, _bound in said)})", [value for _text, bound in said for value in bound]
