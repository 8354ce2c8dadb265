"""Thiết lập: everything a shop can decide, group by group, with what holds now and the page that changes it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from campaigns.models import Suppression
from dashboard import access, policy_words
from dashboard import settings_words as words
from events import clock
from events.models import WebhookEndpoint
from loyalty import bonus_events, policies
from loyalty.models import Device, Terminal
from loyalty.policies import Policies
from members.models import CloseReason


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One page of settings. `noun`: who sees it (`access.MATRIX`); `now` says in a line what holds."""

    title: Any
    icon: str
    page: str
    noun: str
    now: Callable[[Policies, datetime], str]


def page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if not access.may(request.user, "view", "settings"):
        raise PermissionDenied
    context = {**site.each_context(request), "title": _("Thiết lập"), "groups": list(_groups(request, at=clock.now()))}
    return TemplateResponse(request, "dashboard/settings.html", context)


def _groups(request: HttpRequest, *, at: datetime) -> Iterator[dict[str, Any]]:
    """Groups and settings that this person may see."""
    terms_now = policies.last_known(at)
    for title, settings in GROUPS:
        shown = [
            {"setting": one, "url": reverse(f"admin:{one.page}"), "now": capfirst(one.now(terms_now, at))}
            for one in settings
            if access.may(request.user, "view", one.noun)
        ]
        if shown:
            yield {"title": title, "settings": shown}


def _row(title: Any, icon: str, page: str, noun: str, now: Callable[[Policies, datetime], str]) -> Setting:
    return Setting(title=title, icon=icon, page=page, noun=noun, now=now)


GROUPS: list[tuple[Any, list[Setting]]] = [
    (
        __("Chương trình và điểm"),
        [
            _row(__("Thương hiệu"), "palette", "brand", "brand", words.brand),
            _row(__("Chương trình"), "loyalty", "loyalty_programme_changelist", "programme", words.programme),
            _row(__("Tích điểm"), "add_circle", "loyalty_earningrule_changelist", "policy", words.earning),
            _row(
                __("Quy tắc thưởng điểm"),
                "auto_awesome",
                "loyalty_ruleversion_changelist",
                "rule",
                lambda now, at: words.counted(len(now.bonus.rules), "rule"),
            ),
            _row(
                __("Điểm thưởng sự kiện"),
                "celebration",
                "loyalty_bonusevent_changelist",
                "policy",
                lambda now, at: words.counted(bonus_events.running(at=at), "event"),
            ),
            _row(__("Dùng điểm"), "payments", "loyalty_spendingpolicy_changelist", "policy", words.spending),
            _row(
                __("Hết hạn điểm"),
                "hourglass_bottom",
                "loyalty_expirypolicy_changelist",
                "policy",
                lambda now, at: policy_words.life(now.expiry),
            ),
            _row(
                __("Điểm chờ"),
                "pending_actions",
                "loyalty_pendingpolicy_changelist",
                "policy",
                lambda now, at: policy_words.waits(now.pending) if now.pending else _("dùng được ngay"),
            ),
            _row(__("Hạng thành viên"), "military_tech", "loyalty_tier_changelist", "tier", words.tier_names),
            _row(__("Bảng hạng"), "leaderboard", "loyalty_tiertable_changelist", "policy", words.tiers),
            _row(__("Ngày đặc biệt"), "event", "members_namedday_changelist", "named day", words.next_day),
        ],
    ),
    (
        __("Thể lệ và tin nhắn"),
        [
            _row(
                __("Thể lệ chương trình"),
                "description",
                "members_termstext_changelist",
                "terms",
                words.terms_text,
            ),
            _row(
                __("Văn bản đồng ý"),
                "gavel",
                "members_consenttext_changelist",
                "consent text",
                words.consents,
            ),
            _row(
                __("Giới hạn gửi tin"),
                "speed",
                "campaigns_sendingpolicy_changelist",
                "sending",
                words.sending,
            ),
            _row(
                __("Địa chỉ không gửi"),
                "do_not_disturb_on",
                "campaigns_suppression_changelist",
                "suppression",
                lambda now, at: words.counted(Suppression.objects.exclude(until__lte=at).count(), "address"),
            ),
        ],
    ),
    (
        __("Chăm sóc khách"),
        [
            _row(__("Thời hạn phiếu"), "timer", "members_caseterms_changelist", "case terms", words.cases),
            _row(
                __("Lý do đóng phiếu"),
                "rule",
                "members_closereason_changelist",
                "close reason",
                lambda now, at: words.counted(CloseReason.objects.filter(active=True).count(), "reason"),
            ),
            _row(
                __("Khi khách chưa hài lòng"),
                "thumb_down",
                "members_feedbackterms_changelist",
                "feedback terms",
                words.feedback,
            ),
            _row(
                __("Người phụ trách"),
                "person_pin",
                "members_storecontact_changelist",
                "store contact",
                words.contacts,
            ),
            _row(
                __("Khi nào là rời bỏ"),
                "monitoring",
                "analytics_retentionterms_changelist",
                "retention terms",
                words.retention,
            ),
        ],
    ),
    (
        __("Cửa hàng, máy và người"),
        [
            _row(__("Cửa hàng"), "storefront", "loyalty_store_changelist", "store", words.stores),
            _row(
                __("Máy bán hàng"),
                "point_of_sale",
                "loyalty_terminal_changelist",
                "terminal",
                lambda now, at: words.counted(Terminal.objects.filter(store__practice_of=None).count(), "till"),
            ),
            _row(
                __("Thiết bị"),
                "tablet_android",
                "loyalty_device_changelist",
                "device",
                lambda now, at: words.counted(Device.objects.filter(revoked_at=None).count(), "device"),
            ),
            _row(__("Nhân viên"), "badge", "members_user_changelist", "user", words.staff),
            _row(
                __("Lời mời"),
                "mark_email_unread",
                "members_staffinvitation_changelist",
                "invitation",
                words.invitations,
            ),
            _row(__("Khóa API"), "key", "loyalty_apikey_changelist", "key", words.keys),
            _row(
                __("Webhook"),
                "webhook",
                "events_webhookendpoint_changelist",
                "webhook",
                lambda now, at: words.counted(WebhookEndpoint.objects.filter(active=True).count(), "endpoint"),
            ),
        ],
    ),
]
