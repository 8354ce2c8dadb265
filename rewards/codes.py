"""The code of a voucher: computed from its id whenever it is shown, never stored, found by a keyed hash.

13 characters of Crockford's base 32 (65 bits of an HMAC) and a check character, shown as `XXXXX-XXXXX-XXXX`.
"""

import hashlib
import hmac
from uuid import UUID

from django.conf import settings

from events.refusals import Refusal
from loyalty import conf, crockford
from loyalty.crockford import ALPHABET

LENGTH = 14
LONGEST_TYPED = 40
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


class CodeUnreadable(Refusal):
    """No code of ours, or one with a slip of the finger in it: the check character does not fit."""

    code = "voucher_unknown"


def of(voucher_id: UUID) -> str:
    """The code of a voucher, as the database looks for it: 14 characters without dashes."""
    digest = hmac.digest(_key("voucher codes"), voucher_id.bytes, hashlib.sha256)
    number = int.from_bytes(digest[:9], "big") >> 7
    body = crockford.written(number, length=LENGTH - 1)
    return body + check_character(body)


def shown(code: str) -> str:
    """As people read it."""
    return f"{code[:5]}-{code[5:10]}-{code[10:]}"


def read(typed: str) -> str:
    """The code somebody typed, with blanks, dashes, small letters, O for 0 and I or L for 1. Raises CodeUnreadable."""
    code = crockford.read(typed)
    if len(code) != LENGTH or any(character not in _VALUES for character in code):
        raise CodeUnreadable
    if check_character(code[:-1]) != code[-1]:
        raise CodeUnreadable
    return code


def hashed(code: str) -> bytes:
    """What is kept of a code: a copy of the table alone gives none away."""
    return hmac.digest(_key("voucher code hashes"), code.encode(), hashlib.sha256)


def check_character(body: str) -> str:
    """ISO 7064's hybrid system for 32 characters (MOD 33,32): finds every single slip and nearly every swap."""
    left = 32
    for character in body:
        left = (left + _VALUES[character]) % 32 or 32
        left = left * 2 % 33
    return ALPHABET[(33 - left) % 32]


def _key(purpose: str) -> bytes:
    return conf.derive(settings.VOUCHER_CODE_KEY, purpose)
