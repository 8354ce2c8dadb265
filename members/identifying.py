"""How people are named: phones, cards and e-mails in one spelling each, and text made fit to keep or to search.

Whatever a till, a form or a file says, the same phone comes out as the same E.164 text, so that it meets one member.
"""

import re
import secrets
import unicodedata
from itertools import combinations

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from events.refusals import Refusal

# Letters that are one sign, not a letter and a mark.
_NOT_TWO_SIGNS = str.maketrans("đĐ₫", "dDd")


class PhoneUnreadable(Refusal):
    """The text is not a telephone number that a person could be called on."""

    code = "phone_unreadable"


class EmailUnreadable(Refusal):
    code = "email_unreadable"


class ExternalIdUnreadable(Refusal):
    code = "external_id_unreadable"


class CardUnreadable(Refusal):
    """Not a card number, or one of ours with a wrong check digit: somebody mistyped it."""

    code = "card_unreadable"


# --- phones -----------------------------------------------------------------------------------------------------------

# blanks, dots, brackets, slashes and every dash that keyboards and spreadsheets make
_BETWEEN_DIGITS = re.compile(r"[\s.,()\[\]/\u00ad\u200b\u2060\ufeff\u2010-\u2015\u2212-]+")
_DIALLED = re.compile(r"\+?[0-9]{6,18}", re.ASCII)
_MOBILE = re.compile(r"[35789][0-9]{8}", re.ASCII)
# the eleven-digit mobile numbers of before 2018-09-15, and what the ministry turned their beginnings into
_OLD_PREFIXES = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58",
    "199": "59",
}  # fmt: skip
_PERSONAL_TYPES = {
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
    phonenumbers.PhoneNumberType.VOIP,
}


def phone(text: str) -> str:
    """The E.164 form of a phone in any Vietnamese spelling, or of a foreign one in international form.

    `0912 345 678`, `+84 912.345.678`, `84912345678`, `0084 (0)912-345-678`, `912345678` (a spreadsheet ate the zero)
    and the old `0162…` all come out as one text. A leading blank is a `+` that an address has eaten, unless a 0
    follows. Raises PhoneUnreadable; digits other than 0–9 are refused.
    """
    if not isinstance(text, str) or len(text) > 40:
        raise PhoneUnreadable
    dialled = _BETWEEN_DIGITS.sub("", text)
    if text[:1] == " " and not dialled.startswith(("0", "+")):
        dialled = "+" + dialled
    if not _DIALLED.fullmatch(dialled):
        raise PhoneUnreadable
    if dialled.startswith("00"):
        dialled = "+" + dialled[2:]
    if dialled.startswith("+") and not dialled.startswith("+84"):
        return _foreign(dialled)
    return "+84" + _national(dialled)


def _national(dialled: str) -> str:
    """The digits after 84 of a number dialled inside Viet Nam or with its country code."""
    if dialled.startswith("+84"):
        digits = dialled[3:].removeprefix("0")
    elif dialled.startswith("0"):
        digits = dialled[1:]
    elif dialled.startswith("84") and len(dialled) > 9:
        digits = dialled[2:].removeprefix("0")
    else:
        digits = dialled
    if len(digits) == 10 and digits[:3] in _OLD_PREFIXES:
        digits = _OLD_PREFIXES[digits[:3]] + digits[3:]
    # new mobile prefixes are opened more often than this library is updated: the shape is enough
    if _MOBILE.fullmatch(digits):
        return digits
    # a landline; without its 0 or country code ten digits could be anything
    if dialled[0] in "+08" and len(digits) == 10:
        return _foreign("+84" + digits)[3:]
    raise PhoneUnreadable


def _foreign(dialled: str) -> str:
    try:
        number = phonenumbers.parse(dialled, None)
    except phonenumbers.NumberParseException:
        raise PhoneUnreadable from None
    if phonenumbers.number_type(number) not in _PERSONAL_TYPES:
        raise PhoneUnreadable
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def joined_digits(text: str) -> str:
    """The text without what people put between digits."""
    return _BETWEEN_DIGITS.sub("", text)


def masked_phone(value: str) -> str:
    """A phone as lists show it: `+84912345678` → `091•••5678`. Four digits or fewer show nothing."""
    digits = "0" + value[3:] if value.startswith("+84") else value
    if len(digits) <= 7:
        return "•••"
    return f"{digits[:3]}•••{digits[-4:]}"


# --- e-mails and cards ------------------------------------------------------------------------------------------------


def email(text: str) -> str:
    """The address in lower case without blanks around it. Raises EmailUnreadable."""
    address = clean(text).lower() if isinstance(text, str) and len(text) <= 320 else ""
    try:
        validate_email(address)
    except ValidationError:
        raise EmailUnreadable from None
    if len(address) > 254:
        raise EmailUnreadable
    return address


