"""The member's own data, to take along; and closing the account."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events import clock
from loyalty.look import words
from members import closing, exporting, guessing
from members.models import Closing
from members.one_time_codes import Purpose
from portal import access, card, entering, frame, signing_in
from portal.access import MemberRequest

PAGE = require_http_methods(["GET", "HEAD", "POST"])
LEAVING = "leaving"
COPIES = (5, timedelta(days=1))


@PAGE
@access.members_only
def data(request: MemberRequest) -> HttpResponse:
    """Everything the shop knows of the member, as one file: to be read, and for machines."""
    at = clock.now()
    if request.method == "POST":
        limit, within = COPIES
        try:
            guessing.count(kind="copies of own data", of=str(request.member.pk), limit=limit, within=within, at=at)
        except guessing.TooManyGuesses:
            messages.error(request, _("Hôm nay bạn đã tải nhiều lần, hãy quay lại ngày mai."))
            return redirect("portal_data")
        packed = exporting.as_zip(member_id=request.member.pk, language=frame.language(), at=at)
        exporting.told(
            member_id=request.member.pk,
            by=f"member:{request.member.pk}",
            at=at,
            request_id=access.request_id(request),
        )
        answer = HttpResponse(packed, content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="{at:%Y-%m-%d}.zip"'
        return answer
    return render(request, "portal/data.html", frame.around(request, tab="you", at=at))


@PAGE
@access.members_only
def leave(request: MemberRequest) -> HttpResponse:
    """Closes the account: what is lost is told, a reason is asked, and a code proves who asks."""
    at = clock.now()
    asked, wrong = request.session.get(LEAVING), ""
    if request.method == "POST":
        try:
            if "code" not in request.POST:
                code = entering.ask(request, purpose=Purpose.CONFIRM, member_id=request.member.pk)
                request.session[LEAVING] = {"code": code}
                return redirect("portal_leave")
            if request.POST.get("reason") not in Closing.Reason.values:
                wrong = _("Hãy chọn một lý do.")
            else:
                code = request.POST["code"]
                entering.prove(request, purpose=Purpose.CONFIRM, member_id=request.member.pk, code=code)
                return _closed(request)
        except (entering.NotSent, entering.NotProved) as refusal:
            wrong = str(refusal)
    shown = frame.around(
        request,
        tab="you",
        at=at,
        card=card.of(request, at=at),
        reasons=Closing.Reason.choices,
        days=closing.WAY_BACK.days,
        asked=asked,
        demo_code=(asked or {}).get("code", ""),
        wrong=wrong,
    )
    return render(request, "portal/leave.html", shown, status=422 if wrong else 200)


def _closed(request: MemberRequest) -> HttpResponse:
    closed = closing.close(
        member_id=request.member.pk,
        reason=request.POST["reason"],
        words=request.POST.get("words", ""),
        by=f"member:{request.member.pk}",
        at=clock.now(),
        request_id=access.request_id(request),
    )
    logout(request)
    until = words.day(closed.back_until)
    messages.success(request, _("Thẻ đã đóng. Bạn có thể mở lại đến %(until)s bằng cách đăng nhập.") % {"until": until})
    return signing_in.gone(redirect("portal_sign_in"))
