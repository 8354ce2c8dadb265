"""The member's own PIN, to spend with at a till: chosen, changed, left."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from events import clock
from members import spending_pins
from members.guessing import TooManyGuesses
from members.one_time_codes import Purpose
from members.spending_pins import PinRefused, PinTooEasy, PinUnreadable
from portal import access, entering, frame
from portal.access import MemberRequest

ASKED = "choosing a pin"


class Wrong(Exception):
    """What was wrong, and in which field."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@require_http_methods(["GET", "HEAD", "POST"])
@access.members_only
def pin(request: MemberRequest) -> HttpResponse:
    """A new PIN for whoever knows the old one, or reads the code that went to the phone."""
    wrong: Wrong | None = None
    if request.method == "POST":
        try:
            _choose(request)
            return redirect("portal_safety")
        except Wrong as refusal:
            wrong = refusal
    asked = request.session.get(ASKED)
    shown = {
        "has_pin": spending_pins.has(member_id=request.member.pk),
        "asked": asked,
        "demo_code": (asked or {}).get("code", ""),
        f"wrong_{wrong.field if wrong else 'nothing'}": str(wrong or ""),
    }
    context = frame.around(request, tab="you", at=clock.now(), **shown)
    return render(request, "portal/pin.html", context, status=422 if wrong else 200)


@require_POST
@access.members_only
def pin_code(request: MemberRequest) -> HttpResponse:
    """A code to the phone, for a first PIN or in place of a forgotten one."""
    try:
        code = entering.ask(request, purpose=Purpose.CONFIRM, member_id=request.member.pk)
        request.session[ASKED] = {"code": code}
    except entering.NotSent as refusal:
        messages.error(request, str(refusal))
    return redirect("portal_pin")


@require_POST
@access.members_only
def drop(request: MemberRequest) -> HttpResponse:
    """Without a PIN less can leave, so nobody is asked for one."""
    spending_pins.drop(**_who(request))
    request.session.pop(ASKED, None)
    messages.success(request, _("Đã bỏ mã PIN."))
    return redirect("portal_safety")


def _choose(request: MemberRequest) -> None:
    """The new PIN is looked at first: a code is not used up for one that is refused. Raises Wrong."""
    new, member_id = request.POST.get("new", "").strip()[:12], request.member.pk
    try:
        spending_pins.must_be_fit(member_id=member_id, pin=new)
    except PinUnreadable:
        raise Wrong("new", _("Mã PIN gồm sáu số.")) from None
    except PinTooEasy:
        raise Wrong("new", _("Mã này dễ đoán quá. Đừng dùng ngày sinh, số điện thoại hay các số liền nhau.")) from None
    if request.session.get(ASKED) is not None:
        try:
            code = request.POST.get("code", "")
            entering.prove(request, purpose=Purpose.CONFIRM, member_id=member_id, code=code)
        except entering.NotProved as refusal:
            raise Wrong("code", str(refusal)) from None
    else:
        _prove_old(request)
    request.session.pop(ASKED, None)
    spending_pins.choose(pin=new, **_who(request))
    messages.success(request, _("Đã lưu mã PIN. Đừng nói mã này cho ai, trừ lúc bạn dùng tại quầy."))


def _prove_old(request: MemberRequest) -> None:
    try:
        spending_pins.prove(member_id=request.member.pk, pin=request.POST.get("old", "").strip()[:12], at=clock.now())
    except PinUnreadable:
        raise Wrong("old", _("Mã PIN gồm sáu số.")) from None
    except PinRefused:
        raise Wrong("old", _("Mã PIN cũ chưa đúng.")) from None
    except TooManyGuesses as refused:
        minutes = refused.details["retry_after"] // 60 + 1
        raise Wrong("old", _("Sai nhiều lần quá. Thử lại sau %(n)s phút, hoặc lấy mã.") % {"n": minutes}) from None


def _who(request: MemberRequest) -> dict[str, Any]:
    return {
        "member_id": request.member.pk,
        "by": f"member:{request.member.pk}",
        "at": clock.now(),
        "request_id": access.request_id(request),
    }