OWN_CARD = "LM"
_OWN_CARD_SHAPE = re.compile(r"LM[0-9]{12}", re.ASCII)
_ANY_CARD_SHAPE = re.compile(r"[0-9A-Z]{4,32}", re.ASCII)

# Damm (2004): a totally anti-symmetric quasigroup of order 10. Finds every single wrong digit and every swap of
# neighbours, which Luhn does not (09/90).
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def check_digit(digits: str) -> str:
    """The Damm digit that follows these digits."""
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim


def card(text: str) -> str:
    """The card as kept: capital letters and digits without blanks and dashes.

    Ours are `LM`, eleven digits and their Damm digit; any other numbering of 4 to 32 letters and digits is taken as it
    is, so that cards of an older programme keep working. Raises CardUnreadable.
    """
    if not isinstance(text, str) or len(text) > 80:
        raise CardUnreadable
    number = _BETWEEN_DIGITS.sub("", text).upper()
    if not _ANY_CARD_SHAPE.fullmatch(number):
        raise CardUnreadable
    if _OWN_CARD_SHAPE.fullmatch(number) and check_digit(number[2:]) != "0":
        raise CardUnreadable
    return number


def card_of(number: int) -> str:
    """Our card with this number (0 … 10¹¹ − 1)."""
    if not 0 <= number < 10**11:
        raise ValueError("a card number has at most eleven digits")
    digits = f"{number:011d}"
    return OWN_CARD + digits + check_digit(digits)


def new_card() -> str:
    """A card nobody can guess: the numbers are drawn, not counted. May be taken already; the database says so."""
    return card_of(secrets.randbelow(10**11))


def external(text: str) -> str:
    """Another system's id as printed, at most 64 characters. Raises ExternalIdUnreadable."""
    kept = clean(text) if isinstance(text, str) and len(text) <= 200 else ""
    if not kept or len(kept) > 64:
        raise ExternalIdUnreadable
    return kept


# --- text -------------------------------------------------------------------------------------------------------------

# control (Cc), format and zero-width (Cf: joiners, bidi overrides, soft hyphens, BOM), lone surrogates (Cs)
_INVISIBLE = {"Cc", "Cf", "Cs"}
_WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 16
WORDS_CHOSEN_FROM = 5
LONGEST_TOKEN = 60


def clean(text: str) -> str:
    """The text as kept and shown: NFC, single blanks, nothing invisible. Everything else stays as typed."""
    if text.isascii() and text.isprintable():
        return _single_blanks(text)
    spaced = _single_blanks(text)
    if not spaced.isprintable():
        seen = (character for character in spaced if unicodedata.category(character) not in _INVISIBLE)
        spaced = _single_blanks("".join(seen))
    return unicodedata.normalize("NFC", spaced)


def _single_blanks(text: str) -> str:
    return " ".join(text.split())


def without_marks(text: str) -> str:
    """Chào chị Đỗ, 50 ₫ → Chao chi Do, 50 d: for printers and telephones; capitals and blanks stay."""
    split = unicodedata.normalize("NFD", text.translate(_NOT_TWO_SIGNS))
    return unicodedata.normalize("NFC", "".join(sign for sign in split if unicodedata.category(sign) != "Mn"))


def fold(text: str) -> str:
    """The text as searched: without marks, đ as d, lower case, single blanks. `Nguyễn Thị Đào` → `nguyen thi dao`."""
    plain = clean(text).lower()
    if not plain.isascii():
        split = unicodedata.normalize("NFD", plain)
        plain = "".join(character for character in split if unicodedata.category(character) != "Mn")
        # old Vietnamese fonts typed the Icelandic eth for đ
        plain = unicodedata.normalize("NFC", plain.replace("đ", "d").replace("ð", "d"))
    return _single_blanks(plain)


def words(text: str) -> list[str]:
    """The words of a text, folded: runs of letters and digits."""
    return _WORD.findall(fold(text))


def search_tokens(name: str) -> list[str]:
    """The rows of `NameToken` for a name: every choice of its words, in their order, that ends with the last one.

    `Nguyễn Thị Lan` → `nguyen thi lan`, `nguyen lan`, `thi lan`, `lan`: whichever words somebody types in their order,
    the last one unfinished, they begin one of these. A name of more than five words keeps those that stand together.
    """
    said = words(name)[:MOST_WORDS]
    if not said:
        return []
    *before, last = said
    if len(said) <= WORDS_CHOSEN_FROM:
        choices = [chosen for count in range(len(said)) for chosen in combinations(before, count)]
    else:
        choices = [tuple(before[start:]) for start in range(len(said))]
    return sorted({" ".join([*chosen, last])[:LONGEST_TOKEN] for chosen in choices})
