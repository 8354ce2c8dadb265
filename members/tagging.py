"""Who bears which key: a label that staff gave, or membership of a segment. Written by upper floors, read by all."""

import re
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from events.refusals import Refusal
from members.models import Tag

_KEY = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,63}", re.ASCII)


class TagUnreadable(Refusal):
    """A key is 1 to 64 small letters, digits and `_ . : -`."""

    code = "tag_unreadable"


def must_be_readable(key: str) -> None:
    """Raises TagUnreadable."""
    if not _KEY.fullmatch(key):
        raise TagUnreadable


def bear(*, member_ids: Collection[UUID], key: str, by: str, at: datetime) -> None:
    """These members bear the key from now on; who bears it already goes on doing so. Raises TagUnreadable."""
    must_be_readable(key)
    # the constraint a_tag_is_borne_once keeps the older row
    Tag.objects.bulk_create(
        [Tag(member_id=member_id, key=key, from_at=at, by=by) for member_id in sorted(member_ids)],
        batch_size=1000,
        ignore_conflicts=True,
    )


def drop(*, member_ids: Collection[UUID], key: str, at: datetime) -> int:
    """These members no longer bear the key; answers how many did."""
    return Tag.objects.filter(member_id__in=list(member_ids), key=key, until_at__isnull=True).update(until_at=at)


def bearers(*, key: str) -> QuerySet[Tag, UUID]:
    """The ids of those who bear the key now."""
    return Tag.objects.filter(key=key, until_at__isnull=True).values_list("member_id", flat=True)


def keys_of(*, member_id: UUID, at: datetime) -> set[str]:
    """The keys a member bore at a moment."""
    borne = Tag.objects.filter(member_id=member_id, from_at__lte=at).exclude(until_at__lte=at)
    return set(borne.values_list("key", flat=True))
