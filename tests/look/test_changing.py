"""What a shop may call itself, its points and its money."""

import pytest

from loyalty.look import brand, changing
from loyalty.look.changing import ColourUnreadable, Words, WordUnreadable
from loyalty.models import Programme
from tests.factories.shop import Shop

SAID = {"name": "Cà phê Phố", "unit_vi": "hạt", "unit_en": "beans", "currency_sign": "đ"}


@pytest.fixture
def shop(db):
    return Shop()


def test_every_process_follows(shop):
    before = brand.current()

    changing.change(words=Words(**SAID), colour="#8B1E3F ")

    after = brand.current()
    assert (after.name, after.unit_vi, after.unit_en, after.sign) == ("Cà phê Phố", "hạt", "beans", "đ")
    assert after.colour == "#8b1e3f"
    assert after.version > before.version


@pytest.mark.parametrize(
    "colour", ["", "red", "#fff", "#12345g", "047a57", "#047a5７", "#047a57;}", "url(x)", "#047a570", "\x00"]
)
def test_what_is_no_colour_is_refused(shop, colour):
    with pytest.raises(ColourUnreadable):
        changing.change(words=Words(**SAID), colour=colour)
    assert Programme.objects.get().colour == "#047a57"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("name", " \u200b\x00"),
        ("name", "x" * 121),
        ("unit_vi", ""),
        ("unit_vi", "000 điểm"),
        ("unit_en", "points."),
        ("unit_en", "x" * 25),
        ("currency_sign", "0đ"),
        ("currency_sign", "đồng!"),
    ],
)
def test_a_word_that_is_none_is_refused_and_named(shop, field, text):
    with pytest.raises(WordUnreadable) as refused:
        changing.change(words=Words(**{**SAID, field: text}), colour="#8b1e3f")

    assert refused.value.details == {"field": field}
    assert Programme.objects.get().name == "Cà phê Phố"
    assert Programme.objects.get().colour == "#047a57"


def test_strange_names_are_kept_as_typed_without_control_characters(shop):
    changing.change(words=Words(**{**SAID, "name": "  <script>\x00Phố\u200b  {{7*7}} "}), colour="#8b1e3f")

    assert brand.current().name == "<script>Phố {{7*7}}"
