"""A voucher's code is made to be said, typed and mistyped."""

import hashlib
import random
from uuid import UUID, uuid4

import pytest
from django.test import override_settings

from rewards import codes


def test_a_code_is_thirteen_characters_and_a_check_character_of_an_unspeakable_number() -> None:
    made = {codes.of(uuid4()) for _ in range(2000)}

    assert len(made) == 2000
    assert all(len(code) == 14 and set(code) <= set(codes.ALPHABET) for code in made)
    # 65 bits: every place takes every character
    assert all({code[place] for code in made} == set(codes.ALPHABET) for place in range(14))


def test_a_code_is_computed_again_and_depends_on_the_key() -> None:
    voucher = UUID(int=7)
    first = codes.of(voucher)

    assert codes.of(voucher) == first
    with override_settings(VOUCHER_CODE_KEY="another key that is long enough to be one"):
        assert codes.of(voucher) != first


@pytest.mark.parametrize("spoil", [str.lower, codes.shown, lambda code: f"  {code[:4]} {code[4:]}\u2013 "])
def test_a_code_is_read_however_it_is_typed(spoil) -> None:  # type: ignore[no-untyped-def]
    code = codes.of(UUID(int=7))

    assert codes.read(spoil(code)) == code


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    code = next(code for code in (codes.of(uuid4()) for _ in range(10_000)) if {"0", "1"} <= set(code))

    assert codes.read(code.replace("0", "O").replace("1", "I")) == code
    assert codes.read(code.replace("0", "o").replace("1", "l")) == code


def test_every_single_slip_and_nearly_every_swap_is_noticed() -> None:
    swaps, missed = 0, 0
    for _ in range(300):
        code = codes.of(uuid4())
        for place, right in enumerate(code):
            for wrong in codes.ALPHABET.replace(right, ""):
                with pytest.raises(codes.CodeUnreadable):
                    codes.read(code[:place] + wrong + code[place + 1 :])
        for place in range(13):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            if swapped != code:
                swaps += 1
                try:
                    codes.read(swapped)
                    missed += 1
                except codes.CodeUnreadable:
                    pass
    assert missed / swaps < 0.05


@pytest.mark.parametrize("typed", ["", "A", "A" * 13, "A" * 15, "U" * 14, "Đ" * 14, "０" * 14, "💥" * 14, "\x00" * 14])
def test_what_is_no_code_is_said_to_be_unknown(typed: str) -> None:
    with pytest.raises(codes.CodeUnreadable) as refused:
        codes.read(typed)
    assert refused.value.code == "voucher_unknown"


def test_a_hash_is_of_no_use_without_the_key() -> None:
    code = codes.of(UUID(int=7))

    assert codes.hashed(code) != hashlib.sha256(code.encode()).digest()
    kept = codes.hashed(code)
    with override_settings(VOUCHER_CODE_KEY="another key that is long enough to be one"):
        assert codes.hashed(code) != kept


def test_random_typing_is_hardly_ever_a_code() -> None:
    dice = random.Random(7)
    read = 0
    for _ in range(3200):
        try:
            codes.read("".join(dice.choices(codes.ALPHABET, k=14)))
            read += 1
        except codes.CodeUnreadable:
            pass
    assert 50 < read < 160  # one in thirty-two has the right check character; none is a voucher
