"""Campaigns: who is meant, what is said, how far each is; and every member's turn in them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import action, display

from campaigns import counting, steering, wording
from campaigns.models import Campaign, CampaignStep, MessageClass, Turn
from campaigns.models.campaign import OUTWARD
from dashboard import campaign_words, confirming, people, previewing
from dashboard import wording as words
from dashboard.admin.base import (
    BigAdmin,
    Heading,
    Labelled,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ShopAdmin,
    only_stores_of,
)
from dashboard.admin.searching import MemberFilter
from dashboard.fields import ListWidget
from events import clock
from events.refusals import Refusal
from rewards import defining

# What staff set, by what the campaign waits for.
SETTINGS = {
    Campaign.Trigger.JOINED: [],
    Campaign.Trigger.BIRTHDAY: ["days_before"],
    Campaign.Trigger.SILENCE: ["silence_days", "silence_at_most_days"],
}


def name_of(campaign: Campaign) -> str:
    return campaign.name_en if translation.get_language() == "en" else campaign.name_vi


class StepInline(ReadOnlyInline):
    noun = "campaign"
    model = CampaignStep
    fields = ["position", "after_days", "class_word", "voucher", "text"]
    readonly_fields = ["class_word", "text"]
    ordering = ["position"]

    @display(description=_("loại tin"))
    def class_word(self, step: CampaignStep) -> str:
        return step.get_message_class_display()

    @display(description=_("nội dung"))
    def text(self, step: CampaignStep) -> str:
        """The subject leads to the page on which its texts are edited and previewed."""
        subject = step.subject_en if translation.get_language() == "en" else step.subject_vi
        address = reverse("admin:campaigns_campaignstep_change", args=[step.pk])
        return format_html('<a href="{}" class="text-primary-600 dark:text-primary-500">{}</a>', address, subject)


@admin.register(Campaign)
class CampaignAdmin(ShopAdmin):
    noun = "campaign"
    list_display = ["name", "trigger_word", "state", "audience", "sent", "waiting", "skipped", "held_out", "trouble"]
    ordering = ["id"]
    inlines = [StepInline]
    actions_detail = ["start", "pause"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        own = SETTINGS[Campaign.Trigger(obj.trigger)] if obj else []
        return [
            (None, {"fields": ["name_vi", "name_en", "trigger", "since", "until"]}),
            (_("Ai và khi nào"), {"fields": [*own, "send_from", "stale_days", "holdout_percent"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["trigger", "since"]

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        counts = counting.by_state(campaign_ids=[row.pk for row in rows])
        for row in rows:
            row.counts = counts.get(row.pk, {})

    @action(description=_("Cho chạy"), permissions=["start"], icon="play_arrow")
    def start(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._steer(request, object_id, on=True)

    @action(description=_("Tạm dừng"), permissions=["pause"], icon="pause")
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._steer(request, object_id, on=False)

    def has_start_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_steer(request, object_id, running=False)

    def has_pause_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_steer(request, object_id, running=True)

    def _may_steer(self, request: HttpRequest, object_id: Any, *, running: bool) -> bool:
        """The one button that would change something."""
        if not self.has_act_permission(request):
            return False
        if object_id is None or not str(object_id).isdigit():
            return object_id is None
        return Campaign.objects.filter(pk=object_id, running=running).exists()

    def _steer(self, request: HttpRequest, object_id: str, *, on: bool) -> HttpResponse:
        campaign = self.get_object(request, object_id)
        if campaign is None:
            raise Http404
        back = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
        if request.method != "POST":
            question = (
                __("Cho chạy chiến dịch “%(name)s”? Lượt đang chờ được gửi ngay.")
                if on
                else __("Tạm dừng chiến dịch “%(name)s”? Lượt mới vẫn được ghi và chờ đến khi chạy lại.")
            )
            title = __("Cho chạy") if on else __("Tạm dừng")
            return confirming.ask(
                request, self.admin_site, title=title, question=question % {"name": name_of(campaign)}, back=back
            )
        if on:
            try:
                steering.start(campaign_id=campaign.pk, at=clock.now())
            except steering.CampaignEmpty:
                messages.error(request, __("Chiến dịch chưa có bước nào."))
                return HttpResponseRedirect(back)
            messages.success(request, __("Chiến dịch đang chạy."))
        else:
            steering.pause(campaign_id=campaign.pk)
            messages.success(request, __("Chiến dịch đã tạm dừng."))
        return HttpResponseRedirect(back)

    @display(description=_("tên"), ordering="name_vi")
    def name(self, campaign: Campaign) -> str:
        return name_of(campaign)

    @display(description=_("khi nào"), ordering="trigger")
    def trigger_word(self, campaign: Campaign) -> str:
        return campaign.get_trigger_display()

    @display(description=_("trạng thái"), label={"running": "success", "paused": "warning", "new": "default"})
    def state(self, campaign: Campaign) -> tuple[str, Any]:
        if campaign.running:
            return "running", _("đang chạy")
        return ("paused", _("tạm dừng")) if campaign.since else ("new", _("chưa chạy"))

    @display(description=_("tất cả lượt"))
    def audience(self, campaign: Any) -> str:
        return words.points(sum(campaign.counts.values()))

    @display(description=_("đã gửi"))
    def sent(self, campaign: Any) -> str:
        return _count(campaign, "sent")

    @display(description=_("chờ gửi"))
    def waiting(self, campaign: Any) -> str:
        return _count(campaign, "due", "sending")

    @display(description=_("bỏ qua"))
    def skipped(self, campaign: Any) -> str:
        return _count(campaign, "skipped")

    @display(description=_("nhóm đối chứng"))
    def held_out(self, campaign: Any) -> str:
        return _count(campaign, "held_out")

    @display(description=_("không gửi được, không rõ"))
    def trouble(self, campaign: Any) -> str:
        return _count(campaign, "failed", "unknown")


def _count(campaign: Any, *states: str) -> str:
    return words.points(sum(campaign.counts.get(state, 0) for state in states))


class StepForm(forms.ModelForm):
    """Texts that could not be sent, an offer that calls itself service and an unknown voucher are refused here."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        trigger = self.instance.campaign.trigger
        if trigger == Campaign.Trigger.SILENCE and cleaned.get("message_class") != MessageClass.ADVERTISING:
            self.add_error("message_class", __("Tin mời khách quay lại là quảng cáo."))
        key = cleaned.get("voucher", "")
        if key:
            try:
                defining.in_force(key, at=clock.now())
            except Refusal:
                self.add_error("voucher", __("Không có loại voucher này, hoặc đã ngừng phát."))
        for name in (f"{kind}_{language}" for kind in wording.TEXTS for language in wording.LANGUAGES):
            try:
                wording.check(cleaned.get(name) or "", voucher=bool(key))
            except wording.FieldUnknown as refused:
                self.add_error(name, __("Không có trường {{ %(field)s }} ở đây.") % refused.details)
            except wording.TextUnreadable:
                self.add_error(name, __("Chỉ dùng được các trường trong danh sách, không dùng lệnh như if, for."))
        return cleaned

    def clean_channels(self) -> list[str]:
        return list(dict.fromkeys(channel for channel in self.cleaned_data["channels"] if channel))


