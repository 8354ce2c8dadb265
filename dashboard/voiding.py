"""Taking a voucher out of use, from its page: with a reason, by whoever the matrix names."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from dashboard import access
from events import clock
from events.refusals import Refusal
from rewards import voiding
from rewards.models import Voucher


class VoidForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Lý do"), max_length=voiding.LONGEST_REASON, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )


def page(request: HttpRequest, site: AdminSite, voucher: Voucher | None) -> HttpResponse:
    """The form, and what it does when sent."""
    if voucher is None:
        raise Http404
    if not access.may(request.user, "void", "voucher"):
        raise PermissionDenied
    back = reverse("admin:rewards_voucher_change", args=[voucher.pk])
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = f"user:{request.user.pk}"
        try:
            voiding.void(voucher_id=voucher.pk, reason=form.cleaned_data["reason"], by=by, at=clock.now())
        except Refusal:
            messages.error(request, _("Voucher này đã dùng hết hoặc đã bị hủy."))
        else:
            messages.success(request, _("Đã hủy voucher %(voucher)s.") % {"voucher": voucher})
        return HttpResponseRedirect(back)
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Hủy voucher"),
        "subtitle": str(voucher),
        "heading": _("Hủy voucher %(voucher)s") % {"voucher": voucher},
        "note": _("Khách không dùng được voucher này nữa; những lần đã dùng giữ nguyên."),
        "form": form,
        "back": back,
    }
    return TemplateResponse(request, "dashboard/form.html", context)
