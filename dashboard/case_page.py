"""One case: what was said, who owns it, when it is due, and every step taken in place.

The same address serves the case's own page and, to htmx, the part that stands in a member's page.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from dashboard import access, case_words, linking, people, wording
from dashboard.member_page import giving
from dashboard.member_page.forms import staff_choices
from events.refusals import Refusal
from loyalty import policies
from loyalty.models import Purchase
from members.models import Case, User
from members.relationship import cases, saying, terms, threads
from rewards import apologising, defining

STEPS = ("answer", "internal", "assign", "close", "reopen", "apologise")


class _Step(forms.Form):
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


def _words(label: Any, *, rows: int = 3, required: bool = True, longest: int = saying.LONGEST) -> forms.CharField:
    widget = UnfoldAdminTextareaWidget({"rows": rows})
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget)


class AnswerForm(_Step):
    words = _words(gettext_lazy("Trả lời khách"))
    waits = forms.BooleanField(
        label=gettext_lazy("Còn chờ xử lý tiếp"), required=False, widget=UnfoldBooleanSwitchWidget
    )


class InternalForm(_Step):
    words = _words(gettext_lazy("Ghi chú nội bộ"))


class AssignForm(forms.Form):
    owner = forms.TypedChoiceField(
        label=capfirst(gettext_lazy("người xử lý")),
        coerce=int,
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = staff_choices()  # type: ignore[attr-defined]


class CloseForm(_Step):
    reason = forms.ChoiceField(label=gettext_lazy("Lý do"), widget=UnfoldAdminSelectWidget)
    words = _words(gettext_lazy("Lời cuối với khách (không bắt buộc)"), rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (row.pk, wording.in_language(row.name_vi, row.name_en)) for row in terms.reasons()
        ]


class ReopenForm(forms.Form):
    words = _words(gettext_lazy("Vì sao mở lại"), rows=2)


class ApologyForm(_Step):
    points = forms.IntegerField(
        label=gettext_lazy("Số điểm"), min_value=1, required=False, widget=UnfoldAdminIntegerFieldWidget
    )
    voucher = forms.ChoiceField(label="Voucher", required=False, widget=UnfoldAdminSelectWidget)
    words = _words(gettext_lazy("Lời xin lỗi"), rows=2, longest=apologising.LONGEST_WORDS)

    def __init__(self, *args: Any, user: User, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if access.may(user, "act", "points"):
            limit = wording.points(policies.at(at).programme.manual_limit)
            self.fields["points"].help_text = _("Cả phiếu nhiều nhất %(limit)s điểm.") % {"limit": limit}
        else:
            del self.fields["points"]
        if access.may(user, "act", "voucher"):
            kinds = giving.voucher_choices(defining.offered(at=at))
            self.fields["voucher"].choices = [("", "—"), *kinds]  # type: ignore[attr-defined]
        else:
            del self.fields["voucher"]


def page(request: HttpRequest, site: AdminSite, case: Case, *, at: datetime) -> HttpResponse:
    """The case; to htmx its part of a member's page. A step that was sent is taken first."""
    user = cast(User, request.user)
    htmx = "HX-Request" in request.headers
    sent: dict[str, forms.Form] = {}
    said = ""
    if request.method == "POST":
        step = request.POST.get("step", "")
        if step not in STEPS or not may_act(request, case):
            raise PermissionDenied
        form = _form(step, user, at, request.POST)
        said = _take(step, form, case, user, at)
        if said and not htmx:
            messages.success(request, said)
            return HttpResponseRedirect(reverse("admin:members_case_change", args=[case.pk]))
        if not said:
            sent[step] = form
        case = threads.get(case_id=case.pk)
    context = {**_shown(request, case, at), **_forms(request, case, user, at, sent), "said": said, "part": htmx}
    if htmx:
        answer = TemplateResponse(request, "dashboard/case/part.html", context)
        if said:
            answer["HX-Trigger"] = "case-changed"
    else:
        about = context["case"]["subject"]
        context = {**site.each_context(request), **context, "title": _("Phiếu hỗ trợ"), "subtitle": about}
        answer = TemplateResponse(request, "dashboard/case/page.html", context)
    patch_cache_control(answer, no_store=True, private=True)
    answer["Vary"] = "HX-Request, Cookie"
    return answer


def may_act(request: HttpRequest, case: Case) -> bool:
    return access.may(request.user, "act", "case")


def may_apologise(request: HttpRequest, case: Case) -> bool:
    """Nobody gives to themselves."""
    user = request.user
    gives = access.may(user, "act", "points") or access.may(user, "act", "voucher")
    return gives and case.member.user_id != user.pk


def _form(step: str, user: User, at: datetime, data: Any, **initial: Any) -> forms.Form:
    kinds: dict[str, Callable[..., forms.Form]] = {
        "answer": AnswerForm,
        "internal": InternalForm,
        "assign": AssignForm,
        "close": CloseForm,
        "reopen": ReopenForm,
    }
    if step == "apologise":
        return ApologyForm(data, user=user, at=at)
    return kinds[step](data, initial=initial or None)


def _take(step: str, form: forms.Form, case: Case, user: User, at: datetime) -> str:
    """Takes the step; answers what was done, or nothing where the form says why not."""
    if step == "apologise" and case.member.user_id == user.pk:
        raise PermissionDenied
    if not form.is_valid():
        return ""
    try:
        return _TAKEN[step](case.pk, form.cleaned_data, user, at)
    except Refusal as refusal:
        words = {**case_words.REFUSED, **giving.REFUSED}.get(refusal.code, _("Không thực hiện được."))
        form.add_error(None, str(words))
        return ""


