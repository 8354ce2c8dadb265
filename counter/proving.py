"""What was shown at the counter: the customer's screen (now, or when looked up), a code that was sent, or a PIN."""

import re
from uuid import UUID

from django.core import signing
from django.http import HttpRequest

from counter.desk import Desk
from members import qr
from members.spending_proof import Pin, Proof, Screen, ScreenSeen, SentCode

SALT = "counter.proof"
GOOD_FOR_SECONDS = 600
SIX_DIGITS = re.compile(r"[0-9]{6}", re.ASCII)


def token(text: str, *, member_id: UUID, device_id: int) -> str:
    """Carried by the page from the look-up by this screen to the bill, for which it is good once."""
    return signing.dumps([str(member_id), device_id, qr.trace(text).hex()], salt=SALT)


def shown(request: HttpRequest, *, member_id: UUID, desk: Desk) -> Proof | None:
    """What the page of a bill says. Six digits are the code where one was sent, and else the PIN."""
    typed = request.POST.get("shown", "").strip()[:80]
    if SIX_DIGITS.fullmatch(typed):
        return SentCode(typed) if request.POST.get("sent") else Pin(typed)
    return Screen(typed) if typed else _carried(request.POST.get("proof", "")[:400], member_id, desk)


def _carried(text: str, member_id: UUID, desk: Desk) -> Proof | None:
    try:
        whose, device_id, trace = signing.loads(text, salt=SALT, max_age=GOOD_FOR_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    if whose != str(member_id) or device_id != desk.device.pk:
        return None
    return ScreenSeen(bytes.fromhex(trace))
