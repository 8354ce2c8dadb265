"""Whatever people type, a phone, a card and a name come out in one spelling or are refused."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from events.refusals import Refusal
from members import identifying

mobiles = st.from_regex(r"[35789][0-9]{8}", fullmatch=True)
between = st.sampled_from(["", " ", ".", "-", "–", "\u00a0", " - ", ")", "("])


@given(national=mobiles, start=st.sampled_from(["0", "+84", "84", "0084", "+84 (0)", "+84 ", "00 84 "]), data=st.data())
def test_every_way_to_write_a_mobile_is_one_phone(national, start, data):
    spelling = start + "".join(digit + data.draw(between) for digit in national)
    assert identifying.phone(spelling) == "+84" + national


@given(st.text())
def test_a_phone_is_e164_or_refused_and_reading_it_again_changes_nothing(text):
    try:
        phone = identifying.phone(text)
    except identifying.PhoneUnreadable:
        return
    assert phone[0] == "+" and phone[1:].isascii() and phone[1:].isdigit() and 8 <= len(phone) <= 16
    assert identifying.phone(phone) == phone


@given(st.text(alphabet="0123456789+ ()-.", max_size=20))
def test_digits_in_any_order_never_surprise(text):
    try:
        phone = identifying.phone(text)
    except identifying.PhoneUnreadable:
        return
    assert identifying.phone(phone) == phone


@given(number=st.integers(0, 10**11 - 1), place=st.integers(2, 13), change=st.integers(1, 9))
def test_one_wrong_digit_of_our_card_is_found(number, place, change):
    card = identifying.card_of(number)
    assert identifying.card(card) == card
    wrong = card[:place] + str((int(card[place]) + change) % 10) + card[place + 1 :]
    try:
        identifying.card(wrong)
    except identifying.CardUnreadable:
        return
    raise AssertionError(wrong)


@given(number=st.integers(0, 10**11 - 1), place=st.integers(2, 12))
def test_two_neighbours_swapped_on_our_card_are_found(number, place):
    card = identifying.card_of(number)
    swapped = card[:place] + card[place + 1] + card[place] + card[place + 2 :]
    if swapped == card:
        return
    try:
        identifying.card(swapped)
    except identifying.CardUnreadable:
        return
    raise AssertionError(swapped)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    folded = identifying.fold(text)
    assert identifying.fold(folded) == folded
    assert "  " not in folded and folded == folded.strip()
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Mn"} for character in folded)


@given(st.text())
def test_cleaning_twice_is_cleaning_once_and_folding_does_not_depend_on_it(text):
    clean = identifying.clean(text)
    assert identifying.clean(clean) == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert identifying.fold(clean) == identifying.fold(text)


@given(st.text(), st.sampled_from([identifying.card, identifying.email, identifying.external]))
def test_whatever_is_typed_comes_out_the_same_twice_or_is_refused(text, read):
    try:
        kept = read(text)
    except Refusal:
        return
    assert read(kept) == kept
    assert "\0" not in kept


@given(
    names=st.lists(st.sampled_from(["Nguyễn", "Thị", "Ngọc", "Lan", "Anh", "Đào", "Ô"]), min_size=1, max_size=5),
    data=st.data(),
)
def test_any_words_of_a_name_in_their_order_begin_a_token(names, data):
    places = data.draw(st.lists(st.integers(0, len(names) - 1), min_size=1, unique=True).map(sorted))
    typed = " ".join(names[place] for place in places)
    cut = data.draw(
        st.integers(len(" ".join(names[place] for place in places[:-1])) + 2 * (len(places) > 1), len(typed))
    )
    phrase = " ".join(identifying.words(typed[: max(cut, 1)]))
    assert any(token.startswith(phrase) for token in identifying.search_tokens(" ".join(names)))


@given(st.text(max_size=400))
def test_a_name_of_any_length_makes_few_and_short_tokens(name):
    tokens = identifying.search_tokens(name)
    assert len(tokens) == len(set(tokens)) <= 16
    assert all(0 < len(token) <= identifying.LONGEST_TOKEN for token in tokens)
