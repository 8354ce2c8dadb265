import pytest

from members import identifying

OLD_TO_NEW = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038",
    "0169": "039", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip


@pytest.mark.parametrize(
    "spelling",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "0912-345-678",
        "0912–345–678",
        "(0912) 345 678",
        "[0912]345678",
        "09 1234 5678",
        "  0912345678  ",
        "0912\u00a0345\u00a0678",
        "0912\u200b345678",
        "+84912345678",
        "+84 912 345 678",
        "+84 (0)912 345 678",
        "+840912345678",
        " 84912345678",
        "84912345678",
        "84 0912 345 678",
        "0084912345678",
        "00 84 912-345-678",
        "0084 (0) 912 345 678",
        "912345678",
    ],
)
def test_every_spelling_of_a_phone_is_one_phone(spelling):
    assert identifying.phone(spelling) == "+84912345678"


@pytest.mark.parametrize(("old", "new"), OLD_TO_NEW.items())
@pytest.mark.parametrize("way", ["0{}", "+84{}", "84{}", "0084{}", "+840{}", " 84{}", "{}"])
def test_an_eleven_digit_number_of_before_2018_is_its_new_number(old, new, way):
    assert identifying.phone(way.format(old[1:] + "2345678")) == "+84" + new[1:] + "2345678"


@pytest.mark.parametrize(
    ("spelling", "number"),
    [
        ("+1 415 555 2671", "+14155552671"),
        ("001 415 555 2671", "+14155552671"),
        (" 14155552671", "+14155552671"),
        ("+82 10-1234-5678", "+821012345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("024 3822 3344", "+842438223344"),
        ("+84 24 3822 3344", "+842438223344"),
    ],
)
def test_foreign_phones_and_landlines_are_read(spelling, number):
    assert identifying.phone(spelling) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "+",
        "abc",
        "0912",
        "091234567",
        "09123456789",
        "0412345678",
        "0000000000",
        "+0912345678",
        "++84912345678",
        "0912+345678",
        "０９１２３４５６７８",
        "٠٩١٢٣٤٥٦٧٨",
        "0912345678x12",
        "1800 1234",
        "19001234",
        "14155552671",
        "+1 415",
        "+999 123456789",
        "0912345678\0",
        "\ud800" + "0912345678",
        "0" * 10_000,
        "'; DROP TABLE members_member; --",
    ],
)
def test_what_nobody_could_be_called_on_is_refused(text):
    with pytest.raises(identifying.PhoneUnreadable):
        identifying.phone(text)


def test_a_phone_in_a_list_shows_its_ends_only():
    assert identifying.masked_phone("+84912345678") == "091•••5678"
    assert identifying.masked_phone("+14155552671") == "+14•••2671"
    assert identifying.masked_phone("+8412") == "•••"


def test_an_email_is_kept_in_lower_case():
    assert identifying.email("  Lan.Nguyen@Example.VN ") == "lan.nguyen@example.vn"


@pytest.mark.parametrize("text", ["", "lan", "lan@", "@vn", "a b@c.vn", "a@b", "x" * 400 + "@a.vn", "a@b.vn\0x y"])
def test_what_is_no_email_is_refused(text):
    with pytest.raises(identifying.EmailUnreadable):
        identifying.email(text)


def test_our_card_with_a_wrong_digit_is_refused_and_any_other_numbering_is_kept():
    card = identifying.card_of(12345)
    assert identifying.card(card.lower()) == card
    assert identifying.card(f"{card[:6]} {card[6:]}") == card
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)
    with pytest.raises(identifying.CardUnreadable):
        identifying.card(wrong)
    assert identifying.card("8934 5678 9012 3") == "8934567890123"
    assert identifying.card("vip-00071") == "VIP00071"


@pytest.mark.parametrize("text", ["", "12", "thẻ của Lan", "１２３４５", "A" * 33, "12_34", "1234\0", "%%%%"])
def test_what_is_no_card_is_refused(text):
    with pytest.raises(identifying.CardUnreadable):
        identifying.card(text)


def test_the_check_digit_is_the_published_damm_digit():
    assert identifying.check_digit("572") == "4"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Nguyễn Thị Đào", "nguyen thi dao"),
        ("  NGUYỄN   thị\tđÀO ", "nguyen thi dao"),
        ("Nguyê\u0303n", "nguyen"),
        ("Ðặng", "dang"),
        ("O'Brien-Đỗ", "o'brien-do"),
        ("김철수", "김철수"),
    ],
)
def test_a_folded_name_has_no_marks(typed, folded):
    assert identifying.fold(typed) == folded


def test_clean_text_is_what_was_typed_without_the_invisible():
    assert identifying.clean(" Lan\u200b \x00Nguyê\u0303n\u202e\r\n<b>{{7*7}}</b> ") == "Lan Nguyễn <b>{{7*7}}</b>"
    assert identifying.clean("=HYPERLINK(1)") == "=HYPERLINK(1)"
    assert identifying.clean("محمد") == "محمد"


def test_the_tokens_of_a_name_are_its_words_in_order_up_to_the_last():
    assert identifying.search_tokens("Nguyễn Thị Lan") == ["lan", "nguyen lan", "nguyen thi lan", "thi lan"]
    assert identifying.search_tokens("Lan Lan") == ["lan", "lan lan"]
    assert identifying.search_tokens("A B C D E F") == ["a b c d e f", "b c d e f", "c d e f", "d e f", "e f", "f"]
    assert identifying.search_tokens("!!!") == []
