"""Who looks after a member: the person appointed for them (`members.changing.appoint`), else the one of their store."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from members.changing import StaffUnknown
from members.models import Member, StoreContact, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The person a member may turn to. `appointed`: for this member, not just for the store."""

    user_id: int
    name: str
    phone: str
    appointed: bool


def of_member(*, member_id: UUID) -> Contact | None:
    """The member's contact person, in two queries at most; None where nobody was named."""
    return of_members([member_id]).get(member_id)


def of_members(member_ids: Iterable[UUID]) -> dict[UUID, Contact]:
    """The contact persons of a page of members."""
    members = list(Member.objects.filter(pk__in=list(member_ids)).select_related("contact_person"))
    stores = [
        member.home_store_id or member.joined_store_id or 0 for member in members if not _works(member.contact_person)
    ]
    defaults = {
        row.store_id: row.person for row in StoreContact.objects.filter(store_id__in=stores).select_related("person")
    }
    found = {}
    for member in members:
        person, appointed = member.contact_person, True
        if not _works(person):
            person, appointed = defaults.get(member.home_store_id or member.joined_store_id or 0), False
        if person is not None and _works(person):
            found[member.pk] = Contact(user_id=person.pk, name=str(person), phone=person.phone, appointed=appointed)
    return found


def of_stores() -> dict[int, User]:
    """The default person of each store that has one."""
    rows = StoreContact.objects.filter(person__is_active=True).select_related("person")
    return {row.store_id: row.person for row in rows if row.person is not None}


def set_for_store(*, store_id: int, user_id: int | None) -> None:
    """Names who looks after the members of a store, or nobody. Raises StaffUnknown."""
    if user_id is not None and not User.objects.filter(pk=user_id, is_active=True, groups__isnull=False).exists():
        raise StaffUnknown
    with transaction.atomic():
        StoreContact.objects.update_or_create(store_id=store_id, defaults={"person_id": user_id})


def _works(person: User | None) -> bool:
    return person is not None and person.is_active
