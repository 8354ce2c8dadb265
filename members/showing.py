"""A member's numbers in full: shown on request, and written down each time who looked."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events import outbox
from members.models import Identifier
from members.relationship import saying


def identifiers(*, member_id: UUID, by: str, at: datetime, request_id: str = "") -> list[Identifier]:
    """The phones, cards and e-mails that name the member now, with the event `identifiers.shown`. Raises MemberGone."""
    with transaction.atomic():
        saying.member(member_id)
        found = list(Identifier.objects.filter(member_id=member_id, until_at__isnull=True).order_by("kind", "from_at"))
        outbox.record(
            type="identifiers.shown",
            member_id=member_id,
            subject_id=member_id,
            data={"kinds": sorted({row.kind for row in found})},
            at=at,
            by=by,
            request_id=request_id,
        )
    return found
