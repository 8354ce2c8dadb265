"""A member's cards: activated at the first use, blocked when lost, replaced by another.

Several cards may name one account: one for each person who comes with it.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from events import outbox
from members import card_stock, changing, identifying, joining, people
from members.changing import CardUnknown, IdentifierTaken
from members.models import Card, Identifier

LONGEST_REASON = 200


def activate(
    *,
    member_id: UUID,
    number: str,
    person_id: UUID | None = None,
    by: str,
    at: datetime,
    request_id: str = "",
) -> Identifier:
    """The card names this member from now on, beside those there are; for one of the account's people, if said.

    Raises CardUnreadable, CardNotUsable, IdentifierTaken, PersonUnknown, MemberGone.
    """
    value = identifying.card(number)
    if person_id is not None and not people.current(member_id=member_id).filter(pk=person_id).exists():
        raise people.PersonUnknown
    try:
        with changing.under_change(member_id=member_id, by=by, at=at, request_id=request_id) as (member, changed):
            kept = Identifier.objects.filter(
                member=member, kind=Identifier.Kind.CARD, value=value, until_at__isnull=True
            ).first()
            if kept is not None:
                return kept
            card_stock.take(
                number=value, member_id=member.pk, person_id=person_id, practice=member.practice, by=by, at=at
            )
            changed.append("card")
            named = Identifier.objects.create(
                member=member, kind=Identifier.Kind.CARD, value=value, practice=member.practice, from_at=at
            )
            _tell("card.activated", member_id, named.pk, by=by, at=at, request_id=request_id)
            return named
    except IntegrityError as conflict:
        if joining.constraint_of(conflict) != joining.ONE_OWNER:
            raise
        raise IdentifierTaken from None


def block(
    *, number: str, reason: str, member_id: UUID | None = None, by: str, at: datetime, request_id: str = ""
) -> None:
    """The card finds nobody from now on: lost, stolen, broken. A blank one of the stock can be blocked, too.

    `member_id`: only if it is this member's. Raises CardUnreadable, CardUnknown.
    """
    value = identifying.card(number)
    said = identifying.clean(reason)[:LONGEST_REASON]
    owner = Identifier.objects.filter(
        kind=Identifier.Kind.CARD, value=value, practice=False, until_at__isnull=True
    ).first()
    if member_id is not None and (owner is None or owner.member_id != member_id):
        raise CardUnknown
    if owner is None:
        _block_in_stock(value, said, by=by, at=at, missing_is_refused=True)
        return
    with changing.under_change(member_id=owner.member_id, by=by, at=at, request_id=request_id) as (_member, changed):
        if not Identifier.objects.filter(pk=owner.pk, until_at__isnull=True).update(until_at=at):
            raise CardUnknown
        _block_in_stock(value, said, by=by, at=at, missing_is_refused=False)
        changed.append("card")
        _tell("card.blocked", owner.member_id, owner.pk, by=by, at=at, request_id=request_id)


def replace(
    *,
    member_id: UUID,
    old: str,
    new: str,
    reason: str,
    person_id: UUID | None = None,
    by: str,
    at: datetime,
    request_id: str = "",
) -> Identifier:
    """The new card in place of the old one, which is blocked; in one transaction. Raises what both raise."""
    with changing.under_change(member_id=member_id, by=by, at=at, request_id=request_id):
        block(number=old, reason=reason, member_id=member_id, by=by, at=at, request_id=request_id)
        return activate(member_id=member_id, number=new, person_id=person_id, by=by, at=at, request_id=request_id)


def _block_in_stock(value: str, reason: str, *, by: str, at: datetime, missing_is_refused: bool) -> None:
    blocked = (
        Card.objects.filter(number=value)
        .exclude(state=Card.State.BLOCKED)
        .update(state=Card.State.BLOCKED, blocked_at=at, blocked_by=by, reason=reason)
    )
    if not blocked and missing_is_refused:
        raise CardUnknown


def _tell(type: str, member_id: UUID, subject_id: UUID, *, by: str, at: datetime, request_id: str) -> None:
    outbox.record(type=type, member_id=member_id, subject_id=subject_id, data={}, at=at, by=by, request_id=request_id)
