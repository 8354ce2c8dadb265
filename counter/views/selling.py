"""A bill for somebody: what it would earn, what points and vouchers pay of it, and the one key that posts it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from counter import amounts, glance, pages, preview, proving, wording
from counter.bills import Keyed
from counter.desk import Desk, serves
from counter.glance import MemberGone
from events.refusals import Refusal
from loyalty import devices, policies
from loyalty.sales import Who
from members.spending_proof import Proof
from rewards import checkout

LONGEST_RECEIPT = 64
# after these the page asks for the screen, the code or the PIN, again or for the first time
ASKS_FOR_PROOF = {
    *("proof_needed", "qr_refused", "code_refused", "code_unreadable", "pin_refused", "pin_unreadable"),
    "too_many_guesses",
}


class ReceiptUnreadable(Refusal):
    """Not a number that could stand on paper."""

    code = "receipt_unreadable"


def member_page(
    request: HttpRequest, desk: Desk, member_id: UUID, *, amount: str = "", proof: str = "", joined: bool = False
) -> HttpResponse:
    """The member at a glance, with the field for the bill. Raises MemberGone."""
    shown = glance.of(member_id, practice=desk.practice, at=desk.at)
    told = {"member": shown, "proof": proof, "joined": joined, **_blank(desk, amount)}
    told |= _preview(desk, who=Who("id", str(member_id)), typed=amount)
    return pages.part(request, desk, "member", told)


def guest_page(request: HttpRequest, desk: Desk, told: dict[str, Any]) -> HttpResponse:
    """Nobody yet: what the bill would earn, and the way to join."""
    told = {**told, **_blank(desk, told.get("amount", ""))}
    return pages.part(request, desk, "guest", told | _preview(desk, who=None, typed=told.get("amount", "")))


@serves
@require_POST
def guest(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A customer who gives no name."""
    return guest_page(request, desk, {"amount": request.POST.get("amount", "")[: amounts.LONGEST]})


@serves
@require_POST
def quote(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The preview, while the amount is typed."""
    told = _preview(
        desk,
        who=_who(request),
        typed=request.POST.get("amount", ""),
        points=_points(request),
        voucher=_voucher(request),
    )
    return pages.part(request, desk, "preview", told)


@serves
@require_POST
def sell(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Post the bill. The same screen sent twice is one bill."""
    try:
        keyed = _keyed(request, desk)
        done = checkout.record_purchase(
            bill=keyed.bill(),
            who=keyed.who,
            vouchers=keyed.vouchers(),
            till=desk.till,
            fingerprint=keyed.fingerprint(),
            at=desk.at,
            proof=_proof(request, desk, keyed),
        )
    except Refusal as refused:
        told = {
            "words": wording.refusal(refused),
            "needs_proof": refused.code in ASKS_FOR_PROOF,
            "member_id": request.POST.get("member", ""),
            "sent": request.POST.get("sent", ""),
        }
        return pages.part(request, desk, "not_sold", told, status=wording.status(refused))
    response = pages.part(request, desk, "sold", sold(desk, done))
    response["HX-Trigger"] = "counter:sold"
    return response


def sold(desk: Desk, done: checkout.CheckedOut) -> dict[str, Any]:
    """The bill as it stands in the books, for the page that says so."""
    bill = done.purchase
    tiers = {tier.code: tier for tier in policies.last_known(bill.occurred_at).tiers.values()}
    member = glance.of(bill.member_id, practice=desk.practice, at=desk.at) if bill.member_id else None
    return {
        "bill": bill,
        "balance": bill.available_after - bill.debt_after,
        "member": member,
        "tier": tiers.get(bill.tier_code or "") if bill.tier_changed else None,
        "reasons": wording.reasons(bill.reasons) if bill.member_id else [],
        "vouchers": [(wording.name_of(one), one.discount) for one in done.vouchers],
        "replayed": done.replayed,
        "waits": bill.status == "review",
    }


def _keyed(request: HttpRequest, desk: Desk) -> Keyed:
    """What was on the screen. Raises AmountUnclear, AmountTooHigh, ReceiptUnreadable."""
    who = _who(request)
    own, typed = request.POST.get("own_receipt", "").strip(), request.POST.get("receipt", "").strip()
    receipt = (typed or own)[: LONGEST_RECEIPT + 1]
    if not receipt or not receipt.isprintable() or len(receipt) > LONGEST_RECEIPT:
        raise ReceiptUnreadable
    return Keyed(
        receipt=receipt,
        amount=amounts.read(request.POST.get("amount", ""), decimals=preview.decimals(desk.at)),
        occurred_at=_moment(request.POST.get("occurred_at", ""), at=desk.at),
        who=who,
        points=_points(request) if who else 0,
        voucher=_voucher(request) if who else None,
        staff=desk.staff,
    )


def _proof(request: HttpRequest, desk: Desk, keyed: Keyed) -> Proof | None:
    return proving.shown(request, member_id=UUID(keyed.who.value), desk=desk) if keyed.who else None


def _preview(
    desk: Desk, *, who: Who | None, typed: str, points: int = 0, voucher: UUID | None = None
) -> dict[str, Any]:
    if not typed.strip():
        return {"typed_amount": ""}
    try:
        amount = amounts.read(typed, decimals=preview.decimals(desk.at))
        keyed = Keyed(receipt="", amount=amount, occurred_at=desk.at, who=who, points=points, voucher=voucher)
        return {
            "typed_amount": typed,
            "preview": preview.of(replace(keyed, staff=desk.staff), till=desk.till, at=desk.at),
        }
    except Refusal as refused:
        return {"typed_amount": typed, "trouble": wording.refusal(refused)}


def _blank(desk: Desk, amount: str) -> dict[str, Any]:
    """An empty bill: its own number and the moment it was begun, which a repeated key does not change."""
    return {"amount": amount, "own_receipt": devices.next_receipt(desk.device), "occurred_at": desk.at.isoformat()}


def _who(request: HttpRequest) -> Who | None:
    text = request.POST.get("member", "")
    if not text:
        return None
    try:
        return Who("id", str(UUID(text)))
    except ValueError:
        raise MemberGone from None


def _voucher(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("voucher", ""))
    except ValueError:
        return None


def _points(request: HttpRequest) -> int:
    text = request.POST.get("points", "").replace(".", "").replace(",", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _moment(text: str, *, at: datetime) -> datetime:
    """When the bill was begun, as the page said; now where it said nothing readable."""
    try:
        told = parse_datetime(text)
    except ValueError:
        told = None
    if told is None or told.tzinfo is None or not at - timedelta(days=400) < told <= at + timedelta(days=1):
        return at
    return told.astimezone(UTC)
