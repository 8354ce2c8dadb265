"""What changes about a member who stays the same: the name, the birthday, the phone, the card, who looks after them.

Each change locks the member, writes an event `member.changed` that says which field changed (never to what), and
writes nothing when nothing changes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from events import outbox
from events.refusals import Conflict, Missing
from members import birthdays, card_stock, identifying, joining
from members.models import Identifier, Member, NameToken, User


class MemberGone(Missing):
    """No such member, or one who has left or was erased."""

    code = "member_unknown"


class IdentifierTaken(Conflict):
    """The phone, card or outside id names another member now. Which one is not said."""

    code = "identifier_taken"


class CardUnknown(Missing):
    """The member bears no such card now."""

    code = "card_unknown"


class StaffUnknown(Missing):
    """Nobody on the staff who could look after a member."""

    code = "staff_unknown"


def rename(
    *,
    member_id: UUID,
    name: str,
    call_name: str = "",
    honorific: str = "",
    by: str,
    at: datetime,
    request_id: str = "",
) -> Member:
    """Gives the member another name; the call name is guessed again unless given. Raises NameUnreadable, MemberGone."""
    with under_change(member_id=member_id, by=by, at=at, request_id=request_id) as (member, changed):
        fields: dict[str, Any] = dict(joining.naming(name=name, call_name=call_name))
        if honorific:
            fields["honorific"] = joining.short_text(honorific)
        renamed = fields["folded_name"] != member.folded_name
        changed += _set(member, fields)
        if renamed:
            NameToken.objects.filter(member_id=member.pk).delete()
            NameToken.objects.bulk_create(
                NameToken(token=token, member_id=member.pk) for token in identifying.search_tokens(member.name)
            )
    return member


def change_birthday(
    *, member_id: UUID, birthday: birthdays.Birthday | None, by: str, at: datetime, request_id: str = ""
) -> Member:
    """Another birthday, or none. Raises BirthdayImpossible, MemberGone."""
    with under_change(member_id=member_id, by=by, at=at, request_id=request_id) as (member, changed):
        changed += _set(member, joining.birth_fields(birthday, at=at))
    return member


def change_details(
    *,
    member_id: UUID,
    gender: str | None = None,
    locale: str | None = None,
    province: str | None = None,
    ward: str | None = None,
    home_store_id: int | None = None,
    by: str,
    at: datetime,
    request_id: str = "",
) -> Member:
    """What is None stays. Raises GenderUnknown, LocaleUnknown, MemberGone."""
    if gender is not None:
        joining.one_of(gender, among=["", *Member.Gender.values], otherwise=joining.GenderUnknown)
    if locale is not None:
        joining.one_of(locale, among=[code for code, _ in settings.LANGUAGES], otherwise=joining.LocaleUnknown)
    told = {
        "gender": gender,
        "locale": locale,
        "province": None if province is None else joining.short_text(province),
        "ward": None if ward is None else joining.short_text(ward),
        "home_store_id": home_store_id,
    }
    with under_change(member_id=member_id, by=by, at=at, request_id=request_id) as (member, changed):
        changed += _set(member, {field: value for field, value in told.items() if value is not None})
    return member


def appoint(*, member_id: UUID, user_id: int | None, by: str, at: datetime, request_id: str = "") -> Member:
    """Names the member of staff who looks after this member, or nobody. Raises StaffUnknown, MemberGone."""
    if user_id is not None and not User.objects.filter(pk=user_id, is_active=True, is_staff=True).exists():
        raise StaffUnknown
    with under_change(member_id=member_id, by=by, at=at, request_id=request_id) as (member, changed):
        changed += _set(member, {"contact_person_id": user_id})
    return member


def move_phone(
    *, member_id: UUID, phone: str, verified: bool, by: str, at: datetime, request_id: str = ""
) -> Identifier:
    """The member's phone is this one from now on, and no longer the old one, which may name somebody else later.

    `verified`: a code sent to the phone came back. Raises PhoneUnreadable, IdentifierTaken, MemberGone.
    """
    return _move(
        member_id=member_id,
        kind=Identifier.Kind.PHONE,
        value=identifying.phone(phone),
        verified=verified,
        by=by,
        at=at,
        request_id=request_id,
    )


def verify_phone(*, member_id: UUID, phone: str, by: str, at: datetime, request_id: str = "") -> None:
    """A code sent to the phone came back: noted, where it is the member's phone now and was not noted before."""
    value = identifying.phone(phone)
    unproved = Identifier.objects.filter(
        member_id=member_id, kind=Identifier.Kind.PHONE, value=value, until_at__isnull=True, verified_at__isnull=True
    )
    if not unproved.exists():
        return
    with under_change(member_id=member_id, by=by, at=at, request_id=request_id) as (_member, changed):
        if unproved.update(verified_at=at):
            changed.append("phone")


