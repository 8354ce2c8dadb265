"""That the customer is here: they showed their screen, read out the code that was sent, or said their PIN."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.core import signing

from counter.desk import Desk
from members import one_time_codes, qr, spending_pins

SALT = "counter.proof"
GOOD_FOR_SECONDS = 600
SIX_DIGITS = re.compile(r"[0-9]{6}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """`carried`: the token of the look-up; `shown`: what was scanned or typed for this bill; `sent`: a code went."""

    carried: str = ""
    shown: str = ""
    sent: bool = False


def token(*, member_id: UUID, device_id: int) -> str:
    """Carried by the page from the look-up to the bill."""
    return signing.dumps([str(member_id), device_id], salt=SALT)


def is_proven(proof: Proof, *, member_id: UUID, desk: Desk) -> bool:
    """Call it outside of any transaction: tries are counted.

    Raises QrRefused, CodeRefused, PinRefused, TooManyGuesses.
    """
    if SIX_DIGITS.fullmatch(proof.shown):
        if proof.sent:
            one_time_codes.prove(
                purpose=one_time_codes.Purpose.SPEND,
                member_id=member_id,
                code=proof.shown,
                asker=f"device:{desk.device.pk}",
                practice=desk.practice,
                at=desk.at,
            )
        else:
            spending_pins.prove(member_id=member_id, pin=proof.shown, at=desk.at)
        return True
    if proof.shown:
        if qr.verify(proof.shown, at=desk.at) != member_id:
            raise qr.QrRefused
        return True
    try:
        whose, device_id = signing.loads(proof.carried, salt=SALT, max_age=GOOD_FOR_SECONDS)
    except signing.BadSignature:
        return False
    return bool(whose == str(member_id) and device_id == desk.device.pk)
