"""One-time codes: whoever reads six digits on a phone or in an e-mail has it in hand.

`ask` makes a code and answers it to the caller, who has it sent; `prove` takes it, once. Neither looks at whether the
address belongs to anybody before the code has proved it, so a stranger learns nothing by the answer or by the time.

The digits are Django's `get_random_string`, the hashes its `salted_hmac`, the comparison its `constant_time_compare`;
what is ours is the row and its limits (docs/adr/0012).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from events.refusals import Refusal
from members import changing, finding, guessing, identifying
from members.guessing import Limit
from members.models import Identifier, Member, OneTimeCode

Purpose = OneTimeCode.Purpose

GOOD_FOR = timedelta(minutes=5)
MOST_TRIES = 5
# two hosts' clocks may differ by this; a code from further ahead was made before the clock was put back
CLOCKS_DIFFER = timedelta(minutes=1)
# the code of whoever is invented: nobody is sent it, and those who build a till have to know it
PRACTICE_CODE = "123456"
# how many codes: to one phone or e-mail, for one asker (an address of the net, a till), and in all
TO_ONE = ((3, timedelta(minutes=5)), (10, timedelta(days=1)))
FOR_ONE_ASKER = (60, timedelta(hours=1))
IN_ALL = (3000, timedelta(hours=1))
WRONG_OF_ONE_ASKER = (30, timedelta(hours=1))
WRONG_FOR_ONE = (30, timedelta(days=1))
FORGOTTEN_AFTER = timedelta(days=1)

_SIX_DIGITS = re.compile(r"[0-9]{6}", re.ASCII)


class CodeRefused(Refusal):
    """Wrong, used, too old, replaced, tried too often, or never asked for: which of these is not said.

    `left` tries remain for the code that was sent last; with 0 a new code has to be asked for.
    """

    code = "code_refused"


class CodeUnreadable(Refusal):
    """Not six digits: a slip of the finger, which is not counted as a try."""

    code = "code_unreadable"


class NowhereToSend(Refusal):
    """The member has no phone, and no e-mail that was proved, to which a code could go."""

    code = "nowhere_to_send"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A code to be sent to `address` (`kind`: phone or email) before `expires_at`. `member_id` only where it was told.

    `code` goes into the message and nowhere else; `masked` is what a page may show.
    """

    purpose: str
    kind: str
    address: str
    code: str
    expires_at: datetime
    member_id: UUID | None

    @property
    def masked(self) -> str:
        if self.kind == Identifier.Kind.PHONE:
            return identifying.masked_phone(self.address)
        name, _, host = self.address.partition("@")
        return f"{name[:1]}•••@{host}"


