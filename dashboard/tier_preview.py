"""Before a table of tiers is published: how many members it would lift, and who stands higher than it reaches."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from dashboard import wording
from loyalty import tier_moves
from loyalty.tier_moves import Move

# of the form that was sent, what the next one brings by itself
LEFT_OUT = ("csrfmiddlewaretoken", "_save", "_addanother", "_continue")


def page(request: HttpRequest, site: AdminSite, *, form: Any, at: datetime) -> HttpResponse:
    """What was typed, whom it would move if it began now, a button that publishes it and a way back to mend it."""
    moves = tier_moves.preview(window_days=form.cleaned_data["window_days"], thresholds=form.thresholds(), at=at)
    context = {
        **site.each_context(request),
        "title": _("Xem trước bảng hạng mới"),
        "begins": wording.moment(form.cleaned_data["valid_from"]),
        "rises": _count(move for move in moves if move.rises),
        "above": _count(move for move in moves if move.holds_more),
        "rows": [_row(move) for move in moves],
        "typed": [(name, value) for name, value in request.POST.items() if name not in LEFT_OUT],
        "back": f"{reverse('admin:loyalty_tiertable_add')}?{_query(form)}",
    }
    return TemplateResponse(request, "dashboard/tier_preview.html", context)


def typed(request: HttpRequest) -> dict[str, Any]:
    """What `page` sent back to the form in the address."""
    told: dict[str, Any] = {
        name: value
        for name, value in request.GET.items()
        if name in ("window_days", "note") or name.startswith(("spend_", "earn_"))
    }
    try:
        begins = parse_datetime(request.GET.get("valid_from", ""))
    except ValueError:
        begins = None
    return {**told, "valid_from": begins} if begins else told


def _query(form: Any) -> str:
    said = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    return urlencode({**said, "valid_from": said["valid_from"].isoformat()})


def _count(moves: Iterable[Move]) -> str:
    return wording.points(sum(move.members for move in moves))


def _row(move: Move) -> Sequence[str]:
    fate = _("lên hạng") if move.rises else _("giữ hạng đang có") if move.holds_more else _("như cũ")
    return (wording.tier_name(move.now), wording.tier_name(move.then), wording.points(move.members), fate)
