"""Whom a bill is for, as the domain hears it: a till says an id, a phone, a card, or shows a code."""

from datetime import datetime
from uuid import UUID

from api import reading
from api.shapes import bills as shapes
from api.shapes.bills import MemberRef
from loyalty import sales
from loyalty.sales import Who
from members import identifying, qr
from members.spending_proof import Pin, Proof, Screen, SentCode

# Said, but nobody's: the domain still looks for the receipt, because a replay comes before everything else.
NOBODY = Who("nobody", "")


def of(member: str | MemberRef | None, *, at: datetime) -> Who | None:
    """None for a guest. A code that has lapsed names nobody."""
    if member is None:
        return None
    if isinstance(member, str):
        identity = reading.identity(member)
        return Who("id", str(identity)) if identity else NOBODY
    try:
        if member.phone is not None:
            return Who("phone", identifying.phone(member.phone))
        if member.card is not None:
            return Who("card", identifying.card(member.card))
        return Who("id", str(qr.verify(member.qr or "", at=at)))
    except (identifying.PhoneUnreadable, identifying.CardUnreadable, qr.QrRefused):
        return NOBODY


def member_id(who: Who | None, *, practice: bool) -> UUID | None:
    """Whom they name now; None for nobody."""
    return sales.member_of(who, practice=practice)


def proof(member: str | MemberRef | None, shown: shapes.Proof | None) -> Proof | None:
    """What was shown beside the name, or in its place: whoever is named by their own screen has shown it."""
    match shown:
        case shapes.Proof(code=str(code)):
            return SentCode(code)
        case shapes.Proof(pin=str(pin)):
            return Pin(pin)
        case shapes.Proof(qr=str(text)):
            return Screen(text)
    if isinstance(member, MemberRef) and member.qr is not None:
        return Screen(member.qr)
    return None
