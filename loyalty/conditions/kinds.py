"""Kinds of values and what may be asked of each: every operator judges in Python and says the same in SQL."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

HIGHEST = 10**13
LONGEST_TEXT, LONGEST_LIST = 100, 200
_DECIMAL = re.compile(r"[0-9]{1,13}(\.[0-9]{1,4})?", re.ASCII)
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


class Unreadable(ValueError):
    """The operand is not of the kind that the field wants."""


@dataclass(frozen=True, slots=True)
class Operator:
    """`read` makes the operand out of JSON (raises Unreadable); `holds(value, operand)`; `sql` with {} for the value.

    Operands are bound as parameters, as often as `sql` has a `%s`; `bound` says how.
    """

    read: Callable[[Any], Any]
    holds: Callable[[Any, Any], bool]
    sql: str
    bound: Callable[[Any], list[Any]] = lambda operand: [operand]


Kind = dict[str, Operator]


def whole(said: Any) -> int:
    if isinstance(said, bool) or not isinstance(said, int) or abs(said) > HIGHEST:
        raise Unreadable
    return said


def decimal(said: Any) -> Decimal:
    """A whole number, or one with at most four decimals written as text."""
    if isinstance(said, str) and _DECIMAL.fullmatch(said):
        try:
            return Decimal(said)
        except InvalidOperation as wrong:
            raise Unreadable from wrong
    return Decimal(whole(said))


def text(said: Any) -> str:
    if not isinstance(said, str) or not 0 < len(said) <= LONGEST_TEXT:
        raise Unreadable
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in said):
        raise Unreadable
    return unicodedata.normalize("NFC", said)


def day(said: Any) -> date:
    try:
        return date.fromisoformat(text(said))
    except ValueError as wrong:
        raise Unreadable from wrong


def clock(said: Any) -> time:
    if not isinstance(said, str) or not _TIME.fullmatch(said):
        raise Unreadable
    return time.fromisoformat(said)


def yes_or_no(said: Any) -> bool:
    if not isinstance(said, bool):
        raise Unreadable
    return said


def weekday(said: Any) -> int:
    """1 = Monday … 7 = Sunday."""
    number = whole(said)
    if not 1 <= number <= 7:
        raise Unreadable
    return number


def many(one: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    def read(said: Any) -> list[Any]:
        if not isinstance(said, list) or not 0 < len(said) <= LONGEST_LIST:
            raise Unreadable
        return [one(part) for part in said]

    return read


def pair(one: Callable[[Any], Any], *, ordered: bool = True) -> Callable[[Any], tuple[Any, Any]]:
    def read(said: Any) -> tuple[Any, Any]:
        if not isinstance(said, list) or len(said) != 2:
            raise Unreadable
        first, last = one(said[0]), one(said[1])
        if ordered and first > last:
            raise Unreadable
        return first, last

    return read


def _within(value: time, span: tuple[time, time]) -> bool:
    begins, ends = span
    return begins <= value < ends if begins < ends else value >= begins or value < ends


def _ordered(one: Callable[[Any], Any]) -> Kind:
    return {
        "is": Operator(one, lambda value, operand: bool(value == operand), "{} = %s"),
        "at_least": Operator(one, lambda value, operand: bool(value >= operand), "{} >= %s"),
        "at_most": Operator(one, lambda value, operand: bool(value <= operand), "{} <= %s"),
        "between": Operator(
            pair(one), lambda value, span: bool(span[0] <= value <= span[1]), "{} BETWEEN %s AND %s", list
        ),
    }


NUMBER = _ordered(whole)
QUANTITY = _ordered(decimal)
DATE = _ordered(day)
CHOICE: Kind = {
    "is": Operator(text, lambda value, operand: bool(value == operand), "{} = %s"),
    "in": Operator(many(text), lambda value, operand: value in operand, "{} = ANY(%s::text[])"),
}
SET: Kind = {
    "has": Operator(text, lambda value, operand: operand in value, "%s = ANY({})"),
    "has_any": Operator(many(text), lambda value, operand: any(one in value for one in operand), "{} && %s::text[]"),
    "has_all": Operator(many(text), lambda value, operand: all(one in value for one in operand), "{} @> %s::text[]"),
}
WEEKDAY: Kind = {"in": Operator(many(weekday), lambda value, operand: value in operand, "{} = ANY(%s::int[])")}
# half-open, by the minute; a span that ends before it begins goes on past midnight, one that ends as it begins is a day
HOURS: Kind = {
    "between": Operator(
        pair(clock, ordered=False),
        _within,
        "CASE WHEN %s::time < %s::time THEN {0} >= %s AND {0} < %s ELSE {0} >= %s OR {0} < %s END",
        lambda span: list(span) * 3,
    )
}
FLAG: Kind = {"is": Operator(yes_or_no, lambda value, operand: bool(value is operand), "{} = %s")}
