"""Whom a bill is for, as the domain hears it: a till says an id, a phone, a card, or shows a code."""

from datetime import datetime
from uuid import UUID

from api import reading
from api.shapes.bills import MemberRef, Proof
from loyalty.sales import Who
from members import finding, identifying, qr

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
    if who is None or who is NOBODY:
        return None
    if who.kind == "id":
        return UUID(who.value)
    by = finding.by_phone if who.kind == "phone" else finding.by_card
    named = by(who.value, practice=practice)
    return named.pk if named else None


def is_proven(
    who: Who | None, member: str | MemberRef | None, proof: Proof | None, *, practice: bool, at: datetime
) -> bool:
    """Whether the member showed their own code, in place of a name or beside it."""
    if who is None or who is NOBODY:
        return False
    if isinstance(member, MemberRef) and member.qr is not None:
        return True
    if proof is None:
        return False
    try:
        shown = str(qr.verify(proof.qr, at=at))
    except qr.QrRefused:
        return False
    return str(member_id(who, practice=practice)) == shown
