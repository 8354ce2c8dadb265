"""The limits on what the shop sends, addresses that get nothing, and what the fake provider took."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from campaigns import blocking
from campaigns.models import FakeBehaviour, FakeMessage, ListedPhone, SendingPolicy, Suppression
from dashboard import campaign_words, people
from dashboard.admin.base import BigAdmin, ReadOnlyAdmin, ShopAdmin
from events import clock
from events.refusals import Refusal


class PolicyForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "holdout_percent" in self.changed_data and cleaned.get("holdout_percent", 0) < self.initial.get(
            "holdout_percent", 0
        ):
            # who comes out of the holdout has had no advertising for a while: the comparison is spoilt
            self.add_error("holdout_percent", __("Nhóm đối chứng chỉ có thể tăng, không thể giảm."))
        return cleaned


@admin.register(SendingPolicy)
class SendingPolicyAdmin(ShopAdmin):
    noun = "sending"
    form = PolicyForm
    list_display = ["brand", "daily_cap", "weekly_cap", "quiet_until", "quiet_from", "holdout_percent"]
    fields = [
        "brand", "daily_cap", "weekly_cap", "quiet_until", "quiet_from", "holdout_percent", "national_list",
    ]  # fmt: skip
    readonly_fields = ["national_list"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_("danh sách không quảng cáo"))
    def national_list(self, policy: SendingPolicy) -> str:
        newest = ListedPhone.objects.order_by("-listed_on").first()
        if newest is None:
            return __("chưa nhập")
        return __("%(count)s số, ngày %(day)s") % {
            "count": ListedPhone.objects.count(),
            "day": f"{newest.listed_on:%d/%m/%Y}",
        }


class SuppressionForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            cleaned["address"] = blocking.normal(cleaned.get("address", ""), channel=cleaned.get("channel", ""))
        except Refusal:
            self.add_error("address", __("Địa chỉ không hợp với kênh."))
            return cleaned
        if blocking.is_suppressed(address=cleaned["address"], channel=cleaned["channel"]):
            self.add_error("address", __("Địa chỉ này đã có trong danh sách."))
        return cleaned


@admin.register(Suppression)
class SuppressionAdmin(BigAdmin):
    noun = "suppression"
    form = SuppressionForm
    list_display = ["address_masked", "channel_word", "cause_word", "since", "until"]
    ordering = ["-id"]
    actions = ["lift"]
    fields = ["channel", "address", "cause"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["channel_word", "address_masked", "cause_word", "since", "until"] if obj else list(self.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["channel_word", "address_masked", "cause_word"] if obj else []

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "address":
            kwargs["widget"] = forms.TextInput(attrs={"class": "vTextField"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:
        made = blocking.suppress(
            channel=obj.channel, address=obj.address, cause=obj.cause, by=f"user:{request.user.pk}", at=clock.now()
        )
        obj.pk = made.pk

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    @action(description=_("Cho gửi lại"), permissions=["act"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Suppression]) -> None:
        count = blocking.lift(ids=list(queryset.values_list("pk", flat=True)), at=clock.now())
        messages.success(
            request,
            ngettext("%(count)s địa chỉ được gửi lại.", "%(count)s địa chỉ được gửi lại.", count) % {"count": count},
        )

    @display(description=_("địa chỉ"))
    def address_masked(self, row: Suppression) -> str:
        return masked(row.channel, row.address)

    @display(description=_("kênh"), ordering="channel")
    def channel_word(self, row: Suppression) -> str:
        return campaign_words.channel(row.channel)

    @display(description=_("lý do"), ordering="cause")
    def cause_word(self, row: Suppression) -> str:
        return row.get_cause_display()


@admin.register(FakeMessage)
class FakeMessageAdmin(ReadOnlyAdmin, BigAdmin):
    """What left the building in a demonstration: nothing, but here is what would have."""

    noun = "fake message"
    list_display = ["address_masked", "channel_word", "beginning", "at"]
    ordering = ["-id"]
    fields = ["channel_word", "address_masked", "at", "subject", "words", "asked"]
    readonly_fields = ["channel_word", "address_masked", "words"]

    @display(description=_("người nhận"))
    def address_masked(self, row: FakeMessage) -> str:
        return masked(row.channel, row.address)

    @display(description=_("kênh"))
    def channel_word(self, row: FakeMessage) -> str:
        return campaign_words.channel(row.channel)

    @display(description=_("nội dung"))
    def words(self, row: FakeMessage) -> str:
        """As it was sent, line by line; a long address breaks rather than widen a phone's page."""
        return format_html('<div style="white-space: pre-line; overflow-wrap: anywhere">{}</div>', row.body)

    @display(description=_("nội dung"))
    def beginning(self, row: FakeMessage) -> str:
        said = row.subject or row.body
        return f"{said[:100]}…" if len(said) > 100 else said


@admin.register(FakeBehaviour)
class FakeBehaviourAdmin(ShopAdmin):
    noun = "fake channel"
    list_display = ["channel_word", "mode_word", "seconds"]
    ordering = ["channel"]
    fields = ["channel_word", "mode", "seconds"]
    readonly_fields = ["channel_word"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_("kênh"), ordering="channel")
    def channel_word(self, row: FakeBehaviour) -> str:
        return campaign_words.channel(row.channel)

    @display(description=_("cách cư xử"))
    def mode_word(self, row: FakeBehaviour) -> str:
        return row.get_mode_display()


def masked(channel: str, address: str) -> str:
    return people.mask("email" if channel == "email" else "phone", address)
