"""What the house sees by itself: who joined, whose profile is complete, whose birthday it is."""

import functools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from events import delivering
from events.models import Delivery, Event
from loyalty import auditing, bonus_events, hearing
from loyalty.models import BonusEvent, Entry, EventAward
from loyalty.sales import Who
from members import anniversaries, changing
from members.birthdays import Birthday
from members.models import Member
from tests.factories.shop import Shop
from tests.members.test_racing import at_once

LUNAR = Member.Calendar.LUNAR


def offer(shop: Shop, key: str, often: str, points: int = 50) -> BonusEvent:
    version = BonusEvent(key=key, name_vi="Thưởng", name_en="Bonus", points=points, often=often, valid_from=shop.at)
    return bonus_events.publish(version, by="user:1", at=shop.at)


def hear_all(shop: Shop) -> None:
    for delivery in Delivery.objects.filter(reader="loyalty.hearing.hear", state="open").order_by("id"):
        delivering.deliver(id=delivery.pk, at=shop.at)


def given(member: Member) -> list[tuple[str, str]]:
    return list(EventAward.objects.filter(member_id=member.pk).order_by("day").values_list("event", "occurrence"))


def nights(shop: Shop, first: date, days: int) -> int:
    """The nights of so many business dates, each at half past two of the next morning."""
    total = 0
    for day in (first + timedelta(days=n) for n in range(days)):
        shop.at = datetime(day.year, day.month, day.day, 19, 30, tzinfo=UTC)
        total += hearing.birthdays(date=day, at=shop.at)
    return total


def test_who_joins_is_rewarded_once_however_often_it_is_told(shop):
    offer(shop, "joined", "once")
    lan = shop.member()
    hear_all(shop)
    event = Event.objects.get(type="member.joined", member_id=lan.pk)
    for _ in range(2):
        hearing.hear(event=event)
    assert given(lan) == [("joined", "once")] and shop.balance(lan).available == 50
    entry = Entry.objects.get(member_id=lan.pk)
    assert (entry.kind, entry.by, entry.recorded_at) == ("bonus", "system", shop.at)
    assert not [found for found in auditing.run() if not found.ok]


def test_the_same_call_from_four_tills_at_once_is_one_award_and_three_replays(shop_db):
    shop = Shop()
    offer(shop, "review", "every")
    lan = shop.member()
    call = functools.partial(
        hearing.tell,
        who=Who("id", str(lan.pk)),
        event="review",
        reference="r1",
        occurred_at=None,
        dry_run=False,
        key="k1",
        till=shop.till,
        fingerprint=b"f",
        at=shop.at,
    )
    answers = at_once(*[call] * 4)
    assert [one.replayed for one in answers].count(True) == 3
    assert len({(one.id, one.points, one.balance) for one in answers}) == 1
    assert EventAward.objects.count() == 1 and shop.balance(lan).available == 50


def test_an_import_and_practice_are_not_welcomed(shop):
    offer(shop, "joined", "once")
    tung = shop.member("Đỗ Thanh Tùng", practice=True)
    hear_all(shop)
    lan = shop.member()
    joined = Event.objects.get(type="member.joined", member_id=lan.pk)
    joined.by = "import:7"
    hearing.hear(event=joined)
    assert given(tung) == given(lan) == []


def test_without_an_offer_nothing_is_given_and_nothing_fails(shop):
    lan = shop.member()
    hear_all(shop)
    assert given(lan) == []
    offer(shop, "joined", "once")
    shop.later(hours=1)
    assert nights(shop, date(2026, 11, 20), 2) == 0


def test_a_profile_is_rewarded_when_it_becomes_complete_and_never_again(shop):
    offer(shop, "profile_completed", "once")
    lan = shop.member()
    who: dict[str, Any] = {"member_id": lan.pk, "by": f"member:{lan.pk}", "at": shop.at}
    changing.change_birthday(birthday=Birthday(day=20, month=5), **who)
    changing.move_email(email="lan@example.vn", verified=False, **who)
    hear_all(shop)
    assert given(lan) == []
    changing.change_details(province="Đà Nẵng", **who)
    hear_all(shop)
    assert given(lan) == [("profile_completed", "once")]
    changing.change_birthday(birthday=None, **who)
    changing.change_birthday(birthday=Birthday(day=21, month=5), **who)
    hear_all(shop)
    assert given(lan) == [("profile_completed", "once")]


def test_who_joins_with_a_complete_profile_is_rewarded_for_both(shop):
    offer(shop, "joined", "once")
    offer(shop, "profile_completed", "once")
    lan = shop.member(birthday=Birthday(day=20, month=5), email="lan@example.vn", province="Huế")
    hear_all(shop)
    assert {event for event, _ in given(lan)} == {"joined", "profile_completed"}


@pytest.mark.parametrize(
    ("birthday", "calendar", "years"),
    [
        (Birthday(day=29, month=2), "solar", {2027: date(2027, 2, 28), 2028: date(2028, 2, 29)}),
        (Birthday(day=30, month=12, calendar=LUNAR), "lunar", {2026: date(2027, 2, 5), 2027: date(2028, 1, 25)}),
    ],
)
def test_a_birthday_is_kept_in_the_year_of_its_own_calendar(shop, birthday, calendar, years):
    """29 February in a common and a leap year; the last day of the lunar year, whether it is the 29th or the 30th."""
    offer(shop, "birthday", "yearly")
    lan = shop.member(birthday=birthday)
    for year, kept in years.items():
        told = {"calendar": calendar, "day": birthday.day, "month": birthday.month, "year": year}
        assert anniversaries.falls_on(**told) == kept
        assert nights(shop, kept - timedelta(days=4), 8) == 1
        assert EventAward.objects.get(member_id=lan.pk, occurrence=str(year)).day == kept
    assert len(given(lan)) == 2
    assert not [found for found in auditing.run() if not found.ok]


def test_a_birthday_moved_every_day_brings_one_gift_in_three_hundred_days(shop):
    offer(shop, "birthday", "yearly")
    lan = shop.member(birthday=Birthday(day=1, month=1))
    day = date(2026, 12, 20)
    while day < date(2027, 12, 31):
        Member.objects.filter(pk=lan.pk).update(birth_day=day.day, birth_month=day.month, birth_calendar="solar")
        nights(shop, day - timedelta(days=1), 1)
        day += timedelta(days=10)
    days = list(EventAward.objects.filter(member_id=lan.pk).order_by("day").values_list("day", flat=True))
    assert len(days) == 2 and (days[1] - days[0]).days >= 300


def test_a_night_that_is_run_again_gives_nothing_twice_and_passes_over_who_is_unsure_or_left(shop):
    offer(shop, "birthday", "yearly")
    lan = shop.member(birthday=Birthday(day=25, month=12))
    unsure = shop.member("Võ Gia Hân", birthday=Birthday(day=25, month=12, unsure=True))
    gone = shop.member("Bùi Đức Tài", birthday=Birthday(day=25, month=12))
    Member.objects.filter(pk=gone.pk).update(status="closed")
    assert nights(shop, date(2026, 12, 24), 1) == 1
    assert hearing.birthdays(date=date(2026, 12, 24), at=shop.at) == 0
    assert given(lan) == [("birthday", "2026")] and given(unsure) == given(gone) == []
