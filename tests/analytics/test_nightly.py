"""Each night's figures are what plain counting finds, whatever came late, came back, or killed the night before."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection

from analytics import nightly, rates
from analytics.models import RetentionNight, RetentionTerms, RevenueMonth
from events.models import Delivery
from loyalty import returning
from loyalty.bill import BillLine
from loyalty.till import local_zone
from members.models import Member
from tests.analytics import plain
from tests.analytics.life import Life, deliver
from tests.factories.shop import Shop

COUNTS = ("at_start", "at_end", "kept", "first_time", "came_back")
REVENUE = ("new_members", "repeat_members", "new_revenue", "repeat_revenue", "guest_revenue")


def yesterday(shop: Shop) -> date:
    return shop.at.astimezone(local_zone()).date() - timedelta(days=1)


def run(shop: Shop, day: date | None = None) -> RetentionNight:
    day = day or yesterday(shop)
    nightly.count_retention(date=day, at=shop.at)
    nightly.count_revenue(date=day, at=shop.at)
    return RetentionNight.objects.get(date=day)


def counts(night: RetentionNight) -> dict[str, int]:
    return {name: getattr(night, name) for name in COUNTS}


def revenue(month: RevenueMonth) -> dict[str, int]:
    return {name: getattr(month, name) for name in REVENUE}


@pytest.mark.parametrize("seed", range(3))
def test_every_night_of_seven_weeks_is_what_plain_counting_finds(db: None, seed: int) -> None:
    """Bills come late, come back and wait for staff; deliveries lag. The window is short, so that people leave."""
    life = Life(seed)
    RetentionTerms.objects.create(pk=1, window_days=7, period_days=10)
    seen, done = set(), yesterday(life.shop)
    while len(seen) < 50:
        life.go_on(2)
        if life.chance.random() < 0.2:
            life.members.append(life.shop.member())
        deliver(life.shop, chance=life.chance, share=0.8)
        while done < yesterday(life.shop):
            done += timedelta(days=1)
            night = run(life.shop, done)
            assert counts(night) == plain.night(done, window=7, period=10), done
            month = RevenueMonth.objects.get(month=done.replace(day=1))
            assert (month.as_of, revenue(month)) == (done, plain.revenue(month.month, as_of=done)), done
            seen.add(done)

    deliver(life.shop)
    nightly.count_revenue(date=done, at=life.shop.at)
    for month in RevenueMonth.objects.filter(month__lte=done):
        assert revenue(month) == plain.revenue(month.month, as_of=done), month
    nights = RetentionNight.objects.all()
    assert len(nights) == len(seen)
    assert any(n.kept < n.at_start for n in nights)
    assert any(n.came_back for n in nights)
    assert any(n.first_time for n in nights)


def test_three_customers_one_stays_one_leaves_one_comes_back(shop: Shop) -> None:
    RetentionTerms.objects.create(pk=1, window_days=30, period_days=30)
    lan, minh, anh, bao = (shop.member(name) for name in ("Lan", "Minh", "Ánh", "Bảo"))
    shop.sell(shop.bill(50_000), anh)
    shop.later(days=50)
    shop.sell(shop.bill(50_000), lan)
    shop.sell(shop.bill(50_000), minh)
    shop.later(days=35)
    for member in (lan, anh, bao):
        shop.sell(shop.bill(50_000), member)
    shop.later(days=1)

    night = run(shop)
    assert counts(night) == {"at_start": 2, "at_end": 3, "kept": 1, "first_time": 1, "came_back": 1}
    said = {"at_start": night.at_start, "at_end": night.at_end, "new": night.first_time + night.came_back}
    assert rates.retention(**said) == 0.5
    assert rates.churn(**said) == 0.5
    assert rates.net_change(at_start=night.at_start, at_end=night.at_end) == -0.5


def test_the_first_night_of_an_empty_shop_has_no_rates(shop: Shop) -> None:
    night = run(shop)
    assert counts(night) == dict.fromkeys(COUNTS, 0)
    assert (night.window_days, night.window_by, night.gaps) == (nightly.DEFAULT_WINDOW, "default", 0)
    assert rates.retention(at_start=0, at_end=0, new=0) is None
    assert rates.churn(at_start=0, at_end=0, new=0) is None
    assert rates.net_change(at_start=0, at_end=3) is None
    assert rates.repeat_share(new_revenue=0, repeat_revenue=0) is None
    assert RevenueMonth.objects.get().revenue == 0


def test_the_window_is_the_ninetieth_percentile_of_the_shops_own_gaps(shop: Shop) -> None:
    chance = random.Random(4)
    people = [shop.member() for _ in range(6)]
    for _ in range(90):
        shop.later(hours=chance.randint(20, 90))
        bill = shop.sell(shop.bill(40_000), chance.choice(people)).purchase
        if chance.random() < 0.2:  # a visit that came back is none
            shop.later(minutes=5)
            returning.return_lines(
                purchase_id=bill.id, receipt=f"T{bill.receipt}", lines=None, till=shop.till, fingerprint=b"", at=shop.at
            )
    shop.later(days=1)
    found = plain.gaps(yesterday(shop))
    window = nightly.window(date=yesterday(shop))
    assert (window.by, window.gaps) == ("gaps", len(found))
    assert window.gap_days == found[-(-len(found) * 9 // 10) - 1]
    assert window.days == window.gap_days > nightly.SHORTEST_WINDOW


def test_a_window_from_gaps_stays_within_bounds(shop: Shop) -> None:
    lan = shop.member()
    for _ in range(40):
        shop.sell(shop.bill(40_000), lan)
        shop.later(days=1)
    window = nightly.window(date=yesterday(shop))
    assert (window.gap_days, window.days) == (1, nightly.SHORTEST_WINDOW)


def test_staff_choose_the_window_and_the_period(shop: Shop) -> None:
    RetentionTerms.objects.create(pk=1, window_days=45, period_days=60)
    night = run(shop)
    assert (night.window_days, night.window_by, night.period_days) == (45, "staff", 60)
    with pytest.raises(ValidationError):
        RetentionTerms(pk=1, window_days=3).full_clean()


def test_a_bill_is_kept_until_the_day_it_comes_back(shop: Shop) -> None:
    RetentionTerms.objects.create(pk=1, window_days=30, period_days=10)
    bill = shop.sell(shop.bill(50_000), shop.member()).purchase
    sold_on = bill.business_date
    shop.later(days=3)
    returning.return_lines(purchase_id=bill.id, receipt="T1", lines=None, till=shop.till, fingerprint=b"", at=shop.at)
    shop.later(days=1)
    nights = {day: run(shop, sold_on + timedelta(days=day)).at_end for day in range(4)}
    assert nights == {0: 1, 1: 1, 2: 1, 3: 0}


def test_a_practice_member_is_no_customer(shop: Shop) -> None:
    lan = shop.member()
    shop.sell(shop.bill(50_000), lan)
    Member.objects.filter(pk=lan.pk).update(practice=True)
    shop.later(days=1)
    assert run(shop).at_end == 0


def test_the_same_night_again_is_the_same_row(shop: Shop) -> None:
    shop.sell(shop.bill(50_000), shop.member())
    shop.later(days=1)
    run(shop)
    before = stored()
    run(shop)
    assert stored() == before
    assert set(settings.NIGHTLY_STEPS) >= {"analytics.nightly.count_retention", "analytics.nightly.count_revenue"}


def stored() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM analytics_retentionnight ORDER BY 1")
        nights = cursor.fetchall()
        cursor.execute("SELECT * FROM analytics_revenuemonth ORDER BY 1")
        return [*nights, *cursor.fetchall()]


def test_a_count_of_months_that_was_cut_off_is_done_again(shop: Shop) -> None:
    shop.sell(shop.bill(50_000), shop.member())
    shop.later(days=40)
    deliver(shop)
    run(shop)
    november = RevenueMonth.objects.get(month=date(2026, 11, 1))
    assert (november.new_revenue, november.as_of, november.counting) == (50_000, yesterday(shop), False)
    RevenueMonth.objects.update(new_revenue=0)  # as a process left it that was killed after its mark
    RevenueMonth.objects.filter(month=november.month).update(counting=True)
    assert nightly.count_revenue(date=yesterday(shop), at=shop.at) == 1
    assert RevenueMonth.objects.get(month=november.month).new_revenue == 50_000


def test_only_months_that_changed_are_counted(shop: Shop) -> None:
    lan = shop.member()
    for _ in range(4):
        shop.sell(shop.bill(50_000), lan)
        shop.later(days=31)
    deliver(shop)
    assert nightly.count_revenue(date=yesterday(shop), at=shop.at) == 5
    assert nightly.count_revenue(date=yesterday(shop), at=shop.at) == 0
    shop.sell(shop.bill(50_000, occurred_at=shop.at - timedelta(days=6)), lan)
    deliver(shop)
    shop.later(days=1)
    assert nightly.count_revenue(date=yesterday(shop), at=shop.at) == 1


def test_what_comes_back_after_a_month_is_told_of_that_month_once_its_day_is_counted(shop: Shop) -> None:
    """Nights run late: the return is known when the month is counted as of its end, and does not count yet."""
    bill = shop.sell(shop.bill(50_000), shop.member()).purchase
    shop.later(days=12)
    returning.return_lines(purchase_id=bill.id, receipt="T1", lines=None, till=shop.till, fingerprint=b"", at=shop.at)
    deliver(shop)
    shop.later(days=1)
    seen = {}
    for day in (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2)):
        run(shop, day)
        seen[day.day] = RevenueMonth.objects.get(month=date(2026, 11, 1)).new_members
    assert seen == {30: 1, 1: 1, 2: 0}


def test_an_earlier_date_does_not_set_a_month_back(shop: Shop) -> None:
    shop.sell(shop.bill(50_000), shop.member())
    shop.later(days=3)
    run(shop)
    run(shop, yesterday(shop) - timedelta(days=2))
    assert RevenueMonth.objects.get().as_of == yesterday(shop)


def test_nights_that_nobody_counted_are_filled_in(db: None) -> None:
    life = Life(5)
    life.go_on(80)
    last = yesterday(life.shop)
    run(life.shop)
    kept = RetentionNight.objects.get(date=last).counted_at
    assert nightly.fill_in(last=last, nights=20, at=life.shop.at + timedelta(days=1)) == 19
    nights = list(RetentionNight.objects.order_by("date"))
    assert [n.date for n in nights] == [last - timedelta(days=n) for n in reversed(range(20))]
    assert nights[-1].counted_at == kept
    assert {n.window_days for n in nights} == {nights[-1].window_days}
    for night in nights:
        assert counts(night) == plain.night(night.date, window=night.window_days, period=night.period_days)


def test_nights_read_the_books_and_do_not_wait_for_deliveries(shop: Shop) -> None:
    shop.sell(shop.bill(50_000), shop.member())
    shop.later(days=1)
    assert Delivery.objects.filter(state="open").exists()
    assert run(shop).at_end == 1
    assert RevenueMonth.objects.get().new_revenue == 50_000


def test_profit_is_told_with_the_revenue_it_rests_on(shop: Shop) -> None:
    lan = shop.member()
    known = BillLine(sku="CF1", quantity=Decimal(1), amount=60_000, cost=22_000)
    unknown = BillLine(sku="BK1", quantity=Decimal(1), amount=40_000)
    shop.sell(shop.bill(lines=(known, unknown)), lan)
    shop.sell(shop.bill(lines=(known,)))
    shop.later(days=31)
    shop.sell(shop.bill(lines=(known,)), lan)
    shop.later(days=1)
    deliver(shop)
    run(shop)

    first, second = RevenueMonth.objects.order_by("month")
    assert (first.new_revenue, first.new_costed, first.new_profit) == (100_000, 60_000, 38_000)
    assert (first.guest_revenue, first.guest_profit, first.repeat_profit) == (60_000, 38_000, 0)
    assert (second.repeat_revenue, second.repeat_profit, second.new_revenue) == (60_000, 38_000, 0)
    assert (first.revenue, first.profit, first.costed) == (160_000, 76_000, 120_000)
