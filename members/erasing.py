"""Erasing a member: the person is forgotten, the books stay, pseudonymous.

Member and identifiers are blanked, so are the evidence of consents, people, requests, and by `settings.ERASERS` what
each floor keeps in words. The ledger, bills, events and consents hold ids only and are left as they are.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from events import outbox
from members import changing, one_time_codes, people
from members.models import (
    Closing,
    ConsentEvidence,
    DataRequest,
    Identifier,
    Member,
    NameToken,
    PhoneMove,
    SpendingPin,
    Tag,
    User,
)

_BLANK = {
    "name": "",
    "folded_name": "",
    "call_name": "",
    "honorific": "",
    "gender": "",
    "birth_day": None,
    "birth_month": None,
    "birth_year": None,
    "birth_calendar": Member.Calendar.SOLAR,
    "birth_unsure": False,
    "province": "",
    "ward": "",
    "joined_staff": "",
    "joined_source": "",
    "contact_person": None,
    "user": None,
}


def erase(*, member_id: UUID, by: str, at: datetime, request_id: str = "") -> bool:
    """Forgets the person for good, in one transaction; False where that was done before. Raises MemberGone."""
    with transaction.atomic():
        member = Member.objects.select_for_update(no_key=True).filter(pk=member_id).first()
        if member is None:
            raise changing.MemberGone
        if member.status == Member.Status.ERASED:
            return False
        one_time_codes.forget(member_id=member_id)
        for dotted in settings.ERASERS:
            import_string(dotted)(member=member)
        _forget(member, at=at)
        outbox.record(
            type="member.erased",
            member_id=member_id,
            subject_id=member_id,
            data={},
            at=at,
            by=by,
            request_id=request_id,
        )
        return True


def _forget(member: Member, *, at: datetime) -> None:
    own = {"member_id": member.pk}
    NameToken.objects.filter(**own).delete()
    SpendingPin.objects.filter(**own).delete()
    ConsentEvidence.objects.filter(consent__member_id=member.pk).update(text="")
    PhoneMove.objects.filter(**own, done_at__isnull=True, given_up_at__isnull=True).update(given_up_at=at, phone="")
    people.forget(member_id=member.pk)
    Tag.objects.filter(**own, until_at__isnull=True).update(until_at=at)
    Closing.objects.filter(**own).update(words="")
    Closing.objects.filter(**own, came_back_at__isnull=True, erased_at__isnull=True).update(erased_at=at)
    DataRequest.objects.filter(**own).update(words="", answer="")
    Identifier.objects.filter(**own, until_at__isnull=True).update(until_at=at)
    Identifier.objects.filter(**own).update(value="")
    if member.user_id is not None:
        _forget_user(member.user_id)
    for field, blank in _BLANK.items():
        setattr(member, field, blank)
    member.status = Member.Status.ERASED
    member.save(update_fields=[*_BLANK, "status"])


def _forget_user(user_id: int) -> None:
    """The sign-in of a member; whoever also works here keeps theirs."""
    User.objects.filter(pk=user_id, is_staff=False).update(
        username=f"erased-{user_id}", phone="", email="", first_name="", last_name="", is_active=False
    )
