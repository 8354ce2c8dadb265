"""The cashier reads in one line how full the customer's stamp card is; a till is told the same words."""

from decimal import Decimal

import pytest

from api import answers
from loyalty import standings
from loyalty.bill import BillLine
from rewards import stamping
from rewards.models import StampCard
from tests.counter.conftest import text
from tests.rewards.wallets import kind


@pytest.fixture
def card(shop) -> StampCard:
    terms = {"name_vi": "Thẻ tích ly", "name_en": "Cup card", "categories": ["coffee"], "needed": 9}
    card = StampCard(key="cups", gives=kind(shop), valid_from=shop.at, **terms)
    return stamping.publish(card, by="user:1", at=shop.at)


def buy(shop, lan, cups: int) -> None:
    line = BillLine(sku="CF", category="coffee", quantity=Decimal(cups), amount=40_000 * cups)
    shop.sell(shop.bill(lines=(line,)), lan)


def test_the_line_stands_on_the_members_page_once_there_is_a_stamp(at_work, shop, lan, card):
    assert "Thẻ tích ly" not in text(at_work.post("find", q="0912345678"))
    buy(shop, lan, 5)
    assert "Thẻ tích ly: 5/9, còn 4 dấu nữa được tặng quà" in text(at_work.post("find", q="0912345678"))


def test_a_till_is_told_what_to_say(shop, lan, card):
    buy(shop, lan, 14)
    standing = standings.of("id", lan.pk, practice=False, at=shop.at)
    assert "Cup card: 5/9, 4 more for a gift" in answers.member(standing, at=shop.at, language="en").say