def move_email(
    *, member_id: UUID, email: str, verified: bool, by: str, at: datetime, request_id: str = ""
) -> Identifier:
    """The member's e-mail from now on; others may have the same. Raises EmailUnreadable, MemberGone."""
    return _move(
        member_id=member_id,
        kind=Identifier.Kind.EMAIL,
        value=identifying.email(email),
        verified=verified,
        by=by,
        at=at,
        request_id=request_id,
    )


def replace_card(
    *, member_id: UUID, card: str | None = None, by: str, at: datetime, request_id: str = ""
) -> Identifier:
    """A new card in place of every old one, ours when none is given.

    Raises CardUnreadable, CardNotUsable, IdentifierTaken, MemberGone.
    """
    for _try in range(joining.CARD_TRIES):
        try:
            return _move(
                member_id=member_id,
                kind=Identifier.Kind.CARD,
                value=identifying.new_card() if card is None else identifying.card(card),
                verified=False,
                by=by,
                at=at,
                request_id=request_id,
            )
        except IdentifierTaken:
            if card is not None:
                raise
    raise IdentifierTaken


def block_card(*, member_id: UUID, card: str, by: str, at: datetime, request_id: str = "") -> None:
    """The card no longer names the member: lost or stolen. Raises CardUnreadable, CardUnknown, MemberGone."""
    with under_change(member_id=member_id, by=by, at=at, request_id=request_id) as (member, changed):
        ended = _current(member, Identifier.Kind.CARD).filter(value=identifying.card(card)).update(until_at=at)
        if not ended:
            raise CardUnknown
        changed.append("card")


def renew_qr(*, member_id: UUID, by: str, at: datetime, request_id: str = "") -> Member:
    """Every code shown so far is worthless: for a phone that was lost. Raises MemberGone."""
    with under_change(member_id=member_id, by=by, at=at, request_id=request_id) as (member, changed):
        # a small integer: after thirty thousand lost phones it begins again
        changed += _set(member, {"qr_generation": member.qr_generation % 30_000 + 1})
    return member


# --- how every change is made -----------------------------------------------------------------------------------------


@contextmanager
def under_change(*, member_id: UUID, by: str, at: datetime, request_id: str) -> Iterator[tuple[Member, list[str]]]:
    """Locks the member for a change; the names put into the list are told to whoever hears `member.changed`."""
    with transaction.atomic():
        member = Member.objects.select_for_update(no_key=True).filter(pk=member_id, status=Member.Status.ACTIVE).first()
        if member is None:
            raise MemberGone
        changed: list[str] = []
        yield member, changed
        if changed:
            outbox.record(
                type="member.changed",
                member_id=member.pk,
                subject_id=member.pk,
                store_id=None,
                data={"changed": sorted(set(changed))},
                at=at,
                by=by,
                request_id=request_id,
            )


def _set(member: Member, fields: dict[str, Any]) -> list[str]:
    """Saves the fields that differ; answers their names as events tell them."""
    different = [field for field, value in fields.items() if getattr(member, field) != value]
    for field in different:
        setattr(member, field, fields[field])
    if different:
        member.save(update_fields=different)
    return [field.removesuffix("_id") for field in different if field != "folded_name"]


def _current(member: Member, kind: Identifier.Kind) -> Any:
    return Identifier.objects.filter(member=member, kind=kind, until_at__isnull=True)


def _move(
    *, member_id: UUID, kind: Identifier.Kind, value: str, verified: bool, by: str, at: datetime, request_id: str
) -> Identifier:
    """Ends what the member had of this kind and begins the new one, in one transaction."""
    try:
        with under_change(member_id=member_id, by=by, at=at, request_id=request_id) as (member, changed):
            _current(member, kind).exclude(value=value).update(until_at=at)
            kept = _current(member, kind).first()
            if kept is None:
                changed.append(kind.value)
                if kind == Identifier.Kind.CARD:
                    card_stock.take(number=value, member_id=member.pk, practice=member.practice, by=by, at=at)
                return Identifier.objects.create(
                    member=member,
                    kind=kind,
                    value=value,
                    practice=member.practice,
                    from_at=at,
                    verified_at=at if verified else None,
                )
            if verified and kept.verified_at is None:
                changed.append(kind.value)
                kept.verified_at = at
                kept.save(update_fields=["verified_at"])
            return kept
    except IntegrityError as conflict:
        if joining.constraint_of(conflict) != joining.ONE_OWNER:
            raise
        raise IdentifierTaken from None
