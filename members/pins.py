"""PINs of people who work at a counter: set, changed, reset, and tried a few times only.

A PIN has ten thousand values or a million, so that no hash alone could keep it. It is bound to the secret key of the
installation: whoever steals the table alone cannot even begin to guess, and at the door the guesses are counted.
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings

from events.refusals import Refusal
from members import guessing
from members.models import StaffPin, User

SHAPE = re.compile(r"[0-9]{4,6}", re.ASCII)
NEW_DIGITS = 4
WITHIN = timedelta(minutes=15)
# at one device; and on all devices together, so that a person is not guessed at from ten tablets
PER_DEVICE = 5
PER_PERSON = 15
_UP, _DOWN = "01234567890", "09876543210"
# what everybody tries first, beside runs and repeats: years, and the columns of a keypad
_OFTEN = frozenset({"1212", "2580", "0852", "1004", "6969", "1122", "112233", "121212", "123321", "123123", "159753"})


class PinWeak(Refusal):
    """Not four to six digits, or one of those that everybody tries first."""

    code = "pin_weak"


class PinWrong(Refusal):
    """Not this person's PIN, or a person who has none. Which of the two is not said."""

    code = "pin_wrong"


def choose(*, user_id: int, pin: str, by: str, at: datetime, temporary: bool = False) -> None:
    """From now on this is the person's PIN. Raises PinWeak."""
    must_be_strong(pin)
    salt = secrets.token_bytes(16)
    StaffPin.objects.update_or_create(
        user_id=user_id,
        defaults={"salt": salt, "hash": _hash(pin, salt), "temporary": temporary, "set_at": at, "set_by": by},
    )


def change(*, user_id: int, old: str, new: str, device: str, at: datetime) -> None:
    """The person's own change: the old PIN counts as a try. Raises PinWeak, PinWrong, TooManyGuesses."""
    must_be_strong(new)
    prove(user_id=user_id, pin=old, device=device, at=at)
    if hmac.compare_digest(old, new):
        raise PinWeak
    choose(user_id=user_id, pin=new, by=f"user:{user_id}", at=at)


def reset(*, user_id: int, by: str, at: datetime) -> str:
    """A new PIN in place of a forgotten one, told once; its owner has to change it. Lock-outs of before are over."""
    pin = _drawn()
    choose(user_id=user_id, pin=pin, by=by, at=at, temporary=True)
    guessing.forgive(kind="pin of", of=str(user_id))
    return pin


def prove(*, user_id: int, pin: str, device: str, at: datetime) -> bool:
    """Whether the PIN is still a temporary one, once it was the right one. Call it outside of any transaction.

    A try is counted before it is judged. Raises PinWrong, TooManyGuesses.
    """
    whose = str(user_id)
    guessing.count(kind="pin of", of=whose, limit=PER_PERSON, within=WITHIN, at=at)
    guessing.count(kind="pin at", of=f"{device}:{whose}", limit=PER_DEVICE, within=WITHIN, at=at)
    kept = StaffPin.objects.filter(user_id=user_id).first()
    # somebody without a PIN costs the same computation
    salt, hashed = (bytes(kept.salt), bytes(kept.hash)) if kept else (bytes(16), bytes(32))
    right = hmac.compare_digest(_hash(pin[:6], salt), hashed)
    if kept is None or not right or not SHAPE.fullmatch(pin):
        raise PinWrong
    guessing.forgive(kind="pin at", of=f"{device}:{whose}")
    guessing.forgive(kind="pin of", of=whose)
    return kept.temporary


def has_one(user: User) -> bool:
    return StaffPin.objects.filter(user=user).exists()


def must_be_strong(pin: str) -> None:
    """Raises PinWeak."""
    run = pin in _UP or pin in _DOWN
    year = len(pin) == 4 and pin[:2] in {"19", "20"}
    if not SHAPE.fullmatch(pin) or run or year or len(set(pin)) == 1 or pin in _OFTEN:
        raise PinWeak


def _drawn() -> str:
    while True:
        pin = f"{secrets.randbelow(10**NEW_DIGITS):0{NEW_DIGITS}d}"
        try:
            must_be_strong(pin)
        except PinWeak:
            continue
        return pin


def _hash(pin: str, salt: bytes) -> bytes:
    keyed = hmac.digest(settings.SECRET_KEY.encode(), b"staff pin\0" + pin.encode("utf-8", "replace"), hashlib.sha256)
    return hashlib.scrypt(keyed, salt=salt, n=2**13, r=8, p=1, dklen=32)
