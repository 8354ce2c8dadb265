"""A new table of tiers is applied by night, to everybody, once, and history replays to the same tiers."""

from datetime import date, timedelta

import pytest

from loyalty import auditing, expiry, policies, queries, tier_turns
from loyalty.ledger import posting
from loyalty.models import Account, Tier, TierBeginning, TierOverride, TierTurn
from members.models import Member
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of
from tests.loyalty.test_returning import give_back


def _publish(shop: Shop, *, window_days: int = 365, **spends: int) -> None:
    """A table that begins an hour from now, which then is."""
    tiers = {tier.code: tier for tier in Tier.objects.all()}
    begins = shop.at + timedelta(hours=1)
    thresholds = {tiers[code]: spend for code, spend in spends.items()}
    policies.publish_tier_table(
        valid_from=begins, window_days=window_days, thresholds=thresholds, by="user:1", at=shop.at
    )
    shop.later(hours=2)


def _night(shop: Shop) -> int:
    return tier_turns.apply_tables(date=date(2026, 11, 20), at=shop.at)


def _tier(shop: Shop, member: Member) -> str:
    return queries.standing(member.id, at=shop.at, tier_id=shop.balance(member).tier_id).tier.code


def _lend(shop: Shop, member: Member, code: str, *, days: int) -> None:
    until, tier = shop.at + timedelta(days=days), Tier.objects.get(code=code)
    told = {"from_at": shop.at, "until_at": until, "by": "user:1", "recorded_at": shop.at}
    TierOverride.objects.create(member_id=member.id, tier=tier, **told)
    posting.review_tier(
        member_id=member.id, since=shop.at, cause="override", subject_id=None, note={"at": shop.at, "by": "user:1"}
    )


def _broken() -> list[str]:
    return [found.invariant.sentence for found in auditing.run() if not found.ok]


def test_who_reaches_more_under_the_new_table_rises_by_night_without_buying(shop: Shop) -> None:
    lan, minh = shop.member("Lan"), shop.member("Minh")
    shop.sell(shop.bill(900_000), lan)
    shop.sell(shop.bill(100_000), minh)
    _publish(shop, silver=500_000, gold=5_000_000)
    assert (_tier(shop, lan), _tier(shop, minh)) == ("member", "member")

    assert _night(shop) == 1

    assert (_tier(shop, lan), _tier(shop, minh)) == ("silver", "member")
    begun = TierBeginning.objects.get(member_id=lan.id)
    assert (begun.cause, begun.since, begun.by) == ("table", shop.at - timedelta(hours=1), "system")
    assert _broken() == []


def test_a_second_night_changes_nothing(shop: Shop) -> None:
    shop.sell(shop.bill(900_000), shop.member())
    _publish(shop, silver=500_000)
    _night(shop)
    before = rows_of(*LEDGER_TABLES, "loyalty_tierturn")

    assert _night(shop) == 0

    assert rows_of(*LEDGER_TABLES, "loyalty_tierturn") == before


def test_a_night_that_was_cut_off_goes_on_where_it_was(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    members = [shop.member() for _ in range(5)]
    for member in members:
        shop.sell(shop.bill(900_000), member)
    _publish(shop, silver=500_000)
    monkeypatch.setattr(tier_turns, "CHUNK", 2)
    table = tier_turns._waiting(shop.at)[0]
    TierTurn.objects.create(table=table, begun_at=shop.at)
    assert posting.turn_tiers(table_id=table.pk, most=2, at=shop.at, by="system")
    assert TierBeginning.objects.count() == 2
    assert _broken() == []

    assert _night(shop) == 3

    assert TierBeginning.objects.count() == 5
    assert TierTurn.objects.get(table=table).rose == 5
    assert _broken() == []


def test_what_the_window_no_longer_holds_does_not_lift(shop: Shop) -> None:
    lan = shop.member()
    shop.sell(shop.bill(900_000), lan)
    shop.later(days=40)
    _publish(shop, window_days=30, silver=500_000)

    assert _night(shop) == 0


def test_nobody_falls_by_a_stricter_table(shop: Shop) -> None:
    lan = shop.member()
    shop.sell(shop.bill(3_000_000), lan)
    assert _tier(shop, lan) == "silver"
    _publish(shop, silver=50_000_000)

    assert _night(shop) == 0

    assert _tier(shop, lan) == "silver"
    assert _broken() == []


def test_a_return_after_the_night_takes_the_tier_back_that_the_table_gave(shop: Shop) -> None:
    lan = shop.member()
    sold = shop.sell(shop.bill(900_000), lan)
    kept = shop.sell(shop.bill(400_000), lan)
    _publish(shop, silver=500_000)
    _night(shop)
    assert _tier(shop, lan) == "silver"

    give_back(shop, sold.purchase)

    assert _tier(shop, lan) == "member"
    assert kept.purchase.id
    assert _broken() == []


def test_a_return_between_the_table_and_its_night_leaves_the_tier_alone(shop: Shop) -> None:
    lan = shop.member()
    shop.sell(shop.bill(900_000), lan)
    sold = shop.sell(shop.bill(100_000), lan)
    _publish(shop, silver=500_000)

    give_back(shop, sold.purchase)

    assert _tier(shop, lan) == "member"
    assert _broken() == []
    _night(shop)
    assert _tier(shop, lan) == "silver"
    assert _broken() == []


def test_a_bill_of_before_the_table_that_comes_after_its_night_lifts(shop: Shop) -> None:
    lan = shop.member()
    late = shop.bill(900_000)
    _publish(shop, silver=500_000)
    _night(shop)

    shop.sell(late, lan)

    assert _tier(shop, lan) == "silver"
    assert _broken() == []


def test_a_member_lent_a_higher_tier_falls_to_what_the_table_gave(shop: Shop) -> None:
    lan = shop.member()
    shop.sell(shop.bill(900_000), lan)
    _lend(shop, lan, "gold", days=1)
    _publish(shop, silver=500_000)
    assert _night(shop) == 0
    shop.later(days=2)

    expiry.end_overrides(date=date(2026, 11, 22), at=shop.at)

    assert _tier(shop, lan) == "silver"
    assert Account.objects.get(member_id=lan.id).tier_id == Tier.objects.get(code="silver").pk
    assert _broken() == []
