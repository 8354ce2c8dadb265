"""What only the shop and its customer know of the last bill."""

import pytest

from members import facts


@pytest.fixture
def lan(shop):
    member = shop.member()
    shop.sell(shop.bill(50_000), member)
    shop.later(days=1)
    shop.sell(shop.bill(105_000), member)  # at noon of 21 November 2026
    return member


@pytest.mark.parametrize(
    ("kind", "told", "so"),
    [
        ("last_bill_amount", "105.000đ", True),
        ("last_bill_amount", "105 000", True),
        ("last_bill_amount", "50000", False),
        ("last_bill_amount", "１０５０００", False),
        ("last_bill_amount", "-105000", False),
        ("last_bill_amount", "9" * 150, False),
        ("last_bill_amount", "", False),
        ("last_bill_date", "21/11", True),
        ("last_bill_date", "21/11/2026", True),
        ("last_bill_date", "2026-11-21", True),
        ("last_bill_date", "21/11/2025", False),
        ("last_bill_date", "20/11", False),
        ("last_bill_date", "hôm qua", False),
    ],
)
def test_the_last_bill_is_known_by_its_amount_or_its_day(shop, lan, kind, told, so):
    assert facts.is_true(kind, member=lan, told=told, at=shop.at) is so


def test_who_never_bought_has_no_last_bill(shop):
    hoa = shop.member()
    assert not facts.is_true("last_bill_amount", member=hoa, told="0", at=shop.at)
    assert not facts.is_true("last_bill_date", member=hoa, told="20/11", at=shop.at)
