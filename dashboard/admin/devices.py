"""Devices of the counters: invited by a QR code that is good for a quarter of an hour, ended with a button."""

from typing import Any, cast

import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from dashboard import access, confirming, wording
from dashboard.admin.base import ShopAdmin, only_stores_of
from events import clock
from loyalty import devices
from loyalty.models import Device, Store, Terminal
from members.models import User


class DeviceForm(forms.ModelForm):
    class Meta:
        model = Device
        fields = ["store", "terminal", "name"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        terminal, store = cleaned.get("terminal"), cleaned.get("store")
        if terminal and store and terminal.store_id != store.id:
            self.add_error("terminal", __("Máy này thuộc cửa hàng khác."))
        return cleaned


@admin.register(Device)
class DeviceAdmin(ShopAdmin):
    """A device is invited here and made by its own browser; its token is shown to nobody."""

    noun = "device"
    list_display = ["name", "store", "terminal", "state", "last_seen"]
    list_filter = ["store"]
    list_select_related = ["store", "terminal__store"]
    search_fields = ["name", "store__name"]
    ordering = ["-id"]
    actions_detail = ["revoke"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Device]:
        return only_stores_of(request, super().get_queryset(request)).select_related("enrolled_by")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = DeviceForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return ["store", "terminal", "name"]
        return ["name", "idle_minutes", "store", "terminal", "enrolled", "last_seen", "state"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["store", "terminal", "enrolled", "last_seen", "state"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        own = only_stores_of(request, Store.objects.filter(practice_of=None, closed=False), "id")
        if db_field.name == "store":
            kwargs["queryset"] = own.order_by("code")
        if db_field.name == "terminal":
            kwargs["queryset"] = (
                Terminal.objects.filter(store__in=own).select_related("store").order_by("store", "code")
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Device, form: Any, change: bool) -> None:
        """A new device is only invited; its browser makes the row."""
        if change:
            super().save_model(request, obj, form, change)
            return
        told = {name: form.cleaned_data[name] for name in ("store", "terminal", "name")}
        invitation, code = devices.invite(**told, by=cast(User, request.user), at=clock.now())
        obj.pk = invitation.pk
        request.invited = (invitation, code)  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Device, post_url_continue: Any = None) -> HttpResponse:
        """The page with the QR code, this once."""
        invitation, code = request.invited  # type: ignore[attr-defined]
        address = f"{settings.PUBLIC_URL}{reverse('counter:device', args=[code])}"
        response = TemplateResponse(
            request,
            "dashboard/new_device.html",
            {
                **self.admin_site.each_context(request),
                "title": __("Đăng ký thiết bị"),
                "invitation": invitation,
                "code": f"{code[:5]}-{code[5:]}",
                "address": address,
                # make_qr: a Micro QR is read by few phones
                "picture": segno.make_qr(address, error="m").svg_data_uri(scale=6, border=4),
                "until": wording.moment(invitation.expires_at),
                "list_url": reverse("admin:loyalty_device_changelist"),
            },
        )
        response["Cache-Control"] = "no-store"
        return response

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    @action(description=_("Thu hồi thiết bị"), permissions=["act"], icon="block")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        device = cast(Device | None, self.get_object(request, object_id))
        if device is None:
            raise Http404
        back = reverse("admin:loyalty_device_changelist")
        if request.method != "POST":
            question = __("Thu hồi %(device)s? Máy này sẽ không mở được quầy nữa.") % {"device": device}
            return confirming.ask(request, self.admin_site, title=__("Thu hồi thiết bị"), question=question, back=back)
        devices.revoke(device=device, at=clock.now())
        messages.success(request, __("Đã thu hồi %(device)s.") % {"device": device})
        return HttpResponseRedirect(back)

    def has_act_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(request.user, "act", self.noun)

    @display(description=_("trạng thái"), label={"live": "success", "ended": "danger"})
    def state(self, device: Device) -> tuple[str, Any]:
        return ("ended", _("đã thu hồi")) if device.revoked_at else ("live", _("đang dùng"))

    @display(description=_("dùng lần gần nhất"))
    def last_seen(self, device: Device) -> str:
        return wording.moment(device.last_seen_at)

    @display(description=_("đăng ký"))
    def enrolled(self, device: Device) -> str:
        return f"{wording.moment(device.enrolled_at)}, {device.enrolled_by or wording.NOTHING}"
