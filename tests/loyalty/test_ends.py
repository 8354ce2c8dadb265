"""When points end: every kind of policy, to the day, in the shop's own time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from loyalty import expiry
from loyalty.models import Entry, ExpiryPolicy
from loyalty.rules import ends
from loyalty.till import last_day
from tests.factories.shop import Shop

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")


def last(day: str, **policy) -> str:
    """The last day on which points earned at noon of `day` can be used."""
    moment = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=SAIGON)
    end = ends.end(ExpiryPolicy(**policy), moment=moment, zone=SAIGON)
    return str(last_day(end)) if end else "never"


@pytest.mark.parametrize(
    ("day", "policy", "said"),
    [
        ("2026-11-20", {"months": None}, "never"),
        ("2026-11-20", {"months": 12}, "2027-11-20"),
        ("2028-02-29", {"months": 12}, "2029-02-28"),
        ("2026-08-31", {"months": 6}, "2027-02-28"),
        ("2026-11-20", {"months": None, "days": 90}, "2027-02-18"),
        ("2026-11-20", {"kind": "end_of_month", "months": None}, "2026-11-30"),
        ("2026-11-20", {"kind": "end_of_month", "months": 3}, "2027-02-28"),
        ("2026-11-20", {"kind": "end_of_quarter", "months": None}, "2026-12-31"),
        ("2026-12-31", {"kind": "end_of_quarter", "months": 1}, "2027-03-31"),
        ("2026-11-20", {"kind": "end_of_year", "months": 12}, "2027-12-31"),
        ("2026-11-20", {"kind": "dates", "months": None, "dates": ["30/06", "31/12"]}, "2026-12-31"),
        ("2026-12-31", {"kind": "dates", "months": None, "dates": ["30/06", "31/12"]}, "2027-06-30"),
        ("2026-11-20", {"kind": "dates", "months": 12, "dates": ["31/12"]}, "2027-12-31"),
        ("2026-11-20", {"kind": "dates", "months": None, "dates": ["29/02"]}, "2027-02-28"),
        ("2027-03-01", {"kind": "dates", "months": None, "dates": ["29/02"]}, "2028-02-29"),
        ("2026-11-20", {"kind": "inactivity", "months": 6}, "2027-05-20"),
    ],
)
def test_the_last_day(day: str, policy: dict, said: str) -> None:
    assert last(day, **policy) == said


def test_an_end_is_the_shops_own_midnight_whatever_its_clocks_do() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    moment = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # 00:30 of the 29th there, the night the clocks go forward
    end = ends.end(ExpiryPolicy(months=None, days=1), moment=moment, zone=berlin)
    assert end is not None and end.isoformat() == "2026-03-31T00:00:00+02:00"


def test_points_that_slide_live_as_long_as_the_member_comes_and_end_together_when_not(shop: Shop) -> None:
    shop.publish(ExpiryPolicy(kind="inactivity", months=None, days=60))
    lan = shop.member()
    for _ in range(4):
        shop.sell(shop.bill(105_000), lan)
        shop.later(days=50)
    assert shop.balance(lan).available == 40
    shop.sell(shop.bill(9_000), lan)  # a visit that earns nothing keeps them too
    shop.later(days=60)
    assert shop.balance(lan).available == 40
    shop.later(days=1)
    assert shop.balance(lan).available == 0
    expiry.book_due(date=shop.at.date(), at=shop.at)
    assert list(Entry.objects.filter(member_id=lan.pk, kind="expire").values_list("available", flat=True)) == [-40]


def test_a_late_bill_shortens_nothing(shop: Shop) -> None:
    shop.publish(ExpiryPolicy(kind="inactivity", months=None, days=60))
    lan = shop.member()
    shop.later(days=5)
    shop.sell(shop.bill(105_000), lan)
    before = shop.balance(lan).next_expiry_on
    shop.sell(shop.bill(205_000, occurred_at=shop.at - timedelta(days=4)), lan)
    assert shop.balance(lan).next_expiry_on == before and shop.balance(lan).next_expiry_points == 30


def test_points_earned_before_a_new_policy_keep_their_end(shop: Shop) -> None:
    lan = shop.member()
    shop.sell(shop.bill(105_000), lan)
    shop.later(days=1)
    shop.publish(ExpiryPolicy(months=None, days=30))
    shop.sell(shop.bill(105_000), lan)
    shop.later(days=32)
    assert shop.balance(lan).available == 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"months": 6, "days": 30},
        {"kind": "dates", "months": None},
        {"kind": "inactivity", "months": None},
        {"months": 0},
        {"months": None, "days": -1},
    ],
)
def test_a_policy_that_says_nothing_clear_is_refused_by_the_database(shop: Shop, wrong: dict) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        shop.publish(ExpiryPolicy(**wrong))


@pytest.mark.parametrize("wrong", ["31/04", "30/02", "32/01", "12/13", "x", ""])
def test_what_is_no_day_of_the_year_is_no_end(wrong: str) -> None:
    with pytest.raises(ValueError):
        ends.next_of((wrong,), after=datetime(2026, 1, 1).date(), not_before=datetime(2026, 1, 1).date())
