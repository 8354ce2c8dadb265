"""What keeps the account the member's: locking what may be spent, another phone number, ending every session."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import clock
from loyalty.look import words
from members import changing, identifying, locking, moving_phone, spending_pins
from members.one_time_codes import Purpose
from portal import access, card, entering, frame
from portal.access import MemberRequest

PAGE = require_http_methods(["GET", "HEAD", "POST"])
CONFIRMING, MOVING = "confirming", "moving"


@require_safe
@access.members_only
def safety(request: MemberRequest) -> HttpResponse:
    at = clock.now()
    locked = locking.current(member_id=request.member.pk, at=at)
    shown = frame.around(request, tab="you", at=at, locked=locked, phone=card.of(request, at=at).phone)
    shown["has_pin"] = spending_pins.has(member_id=request.member.pk)
    return render(request, "portal/safety.html", shown)


@require_POST
@access.members_only
def lock(request: MemberRequest) -> HttpResponse:
    """At once and without a code: whoever has lost a phone has no time."""
    locking.lock_spending(reason=locking.Reason.ASKED, **_who(request))
    messages.success(request, _("Đã khóa. Từ bây giờ không ai dùng được gì trong thẻ của bạn."))
    return redirect("portal_safety")


@PAGE
@access.members_only
def unlock(request: MemberRequest) -> HttpResponse:
    """Only whoever has the phone in hand: a code goes to it."""
    at = clock.now()
    locked = locking.current(member_id=request.member.pk, at=at)
    if locked is None or not locked.own:
        return redirect("portal_safety")
    wrong, asked = "", request.session.get(CONFIRMING)
    try:
        if request.method == "POST" and "code" not in request.POST:
            code = entering.ask(request, purpose=Purpose.CONFIRM, member_id=request.member.pk)
            request.session[CONFIRMING] = {"code": code}
            return redirect("portal_unlock")
        if request.method == "POST":
            code = request.POST["code"]
            entering.prove(request, purpose=Purpose.CONFIRM, member_id=request.member.pk, code=code)
            request.session.pop(CONFIRMING, None)
            locking.unlock(**_who(request))
            messages.success(request, _("Đã mở khóa."))
            return redirect("portal_safety")
    except (entering.NotSent, entering.NotProved) as refusal:
        wrong = str(refusal)
    shown = {"asked": asked, "demo_code": (asked or {}).get("code", ""), "wrong": wrong}
    context = frame.around(request, tab="you", at=at, **shown)
    return render(request, "portal/unlock.html", context, status=422 if wrong else 200)


@PAGE
@access.members_only
def number(request: MemberRequest) -> HttpResponse:
    """Which number is the new one? A code goes to both."""
    at = clock.now()
    phone, wrong = request.POST.get("phone", ""), ""
    if request.method == "POST":
        try:
            move = moving_phone.begin(member_id=request.member.pk, phone=phone, by=f"member:{request.member.pk}", at=at)
            old = entering.ask(request, purpose=Purpose.OLD_PHONE, member_id=request.member.pk)
            new = entering.ask(request, purpose=Purpose.NEW_PHONE, phone=move.phone)
            request.session[MOVING] = {"id": str(move.pk), "phone": move.phone, "old": old, "new": new}
            return redirect("portal_number_codes")
        except identifying.PhoneUnreadable:
            wrong = _("Không đọc được số điện thoại này. Ví dụ: 0912 345 678.")
        except moving_phone.SamePhone:
            wrong = _("Đây là số bạn đang dùng.")
        except entering.NotSent as refusal:
            wrong = str(refusal)
    shown = {"phone": phone, "wrong": wrong, "now": card.of(request, at=at).phone}
    context = frame.around(request, tab="you", at=at, **shown)
    return render(request, "portal/number.html", context, status=422 if wrong else 200)


@PAGE
@access.members_only
def number_codes(request: MemberRequest) -> HttpResponse:
    """The code from the old number and the code from the new one; then the number is the member's."""
    moving = request.session.get(MOVING)
    if moving is None:
        return redirect("portal_number")
    at = clock.now()
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            wrong = _prove_both(request, moving)
            if not wrong:
                return _moved(request, moving)
        except moving_phone.MoveUnknown:
            request.session.pop(MOVING, None)
            messages.error(request, _("Quá 30 phút rồi, hãy làm lại từ đầu."))
            return redirect("portal_number")
    shown = {
        "moving": moving,
        "masked": identifying.masked_phone(moving["phone"]),
        "now": card.of(request, at=at).phone,
        "wrong_old": wrong.get("old", ""),
        "wrong_new": wrong.get("new", ""),
    }
    context = frame.around(request, tab="you", at=at, **shown)
    return render(request, "portal/number_codes.html", context, status=422 if wrong else 200)


def _prove_both(request: MemberRequest, moving: dict[str, Any]) -> dict[str, str]:
    """What was wrong with either code; a code that was right once is not asked for again."""
    move = moving_phone.find(move_id=UUID(moving["id"]), at=clock.now())
    steps = (
        ("old", moving_phone.prove_old, move.old_proved_at),
        ("new", moving_phone.prove_new, move.new_proved_at),
    )
    wrong = {}
    for name, prove, proved_at in steps:
        if proved_at is not None or moving.get(f"{name}_done"):
            continue
        try:
            with entering.in_words():
                code = request.POST.get(f"code_{name}", "")
                prove(move_id=move.pk, code=code, asker=access.asker(request), at=clock.now())
            moving[f"{name}_done"] = True
            request.session.modified = True
        except entering.NotProved as refusal:
            wrong[name] = str(refusal)
    return wrong


def _moved(request: MemberRequest, moving: dict[str, Any]) -> HttpResponse:
    try:
        moved = moving_phone.finish(
            move_id=UUID(moving["id"]),
            by=f"member:{request.member.pk}",
            at=clock.now(),
            request_id=access.request_id(request),
        )
    except changing.IdentifierTaken:
        messages.error(request, _("Chưa đổi được số này. Nhân viên ở quầy giúp bạn được."))
        return redirect("portal_number")
    request.session.pop(MOVING, None)
    until = words.moment(moved.locked_until)
    messages.success(
        request, _("Đã đổi số. Để an toàn, đến %(until)s thẻ chỉ tích chứ chưa dùng được.") % {"until": until}
    )
    return redirect("portal_safety")


def _who(request: MemberRequest) -> dict[str, Any]:
    return {
        "member_id": request.member.pk,
        "by": f"member:{request.member.pk}",
        "at": clock.now(),
        "request_id": access.request_id(request),
    }
