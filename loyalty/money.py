"""Amounts in whole minor units, as people write them."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision


def major(minor: int, *, currency: str) -> Decimal:
    """2933 minor units of USD → 29.33; of VND → 2933."""
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def written(minor: int, *, currency: str, language: str) -> str:
    """1.234.567 ₫ or ₫1,234,567."""
    return format_currency(major(minor, currency=currency), currency, locale=language)
