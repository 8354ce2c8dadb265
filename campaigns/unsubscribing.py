"""Refusing advertising without signing in: the signed link in every e-mail and SMS (RFC 8058), and what it does."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from campaigns.models.campaign import OUTWARD
from events.refusals import Missing, Refusal
from loyalty.conf import derive
from members import consenting
from members.models import Consent, Member, Purpose

# An old e-mail is found again in a mailbox long after; a link from it still works.
VALID = timedelta(days=730)
HOW = "unsubscribe"
_LETTERS = dict(zip("esz", OUTWARD, strict=True))
_FIRST_DAY = date(2020, 1, 1)
_SIGNATURE = 11  # bytes: with them a token is 40 characters, short enough for an SMS


class LinkForged(Missing):
    """Not a link of ours, or one that lost a letter on the way."""

    code = "link_forged"


class LinkExpired(Refusal):
    code = "link_expired"


@dataclass(frozen=True, kw_only=True)
class Link:
    member_id: UUID
    channel: str


def token(*, member_id: UUID, channel: str, at: datetime) -> str:
    """Names a member, a channel and a day, signed; 40 characters that an address can hold."""
    letter = next(letter for letter, name in _LETTERS.items() if name == channel)
    day = (at.astimezone(UTC).date() - _FIRST_DAY).days
    said = member_id.bytes + letter.encode() + day.to_bytes(2, "big")
    return base64.urlsafe_b64encode(said + _sign(said)).decode()


def read(token: str, *, at: datetime) -> Link:
    """What a link says. Raises LinkForged, LinkExpired."""
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise LinkForged from None
    said, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
    if len(raw) != 30 or not hmac.compare_digest(signature, _sign(said)):
        raise LinkForged
    made = _FIRST_DAY + timedelta(days=int.from_bytes(said[17:19], "big"))
    if made + VALID < at.astimezone(UTC).date():
        raise LinkExpired
    return Link(member_id=UUID(bytes=said[:16]), channel=_LETTERS[chr(said[16])])


def language(link: Link) -> str:
    """The language of whoever holds the link. Raises LinkForged where there is no such member."""
    locale = Member.objects.values_list("locale", flat=True).filter(pk=link.member_id).first()
    if locale is None:
        raise LinkForged
    return locale


@transaction.atomic
def refuse(*, link: Link, at: datetime, request_id: str = "") -> bool:
    """Takes back the consent to advertising on the link's channel. Answers whether it was not refused already.

    A mail program may send the same refusal many times; one row says it.
    """
    member = Member.objects.select_for_update(no_key=True).filter(pk=link.member_id).first()
    if member is None:
        raise LinkForged
    said = Consent.objects.filter(
        member=member, purpose=Purpose.MARKETING, channel__in={link.channel, "any"}, at__lte=at
    )
    latest = said.order_by("-at", "granted", "-id").first()
    if latest is not None and not latest.granted and latest.channel == link.channel:
        return False
    consenting.withdraw(
        member_id=member.pk,
        purpose=Purpose.MARKETING,
        channel=link.channel,
        how=HOW,
        by=f"member:{member.pk}",
        at=at,
        request_id=request_id,
    )
    return True


def _sign(said: bytes) -> bytes:
    return hmac.digest(derive(settings.SECRET_KEY, "unsubscribe"), said, hashlib.sha256)[:_SIGNATURE]
