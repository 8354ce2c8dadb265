"""One field for everything a customer may say or show: phone, its end, name, card, or the code on their screen."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from counter import amounts, pages, proving
from counter.desk import Desk, serves
from counter.views import selling
from loyalty import queries
from loyalty.policies import last_known
from members import identifying, qr, searching

MOST = 8


@serves
@require_POST
def find(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whom the field means: one member, a few to choose from, or nobody yet. An amount may stand behind the name."""
    spoken = amounts.split(request.POST.get("q", "")[: searching.LONGEST_TEXT])
    whom = spoken.whom.strip()
    if not whom:
        return pages.part(request, desk, "start")
    desk.count_look_up()
    if whom.startswith("LM1."):
        return _by_code(request, desk, whom, amount=spoken.amount)
    found = searching.search(whom, limit=MOST, practice=desk.practice)
    if len(found) == 1:
        return selling.member_page(request, desk, found[0].member_id, amount=spoken.amount)
    told = {"typed": whom, "amount": spoken.amount, **_as_typed(whom)}
    if not found:
        return selling.guest_page(request, desk, told)
    return pages.part(request, desk, "several", {**told, "found": _rows(desk, found), "more": len(found) == MOST})


def _by_code(request: HttpRequest, desk: Desk, text: str, *, amount: str) -> HttpResponse:
    """The customer's own screen: it says who, and proves it."""
    member_id = qr.verify(text, at=desk.at)
    proof = proving.token(text, member_id=member_id, device_id=desk.device.pk)
    return selling.member_page(request, desk, member_id, amount=amount, proof=proof)


def _rows(desk: Desk, found: list[searching.Found]) -> list[dict[str, object]]:
    balances = queries.balances([one.member_id for one in found], at=desk.at)
    terms = last_known(desk.at)
    rows = []
    for one in found:
        balance = balances[one.member_id]
        tier = terms.tiers[balance.tier_id] if balance.tier_id else terms.first_tier
        phone = identifying.masked_phone(one.phone) if one.phone else ""
        rows.append({"id": one.member_id, "name": one.name, "phone": phone, "points": balance.available, "tier": tier})
    return rows


def _as_typed(whom: str) -> dict[str, str]:
    """What of the typed text fills the form of a new member: a phone, or a name."""
    try:
        identifying.phone(whom)
    except identifying.PhoneUnreadable:
        return {"name": "" if any(one.isdigit() for one in whom) else whom}
    return {"phone": whom}


@serves
@require_GET
def member(request: HttpRequest, desk: Desk, member_id: UUID) -> HttpResponse:
    """One of the several."""
    return selling.member_page(request, desk, member_id, amount=request.GET.get("amount", "")[: amounts.LONGEST])
