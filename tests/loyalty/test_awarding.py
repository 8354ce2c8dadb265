"""What a bill earns under many rules: groups, limits, caps, one rounding, in whatever order they are stored."""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.conditions import tree
from loyalty.conditions.facts import Facts
from loyalty.rules import effects
from loyalty.rules.awarding import Award, BonusRule, Mode, Room, Terms, award
from loyalty.rules.effects import EarningLine, EffectUnreadable

TEA = EarningLine(sku="TS01", category="tea", quantity=Decimal(2), amount=45_000)
CAKE = EarningLine(sku="BK02", category="cake", quantity=Decimal("1.5"), amount=60_000)
LINES = (TEA, CAKE)
STEP = Terms(points=1, per_amount=10_000)
ANY = tree.parse({"all": []})
NEVER = tree.parse({"any": []})


def facts(**said: Any) -> Facts:
    known: dict[str, Any] = {
        "amount": 105_000,
        "base": 105_000,
        "store": "q1",
        "channel": "till",
        "on": date(2026, 11, 23),
        "time": time(9, 0),
    }
    return Facts(**{**known, **said})


def rule(id: int, effect: dict[str, Any], **said: Any) -> BonusRule:
    said.setdefault("condition", ANY)
    return BonusRule(id=id, key=said.pop("key", f"rule-{id}"), effect=effects.parse(effect), **said)


def judged(*rules: BonusRule, terms: Terms = STEP, lines: Sequence[EarningLine] = LINES, **said: Any) -> Award:
    return award(lines, facts=facts(), terms=terms, rules=rules, **said)


def points(given: Award) -> dict[str, int]:
    return {one.rule.key: one.points for one in given.given}


DOUBLE = {"kind": "percent", "percent": 100}


@pytest.mark.parametrize(
    ("effect", "earned"),
    [
        (DOUBLE, 10),
        ({**DOUBLE, "categories": ["tea"]}, 4),
        ({**DOUBLE, "skus": ["BK02"]}, 5),
        ({**DOUBLE, "categories": ["coffee"]}, 0),
        ({"kind": "percent", "percent": 50}, 5),
        ({"kind": "per_amount", "points": 3, "per_amount": 20_000, "categories": ["cake"]}, 9),
        ({"kind": "fixed", "points": 7}, 7),
        ({"kind": "fixed", "points": 7, "categories": ["coffee"]}, 0),
        ({"kind": "per_unit", "points": 5, "categories": ["tea"]}, 10),
        ({"kind": "per_unit", "points": 5, "categories": ["cake"]}, 5),
        ({"kind": "per_unit", "points": 5}, 15),
    ],
)
def test_each_effect_gives_what_it_says(effect: dict[str, Any], earned: int) -> None:
    given = judged(rule(1, effect))

    assert (given.base_points, given.points - given.base_points) == (10, earned)


def test_the_parts_of_a_bill_add_up_to_the_whole_and_are_rounded_once() -> None:
    parts = judged(rule(1, {**DOUBLE, "categories": ["tea"]}), rule(2, {**DOUBLE, "categories": ["cake"]}))

    # 4.28 and 5.71: each by itself would lose a point
    assert parts.points == judged(rule(3, DOUBLE)).points == 20


def test_the_tiers_factor_counts_on_base_and_rules_alike() -> None:
    given = judged(rule(1, DOUBLE), terms=Terms(points=1, per_amount=10_000, tier_percent=20))

    assert (given.base_points, given.tier_points, points(given)) == (10, 2, {"rule-1": 12})


def test_a_rule_whose_condition_does_not_hold_gives_nothing_and_says_why_when_asked() -> None:
    gold = tree.parse({"all": [{"field": "tier", "is": "gold"}, {"field": "store", "is": "q1"}]})
    asked = judged(rule(1, DOUBLE, condition=gold), explain=True)

    assert asked.points == 10
    assert [(one.reason, [leaf.field for leaf in one.failed]) for one in asked.refused] == [("condition", ["tier"])]
    assert judged(rule(1, DOUBLE, condition=gold)).refused == ()


