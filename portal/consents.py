"""What the member agreed to, one purpose and one way at a time, each with its text; given and taken back here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from events import clock
from loyalty.look import brand
from members import consenting
from members.consenting import ConsentGiven
from members.models import Purpose
from portal import access, frame, joining
from portal.access import MemberRequest

HOW = "portal"
# advertising is agreed to for each way by itself; everything else has one way only
WAYS: dict[str, tuple[tuple[str, object], ...]] = {
    Purpose.MARKETING.value: (
        ("zalo", "Zalo"),
        ("sms", "SMS"),
        ("email", "E-mail"),
        ("call", gettext_lazy("Gọi điện")),
    ),
    Purpose.PROFILING.value: (("any", gettext_lazy("Đồng ý")),),
}


@dataclass(frozen=True, kw_only=True)
class Way:
    """One switch: whether advertising may come this way, and since when."""

    channel: str
    name: object
    granted: bool
    since: datetime | None


@require_http_methods(["GET", "HEAD", "POST"])
@access.members_only
def consents(request: MemberRequest) -> HttpResponse:
    at = clock.now()
    if request.method == "POST":
        _decide(request, at=at)
        return redirect("portal_consents")
    said = [
        {**text, "ways": _ways(request, str(text["purpose"]), at=at), "kept": text["purpose"] not in WAYS}
        for text in joining.consent_texts()
    ]
    child = consenting.is_child(member=request.member, at=at)
    return render(request, "portal/consents.html", frame.around(request, tab="you", at=at, said=said, child=child))


def _decide(request: MemberRequest, *, at: datetime) -> None:
    """One switch was turned: a new row says so, with the text that stood beside it."""
    purpose, channel = request.POST.get("purpose", ""), request.POST.get("channel", "")
    if channel not in {known for known, _name in WAYS.get(purpose, ())}:
        raise Http404
    who: dict[str, Any] = {"member_id": request.member.pk, "by": f"member:{request.member.pk}", "at": at}
    if request.POST.get("granted") == "yes":
        shown = {text["purpose"]: text["code"] for text in joining.consent_texts()}
        # a text that was replaced while the page stood open was not the one that was read
        if request.POST.get("text") != shown.get(purpose):
            messages.error(request, _("Nội dung vừa được cập nhật, hãy đọc lại rồi chọn."))
            return
        given = ConsentGiven(purpose=purpose, channel=channel, text=str(shown[purpose]), how=HOW)
        try:
            consenting.give(consents=[given], request_id=access.request_id(request), **who)
            messages.success(request, _("Đã ghi nhận bạn đồng ý."))
        except consenting.GuardianNeeded:
            messages.error(request, _("Bạn chưa đủ 16 tuổi: cần cha mẹ hoặc người giám hộ đồng ý tại cửa hàng."))
    else:
        consenting.withdraw(purpose=purpose, channel=channel, how=HOW, request_id=access.request_id(request), **who)
        messages.success(request, _("Đã ghi nhận. Bạn vẫn giữ %(unit)s và hạng.") % {"unit": brand.current().unit})


def _ways(request: MemberRequest, purpose: str, *, at: datetime) -> list[Way]:
    standing = {(one.purpose, one.channel): one for one in consenting.current(member_id=request.member.pk, at=at)}
    ways = []
    for channel, name in WAYS.get(purpose, ()):
        words = [standing[key] for key in ((purpose, channel), (purpose, "any")) if key in standing]
        latest = max(words, key=lambda word: (word.since, not word.granted), default=None)
        granted = latest is not None and latest.granted
        ways.append(Way(channel=channel, name=name, granted=granted, since=latest.since if latest else None))
    return ways
