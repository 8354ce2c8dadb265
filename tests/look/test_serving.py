"""The files of the brand that every door's pages load."""

import re

import pytest

from loyalty import policies
from loyalty.look import brand, colours
from tests.factories.shop import Shop


@pytest.fixture
def shop(db):
    return Shop()


def test_the_sheet_says_the_colour_by_day_and_by_night(client, shop):
    policies.change_programme(changes={"colour": "#8b1e3f"})

    answer = client.get("/brand.css")

    said = dict(re.findall(r"--([a-z-]+):([^;}]+)", answer.content.decode()))
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert said["shop"] == "#8b1e3f"
    assert said["shop-rgb"] == "139 30 63"
    assert said["shop-dark-ink"] == colours.night("#8b1e3f").ink


def test_a_sheet_is_kept_for_ever_at_the_address_of_its_look_and_asked_for_elsewhere(client, shop):
    address = brand.current().stylesheet_url

    kept, asked = client.get(address), client.get("/brand.css")

    assert "immutable" in kept["Cache-Control"]
    assert asked["Cache-Control"] == "no-cache"
    assert client.get("/brand.css", headers={"if-none-match": asked["ETag"]}).status_code == 304
    assert "Set-Cookie" not in kept
    assert "Cookie" not in kept.get("Vary", "")


def test_another_colour_has_another_address(client, shop):
    before = brand.current().stylesheet_url
    policies.change_programme(changes={"colour": "#8b1e3f"})

    after = brand.current().stylesheet_url

    assert after != before
    assert client.get(before)["Cache-Control"] == "no-cache"  # a page from before does not keep the new look as the old


def test_before_the_first_day_there_is_a_look_already(client, db):
    assert "#047a57" in client.get("/brand.css").content.decode()
    assert brand.current().name == "Chương trình thành viên"


@pytest.mark.parametrize("address", ["/brand.css", "/brand/dashboard.css"])
def test_nothing_is_written_there(client, db, address):
    assert client.post(address).status_code == 405
