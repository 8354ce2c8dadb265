"""The signed link that a bill gives its customer: for a day it shows the points, to whoever holds the paper.

It names the bill and nothing else, and follows it where it was corrected; when it ends follows from the bill, so that a
replayed bill has the same link.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

from events.refusals import Missing, Refusal
from loyalty import policies, queries, revisions, standings
from loyalty.records import PurchaseRecord
from loyalty.standings import Standing

VALID = timedelta(hours=24)
_SALT = "loyalty.receipt_links"


class LinkForged(Missing):
    """Not a link of ours, one that lost a letter, or one whose bill no longer names this customer."""

    code = "link_forged"


class LinkExpired(Refusal):
    code = "link_expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a link shows: the bill, and where its member stands now. `until` is when it ends."""

    purchase: PurchaseRecord
    standing: Standing
    until: datetime


def url(record: PurchaseRecord) -> str | None:
    """The address to print or show as a QR; None for a guest, who has nothing to look at."""
    return f"{settings.PUBLIC_URL}/b/{token(record.id)}" if record.member_id is not None else None


def token(purchase_id: UUID) -> str:
    name = base64.urlsafe_b64encode(purchase_id.bytes).decode().rstrip("=")
    return _signer().sign(name)


def open(token: str, *, at: datetime) -> Opened:
    """Raises LinkForged, LinkExpired."""
    try:
        name = _signer().unsign(token)
        purchase_id = UUID(bytes=base64.urlsafe_b64decode(name + "=="))
    except (BadSignature, binascii.Error, ValueError):
        raise LinkForged from None
    try:
        purchase = queries.purchase(revisions.last_of(purchase_id))
    except queries.PurchaseUnknown:
        raise LinkForged from None
    until = purchase.recorded_at + VALID
    if at >= until:
        raise LinkExpired
    policies.at(at)
    for practice in (False, True):
        standing = purchase.member_id and standings.of("id", purchase.member_id, practice=practice, at=at)
        if standing:
            return Opened(purchase=purchase, standing=standing, until=until)
    raise LinkForged


def _signer() -> Signer:
    return Signer(salt=_SALT, sep=".")