def _answer(case_id: UUID, said: dict[str, Any], user: User, at: datetime) -> str:
    cases.answer(case_id=case_id, **said, by=f"user:{user.pk}", at=at)
    return _("Đã trả lời khách.")


def _internal(case_id: UUID, said: dict[str, Any], user: User, at: datetime) -> str:
    cases.answer(case_id=case_id, internal=True, **said, by=f"user:{user.pk}", at=at)
    return _("Đã ghi chú nội bộ.")


def _assign(case_id: UUID, said: dict[str, Any], user: User, at: datetime) -> str:
    cases.assign(case_id=case_id, user_id=said["owner"], by=f"user:{user.pk}", at=at)
    return _("Đã giao phiếu.")


def _close(case_id: UUID, said: dict[str, Any], user: User, at: datetime) -> str:
    cases.close(case_id=case_id, **said, by=f"user:{user.pk}", at=at)
    return _("Đã đóng phiếu.")


def _reopen(case_id: UUID, said: dict[str, Any], user: User, at: datetime) -> str:
    cases.reopen(case_id=case_id, **said, by=f"user:{user.pk}", at=at)
    return _("Đã mở lại phiếu.")


def _apologise(case_id: UUID, said: dict[str, Any], user: User, at: datetime) -> str:
    apologising.apologise(
        case_id=case_id,
        words=said["words"],
        points=said.get("points") or 0,
        voucher=said.get("voucher") or "",
        token=said["token"],
        by=f"user:{user.pk}",
        at=at,
    )
    return _("Đã gửi quà xin lỗi.")


_TAKEN: dict[str, Callable[[UUID, dict[str, Any], User, datetime], str]] = {
    "answer": _answer,
    "internal": _internal,
    "assign": _assign,
    "close": _close,
    "reopen": _reopen,
    "apologise": _apologise,
}


def _shown(request: HttpRequest, case: Case, at: datetime) -> dict[str, Any]:
    """The case and its thread. An analyst, who sees no names, reads no words either: people name people."""
    named = people.shown(request, [case.member_id]).get(case.member_id)
    reads = access.sees_names(request.user)
    purchase = Purchase.objects.filter(pk=case.purchase_id).first() if case.purchase_id else None
    member = named.name if named else ""
    return {
        "case": {
            **case_words.one(case, at=at),
            "subject": case.subject if reads else str(case.get_kind_display()),
            "words": case.words if reads else "",
            "via": case.get_via_display(),
            "by": _("khách") if case.by.startswith("member:") else wording.who(case.by),
        },
        "reads": reads,
        "member": linking.to("members_member", case.member_id, member) if reads else member,
        "facts": [
            (_("cửa hàng"), wording.store_names().get(case.store_id or 0, wording.NOTHING)),
            (_("hóa đơn"), linking.to("loyalty_purchase", purchase.pk, purchase.receipt) if purchase else ""),
            (_("mở lúc"), wording.moment(case.opened_at)),
            (_("mở từ"), case.get_via_display()),
            (_("người xử lý"), str(case.owner) if case.owner else _("chưa ai nhận")),
            (_("Trả lời lần đầu"), _first_answer(case, at=at)),
            (_("hạn trả lời"), wording.deadline(case.answer_due_at, at=at) if case.answer_due_at else ""),
            (_("hạn đóng"), wording.deadline(case.close_due_at, at=at)),
            (_("số lần mở lại"), wording.points(case.reopened) if case.reopened else ""),
        ],
        "thread": case_words.lines(threads.lines(case_id=case.pk, for_customer=False)) if reads else [],
    }


def _first_answer(case: Case, *, at: datetime) -> str:
    if case.first_answered_at is None:
        if case.answer_due_at == case.first_due_at:
            return _("chưa trả lời")  # until when stands in the next line
        return _("chưa trả lời, hạn %(moment)s") % {"moment": wording.deadline(case.first_due_at, at=at)}
    took = wording.duration(max(timedelta(0), case.first_answered_at - case.opened_at))
    if case.first_answered_at > case.first_due_at:
        return _("sau %(time)s, trễ hạn") % {"time": took}
    return _("sau %(time)s, đúng hạn") % {"time": took}


def _forms(request: HttpRequest, case: Case, user: User, at: datetime, sent: dict[str, forms.Form]) -> dict[str, Any]:
    """The forms for the steps this case can take; the one that was refused as it was sent, and open."""
    if not may_act(request, case):
        return {"steps": []}
    steps = [("reopen", _("Mở lại phiếu"), "replay")]
    if not case.is_closed:
        steps = [("answer", _("Trả lời"), "reply"), ("internal", _("Ghi chú nội bộ"), "lock")]
        steps += [("apologise", _("Xin lỗi"), "redeem")] if may_apologise(request, case) else []
        steps += [("assign", _("Giao việc"), "person_pin"), ("close", _("Đóng phiếu"), "check_circle")]
    initial: dict[str, dict[str, Any]] = {"assign": {"owner": case.owner_id}}
    first = next(iter(sent), "answer" if not case.is_closed else "")
    return {
        "steps": [
            {
                "name": name,
                "title": title,
                "icon": icon,
                "form": _apart(sent.get(name) or _form(name, user, at, None, **initial.get(name, {})), name, case),
                "open": name == first,
            }
            for name, title, icon in steps
        ]
    }


def _apart(form: forms.Form, step: str, case: Case) -> forms.Form:
    """Fields of several cases and steps stand on one page: each has an id of its own."""
    form.auto_id = f"{step}-{wording.short(case.pk)}-%s"
    return form
