"""One-time codes: the one message that goes at any hour and to anybody, and rather twice than not at all.

A provider that knows a key again takes it once; so a code whose answer was lost is sent once more under the same key.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection

from campaigns import channels, limits
from campaigns.channels import letters
from campaigns.channels.base import Outgoing, ProviderTrouble, Refused
from campaigns.models import CodeMessage, MessageClass
from events import masking
from events.refusals import Refusal

WAIT = timedelta(seconds=5)

log = structlog.get_logger("campaigns.codes")

_CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT id FROM campaigns_codemessage
        WHERE state = 'due' AND due_at <= %(at)s
          AND (claimed_until IS NULL OR claimed_until <= %(at)s OR claimed_until > %(absurd)s)
        ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    UPDATE campaigns_codemessage AS code SET claimed_until = %(until)s FROM due WHERE code.id = due.id RETURNING code.id
"""


class ChannelClosed(Refusal):
    """The shop has nobody who takes messages of this channel."""

    code = "channel_closed"


def request(
    *,
    text: str,
    channel: str,
    address: str,
    language: str,
    expires_at: datetime,
    at: datetime,
    member_id: UUID | None = None,
) -> UUID:
    """Asks for a code to be sent, in the caller's transaction; answers the message's id. Raises ChannelClosed."""
    if not channels.is_open(channel):
        raise ChannelClosed(channel=channel)
    message = CodeMessage.objects.create(
        member_id=member_id,
        channel=channel,
        address=address,
        text=text,
        language=language,
        created_at=at,
        due_at=at,
        expires_at=expires_at,
    )
    return message.pk


def claim(*, at: datetime, limit: int, lease: timedelta) -> list[str]:
    """Ids of up to `limit` due codes, nobody else's until `at + lease`. Committed when it returns."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"at": at, "until": at + lease, "absurd": at + 2 * lease, "limit": limit})
        return sorted(str(id) for (id,) in cursor.fetchall())


def held(*, ids: Sequence[UUID], until: datetime) -> list[UUID]:
    """Those of `ids` that are still due under the claim that ends at `until`."""
    codes = CodeMessage.objects.filter(pk__in=ids, state=CodeMessage.State.DUE, claimed_until=until)
    return list(codes.order_by("pk").values_list("pk", flat=True))


def send(*, id: UUID, at: datetime) -> str:
    """Sends one code, unless it is too old to help; answers its state. No hour, no list and no refusal stops a code."""
    code = CodeMessage.objects.filter(pk=id, state=CodeMessage.State.DUE).first()
    if code is None:
        return ""
    if at >= code.expires_at:
        return _end(code, CodeMessage.State.FAILED, reason="too_late")
    provider = channels.provider_of(code.channel)
    try:
        if provider is None:
            raise Refused("no_provider")
        provider(_outgoing(code, at))
    except Refused as trouble:
        return _end(code, CodeMessage.State.FAILED, reason=trouble.reason)
    except (ProviderTrouble, OSError) as trouble:
        log.warning("code_put_off", code_id=str(code.pk), error=masking.error(trouble))
        CodeMessage.objects.filter(pk=code.pk, state=CodeMessage.State.DUE).update(
            attempts=code.attempts + 1, due_at=at + WAIT, claimed_until=None
        )
        return CodeMessage.State.DUE
    return _end(code, CodeMessage.State.SENT, sent_at=at)


def _outgoing(code: CodeMessage, at: datetime) -> Outgoing:
    brand = limits.policy().brand
    text = code.text
    if code.channel == "sms":
        text = letters.sms(text, message_class=MessageClass.CODE, brand=brand)
    return Outgoing(key=code.key, channel=code.channel, address=code.address, subject=brand, text=text, at=at)


def _end(code: CodeMessage, state: CodeMessage.State, *, reason: str = "", sent_at: datetime | None = None) -> str:
    CodeMessage.objects.filter(pk=code.pk, state=CodeMessage.State.DUE).update(
        state=state, reason=reason, text="", sent_at=sent_at, attempts=code.attempts + 1, claimed_until=None
    )
    return state
