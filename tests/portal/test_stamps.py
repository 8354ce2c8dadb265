"""A member sees how full the stamp card is: in circles, in numbers and in words; on the bill's page in words."""

from decimal import Decimal

import pytest

from loyalty import receipt_links
from loyalty.bill import BillLine
from rewards import stamping
from rewards.models import StampCard


@pytest.fixture
def five_coffees(shop, lan):
    card = StampCard(
        key="coffee",
        name_vi="Thẻ cà phê",
        name_en="Coffee card",
        categories=["coffee"],
        needed=9,
        gives="welcome",
        valid_from=shop.at,
    )
    stamping.publish(card, by="user:1", at=shop.at)
    line = BillLine(sku="CF", category="coffee", quantity=Decimal(5), amount=200_000)
    return shop.sell(shop.bill(lines=(line,)), lan).purchase


def test_the_first_page_draws_the_card_and_says_it_in_words(lans, five_coffees):
    text = lans.get("/me/").content.decode()
    assert "Thẻ cà phê: 5/9, còn 4 dấu nữa được tặng quà" in text
    assert text.count('fill="currentColor" stroke') == 5
    assert text.count('fill="none" stroke="currentColor" stroke-width="2"></circle>') == 4


def test_a_shop_without_a_card_shows_none(lans):
    assert "Thẻ tích dấu" not in lans.get("/me/").content.decode()


def test_the_page_of_the_bill_says_it_too(client, five_coffees):
    text = client.get(f"/b/{receipt_links.token(five_coffees.id)}").content.decode()
    assert "Thẻ cà phê: 5/9, còn 4 dấu nữa được tặng quà" in text
