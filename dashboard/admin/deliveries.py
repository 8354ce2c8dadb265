"""Events on their way to the readers inside the house."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from dashboard import wording
from dashboard.admin.base import BigAdmin, Labelled, ReadOnlyAdmin
from events import clock, delivering
from events.models import Delivery

DELIVERY_STATES = {"open": _("đang chờ"), "done": _("đã xong"), "dead": _("bỏ cuộc")}
STATE_COLOURS = {"open": "info", "done": "success", "sent": "success", "dead": "danger"}


class StateFilter(admin.SimpleListFilter):
    """Dead ones first: the list is opened when something is wrong. Both states shown by an index of their own."""

    title = _("trạng thái")
    parameter_name = "in"
    words: dict[str, Any] = DELIVERY_STATES

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.words.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() in self.words else queryset


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin, BigAdmin):
    noun = "delivery"
    list_display = ["event_type", "reader", "status", "attempts", "due_at", "last_error"]
    list_filter = [StateFilter]
    list_select_related = ["event"]
    ordering = ["-id"]
    actions = ["retry"]
    fields = ["event_type", "event_id", "reader", "status", "attempts", "due_at", "done_at", "last_error"]
    readonly_fields = ["event_type", "status", "event_id"]

    @action(description=_("Chuyển lại"), permissions=["act"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        chosen = list(queryset.values_list("pk", flat=True))
        count = delivering.retry(delivery_ids=chosen, by=f"user:{request.user.pk}", at=clock.now())
        messages.success(request, retried(count))

    @display(description=_("sự kiện"))
    def event_type(self, delivery: Delivery) -> str:
        return str(wording.EVENT_TYPES.get(delivery.event.type, delivery.event.type))

    @display(description=_("trạng thái"), label=STATE_COLOURS)
    def status(self, delivery: Delivery) -> tuple[str, Any]:
        return Labelled(delivery.state, DELIVERY_STATES[delivery.state])


def retried(count: int) -> str:
    return ngettext("%(count)s dòng đang chờ chuyển lại.", "%(count)s dòng đang chờ chuyển lại.", count) % {
        "count": count
    }
