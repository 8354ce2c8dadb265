"""Every bill and return is in the rollups once, whatever order its events come in."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics import absorbing
from analytics.models import Ahead, MemberMonth, MemberState, RevenueMonth, ReviewedFigure, StoreDay
from events.models import Delivery, Event
from loyalty import returning, reviewing
from loyalty.bill import BillLine
from loyalty.models import Purchase, Store
from loyalty.records import ReturnedLine
from loyalty.till import Till
from tests.analytics import plain
from tests.analytics.life import Life, deliver
from tests.factories.shop import Shop
from tests.importing.files import bills, load

COFFEE = BillLine(sku="CF1", quantity=Decimal(2), amount=100_000, cost=30_000)
CAKE = BillLine(sku="BK1", quantity=Decimal(1), amount=50_001)


def give_back(shop: Shop, bill, lines=None, **later) -> returning.Returned:
    shop.later(**later)
    receipt = f"T{shop.at.timestamp()}"
    return returning.return_lines(
        purchase_id=bill.id, receipt=receipt, lines=lines, till=shop.till, fingerprint=b"T", at=shop.at
    )


def test_lans_bill_is_in_her_day_her_month_and_her_state(shop: Shop) -> None:
    lan = shop.member()
    bill = shop.sell(shop.bill(lines=(COFFEE, CAKE)), lan).purchase
    shop.sell(shop.bill(40_000))
    deliver(shop)

    day = StoreDay.objects.get()
    assert (day.business_date, day.bills, day.member_visits, day.guest_visits) == (date(2026, 11, 20), 2, 1, 1)
    assert (day.member_gross, day.guest_gross, day.revenue) == (150_001, 40_000, 190_001)
    assert (day.member_profit, day.member_costed, day.guest_costed, day.earned) == (70_000, 100_000, 0, 15)
    month = MemberMonth.objects.get()
    assert (month.member_id, month.month, month.visits, month.revenue) == (lan.id, date(2026, 11, 1), 1, 150_001)
    state = MemberState.objects.get()
    assert (state.first_purchase_id, state.last_purchase_id, state.last_at) == (bill.id, bill.id, bill.occurred_at)
    assert (state.first_on, state.last_on, state.visits) == (day.business_date, day.business_date, 1)


def test_a_return_counts_on_its_own_day_and_takes_its_part_of_the_cost(shop: Shop) -> None:
    lan = shop.member()
    bill = shop.sell(shop.bill(lines=(COFFEE, CAKE)), lan).purchase
    give_back(shop, bill, [ReturnedLine(line=1, quantity=Decimal(1), amount=33_333)], days=1)
    deliver(shop)

    sold, back = StoreDay.objects.order_by("business_date")
    assert (sold.revenue, sold.profit, sold.member_visits) == (150_001, 70_000, 1)
    assert (back.bills, back.member_visits, back.member_returned) == (0, 0, 33_333)
    assert (back.costed, back.profit) == (-33_333, -(33_333 - 9_999))
    assert back.earned == -4


def test_any_split_of_a_return_leaves_no_profit_behind(shop: Shop) -> None:
    bill = shop.sell(shop.bill(lines=(COFFEE, CAKE)), shop.member()).purchase
    for amount in (33_333, 1, 12_345):
        give_back(shop, bill, [ReturnedLine(line=1, quantity=Decimal("0.5"), amount=amount)], hours=30)
    give_back(shop, bill, hours=30)
    deliver(shop)

    days = StoreDay.objects.all()
    assert [sum(getattr(day, name) for day in days) for name in ("revenue", "profit", "costed", "earned")] == [0] * 4
    assert sum(day.member_visits for day in days) == 0
    state = MemberState.objects.get()
    assert (state.visits, state.revenue, state.first_on, state.last_purchase_id) == (0, 0, None, None)


def test_when_the_last_bill_comes_back_the_one_before_is_the_last_again(shop: Shop) -> None:
    lan = shop.member()
    first = shop.sell(shop.bill(50_000), lan).purchase
    shop.later(days=20)
    last = shop.sell(shop.bill(60_000), lan).purchase
    deliver(shop)
    assert MemberState.objects.get().last_purchase_id == last.id
    give_back(shop, last, days=1)
    deliver(shop)

    state = MemberState.objects.get()
    assert (state.last_purchase_id, state.last_on, state.visits) == (first.id, date(2026, 11, 20), 1)


def test_a_late_bill_is_put_on_its_own_day_and_may_become_the_first(shop: Shop) -> None:
    lan = shop.member()
    shop.sell(shop.bill(50_000), lan)
    deliver(shop)
    RevenueMonth.objects.update(changed_on=None)
    late = shop.sell(shop.bill(60_000, occurred_at=shop.at - timedelta(days=5)), lan).purchase
    deliver(shop)

    state = MemberState.objects.get()
    assert (state.first_purchase_id, state.first_on, state.last_on) == (late.id, date(2026, 11, 15), date(2026, 11, 20))
    assert [day.business_date for day in StoreDay.objects.order_by("business_date")] == [state.first_on, state.last_on]


def test_a_first_bill_in_an_earlier_month_asks_for_both_months_again(shop: Shop) -> None:
    shop.at = shop.at.replace(month=12, day=2)
    lan = shop.member()
    shop.sell(shop.bill(50_000), lan)
    deliver(shop)
    RevenueMonth.objects.update(changed_on=None)
    shop.sell(shop.bill(60_000, occurred_at=shop.at - timedelta(days=5)), lan)
    deliver(shop)
    assert list(RevenueMonth.objects.exclude(changed_on=None).order_by("month").values_list("month", flat=True)) == [
        date(2026, 11, 1),
        date(2026, 12, 1),
    ]


@pytest.mark.parametrize("reverse", [False, True])
def test_a_bill_in_review_counts_with_what_came_back_meanwhile_once_it_is_approved(shop: Shop, reverse: bool) -> None:
    lan = shop.member()
    bill = shop.sell(shop.bill(100_000, occurred_at=shop.at - timedelta(days=20)), lan).purchase
    give_back(shop, bill, [ReturnedLine(line=1, quantity=Decimal("0.5"), amount=40_000)], hours=1)
    if not reverse:
        deliver(shop)
        assert not StoreDay.objects.exists()
    reviewing.approve(purchase_id=bill.id, by="user:1", at=shop.at)
    give_back(shop, bill, [ReturnedLine(line=1, quantity=Decimal("0.1"), amount=10_000)], hours=1)
    events = Event.objects.filter(type__startswith="purchase.").order_by("-id" if reverse else "id")
    for event in events:
        deliver_one(event, shop)

    assert MemberState.objects.get().revenue == 50_000
    assert MemberState.objects.get().first_on == date(2026, 10, 31)
    assert ReviewedFigure.objects.count() == 3


def deliver_one(event: Event, shop: Shop) -> None:
    found = Delivery.objects.filter(event=event, reader=absorbing.READER, state="open").first()
    if found:
        absorbing.absorb(event=event)
        Delivery.objects.filter(pk=found.pk).update(state="done", done_at=shop.at)


def test_a_refused_bill_never_counts(shop: Shop) -> None:
    bill = shop.sell(shop.bill(100_000, occurred_at=shop.at - timedelta(days=20)), shop.member()).purchase
    reviewing.refuse(purchase_id=bill.id, by="user:1", at=shop.at)
    deliver(shop)
    assert not StoreDay.objects.exists()
    assert not MemberState.objects.exists()


def test_practice_is_no_business(shop: Shop) -> None:
    practice = Store.objects.create(code="tap", name="Tập", practice_of=shop.store)
    shop.sell(shop.bill(100_000), till=Till.of(practice, by="key:1"))
    deliver(shop)
    assert not StoreDay.objects.exists()


def test_each_chunk_of_an_import_is_absorbed_once(shop: Shop) -> None:
    rows = [
        f"Q{i % 3},{i},{f'09{10_000_000 + i % 7}' * (i % 3 > 0)},2026-0{i % 9 + 1}-1{i % 10},CF1,,,1,{i}0000,4000,sale,"
        for i in range(1, 100)
    ]
    load(bills(*rows), chunk=7)
    assert Event.objects.filter(type="purchases.imported").count() > 10
    deliver(shop, chance=Life(1, members=0).chance)

    assert sum(day.bills for day in StoreDay.objects.all()) == 99
    assert sum(day.revenue for day in StoreDay.objects.all()) == sum(i * 10_000 for i in range(1, 100))
    assert sum(day.profit for day in StoreDay.objects.all()) == sum(i * 10_000 - 4_000 for i in range(1, 100))
    assert {s.member_id: s.first_on for s in MemberState.objects.all()} == {
        member: one[1] for member, one in plain.states().items()
    }


@pytest.mark.parametrize("seed", range(6))
def test_the_rollups_are_what_plain_counting_finds(db: None, seed: int) -> None:
    life = Life(seed)
    for _ in range(4):
        life.go_on(15)
        deliver(life.shop, chance=life.chance, share=0.6)
    deliver(life.shop, chance=life.chance)

    names = ("bills", "member_visits", "guest_visits", "member_gross", "guest_gross", "member_returned",
             "guest_returned", "earned", "spent")  # fmt: skip
    found = {
        (day.store_id, day.business_date): {name: getattr(day, name) for name in names}
        for day in StoreDay.objects.all()
    }
    assert found == {key: {name: day[name] for name in names} for key, day in plain.days().items()}
    states = {
        s.member_id: (s.first_purchase_id, s.first_on, s.last_purchase_id, s.last_on, s.visits, s.revenue)
        for s in MemberState.objects.all()
    }
    assert states == plain.states()
    assert Purchase.objects.count() > 40
    assert not Ahead.objects.exists()
    assert timezone.is_aware(next(s.last_at for s in MemberState.objects.all() if s.last_at))
