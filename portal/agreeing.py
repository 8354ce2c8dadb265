"""The programme's terms, as people read and accept them."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events import clock
from members import terms
from portal import access, frame
from portal.access import MemberRequest


def shown(*, at: datetime) -> dict[str, Any] | None:
    """The version in force in the language of the page; None where the shop has written none."""
    text = terms.in_force(at=at)
    if text is None:
        return None
    english = frame.language() == "en"
    return {
        "code": text.code,
        "since": text.valid_from,
        "body": text.body_en if english else text.body_vi,
        "changes": text.changes_en if english else text.changes_vi,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@access.members_only
def page(request: MemberRequest) -> HttpResponse:
    """The terms in force, and a button where the member has not accepted this version yet."""
    at = clock.now()
    asked = terms.to_accept(member_id=request.member.pk, at=at)
    if request.method == "POST":
        # only what was on the page is accepted, not a version that came meanwhile
        if asked is not None and request.POST.get("code") == asked.code:
            terms.accept(
                member_id=request.member.pk,
                code=asked.code,
                how="portal",
                by=f"member:{request.member.pk}",
                at=at,
                request_id=access.request_id(request),
            )
            messages.success(request, _("Đã ghi nhận bạn chấp nhận thể lệ."))
        return redirect("portal_terms")
    accepted = terms.of_member(member_id=request.member.pk)
    told = frame.around(request, tab="you", at=at, terms=shown(at=at), asked=asked, accepted=accepted[:1])
    return render(request, "portal/terms.html", told)
