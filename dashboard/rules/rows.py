"""A condition as rows of a form, and back: "A and B or C" is A, and one of B and C.

Rows hold what staff typed; `document` makes the JSON of `loyalty.conditions` of them or says at which row it cannot.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_currency_precision
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard import policy_words, wording
from loyalty.conditions import kinds, tree
from loyalty.conditions.fields import FIELDS
from loyalty.conditions.tree import ConditionUnreadable
from loyalty.conditions.words import MONEY
from loyalty.look import words
from loyalty.models import Programme, Store, Tier
from members.models import Member, NamedDay

MOST = 12
_FIELD = re.compile(r"c([0-9]{1,3})-field", re.ASCII)
PICKS = ("tier", "store", "channel", "payment", "named_day", "gender")
OPERATORS: dict[str, dict[str, Any]] = {
    "number": {
        "at_least": gettext_lazy("từ"),
        "at_most": gettext_lazy("đến"),
        "between": gettext_lazy("trong khoảng"),
        "is": gettext_lazy("bằng"),
    },
    "set": {"has_any": gettext_lazy("có một trong"), "has_all": gettext_lazy("có đủ")},
}
KINDS = {id(kinds.NUMBER): "number", id(kinds.QUANTITY): "number", id(kinds.DATE): "number", id(kinds.SET): "set"}
CONTROLS = {
    id(kinds.WEEKDAY): "weekday",
    id(kinds.HOURS): "hours",
    id(kinds.FLAG): "flag",
    id(kinds.DATE): "date",
    id(kinds.QUANTITY): "quantity",
}


@dataclass
class Row:
    """One question. `values`: what was typed or chosen; `second`: where a span ends; `error`: what is wrong with it."""

    n: int
    either: bool = False
    negated: bool = False
    field: str = ""
    operator: str = ""
    of: str = ""
    values: list[str] = made(default_factory=list)
    second: str = ""
    error: str = ""

    @property
    def control(self) -> str:
        """Which inputs ask for the value."""
        if self.field not in FIELDS:
            return ""
        if self.field in MONEY:
            return "money"
        known = CONTROLS.get(id(FIELDS[self.field].kind))
        if known:
            return known
        if self.field in PICKS:
            return "pick"
        return "number" if self._kind == "number" else "text"

    @property
    def _kind(self) -> str:
        return KINDS.get(id(FIELDS[self.field].kind), "") if self.field in FIELDS else ""

    @property
    def operators(self) -> Mapping[str, Any]:
        return OPERATORS.get(self._kind, {})

    @property
    def wants_of(self) -> bool:
        return self.field in FIELDS and FIELDS[self.field].wants_of

    @property
    def first(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def typed(self) -> str:
        return ", ".join(self.values)

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """Value, what it is called, whether it is chosen."""
        offered = WEEKDAYS() if self.control == "weekday" else choices(self.field)
        return [(value, called, value in self.values) for value, called in offered]


def WEEKDAYS() -> list[tuple[str, str]]:  # noqa: N802 - reads as the constant it is, in the language of the page
    return [(str(n), str(day)) for n, day in enumerate(words.WEEKDAYS, 1)]


def choices(name: str) -> list[tuple[str, str]]:
    """What a field may be, as the shop knows it."""
    match name:
        case "tier":
            return [(t.code, wording.in_language(t.name_vi, t.name_en)) for t in Tier.objects.order_by("rank")]
        case "store":
            return list(Store.objects.filter(practice_of=None).order_by("name").values_list("code", "name"))
        case "channel":
            return [(code, str(called)) for code, called in policy_words.CHANNELS.items()]
        case "payment":
            return [(code, code) for code in Programme.objects.values_list("payment_methods", flat=True).get(pk=1)]
        case "named_day":
            days = NamedDay.objects.filter(active=True).order_by("key")
            return [(day.key, wording.in_language(day.name_vi, day.name_en)) for day in days]
        case "gender":
            return [(code, str(called)) for code, called in Member.Gender.choices if code]
    return []


def read(said: QueryDict) -> list[Row]:
    """The rows of a form as sent, in their order; empty ones are left out."""
    found = []
    numbers = {int(asked[1]) for name in said if (asked := _FIELD.fullmatch(name))}
    for n in sorted(numbers)[:MOST]:
        row = Row(
            n=n,
            either=said.get(f"c{n}-join") == "or",
            negated=bool(said.get(f"c{n}-not")),
            field=said.get(f"c{n}-field", ""),
            operator=said.get(f"c{n}-op", ""),
            of=said.get(f"c{n}-of", "").strip(),
            values=[value.strip() for value in said.getlist(f"c{n}-value") if value.strip()],
            second=said.get(f"c{n}-second", "").strip(),
        )
        if row.field:
            found.append(row)
    return found


def document(rows: Sequence[Row]) -> dict[str, Any] | None:
    """The condition that the rows say; None where one of them cannot be read, which then has its error."""
    groups: list[list[dict[str, Any]]] = []
    for row in rows:
        leaf = _leaf(row)
        if leaf is None:
            continue
        said = {"not": leaf} if row.negated else leaf
        if row.either and groups:
            groups[-1].append(said)
        else:
            groups.append([said])
    if any(row.error for row in rows):
        return None
    return {"all": [group[0] if len(group) == 1 else {"any": group} for group in groups]}


def _leaf(row: Row) -> dict[str, Any] | None:
    if row.field not in FIELDS:
        row.error = _("Chọn một điều trong danh sách.")
        return None
    leaf: dict[str, Any] = {"field": row.field}
    if row.wants_of:
        leaf["of"] = row.of
    try:
        operator, operand = _operand(row)
        leaf[operator] = operand
        tree.parse(leaf)
    except (ConditionUnreadable, ValueError, InvalidOperation):
        row.error = _("Điền giá trị cho điều kiện này.") if not row.values else _("Không đọc được giá trị này.")
        return None
    return leaf


def _operand(row: Row) -> tuple[str, Any]:
    match row.control:
        case "flag":
            return "is", True
        case "weekday":
            return "in", [int(value) for value in row.values]
        case "hours":
            return "between", [row.first, row.second]
        case "pick" | "text":
            values = row.values if row.control == "pick" else [part for part in _split(row.typed) if part]
            if row.operators:
                return row.operator if row.operator in row.operators else "has_any", values
            return ("is", values[0]) if len(values) == 1 else ("in", values)
    operator = row.operator if row.operator in row.operators else "at_least"
    first = _number(row.control, row.first)
    return operator, [first, _number(row.control, row.second)] if operator == "between" else first


def _split(typed: str) -> list[str]:
    return [part.strip() for part in typed.split(",")]


def _number(control: str, typed: str) -> Any:
    if control == "date":
        return typed
    plain = typed.replace(" ", "").replace("\u00a0", "")
    if control == "quantity":
        return plain.replace(",", ".")
    if control == "money":
        decimals = get_currency_precision(wording.currency())
        plain = plain.replace(".", "").replace(",", ".") if not decimals or "," in plain else plain
        return int(Decimal(plain).scaleb(decimals))
    return int(plain.replace(".", ""))


def rows_of(condition: Any) -> list[Row] | None:
    """The rows that say a condition; None where it is more than rows can say."""
    groups = condition["all"] if isinstance(condition, dict) and "all" in condition else [condition]
    rows: list[Row] = []
    for group in groups:
        inner = group["any"] if isinstance(group, dict) and "any" in group else [group]
        for place, one in enumerate(inner):
            row = _row(one, n=len(rows), either=place > 0)
            if row is None:
                return None
            rows.append(row)
    return rows


def _row(one: Any, *, n: int, either: bool) -> Row | None:
    negated = isinstance(one, dict) and "not" in one
    leaf = one["not"] if negated else one
    if not isinstance(leaf, dict) or "field" not in leaf:
        return None
    row = Row(n=n, either=either, negated=negated, field=leaf["field"], of=leaf.get("of", ""))
    (operator,) = set(leaf) - {"field", "of"}
    operand = leaf[operator]
    row.operator = {"has": "has_any"}.get(operator, operator)
    if row.control == "flag":
        row.negated = negated != (operand is False)
    elif operator == "between":
        row.values, row.second = [_typed(row.control, operand[0])], _typed(row.control, operand[1])
    else:
        values = operand if isinstance(operand, list) else [operand]
        row.values = [_typed(row.control, value) for value in values]
    return row


def _typed(control: str, value: Any) -> str:
    if control == "money" and isinstance(value, int):
        return words.number(int(Decimal(value).scaleb(-get_currency_precision(wording.currency()))))
    return str(value)
