"""Numbers, money and days as people write them, and sentences made of codes and numbers."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from api.texts import Language, pick
from loyalty import money as amounts
from loyalty.look import brand
from loyalty.till import local_zone
from rewards.queries import VoucherView


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
        "{points} điểm: mỗi {per_amount} được {per_points} điểm, tính trên {base}",
        "{points} points: {per_points} for every {per_amount}, counted on {base}",
    ),
}
REFUSALS: dict[str, tuple[str, str]] = {
    "own_bill": (
        "Đây là số của nhân viên đang bán, không tích được cho hóa đơn của chính mình.",
        "This is the number of the person at the till: no points on a bill keyed by oneself.",
    ),
    "waits_for_staff": (
        "Giờ bán cần kiểm tra: điểm chờ nhân viên duyệt",
        "The time of sale is in doubt: the points wait for staff",
    ),
}
KINDS: dict[str, tuple[str, str]] = {
    "earn": ("Tích điểm", "Earned"),
    "spend": ("Dùng điểm", "Spent"),
    "spend_return": ("Hoàn điểm đã dùng", "Given back"),
    "expire": ("Điểm hết hạn", "Expired"),
    "reinstate": ("Cộng lại điểm", "Reinstated"),
    "clawback": ("Thu hồi do trả hàng", "Taken back with a return"),
    "absorb": ("Cửa hàng chịu", "Borne by the shop"),
    "adjust": ("Điều chỉnh", "Adjusted"),
    "opening": ("Số dư ban đầu", "Opening balance"),
}
CAUSES: dict[tuple[str, str], tuple[str, str]] = {
    ("earn", "move"): ("Hóa đơn được chuyển đến", "A bill came to you"),
    ("earn", "claim"): ("Tích điểm bù", "A bill claimed later"),
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
    return pick(EXPLANATIONS[rule], language).format_map(words)


def refusal(reason: Mapping[str, Any], *, language: Language) -> str:
    """Why a rule gave none."""
    code = str(reason.get("reason", reason["rule"]))
    return pick(REFUSALS[code], language) if code in REFUSALS else code


_OFF = ("giảm {worth}", "{worth} off")
_AT_MOST = (", nhiều nhất {cap}", ", at most {cap}")
_FROM = (", hóa đơn từ {minimum} tiền hàng", ", with goods from {minimum}")


def voucher(view: VoucherView, *, currency: str, language: Language) -> str:
    """What a voucher is worth, in a line: "giảm 20 %, nhiều nhất 50.000 ₫"."""
    worth = money(view.amount, currency, language) if view.amount is not None else f"{view.percent} %"
    said = pick(_OFF, language).format(worth=worth)
    if view.cap is not None:
        said += pick(_AT_MOST, language).format(cap=money(view.cap, currency, language))
    if view.minimum_basket:
        said += pick(_FROM, language).format(minimum=money(view.minimum_basket, currency, language))
    return said


def kind(code: str, *, cause: str = "", language: Language) -> str:
    """What an entry is; `cause` = move or claim where a bill's change of member brought it."""
    told = CAUSES.get((code, cause)) or KINDS.get(code)
    return pick(told, language) if told else code
