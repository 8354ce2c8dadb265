"""Saying no to points by hand: with a reason that who asked can read."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from events import clock
from events.refusals import Refusal
from loyalty import adjusting, approving
from loyalty.models import AdjustmentRequest

REFUSED = {
    "own_request": gettext_lazy("Bạn đã yêu cầu, nên một quản trị viên khác phải duyệt."),
    "request_decided": gettext_lazy("Yêu cầu này đã có người trả lời."),
    "not_enough_points": gettext_lazy("Thành viên không có đủ điểm để trừ."),
}


class RefuseForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Lý do"), max_length=adjusting.LONGEST_REASON, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )


def words(refusal: Refusal) -> str:
    return str(REFUSED.get(refusal.code, _("Không thực hiện được.")))


def refuse(request: HttpRequest, site: AdminSite, asked: AdjustmentRequest) -> HttpResponse:
    """The form, and what it does when sent."""
    back = reverse("admin:loyalty_adjustmentrequest_change", args=[asked.pk])
    form = RefuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = f"user:{request.user.pk}"
        try:
            approving.refuse(id=asked.pk, answer=form.cleaned_data["answer"], by=by, at=clock.now())
        except Refusal as refusal:
            messages.error(request, words(refusal))
        else:
            messages.success(request, _("Đã trả lời là không duyệt."))
        return HttpResponseRedirect(back)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Không duyệt"),
        "heading": _("Không duyệt yêu cầu cộng/trừ điểm"),
        "note": _("Không có điểm nào thay đổi. Người yêu cầu đọc được lý do."),
        "form": form,
        "back": back,
    }
    return TemplateResponse(request, "dashboard/form.html", context)