def test_the_best_of_a_group_is_taken_and_the_others_say_which_it_was() -> None:
    given = judged(
        rule(1, {"kind": "fixed", "points": 5}, group="tet", mode=Mode.BEST),
        rule(2, DOUBLE, group="tet", mode=Mode.BEST),
        rule(3, {"kind": "fixed", "points": 1}),
    )

    assert points(given) == {"rule-2": 10, "rule-3": 1}
    assert [(one.rule.key, one.reason, one.by) for one in given.refused] == [("rule-1", "another_rule", "rule-2")]


def test_the_first_of_a_group_is_the_one_that_stands_before() -> None:
    given = judged(
        rule(1, DOUBLE, group="tet", mode=Mode.FIRST, order=20),
        rule(2, {"kind": "fixed", "points": 1}, group="tet", mode=Mode.FIRST, order=10),
    )

    assert points(given) == {"rule-2": 1}


def test_an_exclusive_rule_stands_alone() -> None:
    given = judged(rule(1, DOUBLE), rule(2, {"kind": "fixed", "points": 1}, mode=Mode.EXCLUSIVE))

    assert points(given) == {"rule-2": 1}


def test_two_that_double_make_three_times() -> None:
    assert judged(rule(1, DOUBLE), rule(2, DOUBLE)).points == 30


@pytest.mark.parametrize(
    ("per_bill", "room", "given", "refused"),
    [
        (None, None, 10, []),
        (4, None, 4, [("limit_bill", 6)]),
        (4, Room(3, "limit_day"), 3, [("limit_day", 7)]),
        (None, Room(0, "budget"), 0, [("budget", 10)]),
        (None, Room(50, "budget"), 10, []),
    ],
)
def test_a_rules_limits_let_through_what_is_left(
    per_bill: int | None, room: Room | None, given: int, refused: list[tuple[str, int]]
) -> None:
    done = judged(rule(1, DOUBLE, per_bill=per_bill), room={1: room} if room else {})

    assert sum(one.points for one in done.given) == given
    assert [(one.reason, one.cut) for one in done.refused] == refused


def test_the_programmes_caps_take_from_the_rules_first_and_the_rules_remember_what_they_gave() -> None:
    done = judged(rule(1, DOUBLE), terms=Terms(points=1, per_amount=10_000, cap_per_bill=15, left_today=8))

    assert (done.base_points, points(done), done.points) == (8, {"rule-1": 0}, 8)
    assert done.given[0].counted == 10
    assert done.capped == {"cap_bill": 5, "cap_day": 7}


EFFECTS = st.one_of(
    st.fixed_dictionaries({"kind": st.just("fixed"), "points": st.integers(1, 50)}),
    st.fixed_dictionaries({"kind": st.just("percent"), "percent": st.integers(1, 300)}),
    st.fixed_dictionaries({"kind": st.just("percent"), "percent": st.integers(1, 300), "categories": st.just(["tea"])}),
    st.fixed_dictionaries(
        {"kind": st.just("per_amount"), "points": st.integers(1, 9), "per_amount": st.integers(1, 90_000)}
    ),
    st.fixed_dictionaries({"kind": st.just("per_unit"), "points": st.integers(1, 9), "skus": st.just(["TS01"])}),
)
RULES = st.lists(
    st.tuples(
        EFFECTS,
        st.sampled_from(list(Mode)),
        st.sampled_from(["a", "b"]),
        st.integers(1, 3),
        st.none() | st.integers(1, 20),
        st.sampled_from([ANY, ANY, NEVER]),
    ),
    max_size=8,
)
TERMS = st.builds(
    Terms,
    points=st.integers(0, 3),
    per_amount=st.integers(1, 50_000),
    tier_percent=st.integers(0, 50),
    cap_per_bill=st.none() | st.integers(0, 100),
    left_today=st.none() | st.integers(0, 100),
)


