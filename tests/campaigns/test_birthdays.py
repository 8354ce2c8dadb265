"""On which day a birthday is kept, and who has a turn for it: over ten years, by both calendars."""

from datetime import date, timedelta

import lunar_vn
import pytest

from campaigns.models import Campaign, Turn
from members import anniversaries
from members.models import Member
from tests.campaigns.conftest import turn_of

YEARS = range(2026, 2036)


@pytest.mark.parametrize(("year", "kept"), [(2027, date(2027, 2, 28)), (2028, date(2028, 2, 29))])
def test_the_29th_of_february_is_kept_on_the_28th_in_a_common_year(year, kept):
    assert anniversaries.falls_on(calendar="solar", day=29, month=2, year=year) == kept


def test_the_last_day_of_the_lunar_year_is_the_day_before_tet_whether_29_or_30():
    for year in YEARS:
        tet = lunar_vn.lunar_to_solar(lunar_vn.LunarDate(day=1, month=1, year=year + 1))
        assert anniversaries.falls_on(calendar="lunar", day=30, month=12, year=year) == tet - timedelta(days=1)


def test_a_leap_month_is_not_counted():
    """2025 had two sixth months: the birthday was in the first."""
    kept = anniversaries.falls_on(calendar="lunar", day=2, month=6, year=2025)
    assert kept == date(2025, 6, 26)
    assert not lunar_vn.solar_to_lunar(kept).leap
    assert anniversaries.Told(calendar="lunar", day=2, month=6, year=2025) not in anniversaries.kept_on(
        date(2025, 7, 26)
    )


def test_every_birthday_is_kept_on_one_day_of_each_year_of_its_calendar():
    """Day by day over ten years and more, both ways: `kept_on` says what `falls_on` says."""
    told = {}
    day = date(2025, 1, 1)
    while day < date(2037, 6, 1):
        for birth in anniversaries.kept_on(day):
            assert birth not in told, birth
            told[birth] = day
        day += timedelta(days=1)
    for year in YEARS:
        for month in range(1, 13):
            for calendar, longest in (("solar", 31), ("lunar", 30)):
                for number in range(1, longest + 1):
                    if calendar == "solar" and number > {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31):
                        continue
                    birth = anniversaries.Told(calendar=calendar, day=number, month=month, year=year)
                    assert told[birth] == anniversaries.falls_on(calendar=calendar, day=number, month=month, year=year)


def test_one_gift_a_year_of_its_own_calendar_over_ten_years(shop):
    births = [("lunar", 30, 12), ("lunar", 25, 11), ("solar", 29, 2), ("solar", 1, 1)]
    people = {
        shop.born(day, month, year=1988, calendar=calendar): (calendar, day, month) for calendar, day, month in births
    }
    first = shop.today
    while shop.today < first + timedelta(days=3652):
        shop.to(2, 30, days=7)
        shop.birthdays()
    for member, (calendar, day, month) in people.items():
        turns = Turn.objects.filter(member=member).order_by("occasion_on")
        assert len(turns) == len({turn.trigger_key for turn in turns}) == 10, (calendar, day, month)
        for turn in turns:
            kept = anniversaries.falls_on(calendar=calendar, day=day, month=month, year=int(turn.trigger_key))
            assert turn.occasion_on == kept
            assert kept - timedelta(days=7) <= turn.due_at.date() <= kept


@pytest.mark.parametrize("years", [2, pytest.param(10, marks=pytest.mark.full)])
def test_a_profile_edited_every_day_brings_one_gift_a_year(shop, years):
    """Whenever the shop looks, her birthday is next week."""
    lan = shop.born(1, 5)
    first = shop.today
    while shop.today < first + timedelta(days=365 * years):
        shop.to(2, 30, days=1)
        soon = shop.today + timedelta(days=7)
        Member.objects.filter(pk=lan.pk).update(birth_day=soon.day, birth_month=soon.month)
        shop.birthdays()
    turns = list(Turn.objects.filter(member=lan).order_by("occasion_on"))
    assert len({turn.trigger_key for turn in turns}) == len(turns)
    assert years <= len(turns) <= years + 1  # parts of one calendar year more
    gaps = [(b.occasion_on - a.occasion_on).days for a, b in zip(turns, turns[1:], strict=False)]
    assert min(gaps) >= 300


def test_a_change_of_calendar_brings_no_second_gift(shop):
    lan = shop.born(25, 11, calendar="solar")
    shop.to(2, 30, days=1)
    shop.birthdays()
    Member.objects.filter(pk=lan.pk).update(birth_calendar="lunar")
    for _ in range(20):
        shop.to(2, 30, days=7)
        shop.birthdays()
    assert Turn.objects.filter(member=lan).count() == 1


def test_a_night_that_was_missed_is_made_up(shop):
    lan = shop.born(30, 11)  # ten days ahead of the 20th
    shop.to(2, 30, days=8)  # nights of three days missed meanwhile
    assert shop.birthdays() == 1
    assert turn_of(lan).occasion_on == date(2026, 11, 30)
    assert shop.birthdays() == 0


def test_the_first_night_is_days_before_and_not_earlier(shop):
    lan = shop.born(30, 11)
    shop.to(2, 30, days=2)  # the 22nd: eight days ahead
    assert shop.birthdays() == 0
    shop.to(2, 30, days=1)
    assert shop.birthdays() == 1
    assert turn_of(lan).due_at == shop.moment(9)


def test_an_unsure_first_of_january_is_skipped_and_leaves_the_year_free(shop):
    lan = shop.born(1, 1, unsure=True)
    shop.to(2, 30, days=38)
    shop.birthdays()
    unsure = turn_of(lan)
    assert (unsure.state, unsure.reason) == ("skipped", "birthday_unsure")

    Member.objects.filter(pk=lan.pk).update(birth_unsure=False, birth_day=6, birth_month=6)
    shop.to(2, 30, days=154)  # 31 May
    shop.birthdays()
    assert turn_of(lan, state="due").trigger_key == "2027"


def test_practice_closed_and_erased_members_have_no_turn(shop):
    shop.born(25, 11, practice=True)
    for status in ("closed", "erased"):
        gone = shop.born(25, 11)
        Member.objects.filter(pk=gone.pk).update(status=status)
    shop.born(25, 11, "Nguyễn Văn Bình")
    assert shop.birthdays() == 1


def test_nobody_has_a_turn_before_a_campaign_begins_or_after_it_ended(shop):
    shop.born(25, 11)
    shop.campaign("birthday", since=None, running=False)
    assert shop.birthdays() == 0
    shop.campaign("birthday", since=shop.at, until=shop.at - timedelta(days=1))
    assert shop.birthdays() == 0


def test_a_paused_campaign_still_finds_people(shop):
    shop.born(25, 11)
    shop.campaign("birthday", running=False)
    assert shop.birthdays() == 1
    assert Campaign.objects.get(key="birthday").turns.get().state == "due"
