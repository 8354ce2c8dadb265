"""Figures, moments and codes of the database as people read them in the dashboard."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from babel.numbers import format_compact_currency, get_currency_precision, get_currency_symbol
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty import money as amounts
from loyalty.look import brand, words
from loyalty.models import ApiKey, Store, Terminal, Tier
from members.models import User
from rewards.models import VoucherDefinition

NOTHING = words.NOTHING
money, day, moment, deadline = words.money, words.day, words.moment, words.deadline
ENTRY_KINDS = {
    "earn": gettext_lazy("tích điểm"),
    "mature": gettext_lazy("điểm chờ dùng được"),
    "cancel_pending": gettext_lazy("bỏ điểm chờ"),
    "spend": gettext_lazy("dùng điểm"),
    "hold": gettext_lazy("giữ điểm cho hóa đơn"),
    "release": gettext_lazy("trả điểm đã giữ"),
    "capture": gettext_lazy("dùng điểm đã giữ"),
    "spend_return": gettext_lazy("hoàn điểm"),
    "expire": gettext_lazy("hết hạn"),
    "reinstate": gettext_lazy("khôi phục điểm"),
    "clawback": gettext_lazy("thu hồi điểm"),
    "absorb": gettext_lazy("cửa hàng chịu"),
    "adjust": gettext_lazy("cộng/trừ tay"),
    "opening": gettext_lazy("điểm chuyển sang"),
    "bonus": gettext_lazy("thưởng sự kiện"),
}
EVENT_TYPES = {
    "member.joined": gettext_lazy("đăng ký thành viên"),
    "member.changed": gettext_lazy("sửa hồ sơ"),
    "member.signed_in": gettext_lazy("đăng nhập trang thành viên"),
    "member.signed_out": gettext_lazy("đăng xuất khỏi mọi máy"),
    "consent.given": gettext_lazy("đồng ý"),
    "consent.withdrawn": gettext_lazy("rút lại đồng ý"),
    "member.spending_locked": gettext_lazy("khóa điểm và voucher"),
    "member.spending_unlocked": gettext_lazy("mở khóa điểm và voucher"),
    "member.pin_set": gettext_lazy("đặt mã PIN dùng điểm"),
    "member.pin_dropped": gettext_lazy("bỏ mã PIN dùng điểm"),
    "member.phone_moved": gettext_lazy("đổi số điện thoại"),
    "member.phone_passed": gettext_lazy("số điện thoại sang chủ khác"),
    "member.closed": gettext_lazy("đóng tài khoản"),
    "member.came_back": gettext_lazy("mở lại tài khoản"),
    "member.erased": gettext_lazy("xóa dữ liệu cá nhân"),
    "member.exported": gettext_lazy("xuất dữ liệu cá nhân"),
    "member.people_changed": gettext_lazy("sửa người dùng chung"),
    "card.activated": gettext_lazy("kích hoạt thẻ"),
    "card.blocked": gettext_lazy("khóa thẻ"),
    "terms.accepted": gettext_lazy("chấp nhận thể lệ"),
    "data_request.asked": gettext_lazy("yêu cầu về dữ liệu"),
    "data_request.answered": gettext_lazy("trả lời yêu cầu về dữ liệu"),
    "purchase.recorded": gettext_lazy("mua hàng"),
    "purchase.returned": gettext_lazy("trả hàng"),
    "purchase.cancelled": gettext_lazy("hủy hóa đơn"),
    "purchase.corrected": gettext_lazy("sửa hóa đơn"),
    "purchase.reviewed": gettext_lazy("kiểm tra hóa đơn"),
    "purchase.moved": gettext_lazy("chuyển hóa đơn"),
    "purchase.moved_away": gettext_lazy("hóa đơn chuyển đi"),
    "purchase.claimed": gettext_lazy("tích điểm bù"),
    "points.adjusted": gettext_lazy("điều chỉnh điểm"),
    "points.awarded": gettext_lazy("thưởng điểm sự kiện"),
    "bonus_event.published": gettext_lazy("đăng điểm thưởng sự kiện"),
    "bonus_event.ended": gettext_lazy("dừng điểm thưởng sự kiện"),
    "adjustment.asked": gettext_lazy("xin cộng/trừ điểm"),
    "adjustment.refused": gettext_lazy("không duyệt cộng/trừ điểm"),
    "points.expired": gettext_lazy("điểm hết hạn"),
    "points.matured": gettext_lazy("điểm chờ dùng được"),
    "points.given_up": gettext_lazy("bỏ điểm chờ"),
    "points.held": gettext_lazy("giữ điểm cho hóa đơn"),
    "order.told": gettext_lazy("tin về đơn hàng"),
    "rule.written": gettext_lazy("soạn quy tắc thưởng điểm"),
    "rule.asked": gettext_lazy("xin duyệt quy tắc thưởng điểm"),
    "rule.refused": gettext_lazy("không duyệt quy tắc thưởng điểm"),
    "rule.approved": gettext_lazy("duyệt quy tắc thưởng điểm"),
    "rule.paused": gettext_lazy("tạm dừng quy tắc thưởng điểm"),
    "rule.resumed": gettext_lazy("cho quy tắc thưởng điểm chạy tiếp"),
    "rule.ended": gettext_lazy("kết thúc quy tắc thưởng điểm"),
    "tier.changed": gettext_lazy("đổi hạng"),
    "voucher.issued": gettext_lazy("nhận voucher"),
    "voucher.redeemed": gettext_lazy("dùng voucher"),
    "voucher.given_back": gettext_lazy("được trả lại voucher"),
    "voucher.voided": gettext_lazy("voucher bị hủy"),
    "note.added": gettext_lazy("ghi chú mới"),
    "case.opened": gettext_lazy("mở phiếu hỗ trợ"),
    "case.answered": gettext_lazy("trả lời phiếu hỗ trợ"),
    "case.closed": gettext_lazy("đóng phiếu hỗ trợ"),
    "case.reopened": gettext_lazy("mở lại phiếu hỗ trợ"),
    "feedback.given": gettext_lazy("chấm điểm sau khi mua"),
    "survey.answered": gettext_lazy("trả lời khảo sát"),
    "voice.given": gettext_lazy("gửi lời giới thiệu"),
    "voice.approved": gettext_lazy("đăng lời giới thiệu"),
    "voice.refused": gettext_lazy("không đăng lời giới thiệu"),
    "label.given": gettext_lazy("gắn nhãn"),
    "label.taken": gettext_lazy("bỏ nhãn"),
    "identifiers.shown": gettext_lazy("xem số đầy đủ"),
    "purchases.imported": gettext_lazy("nhập hóa đơn từ file"),
    "members.imported": gettext_lazy("nhập thành viên từ file"),
    "deliveries.retried": gettext_lazy("chuyển lại sự kiện"),
    "webhooks.replayed": gettext_lazy("gửi lại webhook"),
    "jobs.cancelled": gettext_lazy("dừng việc nền"),
    "jobs.retried": gettext_lazy("chạy tiếp việc nền"),
}
VOUCHER_STATES = {
    "issued": gettext_lazy("chưa dùng"),
    "redeemed": gettext_lazy("đã dùng"),
    "expired": gettext_lazy("hết hạn"),
    "void": gettext_lazy("đã hủy"),
}
CHANNELS = {
    "sms": "SMS",
    "zalo": "Zalo",
    "email": gettext_lazy("e-mail"),
    "push": gettext_lazy("thông báo đẩy"),
    "call": gettext_lazy("gọi điện"),
    "any": gettext_lazy("mọi kênh"),
    "till": gettext_lazy("tại quầy"),
    "online": gettext_lazy("online"),
}


def points(value: int | None, *, signed: bool = False) -> str:
    """1.234, or +1.234 and −1.234: the word for it stands elsewhere."""
    return words.number(value, signed=signed)


def percent(part: float, whole: float) -> str:
    """45,3 %; a dash where there is no whole."""
    if not whole:
        return NOTHING
    # number_format cuts off what it does not show: 73.89 would read 73.8
    return f"{formats.number_format(round(100 * part / whole, 1), decimal_pos=1)} %"


class Actors:
    """Names of the people, tills, keys and processes behind the `by` of many rows, fetched once."""

    def __init__(self, bys: Iterable[str]) -> None:
        ids: dict[str, set[int]] = {}
        for by in bys:
            kind, _sep, number = by.partition(":")
            if number.isdigit():
                ids.setdefault(kind, set()).add(int(number))
        self._users = User.objects.in_bulk(ids.get("user", set()))
        self._terminals = Terminal.objects.select_related("store").in_bulk(ids.get("terminal", set()))
        self._keys = ApiKey.objects.in_bulk(ids.get("key", set()))

    def name(self, by: str) -> str:
        kind, _sep, number = by.partition(":")
        if kind == "system":
            return _("hệ thống")
        if kind == "import":
            return _("nhập từ file")
        if kind == "campaign":
            return _("chiến dịch")
        if kind == "member":
            return _("thành viên")
        known: dict[str, dict[int, Any]] = {"user": self._users, "terminal": self._terminals, "key": self._keys}
        row = known.get(kind, {}).get(int(number)) if number.isdigit() else None
        return str(row) if row is not None else NOTHING


def who(by: str) -> str:
    """The name behind one `by`."""
    return Actors([by]).name(by)


def short(identifier: UUID | str | None) -> str:
    """The end of an id: enough for two people to talk about the same row."""
    return str(identifier)[-6:].upper() if identifier else NOTHING


def masked(value: str) -> str:
    """+84912345678 → ••••••5678: the last four are enough to recognise one's own."""
    return f"••••••{value[-4:]}" if len(value) > 6 else "••••"


