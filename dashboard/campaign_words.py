"""States, reasons and fields of campaigns as people read them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.dispatching import INBOX
from dashboard import wording

STATE_COLOURS = {
    "due": "info",
    "sending": "info",
    "sent": "success",
    "failed": "danger",
    "skipped": "default",
    "held_out": "default",
    "unknown": "warning",
}
REASONS: dict[str, Any] = {
    "member_gone": _("không còn là thành viên"),
    "campaign_over": _("chiến dịch đã hết hạn"),
    "too_late": _("đã quá trễ"),
    "purchased": _("đã mua lại"),
    "birthday_unsure": _("ngày sinh chưa chắc"),
    "frequency_cap": _("đã nhận đủ quảng cáo"),
    "no_provider": _("chưa có nhà cung cấp"),
    "no_address": _("không có địa chỉ"),
    "no_consent": _("chưa đồng ý nhận tin"),
    "suppressed": _("địa chỉ không gửi"),
    "listed": _("trong danh sách không quảng cáo"),
    "worker_died": _("gián đoạn khi đang gửi"),
    "no_answer": _("không có câu trả lời"),
    "provider_down": _("không liên lạc được"),
    "provider_refused": _("nhà cung cấp từ chối"),
    "address_refused": _("địa chỉ bị từ chối"),
    "mail_server_down": _("không liên lạc được máy chủ thư"),
    "mail_server_busy": _("máy chủ thư đang bận"),
}
FIELDS: dict[str, Any] = {
    "honorific": _("xưng hô"),
    "call_name": _("tên gọi"),
    "name": _("họ tên"),
    "points": _("điểm dùng được"),
    "unit": _("tên của điểm"),
    "shop_name": _("tên chương trình"),
    "voucher_name": _("tên voucher"),
    "voucher_value": _("giá trị voucher"),
    "voucher_code": _("mã voucher"),
    "voucher_expires": _("ngày cuối của voucher"),
}


def reason(code: str) -> str:
    """The words for a reason; an error that nobody foresaw is shown as it was kept."""
    return str(REASONS.get(code, code)) or wording.NOTHING


def channel(name: str) -> str:
    if name == INBOX:
        return str(_("hộp thư trên trang thành viên"))
    return str(wording.CHANNELS.get(name, name)) or wording.NOTHING
