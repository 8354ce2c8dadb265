"""A few words of the member that the shop may show, while the member agrees to exactly this."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from events import clock
from members import consenting
from members.models import Purpose, Voice
from members.relationship import saying, voices
from portal import access, frame
from portal.access import MemberRequest

STANDS = {Voice.State.WAITING, Voice.State.APPROVED}


@require_http_methods(["GET", "HEAD", "POST"])
@access.members_only
def voice(request: MemberRequest) -> HttpResponse:
    """Written with the consent beside it; or what was written, and the way to take it down."""
    at, wrong = clock.now(), ""
    if request.method == "POST":
        try:
            _give(request)
            messages.success(request, _("Cảm ơn bạn. Cửa hàng sẽ đọc trước khi đăng."))
            return redirect("portal_voice")
        except voices.VoiceStands:
            return redirect("portal_voice")
        except NotAgreed:
            wrong = _("Chỉ đăng được khi bạn đồng ý: hãy đánh dấu ô đồng ý.")
        except saying.WordsMissing:
            wrong = _("Bạn chưa viết gì.")
        except saying.WordsTooLong:
            wrong = _("Dài quá, hãy viết trong 400 chữ cái.")
        except voices.VoiceTooYoung:
            wrong = _("Bạn chưa đủ 16 tuổi nên chúng tôi không đăng lời của bạn.")
    own = voices.of_member(member_id=request.member.pk)
    shown = {
        "own": own,
        "stands": own is not None and own.state in STANDS,
        "consent": _consent(),
        "text": request.POST.get("text", ""),
        "signed": request.POST.get("signed", ""),
        "wrong": wrong,
    }
    context = frame.around(request, tab="you", at=at, **shown)
    return render(request, "portal/voice.html", context, status=422 if wrong else 200)


@require_POST
@access.members_only
def take_back(request: MemberRequest) -> HttpResponse:
    """At once, and without a reason."""
    voices.take_back(**_who(request))
    messages.success(request, _("Đã gỡ lời của bạn."))
    return redirect("portal_voice")


class NotAgreed(Exception):
    """The box beside the text was left empty, or the text changed while the page stood open."""


def _give(request: MemberRequest) -> None:
    consent = _consent()
    if request.POST.get("agree") != consent["code"]:
        raise NotAgreed
    voices.give(
        text=request.POST.get("text", "")[:5000],
        signed=request.POST.get("signed", "")[: voices.LONGEST_SIGNATURE],
        consent_text=consent["code"],
        store_id=request.member.home_store_id,
        **_who(request),
    )


def _consent() -> dict[str, str]:
    """The text in force, in the language of the page."""
    text = next(one for one in consenting.texts(at=clock.now()) if one.purpose == Purpose.VOICE)
    return {"code": text.code, "body": text.body_en if frame.language() == "en" else text.body_vi}


def _who(request: MemberRequest) -> dict[str, Any]:
    return {
        "member_id": request.member.pk,
        "by": f"member:{request.member.pk}",
        "at": clock.now(),
        "request_id": access.request_id(request),
    }
