"""The menu: what each role may open, in the order people look for it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard import access, hands

# title, icon, the admin page's name, the noun of `access.MATRIX`; titles are marked for translation by `_names`
Item = tuple[str, str, str, str]


def groups(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups without a page for this person are left out."""
    shown = []
    for title, items in _menu():
        links = [_link(request, item) for item in items if access.may(request.user, "view", item[3])]
        if links:
            shown.append({"title": title, "separator": bool(title), "collapsible": False, "items": links})
    return shown


def _link(request: HttpRequest, item: Item) -> dict[str, Any]:
    title, icon, name, _noun = item
    url = reverse(f"admin:{name}")
    here = request.path == url if name == "index" else request.path.startswith(url)
    return {
        "title": title,
        "icon": icon,
        "link": url,
        "active": lambda _request: here,
        **hands.badge(request, name),
    }


def _make_believe() -> list[Item]:
    """In production there is no fake provider, and nothing it took."""
    if settings.MODE == "production":
        return []
    return [
        (_("Tin đã gửi (giả lập)"), "mark_email_read", "campaigns_fakemessage_changelist", "fake message"),
        (_("Kênh giả lập"), "tune", "campaigns_fakebehaviour_changelist", "fake channel"),
    ]


def _menu() -> list[tuple[str, list[Item]]]:
    return [
        (
            "",
            [
                (_("Tổng quan"), "space_dashboard", "index", "overview"),
                (_("Ngày đầu tiên"), "flag", "beginning", "first day"),
            ],
        ),
        (
            _("Thành viên"),
            [
                (_("Thành viên"), "group", "members_member_changelist", "member"),
                (_("Hóa đơn"), "receipt_long", "loyalty_purchase_changelist", "purchase"),
                (_("Trả hàng"), "assignment_return", "loyalty_return_changelist", "return"),
                (_("Sổ điểm"), "menu_book", "loyalty_entryrow_changelist", "entry"),
                (_("Điểm chờ duyệt"), "approval", "loyalty_adjustmentrequest_changelist", "adjustment"),
                (_("Nhập file"), "upload_file", "imports", "import"),
                (_("Lô thẻ"), "badge", "members_cardbatch_changelist", "card"),
                (_("Yêu cầu về dữ liệu"), "privacy_tip", "members_datarequest_changelist", "data request"),
            ],
        ),
        (
            _("Chăm sóc khách"),
            [
                (_("Phiếu hỗ trợ"), "support_agent", "members_case_changelist", "case"),
                (_("Góp ý"), "star", "members_feedback_changelist", "feedback"),
                (_("Khảo sát"), "quiz", "members_survey_changelist", "survey"),
                (_("Lời giới thiệu"), "record_voice_over", "members_voice_changelist", "voice"),
                (_("Thời hạn phiếu"), "timer", "members_caseterms_changelist", "case terms"),
                (_("Lý do đóng phiếu"), "rule", "members_closereason_changelist", "close reason"),
                (_("Khi khách chưa hài lòng"), "thumb_down", "members_feedbackterms_changelist", "feedback terms"),
                (_("Người phụ trách"), "person_pin", "members_storecontact_changelist", "store contact"),
            ],
        ),
        (_("Phân tích"), [(_("Giữ chân khách"), "monitoring", "retention", "retention")]),
        (
            _("Ưu đãi"),
            [
                (_("Voucher"), "confirmation_number", "rewards_voucher_changelist", "voucher"),
                (_("Loại voucher"), "redeem", "rewards_voucherdefinition_changelist", "voucher kind"),
                (_("Thẻ tích dấu"), "style", "rewards_stampcard_changelist", "stamp card"),
            ],
        ),
        (
            _("Chiến dịch"),
            [
                (_("Chiến dịch"), "campaign", "campaigns_campaign_changelist", "campaign"),
                (_("Lượt gửi"), "outgoing_mail", "campaigns_turn_changelist", "turn"),
                (_("Giới hạn gửi tin"), "speed", "campaigns_sendingpolicy_changelist", "sending"),
                (_("Địa chỉ không gửi"), "do_not_disturb_on", "campaigns_suppression_changelist", "suppression"),
                *_make_believe(),
            ],
        ),
        (
            _("Chính sách"),
            [
                (_("Chương trình"), "loyalty", "loyalty_programme_changelist", "programme"),
                (_("Tích điểm"), "add_circle", "loyalty_earningrule_changelist", "policy"),
                (_("Quy tắc thưởng điểm"), "auto_awesome", "loyalty_ruleversion_changelist", "rule"),
                (_("Điểm thưởng sự kiện"), "celebration", "loyalty_bonusevent_changelist", "policy"),
                (_("Dùng điểm"), "payments", "loyalty_spendingpolicy_changelist", "policy"),
                (_("Hết hạn điểm"), "hourglass_bottom", "loyalty_expirypolicy_changelist", "policy"),
                (_("Điểm chờ"), "pending_actions", "loyalty_pendingpolicy_changelist", "policy"),
                (_("Hạng thành viên"), "military_tech", "loyalty_tier_changelist", "tier"),
                (_("Bảng hạng"), "leaderboard", "loyalty_tiertable_changelist", "policy"),
                (_("Thể lệ chương trình"), "description", "members_termstext_changelist", "terms"),
                (_("Ngày đặc biệt"), "event", "members_namedday_changelist", "named day"),
                (_("Văn bản đồng ý"), "gavel", "members_consenttext_changelist", "consent text"),
            ],
        ),
        (
            _("Cửa hàng"),
            [
                (_("Thương hiệu"), "palette", "brand", "brand"),
                (_("Cửa hàng"), "storefront", "loyalty_store_changelist", "store"),
                (_("Máy bán hàng"), "point_of_sale", "loyalty_terminal_changelist", "terminal"),
                (_("Thiết bị"), "tablet_android", "loyalty_device_changelist", "device"),
                (_("Khóa API"), "key", "loyalty_apikey_changelist", "key"),
            ],
        ),
        (
            _("Hệ thống"),
            [
                (_("Thiết lập"), "settings", "settings", "settings"),
                (_("Nhân viên"), "badge", "members_user_changelist", "user"),
                (_("Lời mời"), "mark_email_unread", "members_staffinvitation_changelist", "invitation"),
                (_("Vai trò"), "admin_panel_settings", "auth_group_changelist", "role"),
                (_("Chạy đêm"), "bedtime", "loyalty_nightlystep_changelist", "night"),
                (_("Việc nền"), "hourglass_top", "events_job_changelist", "job"),
                (_("Chuyển sự kiện"), "outbox", "events_delivery_changelist", "delivery"),
                (_("Webhook"), "webhook", "events_webhookendpoint_changelist", "webhook"),
                (_("Tin webhook"), "send", "events_webhookmessage_changelist", "webhook"),
                (_("Nhật ký thao tác"), "history", "history", "history"),
            ],
        ),
    ]
