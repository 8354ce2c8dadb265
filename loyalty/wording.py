"""Why points came and went, and what things are worth: numbers, money, days and sentences as people read them.

Reasons are kept as codes and numbers; the words are chosen when somebody reads them, in their language and with the
shop's own name for its point.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from babel.dates import format_date

from loyalty import money as amounts
from loyalty.look import brand
from loyalty.till import local_zone

Language = Literal["vi", "en"]


def pick(pair: tuple[str, str], language: Language) -> str:
    return pair[1] if language == "en" else pair[0]


def money(amount: int, currency: str, language: Language) -> str:
    """`1.234.567 ₫`: minor units as people write them, with the shop's own sign."""
    return amounts.written(amount, currency=currency, language=language, sign=brand.last_known().sign)


def number(value: int, language: Language) -> str:
    return f"{value:,}".replace(",", "." if language == "vi" else ",")


def day(value: date, language: Language) -> str:
    return format_date(value, "dd/MM/yyyy" if language == "vi" else "d MMM yyyy", locale=language)


def moment(value: datetime) -> str:
    """RFC 3339 with the programme's offset."""
    return value.astimezone(local_zone()).isoformat(timespec="seconds")


EXPLANATIONS: dict[str, tuple[str, str]] = {
    "base": (
        "{points} {unit}: mỗi {per_amount} được {per_points} {unit}, tính trên {base}",
        "{points} {unit}: {per_points} for every {per_amount}, counted on {base}",
    ),
}
REFUSALS: dict[str, tuple[str, str]] = {
    "own_bill": (
        "Đây là số của nhân viên đang bán, không tích được cho hóa đơn của chính mình.",
        "This is the number of the person at the till: no points on a bill keyed by oneself.",
    ),
    "waits_for_staff": (
        "Giờ bán cần kiểm tra: {unit} chờ nhân viên duyệt",
        "The time of sale is in doubt: the {unit} wait for staff",
    ),
}
KINDS: dict[str, tuple[str, str]] = {
    "earn": ("Tích {unit}", "Earned"),
    "mature": ("{Unit} chờ đã dùng được", "Ready to spend"),
    "cancel_pending": ("Bỏ {unit} chờ", "No longer pending"),
    "spend": ("Dùng {unit}", "Spent"),
    "hold": ("Giữ {unit} cho hóa đơn", "Put aside for a bill"),
    "release": ("Trả lại {unit} đã giữ", "Let go again"),
    "capture": ("Dùng {unit} đã giữ", "Spent what was put aside"),
    "spend_return": ("Hoàn {unit} đã dùng", "Given back"),
    "expire": ("{Unit} hết hạn", "Expired"),
    "reinstate": ("Khôi phục {unit}", "Reinstated"),
    "clawback": ("Trừ {unit} do trả hàng", "Taken back with a return"),
    "absorb": ("Cửa hàng chịu", "Borne by the shop"),
    "adjust": ("Điều chỉnh {unit}", "Adjusted"),
    "opening": ("{Unit} chuyển sang", "Brought over"),
}
CAUSES: dict[tuple[str, str], tuple[str, str]] = {
    ("earn", "move"): ("Hóa đơn được chuyển đến", "A bill came to you"),
    ("earn", "claim"): ("Tích {unit} bù", "A bill claimed later"),
    ("clawback", "move"): ("Hóa đơn chuyển sang thành viên khác", "A bill went to another member"),
}
_MONEY_FIELDS = {"per_amount", "base"}


def explanation(reason: Mapping[str, Any], *, currency: str, language: Language) -> str:
    """Why a rule gave points, from its code and numbers."""
    rule = str(reason["rule"])
    if rule not in EXPLANATIONS:
        return rule
    words = {
        name: money(value, currency, language) if name in _MONEY_FIELDS else number(value, language)
        for name, value in reason.items()
        if type(value) is int
    }
    return pick(EXPLANATIONS[rule], language).format_map({**units(language, count=reason.get("points")), **words})


def refusal(reason: Mapping[str, Any], *, language: Language) -> str:
    """Why a rule gave none."""
    code = str(reason.get("reason", reason["rule"]))
    if code not in REFUSALS:
        return code
    return pick(REFUSALS[code], language).format_map(units(language))


def kind(code: str, *, cause: str = "", language: Language) -> str:
    """What an entry did, in a few words; `cause` = move or claim where a bill's change of member brought it."""
    told = CAUSES.get((code, cause)) or KINDS.get(code)
    return pick(told, language).format_map(units(language)) if told else code


def units(language: Language, *, count: int | None = None) -> dict[str, str]:
    """What the shop calls its point, as a sentence goes on with it and as one begins with it."""
    said = brand.last_known().unit_in(language, count=count)
    return {"unit": said, "Unit": said[:1].upper() + said[1:]}
