"""A member signs in: at the first time a user is made for them. Their phone has been proved before (one_time_codes)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events import outbox
from members.changing import MemberGone
from members.models import Member, User


def user_of(*, member_id: UUID, at: datetime, request_id: str = "") -> User:
    """The user as whom a member signs in. Never staff, without a password. Raises MemberGone."""
    with transaction.atomic():
        member = (
            Member.objects.select_for_update(no_key=True, of=("self",))
            .select_related("user")
            .filter(pk=member_id, status=Member.Status.ACTIVE)
            .first()
        )
        if member is None:
            raise MemberGone
        if member.user is None:
            member.user = User(username=f"member-{member.pk}", locale=member.locale, is_staff=False)
            member.user.set_unusable_password()
            member.user.save(force_insert=True)
            member.save(update_fields=["user"])
        outbox.record(
            type="member.signed_in",
            member_id=member.pk,
            subject_id=member.pk,
            data={},
            at=at,
            by=f"member:{member.pk}",
            request_id=request_id,
        )
        return member.user


def sign_out_everywhere(*, member_id: UUID, at: datetime, request_id: str = "") -> None:
    """Ends every session of the member: a session is worth as much as the password it was made under, used or not."""
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).filter(member__pk=member_id).first()
        if user is None:
            return
        user.set_unusable_password()
        user.save(update_fields=["password"])
        outbox.record(
            type="member.signed_out",
            member_id=member_id,
            subject_id=member_id,
            data={"everywhere": True},
            at=at,
            by=f"member:{member_id}",
            request_id=request_id,
        )
