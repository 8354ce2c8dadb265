"""A PIN a member chose to spend with, for whoever has no phone in hand at the till."""

import hashlib
import hmac
import re
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from events import outbox
from events.refusals import Refusal
from members import changing, guessing
from members.guessing import Limit
from members.models import Identifier, Member, SpendingPin

WRONG_IN_A_ROW = (5, timedelta(minutes=15))
WRONG_IN_A_DAY = (10, timedelta(days=1))

_SIX_DIGITS = re.compile(r"[0-9]{6}", re.ASCII)
_IN_ORDER = "01234567890123456789"


class PinUnreadable(Refusal):
    """Not six digits."""

    code = "pin_unreadable"


class PinTooEasy(Refusal):
    """Six digits that somebody would try first: one digit, digits in order, the birthday, the end of the phone."""

    code = "pin_too_easy"


class PinRefused(Refusal):
    """The wrong PIN, or a member who has none: which is not said."""

    code = "pin_refused"


def choose(*, member_id: UUID, pin: str, by: str, at: datetime, request_id: str = "") -> None:
    """Sets the PIN, or another one. Raises PinUnreadable, PinTooEasy, MemberGone."""
    must_be_fit(member_id=member_id, pin=pin)
    kept = make_password(_peppered(member_id, pin))
    with transaction.atomic():
        SpendingPin.objects.update_or_create(member_id=member_id, defaults={"hash": kept, "set_at": at})
        _tell("member.pin_set", member_id, by=by, at=at, request_id=request_id)
    forgive(member_id=member_id)


def must_be_fit(*, member_id: UUID, pin: str) -> None:
    """Before somebody proves who they are for it. Raises PinUnreadable, PinTooEasy, MemberGone."""
    read(pin)
    member = Member.objects.filter(pk=member_id, status=Member.Status.ACTIVE).first()
    if member is None:
        raise changing.MemberGone
    if _is_easy(pin, member):
        raise PinTooEasy


def drop(*, member_id: UUID, by: str, at: datetime, request_id: str = "") -> None:
    """The member has no PIN from now on."""
    with transaction.atomic():
        gone, _rows = SpendingPin.objects.filter(member_id=member_id).delete()
        if gone:
            _tell("member.pin_dropped", member_id, by=by, at=at, request_id=request_id)


def has(*, member_id: UUID) -> bool:
    return SpendingPin.objects.filter(member_id=member_id).exists()


def prove(*, member_id: UUID, pin: str, at: datetime) -> None:
    """Whoever says this PIN is the member. Call it outside of any transaction: a try is kept before it is judged.

    Raises PinUnreadable, PinRefused, TooManyGuesses.
    """
    read(pin)
    with guessing.counted(*limits(member_id=member_id), at=at) as tries:
        tries.must_be_free()
        tries.wrong = True
        tries.wrong = not is_right(member_id=member_id, pin=pin)
        if tries.wrong:
            raise PinRefused
    forgive(member_id=member_id)


def read(pin: object) -> str:
    """Six digits. Raises PinUnreadable."""
    if not isinstance(pin, str) or not _SIX_DIGITS.fullmatch(pin):
        raise PinUnreadable
    return pin


def limits(*, member_id: UUID) -> tuple[Limit, ...]:
    """What a wrong PIN counts against."""
    return tuple(
        Limit(kind=kind, of=str(member_id), tries=tries, within=within)
        for kind, (tries, within) in (("pin in a row", WRONG_IN_A_ROW), ("pin in a day", WRONG_IN_A_DAY))
    )


def is_right(*, member_id: UUID, pin: str) -> bool:
    """Whether this is the member's PIN. For whoever counts the try before, and is slow: call it outside of any lock."""
    kept = SpendingPin.objects.filter(member_id=member_id, member__status=Member.Status.ACTIVE).first()
    if kept is None:
        make_password(pin)  # a member without one costs the same time
        return False
    return check_password(_peppered(member_id, pin), kept.hash)


def forgive(*, member_id: UUID) -> None:
    """The PIN was known: earlier slips of the finger are forgotten."""
    for limit in limits(member_id=member_id):
        guessing.forgive(kind=limit.kind, of=limit.of)


def _peppered(member_id: UUID, pin: str) -> str:
    """A million PINs are soon tried: without the house's key, not in the table alone."""
    return hmac.new(
        settings.SECRET_KEY.encode(), b"spending pin\0" + member_id.bytes + pin.encode(), hashlib.sha256
    ).hexdigest()


def _is_easy(pin: str, member: Member) -> bool:
    if len(set(pin)) == 1 or pin in _IN_ORDER or pin[::-1] in _IN_ORDER or pin[:3] == pin[3:]:
        return True
    if member.birth_day is not None:
        day, month, year = f"{member.birth_day:02d}", f"{member.birth_month:02d}", f"{member.birth_year or 0:04d}"
        if pin in {day + month + year[2:], month + day + year[2:], year[2:] + month + day, month + year, year + month}:
            return True
    phones = Identifier.objects.filter(member=member, kind=Identifier.Kind.PHONE, until_at__isnull=True)
    return any(phone.endswith(pin) for phone in phones.values_list("value", flat=True))


def _tell(type: str, member_id: UUID, *, by: str, at: datetime, request_id: str) -> None:
    outbox.record(type=type, member_id=member_id, subject_id=member_id, data={}, at=at, by=by, request_id=request_id)
