"""Colours computed from the one the shop chose, so that people can read what stands on them, whatever it is.

Contrast is WCAG 2's: text needs 4.5:1 against what is behind it, the edge of something to press 3:1.
"""

import re
from dataclasses import dataclass

HEX = re.compile(r"#[0-9a-f]{6}")
TEXT = 4.5
EDGE = 3.0

WHITE, BLACK = "#ffffff", "#000000"
# what the shop's colour stands beside: the same as in assets/parts/theme.css (a test compares)
DAY = {"card": "#ffffff", "page": "#f6f7f9", "sunken": "#eceef2"}
NIGHT = {"card": "#1c2129", "page": "#12161c", "sunken": "#0b0e13"}


def channels(colour: str) -> tuple[int, int, int]:
    """`#047a57` → 4, 122, 87."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mixed(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0–1) of `other` in it."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(mine + (theirs - mine) * share):02x}" for mine, theirs in pairs)


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white): WCAG 2.2, "relative luminance"."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white): WCAG 2.2, "contrast ratio"."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(colour: str) -> str:
    """White where it can be read, else black: one of them always has 4.5:1."""
    return WHITE if contrast(WHITE, colour) >= TEXT else BLACK


def apart(colour: str, *, towards: str, behind: tuple[str, ...], ratio: float) -> str:
    """The nearest to `colour` on the way to `towards` that has `ratio` against everything `behind` it."""
    for step in range(101):
        tried = mixed(colour, towards, step / 100)
        if all(contrast(tried, back) >= ratio for back in behind):
            return tried
    return towards


@dataclass(frozen=True, slots=True)
class Palette:
    """The shop's colour and its relatives, by day or by night."""

    fill: str  # a button, the member's card
    hover: str
    content: str  # what is written on fill and on hover
    edge: str  # the frame of a filled thing: seen even where the colour is almost that of the page
    ink: str  # the colour as text and icon: on card, page, sunken and tint
    tint: str  # a quiet surface

    def named(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__slots__}


def day(colour: str) -> Palette:
    return _palette(colour, fill=colour, around=DAY, towards=BLACK, tint=0.9)


def night(colour: str) -> Palette:
    """A dark colour would be lost on a dark page: it is lightened until it is seen."""
    fill = apart(colour, towards=WHITE, behind=(NIGHT["card"], NIGHT["page"]), ratio=EDGE)
    return _palette(colour, fill=fill, around=NIGHT, towards=WHITE, tint=0.85)


def _palette(colour: str, *, fill: str, around: dict[str, str], towards: str, tint: float) -> Palette:
    content = readable_on(fill)
    quiet = mixed(colour, around["card"], tint)
    behind = tuple(around.values())
    return Palette(
        fill=fill,
        hover=mixed(fill, BLACK if content == WHITE else WHITE, 0.14),
        content=content,
        edge=apart(fill, towards=towards, behind=(around["card"], around["page"]), ratio=EDGE),
        ink=apart(colour, towards=towards, behind=(*behind, quiet), ratio=TEXT),
        tint=quiet,
    )


def shades(colour: str) -> dict[str, str]:
    """Eleven steps from almost white (50) to almost black (950), as unfold names them. White is readable on 600 and
    700, and they on white; 400 and 500 on a dark page."""
    strong = apart(colour, towards=BLACK, behind=(WHITE, DAY["page"]), ratio=TEXT)
    lit = apart(colour, towards=WHITE, behind=(NIGHT["card"], NIGHT["page"]), ratio=TEXT)
    pale = {"50": 0.94, "100": 0.86, "200": 0.72, "300": 0.52}
    deep = {"700": 0.14, "800": 0.30, "900": 0.45, "950": 0.68}
    return {
        **{name: mixed(colour, WHITE, share) for name, share in pale.items()},
        "400": lit,
        "500": mixed(lit, strong, 0.5),
        "600": strong,
        **{name: mixed(strong, BLACK, share) for name, share in deep.items()},
    }
