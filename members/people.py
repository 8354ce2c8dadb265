"""Several people on one account: who else comes with this card."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from events import outbox
from events.refusals import Missing, Refusal
from members import birthdays, changing, identifying, joining
from members.consenting import GuardianNeeded
from members.models import Member, Person

MOST = 10
LONGEST_FIRST_NAME = 40


class RelationUnknown(Refusal):
    code = "relation_unknown"


class TooManyPeople(Refusal):
    """An account has room for ten people besides its owner."""

    code = "too_many_people"


class PersonUnknown(Missing):
    code = "person_unknown"


def add(
    *,
    member_id: UUID,
    first_name: str,
    relation: str,
    birthday: birthdays.Birthday | None = None,
    guardian: bool = False,
    by: str,
    at: datetime,
    request_id: str = "",
) -> Person:
    """Somebody else uses this account. `guardian`: the account's owner said yes for the child.

    Raises NameUnreadable, RelationUnknown, GuardianNeeded, BirthdayImpossible, TooManyPeople, MemberGone.
    """
    name = identifying.clean(first_name)
    if not name or len(name) > LONGEST_FIRST_NAME:
        raise joining.NameUnreadable
    if relation not in Person.Relation.values:
        raise RelationUnknown
    if birthday is not None and relation == Person.Relation.CHILD and not guardian:
        raise GuardianNeeded
    born = joining.birth_fields(birthday, at=at)
    born.pop("birth_unsure")
    with transaction.atomic():
        _must_be_here(member_id)
        if current(member_id=member_id).count() >= MOST:
            raise TooManyPeople
        person = Person.objects.create(
            member_id=member_id, first_name=name, relation=relation, guardian=guardian, from_at=at, by=by, **born
        )
        _tell(member_id, person.pk, "came", by=by, at=at, request_id=request_id)
        return person


def remove(*, member_id: UUID, person_id: UUID, by: str, at: datetime, request_id: str = "") -> None:
    """The person no longer uses the account; name and birthday are forgotten. Raises PersonUnknown."""
    with transaction.atomic():
        gone = current(member_id=member_id).filter(pk=person_id)
        if not gone.update(until_at=at, first_name="", birth_day=None, birth_month=None, birth_year=None):
            raise PersonUnknown
        _tell(member_id, person_id, "left", by=by, at=at, request_id=request_id)


def current(*, member_id: UUID) -> QuerySet[Person]:
    """Who uses the account besides its owner."""
    return Person.objects.filter(member_id=member_id, until_at__isnull=True).order_by("from_at", "id")


def forget(*, member_id: UUID) -> None:
    Person.objects.filter(member_id=member_id).update(first_name="", birth_day=None, birth_month=None, birth_year=None)


def _must_be_here(member_id: UUID) -> None:
    if not Member.objects.select_for_update(no_key=True).filter(pk=member_id, status=Member.Status.ACTIVE).exists():
        raise changing.MemberGone


def _tell(member_id: UUID, person_id: UUID, what: str, *, by: str, at: datetime, request_id: str) -> None:
    outbox.record(
        type="member.people_changed",
        member_id=member_id,
        subject_id=person_id,
        data={"what": what},
        at=at,
        by=by,
        request_id=request_id,
    )
