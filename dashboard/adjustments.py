"""Adding or taking points by hand, from a member's page: with a reason, up to a limit, never one's own."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

from dashboard import access, wording
from events import clock
from events.refusals import Refusal
from loyalty import adjusting, policies
from members.models import Member, User

REFUSED = {
    "reason_missing": gettext_lazy("Hãy ghi lý do."),
    "adjustment_above_limit": gettext_lazy("Vượt giới hạn cộng/trừ tay của chương trình."),
    "nothing_to_adjust": gettext_lazy("Số điểm phải khác 0."),
    "not_enough_points": gettext_lazy("Thành viên không có đủ điểm để trừ."),
}


class AdjustForm(forms.Form):
    points = forms.IntegerField(label=gettext_lazy("Số điểm"), widget=UnfoldAdminIntegerFieldWidget)
    reason = forms.CharField(
        label=gettext_lazy("Lý do"), max_length=adjusting.LONGEST_REASON, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )

    def __init__(self, *args: Any, limit: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.IntegerField, self.fields["points"])
        field.help_text = _("Số âm để trừ. Mỗi lần nhiều nhất %(limit)s điểm.") % {"limit": wording.points(limit)}


def page(request: HttpRequest, site: AdminSite, member: Member | None) -> HttpResponse:
    """The form, and what it does when sent."""
    if member is None:
        raise Http404
    user = cast(User, request.user)
    if not access.may(user, "act", "points") or member.user_id == user.pk:
        raise PermissionDenied
    at = clock.now()
    back = reverse("admin:members_member_change", args=[member.pk])
    form = AdjustForm(request.POST or None, limit=policies.at(at).programme.manual_limit)
    if request.method == "POST" and form.is_valid():
        try:
            adjusting.adjust(member_id=member.pk, **form.cleaned_data, by=f"user:{user.pk}", at=at)
        except Refusal as refusal:
            form.add_error(None, str(REFUSED.get(refusal.code, _("Không thực hiện được."))))
        else:
            moved = wording.points(form.cleaned_data["points"], signed=True)
            messages.success(request, _("Đã ghi %(points)s điểm cho %(member)s.") % {"points": moved, "member": member})
            return HttpResponseRedirect(back)
    context = {
        **site.each_context(request),
        "title": _("Cộng/trừ điểm"),
        "subtitle": str(member),
        "form": form,
        "member": member,
        "back": back,
    }
    return TemplateResponse(request, "dashboard/adjust.html", context)
