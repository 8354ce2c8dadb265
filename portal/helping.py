"""Whom the member may turn to, and what they asked, wished or complained of."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from events import clock
from members.models import Case, CaseKind, CaseLine
from members.relationship import cases, contacts, saying, threads
from portal import access, frame
from portal.access import MemberRequest

PAGE = require_http_methods(["GET", "HEAD", "POST"])
KINDS = (
    (CaseKind.QUESTION.value, gettext_lazy("Tôi muốn hỏi")),
    (CaseKind.COMPLAINT.value, gettext_lazy("Tôi chưa hài lòng")),
    (CaseKind.WISH.value, gettext_lazy("Tôi mong muốn")),
)


class Words(forms.Form):
    """What somebody writes to us; `token` is the form's, so that a button pressed twice says it once."""

    words = forms.CharField(max_length=saying.LONGEST, error_messages={"required": gettext_lazy("Hãy viết vài chữ.")})
    token = forms.UUIDField()

    def clean_words(self) -> str:
        try:
            return saying.kept(self.cleaned_data["words"])
        except saying.WordsMissing:
            raise forms.ValidationError(_("Hãy viết vài chữ.")) from None


class NewCase(Words):
    kind = forms.ChoiceField(choices=KINDS)


@PAGE
@access.members_only
def help_page(request: MemberRequest) -> HttpResponse:
    """The contact person, the cases, and a form for a new one."""
    at = clock.now()
    form = NewCase(request.POST or None)
    if request.method == "POST" and form.is_valid():
        case = cases.open(
            member_id=request.member.pk,
            kind=form.cleaned_data["kind"],
            words=form.cleaned_data["words"],
            via=Case.Via.PORTAL,
            token=form.cleaned_data["token"],
            store_id=request.member.home_store_id,
            by=f"member:{request.member.pk}",
            at=at,
            request_id=access.request_id(request),
        )
        messages.success(request, _("Đã gửi. Chúng tôi sẽ trả lời tại đây."))
        return redirect("portal_case", case.pk)
    shown = frame.around(
        request,
        tab="you",
        at=at,
        contact=contacts.of_member(member_id=request.member.pk),
        cases=threads.of_member(member_id=request.member.pk),
        form=form,
        kinds=KINDS,
        token=uuid4(),
    )
    return render(request, "portal/help.html", shown, status=422 if form.errors else 200)


@PAGE
@access.members_only
def case(request: MemberRequest, case_id: UUID) -> HttpResponse:
    """One case with its answers; the member may add a word, which opens a closed one again."""
    at = clock.now()
    found = _own(request, case_id)
    form = Words(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cases.answer(
                case_id=case_id,
                from_member=request.member.pk,
                words=form.cleaned_data["words"],
                token=form.cleaned_data["token"],
                by=f"member:{request.member.pk}",
                at=at,
                request_id=access.request_id(request),
            )
            messages.success(request, _("Đã gửi."))
            return redirect("portal_case", case_id)
        except cases.CaseClosed:
            form.add_error("words", _("Phiếu này đã đóng từ lâu, hãy mở phiếu mới."))
    shown = frame.around(request, tab="you", at=at, case=found, lines=_thread(found), form=form, token=uuid4())
    return render(request, "portal/case.html", shown, status=422 if form.errors else 200)


def _own(request: MemberRequest, case_id: UUID) -> Case:
    try:
        return threads.get(case_id=case_id, member_id=request.member.pk)
    except threads.CaseUnknown:
        raise Http404 from None


def _thread(found: Case) -> list[dict[str, Any]]:
    """What was said, the member's own words on one side."""
    said = [{"own": found.via != Case.Via.COUNTER, "text": found.words, "at": found.opened_at, "note": ""}]
    for line in threads.lines(case_id=found.pk):
        own = line.kind == CaseLine.Kind.CUSTOMER
        said.append({"own": own, "text": line.text, "at": line.at, "note": _note(line)})
    return said


def _note(line: CaseLine) -> str:
    if line.kind == CaseLine.Kind.CLOSED and line.reason:
        name = line.reason.name_en if frame.language() == "en" else line.reason.name_vi
        return _("Đã đóng: %(reason)s") % {"reason": name}
    if line.kind == CaseLine.Kind.REOPENED:
        return _("Mở lại")
    if line.kind == CaseLine.Kind.APOLOGY:
        return _("Quà xin lỗi")
    return ""
