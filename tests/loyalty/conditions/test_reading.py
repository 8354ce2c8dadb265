"""A condition that cannot be read says where and why; one that can says why a bill does not meet it."""

from datetime import date, time

import pytest

from loyalty.conditions import tree
from loyalty.conditions.facts import Facts, MemberFacts, years_between

MORNING = Facts(
    amount=65_000,
    base=60_000,
    store="q1",
    channel="till",
    on=date(2026, 11, 23),
    time=time(9, 30),
    goods={"trà": 40_000, "bánh": 20_000},
    member=MemberFacts(tier="gold", joined_on=date(2024, 2, 29), bills_before=4, last_bill_on=date(2026, 11, 20)),
)
DOUBLE = {
    "all": [
        {"field": "weekday", "in": [1]},
        {"field": "hours", "between": ["07:00", "11:00"]},
        {"field": "tier", "is": "gold"},
        {"field": "category", "has": "trà"},
    ]
}


def test_monday_mornings_for_gold_in_the_category_tea():
    condition = tree.parse(DOUBLE)
    assert condition.holds(MORNING)
    assert condition.failed(MORNING) == ()


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"on": date(2026, 11, 24)}, ["weekday"]),
        ({"time": time(11, 0)}, ["hours"]),
        ({"time": time(6, 59, 59), "goods": {"bánh": 1}}, ["hours", "category"]),
        ({"member": None}, ["tier"]),
    ],
)
def test_what_is_missing_is_named(changed, fields):
    facts = Facts(**{**{name: getattr(MORNING, name) for name in Facts.__slots__}, **changed})
    assert [leaf.field for leaf in tree.parse(DOUBLE).failed(facts)] == fields


@pytest.mark.parametrize(
    ("document", "errors"),
    [
        (None, [("", "not_a_condition")]),
        ([], [("", "not_a_condition")]),
        ({}, [("", "not_a_condition")]),
        ({"all": {}}, [("/all", "not_a_list")]),
        ({"all": [], "any": []}, [("", "not_a_condition")]),
        ({"field": "password", "is": "x"}, [("/field", "unknown_field")]),
        ({"field": ["amount"], "is": 1}, [("/field", "unknown_field")]),
        ({"field": "amount"}, [("", "one_operator")]),
        ({"field": "amount", "is": 1, "at_least": 2}, [("", "one_operator")]),
        ({"field": "amount", "has": 1}, [("/has", "unknown_operator")]),
        ({"field": "amount", "is": True}, [("/is", "unreadable")]),
        ({"field": "amount", "is": 1.5}, [("/is", "unreadable")]),
        ({"field": "amount", "is": "1"}, [("/is", "unreadable")]),
        ({"field": "amount", "is": 10**14}, [("/is", "unreadable")]),
        ({"field": "amount", "between": [2, 1]}, [("/between", "unreadable")]),
        ({"field": "category", "has": "a\0b"}, [("/has", "unreadable")]),
        ({"field": "category", "has": "x" * 101}, [("/has", "unreadable")]),
        ({"field": "category", "has_any": []}, [("/has_any", "unreadable")]),
        ({"field": "category", "has_any": ["x"] * 201}, [("/has_any", "unreadable")]),
        ({"field": "weekday", "in": [0]}, [("/in", "unreadable")]),
        ({"field": "hours", "between": ["7:00", "11:00"]}, [("/between", "unreadable")]),
        ({"field": "hours", "between": ["24:00", "11:00"]}, [("/between", "unreadable")]),
        ({"field": "date", "is": "2026-02-30"}, [("/is", "unreadable")]),
        ({"field": "sku_quantity", "of": "a", "is": "0.00001"}, [("/is", "unreadable")]),
        ({"field": "sku_quantity", "is": 1}, [("/of", "missing")]),
        ({"field": "sku_quantity", "of": 5, "is": 1}, [("/of", "unreadable")]),
        ({"field": "amount", "of": "a", "is": 1}, [("/of", "unknown")]),
        (
            {"any": [{"field": "x", "is": 1}, {"not": {"field": "amount", "is": None}}]},
            [("/any/0/field", "unknown_field"), ("/any/1/not/is", "unreadable")],
        ),
        ({"all": [{"any": [{"field": "amount", "is": 1}] * 26}] * 2}, [("", "too_many_leaves")]),
    ],
)
def test_a_condition_that_cannot_be_read_says_where(document, errors):
    with pytest.raises(tree.ConditionUnreadable) as refused:
        tree.parse(document)
    assert [(one["pointer"], one["code"]) for one in refused.value.details["errors"]] == errors


def test_a_condition_is_only_so_deep():
    document: dict = {"field": "amount", "is": 1}
    for _ in range(5):
        document = {"not": document}
    tree.parse(document)
    with pytest.raises(tree.ConditionUnreadable):
        tree.parse({"not": document})
    for _ in range(3_000):
        document = {"not": document}
    with pytest.raises(tree.ConditionUnreadable):
        tree.parse(document)


@pytest.mark.parametrize(
    ("span", "hour", "inside"),
    [
        (["22:00", "02:00"], time(23), True),
        (["22:00", "02:00"], time(1, 59, 59), True),
        (["22:00", "02:00"], time(2), False),
        (["22:00", "02:00"], time(12), False),
        (["08:00", "08:00"], time(3), True),
    ],
)
def test_hours_may_pass_midnight(span, hour, inside):
    facts = Facts(**{**{name: getattr(MORNING, name) for name in Facts.__slots__}, "time": hour})
    assert tree.parse({"field": "hours", "between": span}).holds(facts) is inside


def test_a_guest_meets_no_question_about_members_and_its_opposite():
    facts = Facts(**{**{name: getattr(MORNING, name) for name in Facts.__slots__}, "member": None})
    assert not tree.parse({"field": "tier", "is": "gold"}).holds(facts)
    assert tree.parse({"not": {"field": "tier", "is": "gold"}}).holds(facts)


def test_years_are_whole_ones():
    assert years_between(date(2024, 2, 29), date(2025, 2, 28)) == 0
    assert years_between(date(2024, 2, 29), date(2025, 3, 1)) == 1
    assert years_between(date(2024, 11, 27), date(2026, 11, 27)) == 2
