"""The code on a member's screen: it says who, and a number that is true for half a minute."""

import base64
import hashlib
import hmac
import re
from datetime import datetime
from uuid import UUID

import pyotp
from django.conf import settings
from django.utils.crypto import salted_hmac

from events.refusals import Refusal
from members.models import Member

SECONDS = 30
_SHAPE = re.compile(r"LM1\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([0-9]{8})", re.ASCII)


class QrRefused(Refusal):
    """Not a member's code, or one whose time has passed. Which of the two is not said."""

    code = "qr_refused"


def text(member: Member, at: datetime) -> str:
    """What the member's screen shows at this moment: `LM1.<id>.<8 digits>`."""
    return f"LM1.{member.pk}.{_clock(member.pk, member.qr_generation).at(at)}"


def named(text: str) -> UUID:
    """Whom a code names, true or not. For looking up a replay, never as a proof. Raises QrRefused."""
    return UUID(_parts(text)[0])


def verify(text: str, *, at: datetime) -> UUID:
    """The id of the member who shows this code now, one step of 30 s early or late. Raises QrRefused."""
    name, digits = _parts(text)
    member_id = UUID(name)
    generation = (
        Member.objects.filter(pk=member_id, status=Member.Status.ACTIVE).values_list("qr_generation", flat=True).first()
    )
    # an unknown member costs the same computation as a wrong code
    right = _clock(member_id, generation or 0).verify(digits, for_time=at, valid_window=1)
    if generation is None or not right:
        raise QrRefused
    return member_id


def trace(text: str) -> bytes:
    """What is remembered of a screen, so that it lets something leave once: nobody reads the code out of it."""
    return salted_hmac("members.qr.trace", text, algorithm="sha256").digest()


def _parts(text: str) -> tuple[str, str]:
    found = _SHAPE.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise QrRefused
    return found[1], found[2]


def _clock(member_id: UUID, generation: int) -> pyotp.TOTP:
    """The secret is derived, not stored: raising `qr_generation` makes every older screen worthless."""
    message = b"member qr\0" + member_id.bytes + generation.to_bytes(4, "big")
    secret = hmac.digest(settings.SECRET_KEY.encode(), message, hashlib.sha256)
    return pyotp.TOTP(base64.b32encode(secret).decode(), digits=8, interval=SECONDS)
