"""Amounts in whole minor units, as people write them."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, get_currency_precision

# a sign that is written like a letter of the number, as on every price tag: 25.000đ
_CLOSE = frozenset("đ₫")


def major(minor: int, *, currency: str) -> Decimal:
    """2933 minor units of USD → 29.33; of VND → 2933."""
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def written(minor: int, *, currency: str, language: str, sign: str = "") -> str:
    """1.234.567 ₫ or ₫1,234,567; with the shop's own `sign`, behind the figures in every language: 1.234.567đ."""
    return _hand(currency, language, sign).write(minor)


@dataclass(frozen=True, slots=True)
class _Hand:
    """How one currency is written in one language, learnt from babel once: a till waits for every sentence."""

    before: str
    after: str
    group: str
    decimal: str
    decimals: int

    def write(self, minor: int) -> str:
        whole, part = divmod(abs(minor), 10**self.decimals)
        minus = "-" if minor < 0 else ""
        digits = f"{whole:,}".replace(",", self.group)
        if self.decimals:
            digits += f"{self.decimal}{part:0{self.decimals}d}"
        return f"{minus}{self.before}{digits}{self.after}"


@lru_cache(maxsize=256)
def _hand(currency: str, language: str, sign: str) -> _Hand:
    locale = Locale(language)
    symbols = locale.number_symbols["latn"]
    before, _, rest = format_currency(1, currency, locale=locale).partition("1")
    after = rest.lstrip("0.,")
    if sign:
        before, after = "", sign if sign in _CLOSE else f"\u00a0{sign}"
    return _Hand(before, after, symbols["group"], symbols["decimal"], get_currency_precision(currency))
