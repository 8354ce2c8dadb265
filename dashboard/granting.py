"""Giving a voucher by hand, from a member's page: with a reason, so many a day, never to oneself."""

from typing import Any, cast
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from dashboard import access, wording
from events import clock
from events.refusals import Refusal
from members.models import Member, User
from rewards import defining, granting
from rewards.models import VoucherDefinition

REFUSED = {
    "reason_missing": gettext_lazy("Hãy ghi lý do."),
    "too_many_by_hand": gettext_lazy("Hôm nay bạn đã tặng đủ số voucher cho phép."),
}


class GrantForm(forms.Form):
    key = forms.ChoiceField(label=capfirst(gettext_lazy("loại voucher")), widget=UnfoldAdminSelectWidget)
    reason = forms.CharField(
        label=gettext_lazy("Lý do"), max_length=granting.LONGEST_REASON, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )
    # the same form sent twice gives one voucher
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kinds: list[VoucherDefinition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["key"])
        currency = wording.currency()
        field.choices = [
            (
                kind.key,
                f"{wording.in_language(kind.name_vi, kind.name_en)}: {wording.voucher_worth(kind, currency=currency)}",
            )
            for kind in kinds
        ]


def page(request: HttpRequest, site: AdminSite, member: Member | None) -> HttpResponse:
    """The form, and what it does when sent."""
    if member is None:
        raise Http404
    user = cast(User, request.user)
    if not access.may(user, "act", "voucher") or member.user_id == user.pk:
        raise PermissionDenied
    at = clock.now()
    back = reverse("admin:members_member_change", args=[member.pk])
    form = GrantForm(request.POST or None, kinds=defining.offered(at=at), initial={"token": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            granting.grant(member_id=member.pk, **form.cleaned_data, by=f"user:{user.pk}", at=at)
        except Refusal as refusal:
            form.add_error(None, str(REFUSED.get(refusal.code, _("Không thực hiện được."))))
        else:
            messages.success(request, _("Đã tặng voucher cho %(member)s.") % {"member": member})
            return HttpResponseRedirect(back)
    context = {
        **site.each_context(request),
        "title": _("Tặng voucher"),
        "subtitle": str(member),
        "heading": _("Tặng voucher cho %(member)s") % {"member": member},
        "note": _("Mỗi người tặng tay nhiều nhất %(n)s voucher một ngày.") % {"n": granting.MOST_A_DAY},
        "form": form,
        "back": back,
    }
    return TemplateResponse(request, "dashboard/form.html", context)
