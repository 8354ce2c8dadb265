"""A member's inbox, as the portal shows it: the text with the voucher's code in its place."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from campaigns.models import InboxMessage
from campaigns.wording import CODE_PLACE
from rewards import queries as vouchers


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One message; `unread` until it was opened."""

    id: int
    subject: str
    body: str
    at: datetime
    unread: bool


def of_member(*, member_id: UUID, at: datetime, limit: int = 50) -> list[Shown]:
    """The newest messages of a member. A code is computed for this look and stands nowhere else."""
    messages = list(InboxMessage.objects.filter(member_id=member_id, at__lte=at).order_by("-at")[:limit])
    given = vouchers.by_ids([message.voucher_id for message in messages if message.voucher_id], at=at)
    codes: dict[UUID | None, str] = {id: voucher.code for id, voucher in given.items()}
    return [
        Shown(
            id=message.pk,
            subject=message.subject,
            body=message.body.replace(CODE_PLACE, codes.get(message.voucher_id, "")),
            at=message.at,
            unread=message.read_at is None,
        )
        for message in messages
    ]
