"""Labels that staff give a member by hand: the same tags as segments, told in events."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events import outbox
from members import tagging
from members.models import Tag
from members.relationship import saying


def give(*, member_id: UUID, key: str, by: str, at: datetime, request_id: str = "") -> None:
    """The member bears the key from now on. Raises TagUnreadable, MemberGone."""
    with transaction.atomic():
        saying.member(member_id, lock=True)
        if key not in tagging.keys_of(member_id=member_id, at=at):
            tagging.bear(member_ids=[member_id], key=key, by=by, at=at)
            _tell("label.given", member_id, key, by=by, at=at, request_id=request_id)


def take(*, member_id: UUID, key: str, by: str, at: datetime, request_id: str = "") -> None:
    """The member no longer bears the key."""
    with transaction.atomic():
        if tagging.drop(member_ids=[member_id], key=key, at=at):
            _tell("label.taken", member_id, key, by=by, at=at, request_id=request_id)


def borne(*, member_id: UUID, limit: int = 20) -> list[str]:
    """What the member bears now, oldest first."""
    tags = Tag.objects.filter(member_id=member_id, until_at__isnull=True).order_by("from_at")
    return list(tags.values_list("key", flat=True)[:limit])


def _tell(type: str, member_id: UUID, key: str, *, by: str, at: datetime, request_id: str) -> None:
    data = {"key": key}
    outbox.record(type=type, member_id=member_id, subject_id=member_id, data=data, at=at, by=by, request_id=request_id)
