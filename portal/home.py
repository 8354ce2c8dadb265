"""The first page: points, tier, what waits to be used, what happened last, and what the shop would like to know."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events import clock
from loyalty import statements
from loyalty.till import local_zone
from members import terms
from portal import access, card, frame, opinions, stamps, wallet
from portal.access import MemberRequest

RECENT = 3
# points that end within this time are told on the first page
SOON = timedelta(days=60)


@require_safe
@access.members_only
def home(request: MemberRequest) -> HttpResponse:
    at = clock.now()
    own = card.of(request, at=at)
    ends = own.standing.balance.next_expiry_on
    shown = frame.around(
        request,
        tab="home",
        at=at,
        card=own,
        ends_soon=ends is not None and ends - at.astimezone(local_zone()).date() <= SOON,
        stamps=stamps.of(request.member.pk, at=at),
        vouchers=wallet.live(request.member, at=at)[:RECENT],
        new_terms=terms.to_accept(member_id=request.member.pk, at=at),
        **opinions.waiting(request, at=at),
        lines=statements.told(request.member.pk, language=frame.language(), at=at, limit=RECENT),
    )
    return render(request, "portal/home.html", shown)
