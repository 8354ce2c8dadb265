"""Whatever colour a shop picks, people can read what stands on it and in it, by day and by night."""

import random
import re

import pytest

from loyalty.look import colours
from tests.house.rules import ROOT

RANDOM = random.Random(4)
PICKED = [f"#{RANDOM.randrange(1 << 24):06x}" for _ in range(50)]
EXTREME = ["#ffffff", "#000000", "#ffff00", "#0000ff", "#7f7f7f", "#808080", "#fefefe", "#010101", "#ff0000", "#00ff00"]


def test_contrast_is_that_of_wcag():
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert colours.contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("colour", PICKED + EXTREME)
def test_what_is_derived_can_be_read(colour):
    for palette, around in ((colours.day(colour), colours.DAY), (colours.night(colour), colours.NIGHT)):
        for filled in (palette.fill, palette.hover):
            assert colours.contrast(palette.content, filled) >= 4.5
        for behind in (*around.values(), palette.tint):
            assert colours.contrast(palette.ink, behind) >= 4.5
        for behind in (around["card"], around["page"]):
            assert colours.contrast(palette.edge, behind) >= 3


@pytest.mark.parametrize("colour", PICKED + EXTREME)
def test_the_dashboard_shades_can_be_read(colour):
    shades = colours.shades(colour)
    for strong in ("600", "700", "800"):
        assert colours.contrast(colours.WHITE, shades[strong]) >= 4.5
    for dark in (colours.NIGHT["card"], colours.NIGHT["page"], "#111827"):
        assert colours.contrast(shades["400"], dark) >= 4.5


@pytest.mark.parametrize("colour", ["#047a57", "#8b1e3f", "#1d4ed8"])
def test_a_colour_that_serves_as_it_is_stays_as_it_is(colour):
    palette = colours.day(colour)

    assert palette.fill == palette.ink == palette.edge == colour
    assert palette.content == colours.WHITE


def test_the_surfaces_are_those_of_the_built_sheet():
    theme = (ROOT / "assets/parts/theme.css").read_text()
    day, night = theme.split("@variant night")
    for text, surfaces in ((day, colours.DAY), (night, colours.NIGHT)):
        assert {name: re.search(rf"--color-{name}: (#\w+);", text)[1] for name in surfaces} == surfaces


def test_what_a_shop_without_a_colour_sees_is_what_its_default_colour_gives():
    theme = (ROOT / "assets/parts/theme.css").read_text()
    for prefix, palette in (("shop", colours.day("#047a57")), ("shop-dark", colours.night("#047a57"))):
        for name, colour in palette.named().items():
            said = prefix if name == "fill" else f"{prefix}-{name}"
            assert f"var(--{said}, {colour})" in theme
