"""Finding the member somebody means, by what they say or show at the counter."""

from uuid import UUID

from members import identifying
from members.models import Identifier, Member


def by_id(member_id: UUID, *, practice: bool = False) -> Member | None:
    return Member.objects.filter(pk=member_id, practice=practice, status=Member.Status.ACTIVE).first()


def by_phone(value: str, *, practice: bool = False) -> Member | None:
    """The member a phone names now, in any spelling. Raises PhoneUnreadable."""
    return _named(Identifier.Kind.PHONE, identifying.phone(value), practice)


def by_card(value: str, *, practice: bool = False) -> Member | None:
    """The member a card names now. Raises CardUnreadable."""
    return _named(Identifier.Kind.CARD, identifying.card(value), practice)


def by_external(value: str, *, practice: bool = False) -> Member | None:
    """The member another system calls by this id."""
    return _named(Identifier.Kind.EXTERNAL, identifying.external(value), practice)


def by_email(value: str, *, practice: bool = False) -> Member | None:
    """The one member of an e-mail; where several share it, the one who proved it. Raises EmailUnreadable."""
    identifiers = Identifier.objects.filter(
        kind=Identifier.Kind.EMAIL, value=identifying.email(value), practice=practice, until_at__isnull=True
    ).filter(member__status=Member.Status.ACTIVE)
    owners = list(identifiers.select_related("member")[:50])
    if len(owners) > 1:
        owners = [owner for owner in owners if owner.verified_at is not None]
    return owners[0].member if len(owners) == 1 else None


def _named(kind: Identifier.Kind, value: str, practice: bool) -> Member | None:
    found = Member.objects.filter(
        identifiers__kind=kind,
        identifiers__value=value,
        identifiers__practice=practice,
        identifiers__until_at__isnull=True,
        status=Member.Status.ACTIVE,
    )
    # at most one: an_identifier_has_one_owner
    return next(iter(found[:1]), None)
