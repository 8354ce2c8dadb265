"""What staff do on a member's page without leaving it: a form opens below the top, and what was done shows at once.

Every action has an address of its own. To htmx it answers with the form, or, done, with the page's inside; a browser
without scripts gets a page with the form and is led back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard import access, case_words, wording
from dashboard.member_page import forms as our
from dashboard.member_page import giving, trust
from events.refusals import Refusal
from loyalty import adjusting, approving, policies
from members import changing, editing
from members.models import Case, Member, User
from members.relationship import cases, labels, notes
from rewards import defining, granting

REFUSED = {
    **case_words.REFUSED,
    **giving.REFUSED,
    **trust.REFUSED,
    "member_unknown": gettext_lazy("Thành viên này đã đóng tài khoản."),
    "tag_unreadable": gettext_lazy("Nhãn chỉ gồm chữ thường không dấu, số và . : _ -"),
    "name_unreadable": gettext_lazy("Tên trống hoặc quá dài."),
    "birthday_impossible": gettext_lazy("Không có ngày sinh như vậy."),
}

HONORIFICS = ("anh", "chị", "cô", "chú", "bác", "em", "bạn")

Do = Callable[[Member, dict[str, Any], str, int, datetime], str]


@dataclass(frozen=True, kw_only=True)
class Action:
    """A button, the right it wants, its form, and what it does; `do` answers the words for what was done."""

    title: Any
    button: Any
    icon: str
    right: str
    noun: str
    form: Callable[[Member, datetime, Any], forms.Form]
    do: Do
    note: Callable[[datetime], str] = lambda at: ""
    never_own: bool = False


def offered(request: HttpRequest, member: Member) -> list[dict[str, Any]]:
    """The buttons this person may press for this member."""
    if member.status != Member.Status.ACTIVE:
        return []
    return [
        {
            "name": name,
            "title": action.title,
            "icon": action.icon,
            "link": reverse(f"admin:members_member_{name}", args=[member.pk]),
        }
        for name, action in ACTIONS.items()
        if _may(request, action, member)
    ]


def _may(request: HttpRequest, action: Action, member: Member) -> bool:
    mine = action.never_own and member.user_id == request.user.pk
    return access.may(request.user, action.right, action.noun) and not mine


def perform(
    request: HttpRequest, site: AdminSite, member: Member | None, name: str, *, at: datetime, done: Callable[[str], Any]
) -> HttpResponse:
    """The form of an action, and what it does when sent; `done(words)` is the answer to htmx once it is."""
    action = ACTIONS[name]
    if member is None:
        raise Http404
    if not _may(request, action, member):
        raise PermissionDenied
    htmx = "HX-Request" in request.headers
    form = action.form(member, at, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user = cast(User, request.user)
        try:
            words = action.do(member, form.cleaned_data, f"user:{user.pk}", user.pk, at)
        except Refusal as refusal:
            form.add_error(None, str(REFUSED.get(refusal.code, _("Không thực hiện được."))))
        else:
            if htmx:
                return done(words)
            messages.success(request, words)
            return HttpResponseRedirect(reverse("admin:members_member_change", args=[member.pk]))
    context = {
        "title": action.title,
        "button": action.button,
        "subtitle": str(member),
        "heading": f"{action.title}: {member}",
        "note": action.note(at),
        "form": form,
        "member": member,
        "back": reverse("admin:members_member_change", args=[member.pk]),
        "link": reverse(f"admin:members_member_{name}", args=[member.pk]) + _tab(request),
        "honorifics": HONORIFICS,
    }
    if htmx:
        answer = TemplateResponse(request, "dashboard/member/panel.html", context)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#panel", "innerHTML"
        return answer
    return TemplateResponse(request, "dashboard/member/action.html", {**site.each_context(request), **context})


def _tab(request: HttpRequest) -> str:
    """The section the person looks at, kept through the form."""
    tab = request.GET.get("tab", "")
    return f"?tab={tab}" if tab.isascii() and tab.isalpha() else ""


# --- what each does ---------------------------------------------------------------------------------------------------


def _note(member: Member, said: dict[str, Any], by: str, user: int, at: datetime) -> str:
    notes.add(member_id=member.pk, author_id=user, **said, by=by, at=at)
    return _("Đã ghi chú.")


def _case(member: Member, said: dict[str, Any], by: str, user: int, at: datetime) -> str:
    case = cases.open(member_id=member.pk, **said, via=Case.Via.DASHBOARD, by=by, at=at)
    return _("Đã mở phiếu “%(subject)s”.") % {"subject": case.subject}


def _adjust(member: Member, said: dict[str, Any], by: str, user: int, at: datetime) -> str:
    points, reason = said["points"], said["reason"]
    moved = wording.points(points, signed=True)
    above = abs(points) > policies.at(at).programme.manual_limit
    if above and access.may(User.objects.get(pk=user), "add", "adjustment"):
        approving.ask(member_id=member.pk, points=points, reason=reason, token=said["token"] or uuid4(), by=by, at=at)
        return _("Trên giới hạn: %(points)s điểm cho %(member)s chờ quản trị viên khác duyệt.") % {
            "points": moved,
            "member": member,
        }
    adjusting.adjust(member_id=member.pk, points=points, reason=reason, by=by, at=at)
    return _("Đã ghi %(points)s điểm cho %(member)s.") % {"points": moved, "member": member}


def _grant(member: Member, said: dict[str, Any], by: str, user: int, at: datetime) -> str:
    granting.grant(member_id=member.pk, **said, by=by, at=at)
    return _("Đã tặng voucher cho %(member)s.") % {"member": member}


def _appoint(member: Member, said: dict[str, Any], by: str, user: int, at: datetime) -> str:
    changing.appoint(member_id=member.pk, user_id=said["contact_person"], by=by, at=at)
    return _("Đã ghi người phụ trách.")


def _edit(member: Member, said: dict[str, Any], by: str, user: int, at: datetime) -> str:
    editing.edit(member_id=member.pk, **said, by=by, at=at)
    return _("Đã sửa hồ sơ.")


def _label(member: Member, said: dict[str, Any], by: str, user: int, at: datetime) -> str:
    labels.give(member_id=member.pk, key=said["key"], by=by, at=at)
    return _("Đã gắn nhãn %(key)s.") % {"key": said["key"]}


def _adjust_form(member: Member, at: datetime, data: Any) -> forms.Form:
    return giving.AdjustForm(data, limit=policies.at(at).programme.manual_limit)


def _grant_form(member: Member, at: datetime, data: Any) -> forms.Form:
    return giving.GrantForm(data, kinds=defining.offered(at=at))


ACTIONS: dict[str, Action] = {
    "add_note": Action(
        title=gettext_lazy("Ghi chú"),
        button=gettext_lazy("Lưu"),
        icon="sticky_note_2",
        right="add",
        noun="note",
        form=lambda member, at, data: our.NoteForm(data),
        do=_note,
    ),
    "open_case": Action(
        title=gettext_lazy("Mở phiếu"),
        button=gettext_lazy("Mở phiếu"),
        icon="support_agent",
        right="add",
        noun="case",
        form=lambda member, at, data: our.CaseForm(data, initial={"store_id": member.home_store_id}),
        do=_case,
    ),
    "adjust_points": Action(
        title=gettext_lazy("Cộng/trừ điểm"),
        button=gettext_lazy("Ghi"),
        icon="exposure",
        right="act",
        noun="points",
        form=_adjust_form,
        do=_adjust,
        note=lambda at: _("Ghi vào sổ điểm với tên của bạn và không sửa được; nhầm thì ghi một lần ngược lại."),
        never_own=True,
    ),
    "give_voucher": Action(
        title=gettext_lazy("Tặng voucher"),
        button=gettext_lazy("Tặng voucher"),
        icon="redeem",
        right="act",
        noun="voucher",
        form=_grant_form,
        do=_grant,
        note=lambda at: _("Mỗi người tặng tay nhiều nhất %(n)s voucher một ngày.") % {"n": granting.MOST_A_DAY},
        never_own=True,
    ),
    "appoint": Action(
        title=gettext_lazy("Người phụ trách"),
        button=gettext_lazy("Lưu"),
        icon="person_pin",
        right="change",
        noun="member",
        form=lambda member, at, data: our.ContactForm(data, initial={"contact_person": member.contact_person_id}),
        do=_appoint,
    ),
    "edit_profile": Action(
        title=gettext_lazy("Sửa hồ sơ"),
        button=gettext_lazy("Lưu"),
        icon="edit",
        right="change",
        noun="member",
        form=lambda member, at, data: our.ProfileForm(data, initial=our.profile_of(member)),
        do=_edit,
    ),
    "add_tag": Action(
        title=gettext_lazy("Gắn nhãn"),
        button=gettext_lazy("Gắn nhãn"),
        icon="sell",
        right="change",
        noun="member",
        form=lambda member, at, data: our.TagForm(data),
        do=_label,
    ),
    "lock_spending": Action(
        title=gettext_lazy("Khóa dùng điểm"),
        button=gettext_lazy("Thực hiện"),
        icon="lock",
        right="act",
        noun="spending lock",
        form=trust.lock_form,
        do=trust.lock,
        note=lambda at: _("Khóa: vẫn tích điểm, chưa dùng được. Mở khóa: hãy chắc rằng đó đúng là chủ thẻ."),
        never_own=True,
    ),
    "ask_about_data": Action(
        title=gettext_lazy("Yêu cầu về dữ liệu"),
        button=gettext_lazy("Ghi yêu cầu"),
        icon="privacy_tip",
        right="add",
        noun="data request",
        form=lambda member, at, data: trust.DataRequestForm(data),
        do=trust.ask,
        note=lambda at: _("Trả lời trong 2 ngày làm việc, thực hiện trong 15 ngày."),
    ),
}