def some(drawn: list[tuple[Any, ...]]) -> list[BonusRule]:
    return [
        rule(n, effect, mode=mode, group=group, order=order, per_bill=per_bill, condition=condition)
        for n, (effect, mode, group, order, per_bill, condition) in enumerate(drawn, 1)
    ]


@settings(max_examples=300, deadline=None)
@given(drawn=RULES, terms=TERMS, seed=st.integers(0, 2**32))
def test_the_result_does_not_depend_on_the_order_rules_are_stored_in(
    drawn: list[tuple[Any, ...]], terms: Terms, seed: int
) -> None:
    rules = some(drawn)
    shuffled = list(rules)
    Random(seed).shuffle(shuffled)

    assert judged(*rules, terms=terms) == judged(*shuffled, terms=terms)


@settings(max_examples=300, deadline=None)
@given(drawn=RULES, terms=TERMS)
def test_rules_only_ever_add_and_nothing_is_rounded_twice(drawn: list[tuple[Any, ...]], terms: Terms) -> None:
    rules = some(drawn)
    alone = judged(terms=terms)
    done = judged(*rules, terms=terms)

    assert done.points >= alone.points
    assert done.points == done.base_points + done.tier_points + sum(one.points for one in done.given)
    assert all(0 <= one.points <= one.counted for one in done.given)
    free = [one for one in rules if one.per_bill is None and one.mode is Mode.STACK]
    loose = Terms(points=terms.points, per_amount=terms.per_amount, tier_percent=terms.tier_percent)
    base = effects.Base(105_000, 105_000 // terms.per_amount * terms.points)
    exact = base.points + sum(
        (one.effect.points_of(LINES, base) for one in free if one.condition is ANY), start=Fraction(0)
    )
    assert judged(*free, terms=loose).points == int(exact * Fraction(100 + terms.tier_percent, 100))


@settings(max_examples=200, deadline=None)
@given(drawn=RULES, terms=TERMS, kept=st.integers(0, 45_000))
def test_less_kept_never_earns_more_where_conditions_are_the_same(
    drawn: list[tuple[Any, ...]], terms: Terms, kept: int
) -> None:
    rules = [one for one in some(drawn) if one.mode is Mode.STACK]
    less = EarningLine(sku=TEA.sku, category=TEA.category, quantity=TEA.quantity, amount=kept)

    assert judged(*rules, terms=terms, lines=[less, CAKE]).base_points <= judged(*rules, terms=terms).base_points


@pytest.mark.parametrize(
    ("said", "where"),
    [
        (None, "/kind"),
        ({}, "/kind"),
        ({"kind": "eval"}, "/kind"),
        ({"kind": ["fixed"]}, "/kind"),
        ({"kind": "fixed"}, "/points"),
        ({"kind": "fixed", "points": 0}, "/points"),
        ({"kind": "fixed", "points": True}, "/points"),
        ({"kind": "fixed", "points": "7"}, "/points"),
        ({"kind": "fixed", "points": 10**9}, "/points"),
        ({"kind": "fixed", "points": 1, "percent": 3}, "/percent"),
        ({"kind": "percent", "percent": 10**6}, "/percent"),
        ({"kind": "per_amount", "points": 1, "per_amount": 0}, "/per_amount"),
        ({"kind": "fixed", "points": 1, "categories": "tea"}, "/categories"),
        ({"kind": "fixed", "points": 1, "skus": [1]}, "/skus"),
    ],
)
def test_an_effect_that_says_nothing_readable_is_refused_with_the_place(said: Any, where: str) -> None:
    with pytest.raises(EffectUnreadable) as refused:
        effects.parse(said)

    assert where in [one["pointer"] for one in refused.value.details["errors"]]
