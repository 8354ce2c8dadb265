"""The books of a small demo: written by the platform's own calls, once for all tests of this file."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from analytics.models import MemberState, RetentionNight, RevenueMonth, StoreDay
from campaigns import nightly, reacting
from campaigns.models import Campaign, Turn
from dashboard.seeding import filling
from events.models import Event
from loyalty import policies
from loyalty.models import Entry, Programme, Purchase, PurchaseLine, Return, Store, Terminal
from members.models import Consent, Member
from tests.conftest import ENGINES
from tests.seeding import audit

ENDS = datetime(2026, 3, 20, 10, 30, tzinfo=UTC)


def _fill(*, at: datetime) -> filling.Filled:
    return filling.fill(members=100, months=4, seed=3, at=at)


@pytest.fixture(scope="module", autouse=True)
def chain(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    name = f"demo_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    policies.forget()  # those of the tests before
    with django_db_blocker.unblock(), ENGINES.copy(name):
        _fill(at=ENDS)
        yield


def test_a_small_chain_is_written_and_the_audit_is_clean() -> None:
    assert Member.objects.count() == 100
    assert Purchase.objects.count() > 500
    assert Store.objects.filter(practice_of=None).count() == 5
    assert Terminal.objects.filter(store__practice_of=None).count() == 10
    assert Programme.objects.get().name == "Hiên Cà Phê"
    assert audit.broken() == []


def test_members_earn_guests_do_not_and_some_pay_with_points() -> None:
    assert not Purchase.objects.filter(member_id=None, earned__gt=0).exists()
    assert Purchase.objects.filter(member_id__isnull=False, earned__gt=0).exists()
    assert Purchase.objects.filter(spent__gt=0).exists()
    assert Entry.objects.filter(kind="spend").exists()
    assert not PurchaseLine.objects.filter(cost=None).exists()


def test_something_came_back_and_the_books_say_so() -> None:
    clawed_back = Return.objects.filter(clawed_back__gt=0)

    assert Return.objects.filter(kind="return").exists()
    assert Entry.objects.filter(kind="clawback").count() == clawed_back.count() > 0


def test_nothing_was_sold_while_tet_closed_the_doors() -> None:
    days = set(Purchase.objects.values_list("business_date", flat=True))
    assert not days & {date(2026, 2, 16) + timedelta(days=n) for n in range(4)}
    assert max(days) == ENDS.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def test_nobody_is_in_without_having_agreed_and_nobody_agreed_to_everything_by_default() -> None:
    agreed = Consent.objects.filter(purpose="programme", granted=True)
    advertised = Consent.objects.filter(purpose="marketing", granted=True)
    assert agreed.values("member").distinct().count() == 100
    assert 30 < advertised.values("member").distinct().count() < 75


def test_a_second_time_changes_nothing() -> None:
    before = audit.everything()

    again = _fill(at=ENDS + timedelta(days=3))

    assert again.before
    assert not filling.missing()
    assert audit.everything() == before


def test_the_figures_of_its_months_and_nights_are_there_from_the_first_page_on() -> None:
    nights = RetentionNight.objects.order_by("date")
    assert nights.count() == 60
    assert nights.last().at_end > 0
    months = RevenueMonth.objects.order_by("month")
    assert all(month.as_of for month in months)
    revenue = sum(day.revenue for day in StoreDay.objects.all())
    assert sum(month.revenue for month in months) <= revenue  # today is not over
    assert MemberState.objects.filter(visits__gt=0).count() > 0


def test_the_campaigns_run_and_write_to_nobody_for_what_lies_behind() -> None:
    assert Campaign.objects.filter(running=True, since=ENDS).count() == 3
    joined = Event.objects.filter(type="member.joined")
    assert joined.exists()
    silent = MemberState.objects.filter(last_on__lt=date(2026, 1, 15)).count()
    assert silent > 0
    with transaction.atomic():
        for event in joined:
            reacting.react(event=event)
        nightly.silences(date=date(2026, 3, 20), at=ENDS + timedelta(hours=9))
        # at most those whose sixtieth day of silence was this one
        begins = Turn.objects.filter(position=1).values_list("occasion_on", flat=True)
        assert set(begins) <= {date(2026, 1, 19)}
        assert Turn.objects.filter(position=1).count() <= silent
        transaction.set_rollback(True)
