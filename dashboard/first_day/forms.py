"""The small forms of the first day. Each says what was meant; `page` calls the one function that does it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from campaigns import channels
from campaigns.models.campaign import OUTWARD
from dashboard import wording
from dashboard.fields import MoneyField
from loyalty.models import Store
from loyalty.models.policies import HOTLINE


def _text(label: Any, **given: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=UnfoldAdminTextInputWidget, **given)


def _whole(label: Any, **given: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, widget=UnfoldAdminIntegerFieldWidget, **given)


def _long(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=20_000, widget=UnfoldAdminTextareaWidget({"rows": 14}))


class NameForm(forms.Form):
    name = _text(_("Tên cửa hàng hoặc chuỗi"), max_length=120)
    point_name_vi = _text(_("Tên của điểm"), max_length=24, help_text=_("điểm, xu, hạt, sao …"))
    point_name_en = _text(_("Tên của điểm bằng tiếng Anh"), max_length=24)
    hotline = forms.RegexField(
        HOTLINE,
        label=_("Số điện thoại hỗ trợ khách"),
        max_length=20,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Khách thấy số này ở trang hỗ trợ và trên hóa đơn; để trống nếu không có."),
        error_messages={"invalid": _("Viết số như 1900 1234 hoặc 028 3822 1234.")},
    )


class StoreForm(forms.Form):
    name = _text(_("Tên cửa hàng"), max_length=120)
    code = _text(_("Mã"), max_length=32, required=False, help_text=_("Ngắn, không dấu; để trống thì đặt theo tên."))
    address = _text(_("Địa chỉ"), max_length=240, required=False)


class PointsForm(forms.Form):
    points = _whole(_("Số điểm"), min_value=1, max_value=1_000_000)
    per_amount = MoneyField(label=_("cho mỗi"), min_value=1)
    point_value = MoneyField(label=_("1 điểm giảm được khi mua hàng"), min_value=1)
    months = _whole(
        _("Điểm dùng được trong (tháng)"),
        required=False,
        min_value=1,
        max_value=240,
        help_text=_("Để trống: không hết hạn."),
    )


class WelcomeForm(forms.Form):
    amount = MoneyField(label=_("Giảm"), min_value=1)
    minimum_basket = MoneyField(label=_("Đơn tối thiểu"), min_value=0)
    valid_days = _whole(_("Dùng trong (ngày)"), min_value=1, max_value=365)


class TermsForm(forms.Form):
    body_vi = _long(_("Nội dung tiếng Việt"))
    body_en = _long(_("Nội dung tiếng Anh"))


class KeyForm(forms.Form):
    store = forms.ModelChoiceField(
        label=_("Cửa hàng"), queryset=Store.objects.none(), widget=UnfoldAdminSelectWidget, empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = Store.objects.filter(  # type: ignore[attr-defined]
            practice_of=None, closed=False
        ).order_by("code")


class ChannelForm(forms.Form):
    channel = forms.ChoiceField(label=_("Kênh"), widget=UnfoldAdminSelectWidget)
    address = _text(_("Gửi thử đến"), max_length=200, help_text=_("E-mail hoặc số điện thoại của chính bạn."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_now = [(one, wording.CHANNELS.get(one, one)) for one in OUTWARD if channels.is_open(one)]
        self.fields["channel"].choices = open_now  # type: ignore[attr-defined]
