from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group

from dashboard.seeding import first_steps
from loyalty import founding
from loyalty.models import EarningRule, ExpiryPolicy, Programme, SpendingPolicy, Tier, TierThreshold
from members import roles
from members.models import ConsentText, Purpose

pytestmark = pytest.mark.django_db
OPENING = datetime(2025, 5, 1, tzinfo=UTC)


def test_an_empty_shop_gets_a_programme_with_one_policy_of_each_kind() -> None:
    first_steps.ensure(OPENING)

    assert Programme.objects.get().currency == "VND"
    assert EarningRule.objects.get().per_amount == 10_000
    assert SpendingPolicy.objects.get().point_value == 500
    assert ExpiryPolicy.objects.get().months == 12
    assert list(Tier.objects.order_by("rank").values_list("code", flat=True)) == ["member", "silver", "gold", "diamond"]
    assert list(TierThreshold.objects.order_by("spend").values_list("spend", flat=True)) == [
        2_000_000,
        5_000_000,
        12_000_000,
    ]


def test_every_purpose_has_its_own_consent_text_in_two_languages() -> None:
    first_steps.ensure(OPENING)

    texts = ConsentText.objects.all()
    assert {text.purpose for text in texts} == set(Purpose.values)
    assert all(text.body_vi and text.body_en for text in texts)


def test_staff_have_roles_from_the_first_day() -> None:
    first_steps.ensure(OPENING)

    assert set(Group.objects.values_list("name", flat=True)) >= set(roles.LABELS)


def test_a_second_start_changes_nothing_a_shop_has_set() -> None:
    first_steps.ensure(OPENING)
    Programme.objects.update(name="Tiệm cà phê của Minh")
    first_steps.ensure(OPENING)

    assert Programme.objects.get().name == "Tiệm cà phê của Minh"
    assert EarningRule.objects.count() == SpendingPolicy.objects.count() == ExpiryPolicy.objects.count() == 1
    assert ConsentText.objects.count() == 4


def test_a_programme_in_dollars_earns_one_point_per_whole_dollar() -> None:
    founding.found(name="CDs", currency="USD", at=OPENING, expiry_months=None)

    assert EarningRule.objects.get().per_amount == 100
    assert SpendingPolicy.objects.get().point_value == 5
    assert ExpiryPolicy.objects.get().months is None
    assert TierThreshold.objects.order_by("spend").values_list("spend", flat=True)[0] == 20_000
