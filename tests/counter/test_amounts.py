"""What cashiers type is read as money, or refused: never guessed at."""

import contextlib
import json
from pathlib import Path

import pytest
from babel.numbers import format_decimal
from hypothesis import assume, given
from hypothesis import strategies as st

from counter import amounts
from counter.amounts import AmountTooHigh, AmountUnclear

TABLE = json.loads((Path(__file__).parent / "amounts.json").read_text())
AMOUNTS = st.integers(min_value=1000, max_value=amounts.HIGHEST)


@pytest.mark.parametrize(("typed", "meant"), TABLE["read"].items())
def test_an_amount_is_read_in_every_spelling(typed, meant):
    assert amounts.read(typed) == meant


@pytest.mark.parametrize(("typed", "either"), TABLE["unclear"].items())
def test_what_is_no_amount_or_one_of_two_is_refused_with_both(typed, either):
    with pytest.raises(AmountUnclear) as refused:
        amounts.read(typed)
    assert list(refused.value.details["either"]) == either


@given(AMOUNTS)
def test_what_the_page_writes_it_reads_again(amount):
    for locale in ("vi", "en"):
        written = format_decimal(amount, locale=locale)
        assert amounts.read(written) == amounts.read(f"{written} ₫") == amounts.read(str(amount)) == amount


@given(st.integers(min_value=1, max_value=99_999))
def test_a_number_of_thousands_is_a_thousand_times_the_number(thousands):
    assert amounts.read(f"{thousands}k") == amounts.read(f"{thousands} nghìn") == thousands * 1000


@given(st.integers(min_value=1, max_value=999), st.integers(min_value=0, max_value=999))
def test_millions_and_what_follows_them_add_up(millions, thousands):
    meant = millions * 1_000_000 + thousands * 1000
    assert amounts.read(f"{millions}tr{thousands:03d}") == meant
    assert amounts.read(f"{millions} triệu {thousands} nghìn") == meant
    assert amounts.read(f"{millions}tr{thousands:03d}.000") == meant
    if thousands % 100 == 0:
        assert amounts.read(f"{millions},{thousands // 100}tr") == amounts.read(f"{millions}tr{thousands // 100}")


@given(st.text(alphabet="0123456789.,k tr nghìnđ₫tỷrưỡi-+eE", max_size=45))
def test_any_text_is_an_amount_within_bounds_or_a_refusal(text):
    with contextlib.suppress(AmountUnclear, AmountTooHigh):
        assert 0 <= amounts.read(text) <= amounts.HIGHEST


@given(st.text(max_size=60))
def test_no_text_whatever_breaks_the_reader(text):
    try:
        amounts.read(text)
        amounts.read(text, decimals=2)
    except (AmountUnclear, AmountTooHigh):
        pass


def test_an_amount_beyond_the_bounds_is_refused():
    for typed in ("101tỷ", "100000000001", "999999999999999999999999999"):
        with pytest.raises(AmountTooHigh):
            amounts.read(typed)


@pytest.mark.parametrize(
    ("typed", "cents"), {"12": 1200, "12.5": 1250, "12,50": 1250, "1,234.50": 123450, "1,234": 123400}.items()
)
def test_a_currency_with_cents_is_read_with_its_cents(typed, cents):
    assert amounts.read(typed, decimals=2) == cents


@pytest.mark.parametrize(
    ("typed", "whom", "amount"),
    [
        ("0912345678 185k", "0912345678", "185k"),
        ("0912 345 678 1tr2", "0912 345 678", "1tr2"),
        ("lan 185k", "lan", "185k"),
        ("0912 345 678", "0912 345 678", ""),
        ("5678 lan", "5678 lan", ""),
        ("nguyen thi k", "nguyen thi k", ""),
        ("185k", "185k", ""),
        ("", "", ""),
    ],
)
def test_a_number_and_an_amount_may_be_typed_at_once(typed, whom, amount):
    spoken = amounts.split(typed)
    assert (spoken.whom, spoken.amount) == (whom, amount)


@given(st.text(max_size=40), AMOUNTS)
def test_whom_is_never_changed_by_an_amount_behind_it(whom, amount):
    assume(whom.strip())
    thousands = amount // 1000
    assert amounts.split(f"{whom} {thousands}k").whom == whom.strip()