def masked_email(value: str) -> str:
    name, _at, domain = value.partition("@")
    return f"{name[:1]}•••@{domain}"


def currency() -> str:
    return brand.current().currency


def store_names() -> dict[int, str]:
    return dict(Store.objects.values_list("id", "name"))


def tier_name(tier: Tier | None) -> str:
    """The tier in the language of the page."""
    if tier is None:
        return NOTHING
    return tier.name_en if translation.get_language() == "en" else tier.name_vi


def in_language(vietnamese: str, english: str) -> str:
    """What the shop named in both languages, in that of the page."""
    return english if translation.get_language() == "en" else vietnamese


def voucher_worth(terms: VoucherDefinition, *, currency: str) -> str:
    """20.000 ₫, tiền hàng từ 50.000 ₫"""
    said = money(terms.amount, currency=currency) if terms.amount is not None else f"{terms.percent} %"
    if terms.cap is not None:
        said += ", " + _("nhiều nhất %(cap)s") % {"cap": money(terms.cap, currency=currency)}
    if terms.minimum_basket:
        said += ", " + _("tiền hàng từ %(least)s") % {"least": money(terms.minimum_basket, currency=currency)}
    return said


def decimal(value: float) -> str:
    """12,3"""
    return formats.number_format(round(value, 1), decimal_pos=1)


def short_money(minor: int, *, currency: str) -> str:
    """1,84 tỷ ₫: four digits are enough to see how a month went. Small sums stay whole."""
    amount = amounts.major(minor, currency=currency)
    if abs(amount) < 10_000_000:
        return money(minor, currency=currency)
    return format_compact_currency(amount, currency, locale=translation.get_language() or "vi", fraction_digits=2)


def duration(length: timedelta) -> str:
    """The largest unit only: 45 giây, 12 phút, 3 giờ, 2 ngày."""
    seconds = int(length.total_seconds())
    for unit, said in ((86_400, _("%(n)s ngày")), (3600, _("%(n)s giờ")), (60, _("%(n)s phút"))):
        if seconds >= unit:
            return said % {"n": seconds // unit}
    return _("%(n)s giây") % {"n": seconds}


def axis(highest: int, *, currency: str) -> tuple[int, str]:
    """By what to divide amounts for a chart's axis, and what to write beside its figures."""
    one = 10 ** get_currency_precision(currency)
    symbol = get_currency_symbol(currency, locale=translation.get_language() or "vi")
    for size, word in ((1_000_000, _("tr")), (1_000, _("k"))):
        if highest >= 10 * size * one:
            return size * one, f"{word} {symbol}"
    return one, symbol
