"""A member's number changes. A phone is an identity that moves: the member stays, and so does whoever has it next.

Two ways: a code to the old number (or to an e-mail that was proved) and one to the new; or a manager who asks for two
facts. Then points and vouchers are locked for a day, every QR shown so far is worthless, and the old number is told.

The steps: `begin`; the doors have codes sent (`campaigns.sending_codes`: `old_phone` with the member's id, `new_phone`
with the new number); `prove_old` and `prove_new`, or `vouch`; `finish`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from events import outbox
from events.refusals import Missing, Refusal
from members import changing, facts, guessing, identifying, joining, locking, one_time_codes
from members.models import Identifier, Member, PhoneMove

GOOD_FOR = timedelta(minutes=30)
LOCKED_FOR = timedelta(hours=24)
FACTS_NEEDED = 2
WRONG_ABOUT_ONE = (5, timedelta(days=1))
WRONG_TO_ONE_MANAGER = (20, timedelta(days=1))


class SamePhone(Refusal):
    """It is the member's number already."""

    code = "same_phone"


class MoveUnknown(Missing):
    """No such change is under way: it is done, given up, or older than half an hour."""

    code = "move_unknown"


class MoveUnproved(Refusal):
    """Neither both codes nor a manager's word yet."""

    code = "move_unproved"


class TooFewFacts(Refusal):
    """A manager asks for two facts about two different matters."""

    code = "too_few_facts"


class FactUnknown(Refusal):
    code = "fact_unknown"


class FactsWrong(Refusal):
    """One of the facts is not so. Which one is not said."""

    code = "facts_wrong"


