"""The inbox: what the shop wrote to the member."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from campaigns import inbox
from events import clock
from portal import access, frame
from portal.access import MemberRequest

PAGE = 20


@require_safe
@access.members_only
def letters(request: MemberRequest) -> HttpResponse:
    at = clock.now()
    before = request.GET.get("before", "")
    last_seen = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    found = inbox.of_member(member_id=request.member.pk, at=at, before=last_seen, limit=PAGE + 1)
    shown: dict[str, Any] = {"letters": found[:PAGE], "more": found[PAGE - 1].id if len(found) > PAGE else None}
    return render(request, "portal/letters.html", frame.around(request, at=at, **shown))


@require_safe
@access.members_only
def letter(request: MemberRequest, letter_id: int) -> HttpResponse:
    """One message; opening it marks it as read."""
    at = clock.now()
    found = inbox.open(member_id=request.member.pk, message_id=letter_id, at=at)
    if found is None:
        raise Http404
    return render(request, "portal/letter.html", frame.around(request, at=at, letter=found))
