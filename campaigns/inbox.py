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
    voucher_id: UUID | None


def of_member(*, member_id: UUID, at: datetime, before: int | None = None, limit: int = 50) -> list[Shown]:
    """The newest messages of a member, `before` the one seen last. A code is computed for this look and stands nowhere
    else."""
    messages = InboxMessage.objects.filter(member_id=member_id, at__lte=at)
    if before is not None:
        last = messages.filter(pk=before).first()
        messages = messages.filter(at__lt=last.at) if last else messages.none()
    return _shown(list(messages.order_by("-at")[:limit]), at=at)


def unread(*, member_id: UUID, at: datetime) -> int:
    """How many messages wait to be opened."""
    return InboxMessage.objects.filter(member_id=member_id, at__lte=at, read_at__isnull=True).count()


def open(*, member_id: UUID, message_id: int, at: datetime) -> Shown | None:
    """One message of this member, from now on read; None where it is nobody's or somebody else's."""
    own = InboxMessage.objects.filter(pk=message_id, member_id=member_id, at__lte=at)
    shown = _shown(list(own), at=at)
    own.filter(read_at__isnull=True).update(read_at=at)
    return shown[0] if shown else None


def _shown(messages: list[InboxMessage], *, at: datetime) -> list[Shown]:
    given = vouchers.by_ids([message.voucher_id for message in messages if message.voucher_id], at=at)
    codes: dict[UUID | None, str] = {id: voucher.code for id, voucher in given.items()}
    return [
        Shown(
            id=message.pk,
            subject=message.subject,
            body=message.body.replace(CODE_PLACE, codes.get(message.voucher_id, "")),
            at=message.at,
            unread=message.read_at is None,
            voucher_id=message.voucher_id,
        )
        for message in messages
    ]
