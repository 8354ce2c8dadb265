"""Why points came and went, and what things are worth: numbers, money, days and sentences as people read them.

Reasons are kept as codes and numbers; the words are chosen when somebody reads them, in their language and with the
shop's own name for its point.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from babel.dates import format_date
from django.utils import translation

from loyalty import money as amounts
from loyalty.conditions import words as conditions
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
    "tier": ("{points} {unit}: hạng {name} được thêm {percent} %", "{points} {unit}: {percent} % more for {name}"),
    "bonus": ("{points} {unit}: {name}", "{points} {unit}: {name}"),
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
    "condition": ("{name}: cần {wanted}", "{name}: needs {wanted}"),
    "nothing_in_scope": ("{name}: hóa đơn không có món được thưởng", "{name}: nothing on the bill takes part"),
    "another_rule": ("{name}: không cộng cùng một ưu đãi khác", "{name}: does not go together with another offer"),
    "limit_bill": ("{name}: đã đến mức cao nhất của một hóa đơn", "{name}: reached the most for one bill"),
    "limit_times": ("{name}: đã dùng hết số lần", "{name}: used as often as it may be"),
    "limit_day": ("{name}: đã đến mức cao nhất hôm nay", "{name}: already at today's maximum"),
    "limit_week": ("{name}: đã đến mức cao nhất tuần này", "{name}: already at this week's maximum"),
    "limit_month": ("{name}: đã đến mức cao nhất tháng này", "{name}: already at this month's maximum"),
    "limit_year": ("{name}: đã đến mức cao nhất năm nay", "{name}: already at this year's maximum"),
    "limit_ever": ("{name}: đã đến mức cao nhất", "{name}: already at its maximum"),
    "budget": ("{name}: ngân sách đã hết", "{name}: the budget is used up"),
    "cap_bill": (
        "Một hóa đơn được nhiều nhất chừng đó: bớt {cut} {unit}",
        "A bill earns so much at most: {cut} {unit} less",
    ),
    "cap_day": (
        "Một ngày được nhiều nhất chừng đó: bớt {cut} {unit}",
        "A day earns so much at most: {cut} {unit} less",
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
    "bonus": ("Thưởng {unit}", "Bonus"),
}
CAUSES: dict[tuple[str, str], tuple[str, str]] = {
    ("earn", "move"): ("Hóa đơn được chuyển đến", "A bill came to you"),
    ("earn", "claim"): ("Tích {unit} bù", "A bill claimed later"),
    ("clawback", "correction"): ("Hóa đơn được sửa", "A bill was corrected"),
    ("spend_return", "correction"): ("Hoàn {unit} của hóa đơn được sửa", "Given back: a bill was corrected"),
    ("clawback", "move"): ("Hóa đơn chuyển sang thành viên khác", "A bill went to another member"),
}
_MONEY_FIELDS = {"per_amount", "base"}


def explanation(reason: Mapping[str, Any], *, currency: str, language: Language) -> str:
    """Why a rule gave points, from its code and numbers."""
    rule = str(reason["rule"])
    if rule not in EXPLANATIONS:
        return rule
    said = _said(reason, currency=currency, language=language)
    return pick(EXPLANATIONS[rule], language).format_map(said)


def refusal(reason: Mapping[str, Any], *, currency: str = "", language: Language) -> str:
    """Why a rule gave none, or less."""
    code = str(reason.get("reason", reason["rule"]))
    if code not in REFUSALS:
        return code
    said = _said(reason, currency=currency, language=language)
    if "failed" in reason:
        tiers = {code: pick(tuple(names), language) for code, names in reason["tiers"].items()}
        with translation.override(language):
            said["wanted"] = ", ".join(conditions.leaf(one, {"tier": tiers}) for one in reason["failed"])
    return pick(REFUSALS[code], language).format_map(said)


def _said(reason: Mapping[str, Any], *, currency: str, language: Language) -> dict[str, str]:
    words = {
        name: money(value, currency, language) if name in _MONEY_FIELDS else number(value, language)
        for name, value in reason.items()
        if type(value) is int
    }
    if "names" in reason:
        words["name"] = pick(tuple(reason["names"]), language)
    return {**units(language, count=reason.get("points")), **words}


def kind(code: str, *, cause: str = "", names: tuple[str, str] | None = None, language: Language) -> str:
    """What an entry did, in a few words; `cause` = move, claim or correction where a change of its bill brought it.

    `names`: of the event it rewarded.
    """
    told = CAUSES.get((code, cause)) or KINDS.get(code)
    said = pick(told, language).format_map(units(language)) if told else code
    return f"{said}: {pick(names, language)}" if names else said


def units(language: Language, *, count: int | None = None) -> dict[str, str]:
    """What the shop calls its point, as a sentence goes on with it and as one begins with it."""
    said = brand.last_known().unit_in(language, count=count)
    return {"unit": said, "Unit": said[:1].upper() + said[1:]}
