"""The forms of points and vouchers given by hand: with a reason, up to a limit, never one's own."""

from typing import Any, cast
from uuid import uuid4

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from dashboard import wording
from loyalty import adjusting
from rewards import granting
from rewards.models import VoucherDefinition

REFUSED = {
    "reason_missing": gettext_lazy("Hãy ghi lý do."),
    "adjustment_above_limit": gettext_lazy("Vượt giới hạn cộng/trừ tay của chương trình."),
    "nothing_to_adjust": gettext_lazy("Số điểm phải khác 0."),
    "not_enough_points": gettext_lazy("Thành viên không có đủ điểm để trừ."),
    "too_many_by_hand": gettext_lazy("Hôm nay bạn đã tặng đủ số voucher cho phép."),
}


class AdjustForm(forms.Form):
    points = forms.IntegerField(label=gettext_lazy("Số điểm"), widget=UnfoldAdminIntegerFieldWidget)
    reason = forms.CharField(
        label=gettext_lazy("Lý do"), max_length=adjusting.LONGEST_REASON, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )

    # the same form sent twice asks somebody else once
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)

    def __init__(self, *args: Any, limit: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.IntegerField, self.fields["points"])
        said = _("Số âm để trừ. Trên %(limit)s điểm mỗi lần, quản trị viên phải duyệt trước khi ghi.")
        field.help_text = said % {"limit": wording.points(limit)}


class GrantForm(forms.Form):
    key = forms.ChoiceField(label=capfirst(gettext_lazy("loại voucher")), widget=UnfoldAdminSelectWidget)
    reason = forms.CharField(
        label=gettext_lazy("Lý do"), max_length=granting.LONGEST_REASON, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )
    # the same form sent twice gives one voucher
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, kinds: list[VoucherDefinition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["key"]).choices = voucher_choices(kinds)


def voucher_choices(kinds: list[VoucherDefinition]) -> list[tuple[str, str]]:
    """Each kind by its name and what it is worth."""
    currency = wording.currency()
    return [
        (
            kind.key,
            f"{wording.in_language(kind.name_vi, kind.name_en)}: {wording.voucher_worth(kind, currency=currency)}",
        )
        for kind in kinds
    ]