@dataclass(frozen=True, kw_only=True)
class Proved:
    """What a code has proved: this address is in hand; and whom it names, None where it names nobody."""

    purpose: str
    kind: str
    address: str
    member_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A try that was counted and judged: `row` and `hash` say which code it was that is `right`."""

    right: bool
    left: int
    row: int | None
    hash: bytes


def ask(
    *,
    purpose: str,
    phone: str | None = None,
    email: str | None = None,
    member_id: UUID | None = None,
    kinds: Sequence[str] = (Identifier.Kind.PHONE, Identifier.Kind.EMAIL),
    asker: str,
    practice: bool = False,
    at: datetime,
) -> Asked:
    """A new code for one of `phone`, `email`, `member_id`; an older one of this purpose is worth nothing from now on.

    A member is reached by the first of `kinds` there is: the phone, or an e-mail that was proved. `asker` is whose
    asking is counted: the visitor's address of the net, `terminal:3`, `device:5`. For an address nothing depends on
    whether a member has it. Raises PhoneUnreadable, EmailUnreadable, NowhereToSend, TooManyGuesses.
    """
    kind, address = _address(phone=phone, email=email, member_id=member_id, kinds=kinds)
    code = PRACTICE_CODE if practice else get_random_string(6, "0123456789")
    subject = _subject(purpose, kind, address, member_id, practice)
    with transaction.atomic():
        _count_asking(kind=kind, address=address, asker=asker, at=at)
        OneTimeCode.objects.filter(expires_at__lt=at - FORGOTTEN_AFTER).delete()
        OneTimeCode.objects.bulk_create(
            [
                OneTimeCode(
                    purpose=purpose,
                    subject=subject,
                    code_hash=_hash(subject, code),
                    asked_at=at,
                    expires_at=at + GOOD_FOR,
                )
            ],
            update_conflicts=True,
            unique_fields=["purpose", "subject"],
            update_fields=["code_hash", "asked_at", "expires_at", "tries", "used_at"],
        )
    return Asked(purpose=purpose, kind=kind, address=address, code=code, expires_at=at + GOOD_FOR, member_id=member_id)


def prove(
    *,
    purpose: str,
    phone: str | None = None,
    email: str | None = None,
    member_id: UUID | None = None,
    code: str,
    asker: str,
    practice: bool = False,
    at: datetime,
) -> Proved:
    """Takes the code that was sent last for this purpose, once. Name the same one of three as in `ask`.

    The try is committed before it is judged: call this outside of any transaction. A phone or e-mail that is proved is
    marked so. Raises CodeRefused, CodeUnreadable, PhoneUnreadable, EmailUnreadable, TooManyGuesses.
    """
    digits = read(code)
    kind, address = ("member", "") if member_id is not None else _named(phone=phone, email=email)
    subject = _subject(purpose, kind, address, member_id, practice)
    with guessing.counted(*_limits(subject, asker), at=at) as tries:
        tries.must_be_free()
        tries.wrong = True
        with transaction.atomic(durable=True):
            judged = _try(purpose=purpose, subject=subject, digits=digits, at=at)
            if judged.right:
                use_up(judged, at=at)
        tries.wrong = not judged.right
    if not judged.right:
        raise CodeRefused(left=judged.left)
    if member_id is not None:
        return Proved(purpose=purpose, kind=kind, address="", member_id=member_id)
    owner = _owner(kind=kind, address=address, practice=practice)
    if owner is not None:
        _mark_verified(owner, kind=kind, address=address, at=at)
    return Proved(purpose=purpose, kind=kind, address=address, member_id=None if owner is None else owner.pk)


def read(code: object) -> str:
    """The six digits of a code as typed. Raises CodeUnreadable."""
    digits = identifying.joined_digits(code) if isinstance(code, str) and len(code) <= 20 else ""
    if not _SIX_DIGITS.fullmatch(digits):
        raise CodeUnreadable
    return digits


def limits(*, purpose: str, member_id: UUID, asker: str, practice: bool) -> tuple[Limit, ...]:
    """What a wrong code for a member counts against, besides the five tries of the code itself."""
    return _limits(_subject(purpose, "member", "", member_id, practice), asker)


def judge(*, purpose: str, member_id: UUID, code: str, practice: bool, at: datetime) -> Judged:
    """As `prove`, for a code that is used up later, in the transaction of what it lets happen. Count the try before."""
    subject = _subject(purpose, "member", "", member_id, practice)
    with transaction.atomic(durable=True):
        judged = _try(purpose=purpose, subject=subject, digits=read(code), at=at)
        if judged.right and judged.row is not None:  # whoever knows it is not guessing
            OneTimeCode.objects.filter(pk=judged.row, tries__gt=0).update(tries=F("tries") - 1)
    return judged


def use_up(judged: Judged, *, at: datetime) -> None:
    """The code that was found right is worth nothing from now on. Raises CodeRefused where somebody was faster."""
    if not judged.right or judged.row is None:
        raise CodeRefused(left=judged.left)
    unused = OneTimeCode.objects.filter(pk=judged.row, code_hash=judged.hash, used_at__isnull=True)
    if not unused.update(used_at=at):
        raise CodeRefused(left=judged.left)


def forget(*, member_id: UUID) -> None:
    """Codes asked for by this member's phone or e-mail, or for the member, are worth nothing from now on."""
    named = Identifier.objects.filter(member_id=member_id, kind__in=[Identifier.Kind.PHONE, Identifier.Kind.EMAIL])
    subjects = [
        _subject(purpose, known.kind, known.value, None, known.practice)
        for known in named
        for purpose in Purpose.values
    ]
    subjects += [
        _subject(purpose, "member", "", member_id, practice) for purpose in Purpose.values for practice in (False, True)
    ]
    OneTimeCode.objects.filter(subject__in=subjects).delete()


# --- whom a code is for -----------------------------------------------------------------------------------------------


