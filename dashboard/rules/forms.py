"""The form of a bonus rule: everything but its condition, which has rows of its own."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from dashboard.fields import MoneyField
from loyalty.models import RuleVersion
from loyalty.rulemaking import Draft
from loyalty.rules.effects import MOST_PERCENT, MOST_POINTS

KINDS = (
    ("percent", gettext_lazy("nhân điểm, hoặc thêm phần trăm")),
    ("fixed", gettext_lazy("thêm một số điểm cho hóa đơn")),
    ("per_amount", gettext_lazy("thêm điểm theo số tiền")),
    ("per_unit", gettext_lazy("thêm điểm mỗi món")),
)
NEEDS = {"percent": ["percent"], "fixed": ["points"], "per_amount": ["points", "per_amount"], "per_unit": ["points"]}
MOMENT = "%Y-%m-%dT%H:%M"


def _whole(label: Any, *, most: int = MOST_POINTS, **given: Any) -> forms.IntegerField:
    given.setdefault("required", False)
    return forms.IntegerField(label=label, min_value=1, max_value=most, widget=UnfoldAdminIntegerFieldWidget, **given)


def _moment(label: Any, **given: Any) -> forms.DateTimeField:
    widget = UnfoldAdminTextInputWidget({"type": "datetime-local"})
    widget.format = MOMENT
    return forms.DateTimeField(label=label, required=False, input_formats=[MOMENT], widget=widget, **given)


class RuleForm(forms.Form):
    name_vi = forms.CharField(
        label=gettext_lazy("Tên"),
        max_length=80,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Khách và thu ngân đọc tên này cạnh số điểm."),
    )
    name_en = forms.CharField(
        label=gettext_lazy("Tên tiếng Anh"), max_length=80, required=False, widget=UnfoldAdminTextInputWidget
    )
    kind = forms.ChoiceField(label=gettext_lazy("Cách thưởng"), choices=KINDS, widget=UnfoldAdminSelectWidget)
    percent = _whole(
        gettext_lazy("Thêm (%)"),
        most=MOST_PERCENT,
        help_text=gettext_lazy("100: gấp đôi; 200: gấp ba; 50: thêm một nửa. Tính trên điểm cơ bản."),
    )
    points = _whole(gettext_lazy("Số điểm"))
    per_amount = MoneyField(label=gettext_lazy("Cho mỗi"), required=False, min_value=1)
    categories = forms.CharField(
        label=gettext_lazy("Chỉ cho nhóm hàng"),
        required=False,
        max_length=1000,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Cách nhau bằng dấu phẩy; để trống: mọi món được tích."),
    )
    skus = forms.CharField(
        label=gettext_lazy("hoặc mã hàng"), required=False, max_length=1000, widget=UnfoldAdminTextInputWidget
    )
    per_bill = _whole(gettext_lazy("Nhiều nhất mỗi hóa đơn (điểm)"))
    per_member = _whole(gettext_lazy("Nhiều nhất mỗi thành viên (điểm)"))
    times = _whole(gettext_lazy("Nhiều nhất mỗi thành viên (lần)"), most=10_000)
    period = forms.ChoiceField(
        label=gettext_lazy("trong"), choices=RuleVersion.Period.choices, widget=UnfoldAdminSelectWidget
    )
    budget = _whole(gettext_lazy("Ngân sách (điểm)"), most=10**12)
    valid_from = _moment(gettext_lazy("Chạy từ"), help_text=gettext_lazy("Để trống: ngay khi được duyệt."))
    valid_until = _moment(gettext_lazy("Đến"))
    position = forms.IntegerField(
        label=gettext_lazy("Thứ tự"),
        min_value=0,
        max_value=1000,
        initial=100,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("Số nhỏ đứng trước."),
    )
    stack_mode = forms.ChoiceField(
        label=gettext_lazy("Khi nhiều quy tắc cùng đúng"),
        choices=RuleVersion.Mode.choices,
        widget=UnfoldAdminSelectWidget,
    )
    stack_group = forms.CharField(
        label=gettext_lazy("Nhóm"), required=False, max_length=40, widget=UnfoldAdminTextInputWidget
    )
    note = forms.CharField(
        label=gettext_lazy("Ghi chú"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for name in NEEDS.get(said.get("kind", ""), []):
            if not said.get(name) and name not in self.errors:
                self.add_error(name, _("Cách thưởng này cần số này."))
        if said.get("stack_mode") in {"best", "first"} and not said.get("stack_group"):
            self.add_error("stack_group", _("Đặt tên nhóm, để biết quy tắc này được chọn với những quy tắc nào."))
        begins, ends = said.get("valid_from"), said.get("valid_until")
        if begins and ends and ends <= begins:
            self.add_error("valid_until", _("Lúc kết thúc phải sau lúc bắt đầu."))
        return said

    def draft(self, condition: dict[str, Any], *, at: datetime) -> Draft:
        said = self.cleaned_data
        plain = ("per_bill", "per_member", "times", "period", "budget", "position", "stack_mode", "note")
        grouped = said["stack_mode"] in {"best", "first"}
        return Draft(
            name_vi=said["name_vi"],
            name_en=said["name_en"] or said["name_vi"],
            condition=condition,
            effect=self.effect(),
            valid_from=said["valid_from"] or at,
            valid_until=said["valid_until"],
            stack_group=said["stack_group"] if grouped else "",
            **{name: said[name] for name in plain},
        )

    def effect(self) -> dict[str, Any]:
        said = self.cleaned_data
        document: dict[str, Any] = {"kind": said["kind"], **{name: said[name] for name in NEEDS[said["kind"]]}}
        for name in ("categories", "skus"):
            named = [part.strip() for part in said[name].split(",") if part.strip()]
            if named:
                document[name] = named
        return document


def told(version: RuleVersion) -> dict[str, Any]:
    """A version as the form would have said it."""
    names = set(RuleForm.base_fields) & {field.name for field in RuleVersion._meta.fields}
    effect = dict(version.effect)
    for name in ("categories", "skus"):
        effect[name] = ", ".join(effect.get(name, []))
    return {**{name: getattr(version, name) for name in names}, **effect}
