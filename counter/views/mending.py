"""What went wrong at a counter and is put right there: a bill keyed for the wrong member, points somebody forgot."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods

from counter import amounts, glance, pages, preview, wording
from counter.bills import who_of
from counter.desk import Desk, serves
from counter.glance import MemberGone
from events.refusals import Refusal
from loyalty import claiming, moving
from loyalty.models import Purchase
from loyalty.queries import PurchaseUnknown
from members import finding

LONGEST_REASON = 200


@serves
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, desk: Desk, purchase_id: UUID) -> HttpResponse:
    """The bill was keyed for the wrong member. One's own of today; a manager's any of the store."""
    bill = own_bill(desk, purchase_id)
    trouble, status = "", 200
    typed = request.POST.get("to", "").strip()[:80]
    if request.method == "POST":
        try:
            right = _member(typed, desk)
            done = moving.move(
                purchase_id=bill.pk,
                member_id=right,
                reason=request.POST.get("reason", "")[:LONGEST_REASON],
                key=f"counter-move:{request.POST.get('key', '')[:40]}",
                till=desk.till,
                at=desk.at,
            )
            told = {"bill": done.purchase, "member": glance.of(right, practice=desk.practice, at=desk.at)}
            return pages.part(request, desk, "moved", told)
        except Refusal as refused:
            trouble, status = wording.refusal(refused), wording.status(refused)
    told = {"bill": bill, "typed": typed, "trouble": trouble, "key": request.POST.get("key") or str(uuid4())}
    return pages.part(request, desk, "move", told, status=status)


@serves
@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest, desk: Desk, member_id: UUID) -> HttpResponse:
    """A guest's bill of the last days joins the member who brings it."""
    shown = glance.of(member_id, practice=desk.practice, at=desk.at)
    trouble, status = "", 200
    if request.method == "POST":
        try:
            done = claiming.claim(
                member_id=member_id,
                key=f"counter-claim:{request.POST.get('key', '')[:40]}",
                till=desk.till,
                at=desk.at,
                **_named(request, desk),
            )
            told = {"bill": done.purchase, "member": glance.of(member_id, practice=desk.practice, at=desk.at)}
            response = pages.part(request, desk, "moved", told | {"claimed": True})
            response["HX-Trigger"] = "counter:joined"
            return response
        except Refusal as refused:
            trouble, status = wording.refusal(refused), wording.status(refused)
    told = {
        "member": shown,
        "trouble": trouble,
        "typed": request.POST,
        "today": desk.till.business_date(desk.at).isoformat(),
        "key": request.POST.get("key") or str(uuid4()),
    }
    return pages.part(request, desk, "claim", told, status=status)


def own_bill(desk: Desk, purchase_id: UUID) -> Purchase:
    """A bill this person may put right: keyed by themselves today; a manager any of the store.

    Raises PurchaseUnknown.
    """
    rows = Purchase.objects.filter(pk=purchase_id, store_id=desk.till.store_id)
    if not desk.is_manager:
        rows = rows.filter(by=desk.by, business_date__gte=desk.till.business_date(desk.at))
    bill = rows.first()
    if bill is None:
        raise PurchaseUnknown
    return bill


def _member(typed: str, desk: Desk) -> UUID:
    """Whom the field names, by phone or card. Raises MemberGone."""
    desk.count_look_up()
    who = who_of(typed)
    if who is None or who.kind == "id":
        raise MemberGone
    by = finding.by_phone if who.kind == "phone" else finding.by_card
    found = by(who.value, practice=desk.practice)
    if found is None:
        raise MemberGone
    return found.pk


def _named(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    """The guest's bill: by the code printed on it, or by number, day and amount together."""
    code = request.POST.get("code", "").strip()[:40]
    if code:
        return {"code": code}
    try:
        day = parse_date(request.POST.get("date", ""))
    except ValueError:
        day = None
    amount = amounts.read(request.POST.get("amount", ""), decimals=preview.decimals(desk.at))
    return {"receipt": request.POST.get("receipt", "").strip()[:64], "date": day, "amount": amount}
