"""The member's vouchers, with the code a till takes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events import clock
from loyalty import policies
from loyalty.till import local_zone
from members.models import Member
from portal import access, drawing, frame
from portal.access import MemberRequest
from rewards import queries, wording
from rewards.queries import VoucherView

PAGE = 30


@require_safe
@access.members_only
def vouchers(request: MemberRequest) -> HttpResponse:
    """Those that can be used, the one that ends first on top; below, what was used or has ended."""
    at = clock.now()
    past = [one for one in queries.of_member(member_id=request.member.pk, at=at, limit=PAGE) if one.state != "issued"]
    shown = {"live": live(request.member, at=at), "past": [_told(one, at=at) for one in past]}
    return render(request, "portal/vouchers.html", frame.around(request, tab="vouchers", at=at, **shown))


@require_safe
@access.members_only
def voucher(request: MemberRequest, voucher_id: UUID) -> HttpResponse:
    at = clock.now()
    found = queries.by_ids([voucher_id], at=at).get(voucher_id)
    if found is None or found.member_id != request.member.pk:
        raise Http404
    usable = found.state == "issued"
    shown = {
        **_told(found, at=at),
        "qr": drawing.qr(found.code, label=_("Mã QR của voucher")) if usable else None,
        "code": found.code if usable else "",
    }
    return render(request, "portal/voucher.html", frame.around(request, tab="vouchers", at=at, **shown))


def live(member: Member, *, at: datetime) -> list[dict[str, Any]]:
    """The vouchers a member can use now, the one that ends first on top, with their words."""
    return [_told(one, at=at) for one in queries.live_of(member_id=member.pk, at=at)]


def _told(view: VoucherView, *, at: datetime) -> dict[str, Any]:
    english = frame.language() == "en"
    currency = policies.last_known(view.issued_at).programme.currency
    return {
        "voucher": view,
        "name": view.name_en if english else view.name_vi,
        "terms": view.terms_en if english else view.terms_vi,
        "worth": wording.voucher(view, currency=currency, language=frame.language()),
        "days_left": (view.last_day - at.astimezone(local_zone()).date()).days,
    }
