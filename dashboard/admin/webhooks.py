"""Webhooks: who outside hears of events, and what was sent to them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminURLInputWidget

from dashboard import wording
from dashboard.admin import deliveries
from dashboard.admin.base import BigAdmin, Labelled, ReadOnlyAdmin, ShopAdmin
from dashboard.fields import ListWidget
from events import calling, clock, webhooks
from events.models import WebhookEndpoint, WebhookMessage

MESSAGE_STATES = {"open": _("đang chờ"), "sent": _("đã gửi"), "dead": _("bỏ cuộc")}


class MessageStateFilter(deliveries.StateFilter):
    words = MESSAGE_STATES


class EndpointForm(forms.ModelForm):
    url = forms.URLField(
        label=capfirst(_("địa chỉ")), max_length=500, assume_scheme="https", widget=UnfoldAdminURLInputWidget
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            webhooks.check_url(url)
        except calling.UrlRefused:
            raise forms.ValidationError(__("Địa chỉ phải là https công khai, không phải mạng nội bộ.")) from None
        return url


@admin.register(WebhookEndpoint)
class EndpointAdmin(ShopAdmin):
    noun = "webhook"
    form = EndpointForm
    list_display = ["url", "description", "listens_to", "active", "created_at"]
    ordering = ["url"]
    fields = ["url", "types", "description", "active", "signing_secret"]
    readonly_fields = ["signing_secret"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.fields) if obj else [name for name in self.fields if name != "signing_secret"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "types":
            kwargs |= {
                "widget": ListWidget(
                    db_field.verbose_name,
                    choices=[(name, f"{name} ({word})") for name, word in wording.EVENT_TYPES.items()],
                ),
                "help_text": _("Để trống: mọi sự kiện."),
            }
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool) -> None:
        if not change:
            obj.created_at = clock.now()
        super().save_model(request, obj, form, change)

    @display(description=_("sự kiện"))
    def listens_to(self, endpoint: WebhookEndpoint) -> str:
        return ", ".join(str(wording.EVENT_TYPES.get(type, type)) for type in endpoint.types) or __("mọi sự kiện")

    @display(description=_("khóa ký (Standard Webhooks)"))
    def signing_secret(self, endpoint: WebhookEndpoint) -> str:
        return endpoint.secret


@admin.register(WebhookMessage)
class MessageAdmin(ReadOnlyAdmin, BigAdmin):
    noun = "webhook"
    list_display = ["event_type", "endpoint", "status", "attempts", "last_status", "due_at", "last_error"]
    list_filter = [MessageStateFilter]
    list_select_related = ["event", "endpoint"]
    ordering = ["-id"]
    actions = ["send_again"]
    fields = ["event_type", "endpoint", "status", "attempts", "due_at", "sent_at", "last_status", "last_error", "body"]
    readonly_fields = ["event_type", "status"]

    @action(description=_("Gửi lại"), permissions=["act"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[WebhookMessage]) -> None:
        chosen = list(queryset.values_list("pk", flat=True))
        count = webhooks.replay(message_ids=chosen, by=f"user:{request.user.pk}", at=clock.now())
        messages.success(request, deliveries.retried(count))

    @display(description=_("sự kiện"))
    def event_type(self, message: WebhookMessage) -> str:
        return str(wording.EVENT_TYPES.get(message.event.type, message.event.type))

    @display(description=_("trạng thái"), label=deliveries.STATE_COLOURS)
    def status(self, message: WebhookMessage) -> tuple[str, Any]:
        return Labelled(message.state, MESSAGE_STATES[message.state])
