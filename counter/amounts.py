"""Amounts as cashiers type and say them: `185k`, `1tr2`, `1,2tr`, `185.000`, `2 triệu 3`, `1tr rưỡi`.

Money is not guessed at: what could be two amounts is refused with both of them. assets/counter/amounts.js reads the
same spellings without a network; tests/counter/amounts.json is the table both are held to.
"""

import re
import unicodedata
from dataclasses import dataclass

from events.refusals import Refusal

HIGHEST = 100_000_000_000
LONGEST = 40
# below this nobody writes a bill in đồng: `185` means 185 thousand to half of all cashiers
LEAST_PLAIN = 1000

THOUSAND, MILLION, BILLION = 1_000, 1_000_000, 1_000_000_000
UNITS = {
    **dict.fromkeys(("k", "n", "ng", "nghin", "ngan"), THOUSAND),
    **dict.fromkeys(("tr", "trieu", "m"), MILLION),
    **dict.fromkeys(("ty", "ti"), BILLION),
}
_NOT_TWO_SIGNS = str.maketrans("đ₫", "dd")
_CURRENCY = re.compile(r"\s*(?:vnd|dong|d)$")
_PLAIN = re.compile(r"[0-9]+")
_GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+")
_WITH_UNIT = re.compile(r"([0-9][0-9.,]*)\s*(nghin|ngan|ng|n|k|trieu|tr|m|ty|ti)\s*(.*)")
_DECIMAL = re.compile(r"([0-9]+)[.,]([0-9]{1,2})")
_MINOR = re.compile(r"([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:[.,]([0-9]{1,3}))?")


class AmountUnclear(Refusal):
    """Not an amount, or one of two. `either`: what it may have meant, in minor units, where it is one of two."""

    code = "amount_unclear"


class AmountTooHigh(Refusal):
    code = "amount_too_high"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A field in which somebody typed who it is and how much at once: `0912345678 185k`."""

    whom: str
    amount: str


def read(text: str, *, decimals: int = 0) -> int:
    """The amount in minor units of a currency with so many decimals. Raises AmountUnclear, AmountTooHigh."""
    plain = _folded(text)
    if not plain or len(text) > LONGEST or not plain.isascii():
        raise AmountUnclear(either=())
    amount = _read(plain) if decimals == 0 else _with_decimals(plain, decimals)
    if amount > HIGHEST:
        raise AmountTooHigh()
    return amount


def split(text: str) -> Spoken:
    """Whom and how much; the amount only where its unit says that it is one: `lan 185k`, not `0912 345 678`."""
    whom, _, last = text.strip().rpartition(" ")
    found = _WITH_UNIT.fullmatch(_folded(last))
    if not whom or not found:
        return Spoken(text, "")
    try:
        _read(_folded(last))
    except AmountUnclear:
        return Spoken(text, "")
    return Spoken(whom.strip(), last)


def _folded(text: str) -> str:
    """Small letters without marks and without the currency's name."""
    marked = unicodedata.normalize("NFD", text.strip().lower())
    plain = "".join(one for one in marked if not unicodedata.combining(one)).translate(_NOT_TWO_SIGNS)
    return re.sub(r"\s+", " ", _CURRENCY.sub("", plain)).strip()


def _read(plain: str) -> int:
    if _PLAIN.fullmatch(plain):
        amount = int(plain)
        if 0 < amount < LEAST_PLAIN:
            raise AmountUnclear(either=(amount, amount * THOUSAND))
        return amount
    if _GROUPED.fullmatch(plain):
        return int(re.sub(r"[., ]", "", plain))
    found = _WITH_UNIT.fullmatch(plain)
    if found is None:
        raise AmountUnclear(either=())
    number, unit, rest = found[1], UNITS[found[2]], found[3].strip()
    return _counted(number, unit, rest=bool(rest)) + (_rest(rest, unit) if rest else 0)


def _counted(number: str, unit: int, *, rest: bool) -> int:
    """`1`, `1,2` or `1.2` of a unit; `1.200k` may be 1,2 or 1200 thousand."""
    if _PLAIN.fullmatch(number):
        return int(number) * unit
    decimal = _DECIMAL.fullmatch(number)
    if decimal is None or rest:
        grouped = _GROUPED.fullmatch(number)
        either = (
            (int(re.sub(r"[.,]", "", number)) * unit // 1000, int(re.sub(r"[.,]", "", number)) * unit)
            if grouped and not rest and number.count(".") + number.count(",") == 1
            else ()
        )
        raise AmountUnclear(either=either)
    return int(decimal[1]) * unit + int(decimal[2]) * unit // 10 ** len(decimal[2])


def _rest(rest: str, unit: int) -> int:
    """What follows a unit: `1tr2` and `1tr25` are tenths and hundredths, `1tr200`, `1tr200k` and `1tr200.000` full."""
    if rest == "ruoi":
        return unit // 2
    if _PLAIN.fullmatch(rest) and len(rest) in ((1, 3) if unit == THOUSAND else (1, 2, 3)):
        return int(rest) * unit // 10 ** len(rest)
    if _GROUPED.fullmatch(rest):
        part = int(re.sub(r"[., ]", "", rest))
    elif _PLAIN.fullmatch(rest) and len(rest) >= 4:
        part = int(rest)
    else:
        found = _WITH_UNIT.fullmatch(rest)
        if found is None or UNITS[found[2]] >= unit or not _PLAIN.fullmatch(found[1]):
            raise AmountUnclear(either=())
        lower = UNITS[found[2]]
        part = int(found[1]) * lower + (_rest(found[3].strip(), lower) if found[3].strip() else 0)
    if part >= unit:
        raise AmountUnclear(either=())
    return part


def _with_decimals(plain: str, decimals: int) -> int:
    """`12`, `12.5`, `12,50`, `1,234.50` of a currency that has cents; three digits behind a comma are thousands."""
    found = _MINOR.fullmatch(plain)
    if found is None or (found[2] and len(found[2]) > decimals):
        grouped = _GROUPED.fullmatch(plain)
        if not grouped or "." in plain:
            raise AmountUnclear(either=())
        return int(re.sub(r"[, ]", "", plain)) * 10**decimals
    whole, part = int(found[1].replace(",", "")), found[2] or ""
    return whole * 10**decimals + (int(part.ljust(decimals, "0")) if part else 0)
