"""What happened to the points, newest first, with the reason for every one of them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events import clock
from loyalty import statements
from portal import access, card, frame
from portal.access import MemberRequest

PAGE = 20


@require_safe
@access.members_only
def points(request: MemberRequest) -> HttpResponse:
    at = clock.now()
    before = request.GET.get("before", "")
    last_seen = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    lines = statements.told(request.member.pk, language=frame.language(), at=at, before=last_seen, limit=PAGE + 1)
    shown = {"lines": lines[:PAGE], "more": lines[PAGE - 1].seq if len(lines) > PAGE else None}
    if request.headers.get("HX-Request"):
        return render(request, "portal/parts/history.html", shown)
    own = card.of(request, at=at)
    endings = statements.endings(request.member.pk, at=at)
    context = frame.around(request, tab="points", at=at, card=own, endings=endings, before=last_seen, **shown)
    return render(request, "portal/points.html", context)
