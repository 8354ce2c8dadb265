"""Figures and moments as people read them on a page, with the shop's own unit and currency sign."""

from datetime import date, datetime
from typing import Literal

from django.utils import formats, timezone, translation
from django.utils.translation import gettext, gettext_lazy

from loyalty import money as amounts
from loyalty.look import brand

NOTHING = "—"
WEEKDAYS = (
    gettext_lazy("thứ Hai"),
    gettext_lazy("thứ Ba"),
    gettext_lazy("thứ Tư"),
    gettext_lazy("thứ Năm"),
    gettext_lazy("thứ Sáu"),
    gettext_lazy("thứ Bảy"),
    gettext_lazy("Chủ nhật"),
)


def number(value: int | None, *, signed: bool = False) -> str:
    """1.234, or +1.234 and −1.234."""
    if value is None:
        return NOTHING
    text = formats.number_format(abs(value), use_l10n=True, force_grouping=True)
    if value < 0:
        return f"−{text}"
    return f"+{text}" if signed and value else text


def money(minor: int | None, *, currency: str = "") -> str:
    """1.234.567 ₫, from minor units; of the programme's currency where none is named."""
    if minor is None:
        return NOTHING
    shop = brand.current()
    sign = shop.sign if currency in ("", shop.currency) else ""
    return amounts.written(minor, currency=currency or shop.currency, language=language(), sign=sign)


def points(count: int | None, *, signed: bool = False) -> str:
    """1.234 điểm, in the shop's own word for them; exactly one is singular in English."""
    if count is None:
        return NOTHING
    return f"{number(count, signed=signed)}\u00a0{brand.current().unit_in(language(), count=count)}"


def day(value: date | None) -> str:
    """21/11/2026; of a moment, the day in the shop's zone."""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return formats.date_format(value, "DATE_FORMAT") if value else NOTHING


def clock(value: datetime | None) -> str:
    """14:05 in the shop's zone."""
    return formats.date_format(timezone.localtime(value), "TIME_FORMAT") if value else NOTHING


def moment(value: datetime | None) -> str:
    """21/11/2026 14:05 in the shop's zone."""
    return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT") if value else NOTHING


def deadline(value: datetime, *, at: datetime) -> str:
    """9:30 thứ Hai 30/11 in the shop's zone; with its year where that is another one than now."""
    local = timezone.localtime(value)
    year = f"/{local.year}" if local.year != timezone.localtime(at).year else ""
    told = {
        "time": f"{local.hour}:{local.minute:02d}",
        "weekday": WEEKDAYS[local.weekday()],
        "day": f"{local.day}/{local.month}{year}",
    }
    return gettext("%(time)s %(weekday)s %(day)s") % told


def language() -> Literal["vi", "en"]:
    """The language of the page."""
    return "en" if translation.get_language() == "en" else "vi"