def _address(*, phone: str | None, email: str | None, member_id: UUID | None, kinds: Sequence[str]) -> tuple[str, str]:
    if member_id is None:
        return _named(phone=phone, email=email)
    known = Identifier.objects.filter(
        member_id=member_id, member__status=Member.Status.ACTIVE, kind__in=list(kinds), until_at__isnull=True
    ).exclude(kind=Identifier.Kind.EMAIL, verified_at__isnull=True)
    by_kind = {identifier.kind: identifier.value for identifier in known.order_by("from_at")}
    for kind in kinds:
        if kind in by_kind:
            return kind, by_kind[kind]
    raise NowhereToSend


def _named(*, phone: str | None, email: str | None) -> tuple[str, str]:
    if phone is not None:
        return Identifier.Kind.PHONE.value, identifying.phone(phone)
    if email is not None:
        return Identifier.Kind.EMAIL.value, identifying.email(email)
    raise TypeError("a code is for a phone, an e-mail or a member")


def _subject(purpose: str, kind: str, address: str, member_id: UUID | None, practice: bool) -> bytes:
    whom = f"{kind} {address}" if member_id is None else f"member {member_id}"
    said = f"{'practice' if practice else 'live'} {purpose} {whom}"
    return salted_hmac("members.one_time_codes.subject", said, algorithm="sha256").digest()


def _hash(subject: bytes, code: str) -> bytes:
    return salted_hmac("members.one_time_codes.code", subject + code.encode(), algorithm="sha256").digest()


def _owner(*, kind: str, address: str, practice: bool) -> Member | None:
    """Whom the address names now; of an e-mail, which several may have, only who proved it before."""
    if kind == Identifier.Kind.PHONE:
        return finding.by_phone(address, practice=practice)
    proved = Identifier.objects.filter(
        kind=kind, value=address, practice=practice, until_at__isnull=True, verified_at__isnull=False
    ).filter(member__status=Member.Status.ACTIVE)
    owners = list(proved.select_related("member")[:2])
    return owners[0].member if len(owners) == 1 else None


def _mark_verified(owner: Member, *, kind: str, address: str, at: datetime) -> None:
    if kind == Identifier.Kind.PHONE:
        changing.verify_phone(member_id=owner.pk, phone=address, by=f"member:{owner.pk}", at=at)


# --- limits -----------------------------------------------------------------------------------------------------------


def _limits(subject: bytes, asker: str) -> tuple[Limit, ...]:
    (by_one, by_within), (for_one, for_within) = WRONG_OF_ONE_ASKER, WRONG_FOR_ONE
    return (
        Limit(kind="one-time code by", of=asker, tries=by_one, within=by_within),
        Limit(kind="one-time code for", of=subject.hex(), tries=for_one, within=for_within),
    )


def _count_asking(*, kind: str, address: str, asker: str, at: datetime) -> None:
    """A code that was asked for counts, whoever it is for. Raises TooManyGuesses; then none was made."""
    for most, within in TO_ONE:
        guessing.count(kind=f"codes in {within}", of=f"{kind} {address}", limit=most, within=within, at=at)
    most, within = FOR_ONE_ASKER
    guessing.count(kind="codes asked by", of=asker, limit=most, within=within, at=at)
    most, within = IN_ALL
    guessing.count(kind="codes", of="all", limit=most, within=within, at=at)


_TRY = """
    UPDATE members_onetimecode SET tries = tries + 1
     WHERE purpose = %(purpose)s AND subject = %(subject)s AND tries < %(most)s AND used_at IS NULL
       AND expires_at > %(at)s AND asked_at <= %(ahead)s
 RETURNING id, code_hash, tries
"""


def _try(*, purpose: str, subject: bytes, digits: str, at: datetime) -> Judged:
    """Counts the try at the code itself and judges it."""
    told: dict[str, Any] = {
        "purpose": purpose,
        "subject": subject,
        "most": MOST_TRIES,
        "at": at,
        "ahead": at + CLOCKS_DIFFER,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TRY, told)
        row = cursor.fetchone()
    # where there is no code the same is computed
    kept = bytes(row[1]) if row else bytes(32)
    right = constant_time_compare(_hash(subject, digits).hex(), kept.hex()) and row is not None
    left = 0 if row is None else MOST_TRIES - row[2]
    return Judged(right=right, left=left, row=row[0] if row else None, hash=kept)