@admin.register(CampaignStep)
class StepAdmin(ShopAdmin):
    noun = "campaign"
    form = StepForm
    list_display = ["step", "class_word", "after_days", "voucher", "subject_vi"]
    list_select_related = ["campaign"]
    ordering = ["campaign", "position"]
    readonly_fields = ["campaign_name", "position", "fields_known"]
    actions_detail = ["preview"]
    fieldsets = [
        (
            None,
            {"fields": ["campaign_name", "position", "after_days", "message_class", "voucher", "channels"]},
        ),
        (_("Tiếng Việt"), {"fields": ["fields_known", "subject_vi", "body_vi", "short_vi"]}),
        (_("Tiếng Anh"), {"fields": ["subject_en", "body_en", "short_en"]}),
    ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "channels":
            kwargs["widget"] = ListWidget(
                db_field.verbose_name, choices=[(name, str(words.CHANNELS[name])) for name in OUTWARD]
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @action(description=_("Xem thử"), permissions=["view"], icon="visibility")
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        step = self.get_object(request, object_id)
        if step is None:
            raise Http404
        context = {**self.admin_site.each_context(request), **previewing.context(request, step, at=clock.now())}
        return TemplateResponse(request, "dashboard/preview.html", context)

    @display(description=_("bước chiến dịch"))
    def step(self, step: CampaignStep) -> str:
        return f"{name_of(step.campaign)} · {step.position}"

    @display(description=_("chiến dịch"))
    def campaign_name(self, step: CampaignStep) -> str:
        return name_of(step.campaign)

    @display(description=_("loại tin"))
    def class_word(self, step: CampaignStep) -> str:
        return step.get_message_class_display()

    @display(description=_("trường dùng được"))
    def fields_known(self, step: CampaignStep) -> str:
        return " · ".join(f"{{{{ {field} }}}}: {campaign_words.FIELDS[field]}" for field in wording.FIELDS)


class TurnStateFilter(admin.SimpleListFilter):
    title = _("trạng thái")
    parameter_name = "in"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Turn.State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() in Turn.State.values else queryset


@admin.register(Turn)
class TurnAdmin(ReadOnlyAdmin, BigAdmin):
    noun = "turn"
    list_display = ["who", "of", "trigger_occasion", "status", "why", "channel_word", "due_at", "sent_at"]
    list_filter = [("campaign", RelatedDropdownFilter), TurnStateFilter, MemberFilter]
    list_select_related = ["campaign"]
    ordering = ["-id"]
    fields = [
        "who", "of", "trigger_occasion", "status", "why", "class_word", "channel_word", "closed", "attempts",
        "enrolled_at", "due_at", "sent_at", "ended_at",
    ]  # fmt: skip
    readonly_fields = ["who", "of", "trigger_occasion", "status", "why", "class_word", "channel_word", "closed"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Turn]:
        """A store manager sees the members of the own stores."""
        return only_stores_of(request, super().get_queryset(request), "member__home_store_id")

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        named = people.shown(request, [row.member_id for row in rows])
        for row in rows:
            row.shown = named.get(row.member_id)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        turn = super().get_object(request, object_id, from_field)
        if turn is not None:
            self.prepare(request, [turn])
        return turn

    @display(description=_("thành viên"), header=True)
    def who(self, turn: Any) -> list[str]:
        shown = turn.shown
        return Heading([shown.name, shown.below, shown.initials] if shown else [words.NOTHING, "", ""])

    @display(description=_("chiến dịch"))
    def of(self, turn: Turn) -> str:
        return f"{name_of(turn.campaign)} · {turn.position}"

    @display(description=_("ngày"))
    def trigger_occasion(self, turn: Turn) -> str:
        return words.day(turn.occasion_on)

    @display(description=_("trạng thái"), label=campaign_words.STATE_COLOURS)
    def status(self, turn: Turn) -> tuple[str, Any]:
        return Labelled(turn.state, turn.get_state_display())

    @display(description=_("lý do"))
    def why(self, turn: Turn) -> str:
        return campaign_words.reason(turn.reason)

    @display(description=_("loại tin"))
    def class_word(self, turn: Turn) -> str:
        return turn.get_message_class_display()

    @display(description=_("kênh"))
    def channel_word(self, turn: Turn) -> str:
        return campaign_words.channel(turn.channel)

    @display(description=_("kênh không dùng được"))
    def closed(self, turn: Turn) -> str:
        told = [
            f"{campaign_words.channel(name)}: {campaign_words.reason(why)}"
            for name, why in turn.closed_channels.items()
        ]
        return " · ".join(told) or words.NOTHING