class NotForOneself(Refusal):
    """Nobody on the staff vouches for the own account."""

    code = "not_for_oneself"


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Done. `passed_from`: the member who had the number before and no longer owns it."""

    member_id: UUID
    phone: str
    passed_from: UUID | None
    locked_until: datetime


def begin(*, member_id: UUID, phone: str, store_id: int | None = None, by: str, at: datetime) -> PhoneMove:
    """The member wants to have this number; an earlier wish that was not finished is given up.

    Whether the number belongs to somebody else is neither looked at nor said. Raises PhoneUnreadable, SamePhone,
    MemberGone.
    """
    value = identifying.phone(phone)
    with transaction.atomic():
        member = _locked(member_id)
        if value in _phones(member).values_list("value", flat=True):
            raise SamePhone
        _open(member_id).update(given_up_at=at, phone="")
        return PhoneMove.objects.create(
            member=member, phone=value, store_id=store_id, begun_at=at, begun_by=by, expires_at=at + GOOD_FOR
        )


def prove_old(*, move_id: UUID, code: str, asker: str, at: datetime) -> PhoneMove:
    """The code that went to the old number (or the proved e-mail) came back.

    Call it outside of any transaction. Raises MoveUnknown and what `one_time_codes.prove` raises.
    """
    move = find(move_id=move_id, at=at)
    one_time_codes.prove(
        purpose=one_time_codes.Purpose.OLD_PHONE, member_id=move.member_id, code=code, asker=asker, at=at
    )
    return _noted(move, old_proved_at=at)


def prove_new(*, move_id: UUID, code: str, asker: str, at: datetime) -> PhoneMove:
    """The code that went to the new number came back. As `prove_old`."""
    move = find(move_id=move_id, at=at)
    one_time_codes.prove(
        purpose=one_time_codes.Purpose.NEW_PHONE,
        phone=move.phone,
        practice=move.member.practice,
        code=code,
        asker=asker,
        at=at,
    )
    return _noted(move, new_proved_at=at)


def vouch(*, move_id: UUID, told: Mapping[str, str], by: str, at: datetime) -> PhoneMove:
    """A manager (`by`; the door has seen to the role) asked for two facts or more, and all of them are so.

    `told`: the fact's name (`facts.kinds()`) and what the person said. Kept are the names and who vouched. Call it
    outside of any transaction. Raises TooFewFacts, FactUnknown, FactsWrong, NotForOneself, TooManyGuesses, MoveUnknown.
    """
    move = find(move_id=move_id, at=at)
    said = {kind: text for kind, text in told.items() if text.strip()}
    if not said.keys() <= set(facts.kinds()):
        raise FactUnknown
    if len({facts.matter_of(kind) for kind in said}) < FACTS_NEEDED:
        raise TooFewFacts
    if move.member.user_id is not None and by == f"user:{move.member.user_id}":
        raise NotForOneself
    tries = [
        guessing.count(kind=kind, of=of, limit=limit, within=within, at=at)
        for kind, of, (limit, within) in (
            ("facts about", str(move.member_id), WRONG_ABOUT_ONE),
            ("facts to", by, WRONG_TO_ONE_MANAGER),
        )
    ]
    # all are judged, so that the time says nothing of which was wrong
    right = [facts.is_true(kind, member=move.member, told=text, at=at) for kind, text in said.items()]
    if not all(right):
        raise FactsWrong
    for guess in tries:
        guessing.take_back(guess=guess)
    return _noted(move, vouched_at=at, vouched_by=by, facts=sorted(said))


def finish(*, move_id: UUID, by: str, at: datetime, request_id: str = "") -> Moved:
    """The number is the member's from now on, and nothing leaves the account for 24 hours.

    Somebody else who had the number loses it, where a code has proved the new number; else it is refused. Raises
    MoveUnknown, MoveUnproved, IdentifierTaken, MemberGone; then nothing was changed. Of two at once one wins.
    """
    with transaction.atomic():
        move = find(move_id=move_id, at=at)
        _locked(move.member_id)
        move = PhoneMove.objects.select_for_update().get(pk=move.pk)
        if not move.open:
            raise MoveUnknown
        proved = move.old_proved_at is not None and move.new_proved_at is not None
        if not proved and move.vouched_at is None:
            raise MoveUnproved
        old = _both_numbers(move)
        passed_from = None
        if move.new_proved_at is not None:
            passed_from = pass_on(phone=move.phone, practice=move.member.practice, by=by, at=at, request_id=request_id)
        new = changing.move_phone(
            member_id=move.member_id,
            phone=move.phone,
            verified=move.new_proved_at is not None,
            by=by,
            at=at,
            request_id=request_id,
        )
        changing.renew_qr(member_id=move.member_id, by=by, at=at, request_id=request_id)
        locking.lock_spending(
            member_id=move.member_id,
            reason=locking.Reason.PHONE_MOVED,
            until=at + LOCKED_FOR,
            by=by,
            at=at,
            request_id=request_id,
        )
        _over(move, done_at=at)
        outbox.record(
            type="member.phone_moved",
            member_id=move.member_id,
            subject_id=new.pk,
            store_id=move.store_id,
            data={"old": str(old) if old else None, "how": "codes" if proved else "manager", "move": str(move.pk)},
            at=at,
            by=by,
            request_id=request_id,
        )
        return Moved(member_id=move.member_id, phone=new.value, passed_from=passed_from, locked_until=at + LOCKED_FOR)


def give_up(*, move_id: UUID, at: datetime) -> None:
    """The member thought again, or nobody came back. What is over stays over."""
    with transaction.atomic():
        move = PhoneMove.objects.select_for_update().filter(pk=move_id).first()
        if move is not None and move.open:
            _over(move, given_up_at=at)


def find(*, move_id: UUID, at: datetime) -> PhoneMove:
    """A change under way. Raises MoveUnknown."""
    move = PhoneMove.objects.select_related("member").filter(pk=move_id).first()
    # from further ahead than half an hour: begun before the clock was put back
    if move is None or not move.open or not move.begun_at - GOOD_FOR <= at < move.expires_at:
        raise MoveUnknown
    return move


# --- a number that has another owner now ------------------------------------------------------------------------------


def pass_on(*, phone: str, practice: bool = False, by: str, at: datetime, request_id: str = "") -> UUID | None:
    """Somebody has just proved by a code that this number is in their hand: whoever had it before no longer has it.

    The old account keeps its card, e-mail and points; its old owner is told where there is another way. Answers whose
    account it was, for the records and never for the new owner. Raises PhoneUnreadable.
    """
    value = identifying.phone(phone)
    with transaction.atomic():
        held = Identifier.objects.select_for_update().filter(
            kind=Identifier.Kind.PHONE, value=value, practice=practice, until_at__isnull=True
        )
        identifier = held.first()
        if identifier is None:
            return None
        identifier.until_at = max(at, identifier.from_at)
        identifier.save(update_fields=["until_at"])
        outbox.record(
            type="member.phone_passed",
            member_id=identifier.member_id,
            subject_id=identifier.pk,
            data={},
            at=at,
            by=by,
            request_id=request_id,
        )
        return identifier.member_id


def join_with_passed_phone(*, phone: str, by: str, at: datetime, request_id: str = "", **person: Any) -> Member:
    """A new owner of a number joins: `pass_on` and `joining.join` in one transaction; the number counts as proved.

    Only after a code for joining came back from this number and the person said that the account it names is not
    theirs. Raises what `joining.join` raises; then the number stays where it was.
    """
    with transaction.atomic():
        pass_on(phone=phone, practice=person.get("practice", False), by=by, at=at, request_id=request_id)
        member = joining.join(phone=phone, by=by, at=at, request_id=request_id, **person)
        changing.verify_phone(member_id=member.pk, phone=phone, by=by, at=at, request_id=request_id)
        return member


# --- how a step is noted ----------------------------------------------------------------------------------------------


def _locked(member_id: UUID) -> Member:
    member = Member.objects.select_for_update(no_key=True).filter(pk=member_id, status=Member.Status.ACTIVE).first()
    if member is None:
        raise changing.MemberGone
    return member


def _phones(member: Member) -> Any:
    return Identifier.objects.filter(member=member, kind=Identifier.Kind.PHONE, until_at__isnull=True)


def _both_numbers(move: PhoneMove) -> UUID | None:
    """Locks the member's number and the row of the new one, in id order: two may be swapping. Answers the old one."""
    touched = Identifier.objects.select_for_update().filter(
        Q(member=move.member) | Q(value=move.phone, practice=move.member.practice),
        kind=Identifier.Kind.PHONE,
        until_at__isnull=True,
    )
    own = [identifier for identifier in touched.order_by("pk") if identifier.member_id == move.member_id]
    return own[-1].pk if own else None


def _open(member_id: UUID) -> Any:
    return PhoneMove.objects.filter(member_id=member_id, done_at__isnull=True, given_up_at__isnull=True)


def _noted(move: PhoneMove, **fields: Any) -> PhoneMove:
    """The step is kept, unless the change came to its end meanwhile."""
    if not _open(move.member_id).filter(pk=move.pk).update(**fields):
        raise MoveUnknown
    for field, value in fields.items():
        setattr(move, field, value)
    return move


def _over(move: PhoneMove, **end: datetime) -> None:
    PhoneMove.objects.filter(pk=move.pk).update(phone="", **end)
