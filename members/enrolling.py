"""Joining by a caller that repeats itself: one member per idempotency key, for ever."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from events import commands
from members import joining

KIND = "enrolment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """The member, and whether this key had made them a member before."""

    member_id: UUID
    replayed: bool


def enrol(
    *, key: str, fingerprint: bytes, store_id: int, by: str, at: datetime, request_id: str = "", **person: Any
) -> Enrolled:
    """`joining.join` with the words of `person`, once per `key` of a store, in one transaction.

    The same key and fingerprint again names the same member. Raises KeyConflict, and what joining raises; then nothing
    was written.
    """
    with transaction.atomic():
        known = commands.find(store_id=store_id, key=key)
        if known is not None:
            commands.check(known, kind=KIND, fingerprint=fingerprint)
            return Enrolled(member_id=known.subject_id, replayed=True)
        member = joining.join(store_id=store_id, by=by, at=at, request_id=request_id, **person)
        commands.remember(store_id=store_id, key=key, kind=KIND, fingerprint=fingerprint, subject_id=member.pk, at=at)
        return Enrolled(member_id=member.pk, replayed=False)
