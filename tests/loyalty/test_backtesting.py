"""A back-test of the live rules is the ledger's own history, to the point; a changed rule shows the difference."""

import os
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from loyalty import policies, returning, rulemaking
from loyalty.backtesting import running
from loyalty.bill import BillLine
from loyalty.models import EarningRule, Purchase, RuleVersion, Tier
from loyalty.rules.awarding import Mode
from members import tagging
from tests.factories.rules import DOUBLE, draft, in_force
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of

FULL = bool(os.environ.get("FULL"))

CATEGORIES, SKUS = ("tea", "coffee", "cake"), ("TS01", "CF02", "BK03")


def effect(random: Random) -> dict[str, Any]:
    scope = random.choice([{}, {}, {"categories": [random.choice(CATEGORIES)]}, {"skus": [random.choice(SKUS)]}])
    kind = random.choice(["percent", "percent", "fixed", "per_amount", "per_unit"])
    numbers = {
        "percent": {"percent": random.choice([7, 33, 50, 100, 250])},
        "fixed": {"points": random.randint(1, 9)},
        "per_amount": {"points": random.randint(1, 3), "per_amount": random.choice([7_000, 10_000, 33_000])},
        "per_unit": {"points": random.randint(1, 3)},
    }[kind]
    return {"kind": kind, **numbers, **scope}


def condition(random: Random) -> dict[str, Any]:
    return random.choice(
        [
            {"all": []},
            {"field": "tier", "in": ["silver", "gold"]},
            {"field": "category", "has": random.choice(CATEGORIES)},
            {"field": "amount", "at_least": random.choice([50_000, 120_000])},
            {"field": "weekday", "in": random.sample(range(1, 8), 3)},
            {"any": [{"field": "tag", "has": "vip"}, {"field": "visit", "at_most": 3}]},
            {"not": {"field": "hours", "between": ["08:00", "14:00"]}},
        ]
    )


def limits(random: Random) -> dict[str, Any]:
    return {
        "per_bill": random.choice([None, None, 6]),
        "per_member": random.choice([None, None, 12]),
        "times": random.choice([None, None, 2]),
        "period": random.choice(["day", "week", "month", "year", "ever"]),
        "budget": random.choice([None, None, None, 120]),
        "position": random.randint(1, 3),
        **random.choice(
            [
                {"stack_mode": Mode.STACK},
                {"stack_mode": Mode.STACK},
                {"stack_mode": Mode.BEST, "stack_group": "g"},
                {"stack_mode": Mode.FIRST, "stack_group": "g"},
                {"stack_mode": Mode.EXCLUSIVE},
            ]
        ),
    }


def live(shop: Shop, *, bills: int, rules: int, seed: int) -> None:
    """Months in which rules come, pause and go, tiers are reached, and some bills come back."""
    random = Random(seed)
    tiers = {tier.code: tier for tier in Tier.objects.all()}
    shop.later(minutes=1)
    policies.publish_tier_table(
        valid_from=shop.at,
        window_days=365,
        thresholds={tiers["silver"]: 400_000, tiers["gold"]: 900_000},
        earn_percents={tiers["silver"]: 10, tiers["gold"]: 25},
        by="user:1",
        at=shop.at,
    )
    people = [shop.member(f"Khách {n}") for n in range(8)]
    versions: list[RuleVersion] = []
    sold = []
    for number in range(bills):
        shop.later(minutes=random.choice((3, 90, 700, 2_000)))
        if len(versions) < rules and random.random() < 0.2:
            key = f"r{random.randint(1, rules)}"
            versions.append(in_force(shop, key, effect(random), condition=condition(random), **limits(random)))
            shop.later(minutes=1)
        if versions and random.random() < 0.08:
            chosen = random.choice(versions)
            state = rulemaking.state(RuleVersion.objects.get(pk=chosen.pk), at=shop.at)
            if state == rulemaking.State.ACTIVE:
                random.choice([rulemaking.pause, rulemaking.pause, rulemaking.end])(id=chosen.pk, by="u", at=shop.at)
            elif state == rulemaking.State.PAUSED:
                rulemaking.resume(id=chosen.pk, by="u", at=shop.at)
            shop.later(minutes=1)
        if number == bills // 2:
            shop.publish(EarningRule(points=3, per_amount=20_000, cap_per_bill=60, cap_per_day=70))
            shop.later(minutes=1)
        if random.random() < 0.1:
            tagging.bear(member_ids=[random.choice(people).pk], key="vip", by="user:1", at=shop.at)
        lines = tuple(
            BillLine(
                sku=random.choice(SKUS),
                quantity=Decimal(random.choice(("1", "2", "0.5", "3"))),
                amount=random.randint(0, 120) * 1_000,
                category=random.choice(CATEGORIES),
                earns=random.random() < 0.9,
            )
            for _line in range(random.randint(1, 4))
        )
        member = random.choice([*people, None])
        record = shop.sell(shop.bill(lines=lines), member).purchase
        if member:
            sold.append(record)
        if sold and random.random() < 0.1:
            back = sold.pop(random.randrange(len(sold)))
            returning.return_lines(
                purchase_id=back.id, receipt=f"B{number}", lines=None, till=shop.till, fingerprint=b"x", at=shop.at
            )


@pytest.mark.parametrize("seed", range(40 if FULL else 4))
def test_the_live_rules_over_history_are_the_ledger_to_the_point(shop: Shop, seed: int) -> None:
    begins = shop.at.date()
    live(shop, bills=150, rules=8, seed=seed)

    result = running.run(running.live(), first=begins, last=shop.at.date() + timedelta(days=1))

    members = Purchase.objects.filter(member_id__isnull=False)
    assert result.bills == members.count() > 100
    assert result.changed == 0, "a bill would have earned something else"
    assert result.points == result.happened == sum(members.values_list("earned", flat=True))
    assert sum(part.points > 0 for part in result.parts) >= 2
    assert not result.winners and not result.losers


def test_a_changed_rule_shows_who_wins_and_what_it_costs(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    tea = BillLine(sku="TS01", quantity=Decimal(1), amount=50_000, category="tea")
    for _day in range(3):
        shop.sell(shop.bill(lines=(tea,)), lan)
        shop.sell(shop.bill(100_000), mai)
        shop.later(days=1)
    version = rulemaking.write(
        key="tea", draft=draft(shop, {**DOUBLE, "categories": ["tea"]}), by="user:mai", at=shop.at, new=True
    )

    result = running.run([running.drafted(version)], first=(shop.at - timedelta(days=9)).date(), last=shop.at.date())

    assert (result.happened, result.points, result.changed) == (45, 60, 3)
    assert [(one.member_id, one.points - one.happened) for one in result.winners] == [(lan.pk, 15)]
    assert not result.losers
    assert [(part.key, part.points, part.bills, part.members) for part in result.parts] == [("tea", 15, 3, 1)]
    limited = replace(running.drafted(version).standing, budget=7)
    again = running.run([replace(running.drafted(version), standing=limited)], first=result.first, last=result.last)
    assert again.points == 45 + 7


def test_a_back_test_writes_nothing(shop: Shop) -> None:
    live(shop, bills=20, rules=3, seed=1)
    before = rows_of(*LEDGER_TABLES, "loyalty_ruleaward", "loyalty_rulebudget")

    running.run(running.live(), first=(shop.at - timedelta(days=90)).date(), last=shop.at.date())

    assert rows_of(*LEDGER_TABLES, "loyalty_ruleaward", "loyalty_rulebudget") == before
