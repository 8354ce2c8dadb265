"""Joining the programme: a person becomes a member, with everything that names them, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from events import outbox
from events.refusals import Conflict, Refusal
from members import addressing, birthdays, card_stock, consenting, identifying, terms
from members.models import Identifier, Member, NameToken

LONGEST_NAME = 120
ONE_OWNER = "an_identifier_has_one_owner"
CARD_TRIES = 5


class MemberExists(Conflict):
    """The phone, card or outside id already names a member. Which member is not said."""

    code = "member_exists"


class NameUnreadable(Refusal):
    """Nothing visible in the name, or more than a name holds."""

    code = "name_unreadable"


class GenderUnknown(Refusal):
    code = "gender_unknown"


class LocaleUnknown(Refusal):
    code = "locale_unknown"


def join(
    *,
    name: str,
    phone: str | None = None,
    card: str | None = None,
    email: str | None = None,
    external_id: str | None = None,
    birthday: birthdays.Birthday | None = None,
    gender: str = "",
    locale: str = "vi",
    call_name: str = "",
    honorific: str = "",
    province: str = "",
    ward: str = "",
    joined_via: str,
    store_id: int | None = None,
    staff: str = "",
    source: str = "",
    consents: Sequence[consenting.ConsentGiven] = (),
    practice: bool = False,
    by: str,
    at: datetime,
    request_id: str = "",
) -> Member:
    """Makes a member with phone, card (ours when none is given), consents and the event `member.joined`.

    Practice members live apart: the same phone may name a live member and a practice one. Raises MemberExists,
    NameUnreadable, BirthdayImpossible, PhoneUnreadable, CardUnreadable, CardNotUsable, EmailUnreadable,
    ConsentTextUnknown, GuardianNeeded.
    """
    person = {
        **naming(name=name, call_name=call_name),
        **birth_fields(birthday, at=at),
        "gender": one_of(gender, among=["", *Member.Gender.values], otherwise=GenderUnknown),
        "honorific": short_text(honorific) or addressing.honorific(gender),
        "province": short_text(province),
        "ward": short_text(ward),
        "locale": one_of(locale, among=[code for code, _ in settings.LANGUAGES], otherwise=LocaleUnknown),
        "joined_at": at,
        "joined_via": joined_via,
        "joined_store_id": store_id,
        "joined_staff": short_text(staff),
        "joined_source": short_text(source),
        "home_store_id": store_id,
        "practice": practice,
        "created_at": at,
    }
    given = {
        Identifier.Kind.PHONE: None if phone is None else identifying.phone(phone),
        Identifier.Kind.CARD: None if card is None else identifying.card(card),
        Identifier.Kind.EMAIL: None if email is None else identifying.email(email),
        Identifier.Kind.EXTERNAL: None if external_id is None else identifying.external(external_id),
    }
    named = {kind: value for kind, value in given.items() if value is not None}
    for _try in range(CARD_TRIES):
        try:
            with transaction.atomic():
                member = _enrol(person=person, named={Identifier.Kind.CARD: identifying.new_card(), **named}, at=at)
                if card is not None:
                    number = named[Identifier.Kind.CARD]
                    card_stock.take(number=number, member_id=member.pk, practice=practice, by=by, at=at)
                _joined(member, by=by, at=at, request_id=request_id)
                terms.joined(
                    member_id=member.pk, how=joined_via, store_id=store_id, by=by, at=at, request_id=request_id
                )
                consenting.give(
                    member_id=member.pk, consents=consents, store_id=store_id, by=by, at=at, request_id=request_id
                )
                return member
        except IntegrityError as conflict:
            if constraint_of(conflict) != ONE_OWNER:
                raise
            # unless what was given is taken, it was the card we drew
            if _is_taken(named, practice=practice):
                raise MemberExists from None
    raise MemberExists


def naming(*, name: str, call_name: str = "") -> dict[str, str]:
    """The fields of a member's name; the call name is guessed where none is given. Raises NameUnreadable."""
    kept = identifying.clean(name)
    called = identifying.clean(call_name)
    if not kept or len(kept) > LONGEST_NAME or len(called) > LONGEST_NAME:
        raise NameUnreadable
    return {
        "name": kept,
        "folded_name": " ".join(identifying.words(kept)),
        "call_name": called or addressing.call_name(kept),
    }


def birth_fields(birthday: birthdays.Birthday | None, *, at: datetime) -> dict[str, Any]:
    """The fields of a birthday, or of none. Raises BirthdayImpossible for a day to come."""
    if birthday is None:
        return {
            "birth_day": None,
            "birth_month": None,
            "birth_year": None,
            "birth_calendar": Member.Calendar.SOLAR,
            "birth_unsure": False,
        }
    birthdays.must_be_past(birthday, on=at.astimezone(ZoneInfo(settings.TIME_ZONE)).date())
    return {
        "birth_day": birthday.day,
        "birth_month": birthday.month,
        "birth_year": birthday.year,
        "birth_calendar": birthday.calendar,
        "birth_unsure": birthday.unsure,
    }


def one_of(value: str, *, among: Sequence[str], otherwise: type[Refusal]) -> str:
    if value not in among:
        raise otherwise
    return value


def short_text(text: str) -> str:
    return identifying.clean(text)[:LONGEST_NAME]


def constraint_of(error: IntegrityError) -> str | None:
    """The name of the constraint that the database refused by."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)


def _enrol(*, person: dict[str, Any], named: dict[Identifier.Kind, str], at: datetime) -> Member:
    member = Member.objects.create(**person)
    Identifier.objects.bulk_create(
        Identifier(member=member, kind=kind, value=value, practice=member.practice, from_at=at)
        for kind, value in named.items()
    )
    NameToken.objects.bulk_create(
        NameToken(token=token, member_id=member.pk) for token in identifying.search_tokens(member.name)
    )
    return member


def _joined(member: Member, *, by: str, at: datetime, request_id: str) -> None:
    outbox.record(
        type="member.joined",
        member_id=member.pk,
        subject_id=member.pk,
        store_id=member.joined_store_id,
        data={"via": member.joined_via},
        at=at,
        by=by,
        request_id=request_id,
    )


def _is_taken(named: dict[Identifier.Kind, str], *, practice: bool) -> bool:
    one_owner = {kind: value for kind, value in named.items() if kind != Identifier.Kind.EMAIL}
    taken = Q()
    for kind, value in one_owner.items():
        taken |= Q(kind=kind, value=value)
    return bool(one_owner) and Identifier.objects.filter(taken, practice=practice, until_at__isnull=True).exists()
