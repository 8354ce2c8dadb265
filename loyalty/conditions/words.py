"""A condition as people read it, in the language that is active: `hạng là gold`, `giờ từ 08:00 đến 11:00`."""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as __

from loyalty.conditions.fields import FIELDS
from loyalty.conditions.tree import All, Condition, Leaf, Not, Some
from loyalty.look import words

MONEY = {"amount", "base", "category_amount"}
# field → value → what people call it: a tier's name for its code
Names = Mapping[str, Mapping[str, str]]


def said(condition: Condition, names: Names | None = None) -> str:
    """One sentence; empty where nothing is asked."""
    match condition:
        case Leaf():
            return leaf(condition, names)
        case All():
            return __(" và ").join(_within(part, names) for part in condition.parts)
        case Some():
            return __(" hoặc ").join(_within(part, names) for part in condition.parts)
        case Not():
            return __("không phải (%(what)s)") % {"what": said(condition.part, names)}


def _within(part: Condition, names: Names | None) -> str:
    text = said(part, names)
    return f"({text})" if isinstance(part, All | Some) and len(part.parts) > 1 else text


def leaf(one: Leaf, names: Names | None = None) -> str:
    """`nhóm hàng có trà`, `tổng hóa đơn từ 200.000 ₫`."""
    field = str(FIELDS[one.field].label)
    called = (names or {}).get(one.field, {})
    if one.of:
        field = f"{field} {one.of}"
    if isinstance(one.operand, bool):
        return field if one.operand else __("không phải (%(what)s)") % {"what": field}
    told = {"field": field}
    if isinstance(one.operand, tuple):
        first, last = (_value(one.field, part, called) for part in one.operand)
        return __("%(field)s từ %(first)s đến %(last)s") % {**told, "first": first, "last": last}
    if isinstance(one.operand, list) and len(one.operand) == 1:
        alone = "is" if one.operator == "in" else "has"
        return _ONE[alone]() % {**told, "value": _value(one.field, one.operand[0], called)}
    if isinstance(one.operand, list):
        values = ", ".join(_value(one.field, part, called) for part in one.operand)
        return _LISTS[one.operator]() % {**told, "values": values}
    return _ONE[one.operator]() % {**told, "value": _value(one.field, one.operand, called)}


_ONE = {
    "is": lambda: __("%(field)s là %(value)s"),
    "at_least": lambda: __("%(field)s từ %(value)s"),
    "at_most": lambda: __("%(field)s đến %(value)s"),
    "has": lambda: __("%(field)s có %(value)s"),
}
_LISTS = {
    "in": lambda: __("%(field)s là một trong: %(values)s"),
    "has_any": lambda: __("%(field)s có một trong: %(values)s"),
    "has_all": lambda: __("%(field)s có đủ: %(values)s"),
}


def _value(field: str, value: Any, called: Mapping[str, str]) -> str:
    if field == "weekday":
        return str(words.WEEKDAYS[value - 1])
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, int):
        return words.money(value) if field in MONEY else words.number(value)
    return called.get(value, value)
