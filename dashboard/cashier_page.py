"""A cashier is taken on: by an admin in any store, by a store manager in the own ones; the PIN is shown once."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from dashboard import access
from events import clock
from events.refusals import Refusal
from loyalty import staffing
from loyalty.models import Store
from loyalty.staffing import TakenOn

REFUSED = {
    "store_elsewhere": ("stores", gettext_lazy("Chọn ít nhất một cửa hàng của bạn.")),
    "staff_code_unreadable": ("code", gettext_lazy("Mã gồm 2 đến 32 chữ cái không dấu hoặc chữ số.")),
    "staff_code_taken": ("code", gettext_lazy("Mã này đã có người dùng.")),
    "staff_phone_taken": ("phone", gettext_lazy("Số này đã là của một nhân viên khác.")),
    "phone_unreadable": ("phone", gettext_lazy("Không đọc được số điện thoại này.")),
}


class CashierForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Họ tên"), max_length=120, widget=UnfoldAdminTextInputWidget)
    code = forms.CharField(
        label=gettext_lazy("Mã nhân viên"),
        max_length=32,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Như trên máy bán hàng, ví dụ NV07. Hóa đơn ghi mã này."),
    )
    phone = forms.CharField(
        label=gettext_lazy("Số điện thoại"),
        max_length=32,
        required=False,
        widget=UnfoldAdminTextInputWidget({"inputmode": "tel"}),
        help_text=gettext_lazy("Để không tự tích điểm vào hóa đơn do chính mình bán."),
    )
    stores = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Cửa hàng"), coerce=int, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    def __init__(self, *args: Any, stores: Sequence[Store], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["stores"]
        field.choices = [(store.pk, store.name) for store in stores]
        if len(stores) == 1:
            field.initial = [stores[0].pk]


def page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The form; sent, the PIN of the new cashier, this once."""
    if not access.may(request.user, "add", "cashier"):
        raise PermissionDenied
    form = CashierForm(request.POST or None, stores=_open_stores(request))
    if request.method == "POST" and form.is_valid():
        taken_on = _take_on(request, form)
        if taken_on is not None:
            return _pin(request, site, taken_on)
    context = {
        **site.each_context(request),
        "title": _("Thêm thu ngân"),
        "heading": _("Thu ngân mới"),
        "note": _("Sau khi lưu, mã PIN tạm hiện một lần. Thu ngân tự đổi mã ở lần mở quầy đầu tiên."),
        "form": form,
        "back": reverse("admin:members_user_changelist"),
    }
    return TemplateResponse(request, "dashboard/form.html", context)


def _open_stores(request: HttpRequest) -> list[Store]:
    """Where whoever asks may take somebody on."""
    stores = Store.objects.filter(practice_of=None, closed=False).order_by("code")
    within = access.stores_of(request.user)
    return list(stores if within is None else stores.filter(pk__in=within))


def _take_on(request: HttpRequest, form: CashierForm) -> TakenOn | None:
    said = form.cleaned_data
    try:
        return staffing.take_on_cashier(
            name=said["name"],
            code=said["code"],
            phone=said["phone"],
            store_ids=said["stores"],
            within=access.stores_of(request.user),
            by=f"user:{request.user.pk}",
            at=clock.now(),
        )
    except Refusal as refusal:
        field, words = REFUSED[refusal.code]
        form.add_error(field, str(words))
        return None


def _pin(request: HttpRequest, site: AdminSite, taken_on: TakenOn) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": _("Thêm thu ngân"),
        "person": taken_on.user,
        "pin": taken_on.pin,
        "back": reverse("admin:members_user_changelist"),
    }
    response = TemplateResponse(request, "dashboard/new_pin.html", context)
    response["Cache-Control"] = "no-store"
    return response
