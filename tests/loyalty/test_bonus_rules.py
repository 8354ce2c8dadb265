"""Bonus rules through the door: they give, they are limited, and what comes back gives back what they counted."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Sum

from loyalty import claiming, earning, moving, policies, queries, returning, reviewing, rulemaking, statements
from loyalty.bill import BillLine
from loyalty.earning import BatchItem
from loyalty.models import EarningRule, Purchase, RuleAward, RuleBudget, SpendingPolicy, Tier
from loyalty.records import ReturnedLine
from loyalty.rulemaking import OwnRule, RuleKeyTaken, RuleUnknown, State, WrongStep
from loyalty.sales import Who
from members import tagging
from members.models import Member
from tests.factories.rules import DOUBLE, draft, in_force
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of

TEA = {"kind": "percent", "percent": 100, "categories": ["tea"]}


def cup(amount: int, category: str = "tea", sku: str = "TS01") -> BillLine:
    return BillLine(sku=sku, quantity=Decimal(1), amount=amount, category=category)


def gold(shop: Shop, **said: Any) -> Member:
    """A member whose first bill reaches Gold."""
    member = shop.member(**said)
    shop.sell(shop.bill(5_000_000), member)
    return member


def counted(member: Member) -> int:
    return RuleAward.objects.filter(member_id=member.pk).aggregate(sum=Sum("points"))["sum"] or 0


def quote(shop: Shop, bill: Any, member: Member | None) -> earning.Quote:
    return earning.quote(bill=bill, who=Who("id", str(member.pk)) if member else None, till=shop.till, at=shop.at)


def test_double_points_on_tea_for_gold_on_monday_mornings(shop: Shop) -> None:
    lan, mai = gold(shop), shop.member("Trần Thị Mai")
    when = {"all": [{"field": "weekday", "in": [1]}, {"field": "hours", "between": ["07:00", "11:00"]}]}
    in_force(shop, "tea", TEA, condition={"all": [{"field": "tier", "is": "gold"}, when]}, per_member=200)
    shop.later(days=2, hours=20)  # Monday, 8:00
    bill = shop.bill(lines=(cup(150_000), cup(50_000, "cake")))

    assert shop.sell(bill, lan).purchase.earned == 20 + 15
    refused = quote(shop, bill, mai)
    assert refused.composed.earned == 20
    said = statements.of_bill(refused.composed.reasons, language="vi", at=shop.at)
    assert said[1] == ["Nhân đôi: cần hạng là Vàng"]
    shop.later(hours=4)
    late = shop.bill(lines=(cup(150_000), cup(50_000, "cake")))
    assert quote(shop, late, lan).composed.earned == 20


def test_a_purchase_does_what_its_quote_said_and_is_read_back_alike(shop: Shop) -> None:
    lan = shop.member()
    in_force(shop, "tea", TEA)
    in_force(shop, "welcome", {"kind": "fixed", "points": 30}, condition={"field": "visit", "is": 1})
    bill = shop.bill(lines=(cup(45_000), cup(60_000, "cake")))

    asked = quote(shop, bill, lan)
    done = shop.sell(bill, lan).purchase

    assert asked.composed.earned == done.earned == 10 + 4 + 30
    assert [one["points"] for one in done.reasons["matched"]] == [10, 4, 30]
    assert queries.purchase(done.id) == done
    assert shop.sell(bill, lan).replayed
    assert counted(lan) == 34


def test_the_second_visit_is_not_the_first(shop: Shop) -> None:
    lan = shop.member()
    in_force(shop, "first", {"kind": "fixed", "points": 30}, condition={"field": "visit", "is": 1})
    in_force(shop, "back", {"kind": "fixed", "points": 5}, condition={"field": "silent_days", "at_least": 10})

    first = shop.sell(shop.bill(10_000), lan).purchase
    shop.later(days=9)
    second = shop.sell(shop.bill(10_000), lan).purchase
    shop.later(days=10)
    third = shop.sell(shop.bill(10_000), lan).purchase

    assert [bill.earned for bill in (first, second, third)] == [31, 1, 6]


def test_a_visit_that_was_taken_back_does_not_count(shop: Shop) -> None:
    lan = shop.member()
    in_force(shop, "first", {"kind": "fixed", "points": 30}, condition={"field": "visit", "is": 1})
    first = shop.sell(shop.bill(10_000), lan).purchase

    returning.cancel(purchase_id=first.id, key="k1", till=shop.till, fingerprint=b"x", at=shop.at)

    assert shop.balance(lan).available == 0
    assert shop.sell(shop.bill(10_000), lan).purchase.earned == 31


def test_tags_and_profile_are_asked_of_the_ledger(shop: Shop) -> None:
    lan = shop.member(gender="female")
    in_force(shop, "vip", {"kind": "fixed", "points": 5}, condition={"field": "tag", "has": "vip"})
    in_force(shop, "women", {"kind": "fixed", "points": 3}, condition={"field": "gender", "is": "female"})

    assert shop.sell(shop.bill(10_000), lan).purchase.earned == 4
    tagging.bear(member_ids=[lan.pk], key="vip", by="user:1", at=shop.at)
    assert shop.sell(shop.bill(10_000), lan).purchase.earned == 9


@pytest.mark.parametrize(
    ("period", "later", "again"),
    [("day", 1, 10), ("week", 3, 10), ("week", 2, 0), ("month", 11, 10), ("month", 10, 0), ("ever", 40, 0)],
)
def test_a_members_limit_is_counted_by_day_week_month_or_for_ever(
    shop: Shop, period: str, later: int, again: int
) -> None:
    lan = shop.member()
    in_force(shop, "double", per_member=15, period=period)

    first, second = (shop.sell(shop.bill(100_000), lan).purchase for _ in range(2))
    shop.later(days=later)
    third = quote(shop, shop.bill(100_000), lan).composed

    assert (first.earned, second.earned) == (20, 15)
    assert second.reasons["refused"][0]["reason"] == f"limit_{period}"
    assert third.earned == 10 + again


def test_a_limit_of_times_counts_bills(shop: Shop) -> None:
    lan = shop.member()
    in_force(shop, "double", times=1)

    first = shop.sell(shop.bill(100_000), lan).purchase
    second = shop.sell(shop.bill(100_000), lan).purchase
    assert (first.earned, second.earned) == (20, 10)
    assert second.reasons["refused"][0]["reason"] == "limit_times"

    returning.return_lines(purchase_id=first.id, receipt="B1", lines=None, till=shop.till, fingerprint=b"x", at=shop.at)
    assert shop.sell(shop.bill(100_000), lan).purchase.earned == 20


def test_a_new_version_goes_on_counting_what_the_old_one_gave(shop: Shop) -> None:
    lan = shop.member()
    in_force(shop, "double", per_member=15)
    shop.sell(shop.bill(100_000), lan)
    shop.later(minutes=1)
    in_force(shop, "double", {"kind": "percent", "percent": 200}, per_member=15)

    assert shop.sell(shop.bill(100_000), lan).purchase.earned == 10 + 5


def test_a_budget_is_shared_and_never_exceeded(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    version = in_force(shop, "double", budget=15)

    first, second = shop.sell(shop.bill(100_000), lan).purchase, shop.sell(shop.bill(100_000), mai).purchase

    assert (first.earned, second.earned) == (20, 15)
    assert RuleBudget.objects.get(version=version).spent == 15
    returning.return_lines(purchase_id=first.id, receipt="B1", lines=None, till=shop.till, fingerprint=b"x", at=shop.at)
    assert RuleBudget.objects.get(version=version).spent == 5
    assert quote(shop, shop.bill(100_000), mai).composed.earned == 20


def test_a_batch_shares_a_budget_too(shop: Shop) -> None:
    people = [shop.member(f"Khách {n}") for n in range(4)]
    version = in_force(shop, "double", budget=25)
    bills = [shop.bill(100_000) for _ in people]

    done = earning.record_batch(
        items=[
            BatchItem(bill=bill, who=Who("id", str(member.pk)), fingerprint=bill.receipt.encode())
            for bill, member in zip(bills, people, strict=True)
        ],
        till=shop.till,
        at=shop.at,
    )

    assert [one.recorded.purchase.earned for one in done if one.recorded] == [20, 20, 15, 10]
    assert RuleBudget.objects.get(version=version).spent == 25
    assert sum(counted(member) for member in people) == 25


def test_a_return_is_judged_as_the_bill_was(shop: Shop) -> None:
    lan = gold(shop)
    in_force(shop, "tea", TEA, condition={"field": "tag", "has": "vip"}, per_member=200)
    tagging.bear(member_ids=[lan.pk], key="vip", by="user:1", at=shop.at)
    before = shop.balance(lan).available
    bill = shop.sell(shop.bill(lines=(cup(100_000), cup(100_000, "cake"))), lan).purchase
    assert bill.earned == 30
    tagging.drop(member_ids=[lan.pk], key="vip", at=shop.at + timedelta(minutes=1))
    shop.later(days=1)

    half = returning.return_lines(
        purchase_id=bill.id,
        receipt="B1",
        lines=[ReturnedLine(line=1, quantity=Decimal("0.5"), amount=50_000)],
        till=shop.till,
        fingerprint=b"x",
        at=shop.at,
    ).record

    # kept: 150.000 ₫ earn 15, the tea's third of them again
    assert half.clawed_back == 30 - 15 - 5
    assert counted(lan) == 5
    rest = returning.return_lines(
        purchase_id=bill.id, receipt="B2", lines=None, till=shop.till, fingerprint=b"y", at=shop.at
    ).record
    assert (rest.clawed_back, counted(lan), shop.balance(lan).available) == (20, 0, before)


def test_a_basket_that_falls_below_its_minimum_loses_the_bonus(shop: Shop) -> None:
    lan = shop.member()
    in_force(shop, "big", {"kind": "fixed", "points": 50}, condition={"field": "amount", "at_least": 200_000})
    bill = shop.sell(shop.bill(150_000, 60_000), lan).purchase
    assert bill.earned == 21 + 50

    back = returning.return_lines(
        purchase_id=bill.id,
        receipt="B1",
        lines=[ReturnedLine(line=2, quantity=Decimal(1), amount=60_000)],
        till=shop.till,
        fingerprint=b"x",
        at=shop.at,
    ).record

    assert (back.clawed_back, shop.balance(lan).available) == (56, 15)


def test_a_bill_that_moves_is_judged_for_its_new_owner(shop: Shop) -> None:
    lan, mai = gold(shop), shop.member("Trần Thị Mai")
    in_force(shop, "gold", DOUBLE, condition={"field": "tier", "is": "gold"}, per_member=100)
    in_force(shop, "first", {"kind": "fixed", "points": 7}, condition={"field": "visit", "is": 1})
    bill = shop.sell(shop.bill(100_000), lan).purchase
    assert (bill.earned, counted(lan)) == (20, 10)

    moved = moving.move(
        purchase_id=bill.id,
        member_id=mai.pk,
        reason="nhầm số",
        key="m1",
        till=replace(shop.till, by="user:9"),
        at=shop.at,
    ).purchase

    assert (moved.earned, counted(lan), counted(mai)) == (17, 0, 7)
    back = returning.return_lines(
        purchase_id=bill.id, receipt="B1", lines=None, till=shop.till, fingerprint=b"x", at=shop.at
    ).record
    assert (back.clawed_back, counted(mai), shop.balance(mai).available) == (17, 0, 0)


def test_a_claimed_bill_earns_by_the_rules_of_its_day(shop: Shop) -> None:
    lan = shop.member()
    version = in_force(shop, "double")
    bill = shop.sell(shop.bill(100_000)).purchase
    shop.later(hours=1)
    rulemaking.end(id=version.pk, by="user:hung", at=shop.at)
    shop.later(hours=1)

    claimed = claiming.claim(
        member_id=lan.pk,
        key="c1",
        till=replace(shop.till, by="user:9"),
        at=shop.at,
        receipt=bill.receipt,
        date=bill.business_date,
        amount=100_000,
    ).purchase

    assert (claimed.earned, counted(lan)) == (20, 10)


def test_a_bill_in_review_earns_by_what_was_seen_of_it(shop: Shop) -> None:
    lan = shop.member()
    in_force(shop, "double", valid_from=shop.at - timedelta(days=400), per_member=5)
    late = shop.bill(100_000, occurred_at=shop.at + timedelta(hours=5))
    waiting = shop.sell(late, lan).purchase
    assert (waiting.status, waiting.earned) == (Purchase.Status.REVIEW, 0)
    shop.later(hours=6)

    decision = reviewing.approve(purchase_id=waiting.id, by="user:1", at=shop.at)

    assert (decision.earned, counted(lan)) == (15, 5)


def test_a_tier_earns_more_and_the_bill_says_so(shop: Shop) -> None:
    silver, gold_tier = Tier.objects.get(code="silver"), Tier.objects.get(code="gold")
    shop.later(minutes=1)
    policies.publish_tier_table(
        valid_from=shop.at,
        window_days=365,
        thresholds={silver: 2_000_000, gold_tier: 5_000_000},
        earn_percents={gold_tier: 20},
        by="user:1",
        at=shop.at,
    )
    lan = gold(shop)

    bill = shop.sell(shop.bill(100_000), lan).purchase

    assert bill.earned == 12
    assert statements.of_bill(bill.reasons, language="vi", at=shop.at)[0][1] == "2 điểm: hạng Vàng được thêm 20 %"
    back = returning.return_lines(
        purchase_id=bill.id,
        receipt="B1",
        lines=[ReturnedLine(line=1, quantity=Decimal("0.5"), amount=50_000)],
        till=shop.till,
        fingerprint=b"x",
        at=shop.at,
    ).record
    assert back.clawed_back == 6


def test_caps_of_the_programme_hold_for_a_bill_and_a_day(shop: Shop) -> None:
    lan = shop.member()
    shop.publish(EarningRule(points=1, per_amount=10_000, cap_per_bill=15, cap_per_day=20))
    in_force(shop, "double")

    first, second = (shop.sell(shop.bill(100_000), lan).purchase for _ in range(2))

    assert (first.earned, second.earned) == (15, 5)
    assert statements.of_bill(second.reasons, language="en", at=shop.at)[1][-1].startswith("A day earns so much")
    returning.return_lines(purchase_id=first.id, receipt="B1", lines=None, till=shop.till, fingerprint=b"x", at=shop.at)
    assert quote(shop, shop.bill(100_000), lan).composed.earned == 15


def test_the_basis_may_leave_goods_out_or_count_what_a_voucher_paid(shop: Shop) -> None:
    lan = shop.member()
    shop.publish(EarningRule(points=1, per_amount=10_000, excluded_categories=["gift"], excluded_skus=["BAG"]))

    bill = shop.bill(lines=(cup(100_000), cup(100_000, "gift"), cup(100_000, "", "BAG")))

    assert shop.sell(bill, lan).purchase.earned == 10
    shop.later(minutes=1)
    shop.publish(EarningRule(points=1, per_amount=10_000, with_tax=True))
    taxed = shop.bill(100_000, tax=10_000, tax_included=False)
    assert shop.sell(taxed, lan).purchase.earned == 11
    shop.publish(SpendingPolicy(part_paid_earns=True, point_value=500))


def test_a_rule_gives_only_while_it_is_in_force(shop: Shop) -> None:
    lan = shop.member()
    early = shop.at
    version = in_force(shop, "double", valid_until=shop.at + timedelta(days=30))
    earned = []

    def sell() -> None:
        shop.later(minutes=1)
        earned.append(shop.sell(shop.bill(100_000), lan).purchase.earned)
        shop.later(minutes=1)

    sell()
    rulemaking.pause(id=version.pk, by="user:hung", at=shop.at, reason="hết trà")
    sell()
    rulemaking.resume(id=version.pk, by="user:hung", at=shop.at)
    sell()
    in_force(shop, "double", {"kind": "fixed", "points": 1})
    sell()
    shop.later(days=31)
    sell()
    assert earned == [20, 10, 20, 11, 11]
    # a bill keyed late counts by its own moment
    shop.later(days=-30)
    assert shop.sell(shop.bill(100_000, occurred_at=early - timedelta(minutes=1)), lan).purchase.earned == 10
    assert shop.sell(shop.bill(100_000, occurred_at=early + timedelta(minutes=1)), lan).purchase.earned == 20


def test_a_version_is_approved_by_somebody_else_and_never_looks_back(shop: Shop) -> None:
    version = rulemaking.write(key="tea", draft=draft(shop), by="user:mai", at=shop.at, new=True)
    assert rulemaking.state(version, at=shop.at) == State.DRAFT
    before = rows_of(*LEDGER_TABLES, "loyalty_rulestep")

    with pytest.raises(OwnRule):
        rulemaking.approve(id=version.pk, by="user:mai", at=shop.at)
    with pytest.raises(WrongStep):
        rulemaking.pause(id=version.pk, by="user:mai", at=shop.at)
    with pytest.raises(RuleKeyTaken):
        rulemaking.write(key="tea", draft=draft(shop), by="user:mai", at=shop.at, new=True)
    with pytest.raises(RuleUnknown):
        rulemaking.write(key="coffee", draft=draft(shop), by="user:mai", at=shop.at)

    assert rows_of(*LEDGER_TABLES, "loyalty_rulestep") == before
    rulemaking.ask(id=version.pk, by="user:mai", at=shop.at)
    rulemaking.approve(id=version.pk, by="user:hung", at=shop.at)
    again = type(version).objects.get(pk=version.pk)
    assert rulemaking.state(again, at=shop.at) == State.ACTIVE
    assert rulemaking.state(again, at=shop.at - timedelta(hours=1)) == State.AHEAD


def test_a_process_that_read_the_rules_before_asks_the_ledger_again(shop: Shop) -> None:
    lan = shop.member()
    shop.sell(shop.bill(10_000), lan)
    stale = policies._book
    in_force(shop, "vip", {"kind": "fixed", "points": 5}, condition={"field": "tag", "has": "vip"})
    tagging.bear(member_ids=[lan.pk], key="vip", by="user:1", at=shop.at)
    policies._book = stale

    assert shop.sell(shop.bill(10_000, receipt=f"S{uuid4().hex[:8]}"), lan).purchase.earned == 6
