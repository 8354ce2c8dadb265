"""Python and SQL say the same of every bill, whatever is asked."""

from datetime import date
from random import Random
from typing import Any

import pytest

from loyalty.conditions import fields, history, kinds, tree
from members import named_days
from tests.loyalty.conditions import town

FIRST, LAST = date(2027, 1, 1), date(2029, 1, 1)
AMOUNTS = (0, 9_999, 10_000, 10_001, 50_000, 60_000, 1_000_000, -1)
SMALL = (0, 1, 2, 3, 4, 5, 29, 59, 60, 365, 1_000)
OPERANDS: dict[str, list[Any]] = {
    "amount": list(AMOUNTS),
    "base": list(AMOUNTS),
    "category_amount": list(AMOUNTS),
    "sku_quantity": [0, 1, "0.5", "1.5", 2, 3, "3.0001"],
    "category": list(town.CATEGORIES[:4]) + ["không có"],
    "sku": [*town.SKUS, "ts01"],
    "channel": [*town.CHANNELS, "app"],
    "payment": [*town.METHODS, "gift_card"],
    "weekday": list(range(1, 8)),
    "hours": ["00:00", "00:01", "08:00", "12:00", "22:00", "23:59"],
    "date": ["2027-12-31", "2028-01-01", "2028-01-26", "2028-02-29", "2028-03-01", "2027-12-20"],
    "named_day": ["tet", "new-year", "christmas", "payday", "valentine"],
    "member": [True, False],
    "birthday_month": [True, False],
    "tier": ["member", "silver", "gold", "diamond"],
    "tag": list(town.TAGS),
    "gender": ["female", "male"],
    "store": ["q1"],
}


def operand(random: Random, name: str, operator: str) -> Any:
    values = OPERANDS.get(name, list(SMALL))
    if operator in {"in", "has_any", "has_all"}:
        return random.choices(values, k=random.randint(1, 3))
    if operator == "between":
        pair = [random.choice(values), random.choice(values)]
        if name == "hours":
            return pair
        return sorted(pair, key=lambda one: kinds.decimal(one) if name == "sku_quantity" else one)
    return random.choice(values)


def leaf(random: Random) -> dict[str, Any]:
    name = random.choice(list(fields.FIELDS))
    field = fields.FIELDS[name]
    operator = random.choice(list(field.kind))
    said = {"field": name, operator: operand(random, name, operator)}
    if field.wants_of:
        said["of"] = random.choice(OPERANDS["category" if name == "category_amount" else "sku"])
    return said


def tree_of(random: Random, depth: int = 1) -> dict[str, Any]:
    how = random.random()
    if depth == 5 or how < 0.4:
        return leaf(random)
    if how < 0.55:
        return {"not": tree_of(random, depth + 1)}
    parts = [tree_of(random, depth + 1) for _ in range(random.randint(0, 3))]
    return {random.choice(("all", "any")): parts}


def check(lived: town.Town, *, seed: int, conditions: int) -> tuple[int, int]:
    """How many answers were compared, and how many of them were yes."""
    random = Random(seed)
    asked = [tree.parse(tree_of(random)) for _ in range(conditions)]
    asked = [condition for condition in asked if not isinstance(condition, tree.All) or condition.parts]
    compared = yes = 0
    for first in range(0, len(asked), 100):
        some = asked[first : first + 100]
        found = history.matching(some, first=FIRST, last=LAST, calendar=named_days.calendar())
        assert found.keys() == lived.facts.keys()
        for bill, met in found.items():
            facts = lived.facts[bill]
            said = [condition.holds(facts) for condition in some]
            assert said == [tree.compiled(condition)(facts) for condition in some]
            assert said == met, [
                (one, facts) for one, here, there in zip(some, said, met, strict=True) if here != there
            ]
            for condition, holds in zip(some, said, strict=True):
                assert not (holds and condition.failed(facts)), condition
            compared += len(some)
            yes += sum(said)
    return compared, yes


@pytest.fixture
def lived(db) -> town.Town:
    return town.live(bills=150, seed=20261127)


def test_python_and_sql_agree_on_random_conditions(lived):
    compared, yes = check(lived, seed=1, conditions=500)
    assert compared > 50_000
    assert 0.2 < yes / compared < 0.8, "conditions that are nearly always true or false prove little"


def test_every_field_is_true_of_some_bills_and_false_of_others(lived):
    random = Random(2)
    for name, field in fields.FIELDS.items():
        asked = []
        for operator in field.kind:
            for _ in range(8):
                said = {"field": name, operator: operand(random, name, operator)}
                if name == "store":
                    code = lived.shop.store.code
                    said = {"field": name, operator: code if operator == "is" else [code, "q1"]}
                if field.wants_of:
                    said["of"] = "trà" if name == "category_amount" else "TS01"
                asked.append(tree.parse(said))
        found = history.matching(asked, first=FIRST, last=LAST, calendar=named_days.calendar())
        answers = {answer for met in found.values() for answer in met}
        assert answers == ({True} if name == "store" else {True, False}), name
        for bill, met in found.items():
            assert met == [condition.holds(lived.facts[bill]) for condition in asked], name


@pytest.mark.full
def test_ten_thousand_conditions_agree(lived):
    compared, _yes = check(lived, seed=3, conditions=10_000)
    assert compared > 1_000_000
