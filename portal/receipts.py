"""The page behind the link that a bill gives: for a day, without signing in, the points and nothing to spend."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events import clock
from loyalty import receipt_links, statements
from loyalty.receipt_links import LinkExpired, LinkForged
from portal import access, card, frame, stamps


@require_safe
def bill(request: HttpRequest, token: str) -> HttpResponse:
    """Says the call name, points, tier, how full stamp cards are, and what this bill brought and why."""
    at = clock.now()
    try:
        opened = receipt_links.open(token, at=at)
    except LinkForged:
        return _page(request, trouble="forged", status=404)
    except LinkExpired:
        return _page(request, trouble="expired", status=410)
    why, why_not = statements.of_bill(opened.purchase.reasons, language=frame.language(), at=at)
    return _page(
        request,
        card=card.shown(opened.standing, at=at),
        purchase=opened.purchase,
        stamps=stamps.of(opened.standing.member_id, at=at),
        until=opened.until,
        why=why,
        why_not=why_not,
    )


def _page(request: HttpRequest, *, status: int = 200, **said: object) -> HttpResponse:
    answer = access.private(render(request, "portal/receipt.html", said, status=status))
    # the address is a key: it is told to nobody
    answer["Referrer-Policy"] = "no-referrer"
    return answer
