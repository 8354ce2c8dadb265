"""Answering what somebody asked of their data, and carrying it out: admins only."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from dashboard import access, confirming
from events import clock
from events.refusals import Refusal
from members import data_requests, exporting
from members.models import DataRequest, User

REFUSED = {
    "data_request_unknown": gettext_lazy("Yêu cầu này đã xong."),
    "answer_missing": gettext_lazy("Hãy ghi câu trả lời."),
    "member_unknown": gettext_lazy("Dữ liệu của người này đã được xóa."),
}
# what each kind does when it is carried out, as a question
QUESTIONS = {
    "see": gettext_lazy("Đã cho khách xem dữ liệu?"),
    "correct": gettext_lazy("Đã sửa dữ liệu như khách yêu cầu?"),
    "export": gettext_lazy("Đã đưa bản sao cho khách?"),
    "erase": gettext_lazy(
        "Xóa dữ liệu cá nhân của người này? Không khôi phục được. Hóa đơn và sổ điểm giữ lại, không còn tên."
    ),
    "stop": gettext_lazy("Ngừng gửi quảng cáo và ngừng phân tích thói quen mua của người này?"),
}


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Trả lời"),
        max_length=data_requests.LONGEST_WORDS,
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
    )


def say(request: HttpRequest, site: AdminSite, asked: DataRequest | None, *, refusing: bool) -> HttpResponse:
    """An answer, or a refusal with its reason."""
    asked = _open(request, asked)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        step = data_requests.refuse if refusing else data_requests.answer
        try:
            step(
                data_request_id=asked.pk,
                text=form.cleaned_data["text"],
                by=f"user:{request.user.pk}",
                at=clock.now(),
            )
        except Refusal as refusal:
            form.add_error(None, _said(refusal))
        else:
            messages.success(request, _("Đã ghi câu trả lời."))
            return HttpResponseRedirect(_page(asked))
    return _form(
        request,
        site,
        title=_("Từ chối") if refusing else _("Trả lời"),
        heading=str(asked),
        note=_("Lý do được lưu lại cùng yêu cầu.") if refusing else _("Nói khi nào và bằng cách nào sẽ thực hiện."),
        form=form,
        back=_page(asked),
    )


def carry_out(request: HttpRequest, site: AdminSite, asked: DataRequest | None) -> HttpResponse:
    """The question, then the deed."""
    asked = _open(request, asked)
    back = _page(asked)
    if request.method != "POST":
        return confirming.ask(request, site, title=_("Thực hiện"), question=str(QUESTIONS[asked.kind]), back=back)
    try:
        data_requests.carry_out(data_request_id=asked.pk, by=f"user:{request.user.pk}", at=clock.now())
    except Refusal as refusal:
        messages.error(request, _said(refusal))
    else:
        messages.success(request, _("Đã thực hiện yêu cầu."))
    return HttpResponseRedirect(back)


def download(request: HttpRequest, site: AdminSite, asked: DataRequest | None) -> HttpResponse:
    """Everything about the member as a zip, for the member; who took it is written down."""
    asked = _open(request, asked)
    if request.method != "POST":
        question = _("Tải mọi dữ liệu về người này? Chỉ đưa cho chính người đó. Việc tải được ghi lại.")
        return confirming.ask(request, site, title=_("Tải bản sao"), question=question, back=_page(asked))
    at = clock.now()
    try:
        language = translation.get_language() or "vi"
        packed = exporting.as_zip(member_id=asked.member_id, language=language, at=at)
    except Refusal as refusal:
        messages.error(request, _said(refusal))
        return HttpResponseRedirect(_page(asked))
    exporting.told(member_id=asked.member_id, by=f"user:{request.user.pk}", at=at)
    response = HttpResponse(packed, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{asked.member_id}.zip"'
    response["Cache-Control"] = "no-store"
    return response


def _open(request: HttpRequest, asked: DataRequest | None) -> DataRequest:
    if asked is None:
        raise Http404
    if not access.may(cast(User, request.user), "act", "data request"):
        raise PermissionDenied
    return asked


def _page(asked: DataRequest) -> str:
    return reverse("admin:members_datarequest_change", args=[asked.pk])


def _said(refusal: Refusal) -> str:
    return str(REFUSED.get(refusal.code, _("Không thực hiện được.")))


def _form(request: HttpRequest, site: AdminSite, *, title: str, **told: Any) -> HttpResponse:
    context = {**site.each_context(request), "title": title, **told}
    return TemplateResponse(request, "dashboard/form.html", context)
