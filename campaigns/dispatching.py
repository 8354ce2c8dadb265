"""Sending what is due. A row is the queue, and every turn is decided and written down in a transaction of its own.

`sending` is committed before the provider is called. If the worker dies then, or the provider does not answer, nobody
knows whether the message went: the turn becomes `unknown` and is never sent again. Only a provider that surely has not
taken it is asked once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection, transaction

from campaigns import channels, composing, deciding, limits
from campaigns.channels import letters
from campaigns.channels.base import Outgoing, Refused, Unreachable
from campaigns.channels.letters import Letter
from campaigns.composing import Composed
from campaigns.deciding import Go, HoldOut, Skip, Wait
from campaigns.models import InboxMessage, Turn
from campaigns.reaching import Reach
from events import masking
from members.models import Member
from rewards import issuing

INBOX = "inbox"
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
# Longer than any provider may take: who is still `sending` after that has nobody who waits for an answer.
ANSWER_WITHIN = timedelta(minutes=3)

_DECIDED = (
    "state", "reason", "closed_channels", "message_class", "due_at", "claimed_until", "attempts", "voucher_id",
    "channel", "language", "sent_at", "ended_at",
)  # fmt: skip

log = structlog.get_logger("campaigns.dispatching")

_LOST = """
    UPDATE campaigns_turn SET state = 'unknown', reason = 'worker_died', claimed_until = NULL, ended_at = %(at)s
    WHERE state = 'sending' AND (claimed_until <= %(at)s OR claimed_until > %(absurd)s)
"""
# Each running campaign gets its share, so that a welcome does not wait behind a hundred thousand others.
_CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT turn.id
        FROM campaigns_campaign AS campaign
        CROSS JOIN LATERAL (
            SELECT id FROM campaigns_turn
            WHERE campaign_id = campaign.id AND state = 'due' AND due_at <= %(at)s
              AND (claimed_until IS NULL OR claimed_until <= %(at)s OR claimed_until > %(absurd)s)
            ORDER BY due_at
            LIMIT %(limit)s / greatest(1, (SELECT count(*) FROM campaigns_campaign WHERE running)) + 1
            FOR UPDATE SKIP LOCKED
        ) AS turn
        WHERE campaign.running
        LIMIT %(limit)s
    )
    UPDATE campaigns_turn AS turn SET claimed_until = %(until)s FROM due WHERE turn.id = due.id RETURNING turn.id
"""


class DatabaseLost(Exception):
    """The connection broke in the middle of a turn. What was committed tells how far it came."""


@dataclass(frozen=True, kw_only=True)
class _Ready:
    """A turn that is `sending`, and what to hand over."""

    turn_id: int
    message: Outgoing


def claim(*, at: datetime, limit: int, lease: timedelta) -> list[int]:
    """Ids of up to `limit` due turns of running campaigns, nobody else's until `at + lease`. Committed when it returns.

    Turns whose worker died while sending are found here too, and end as unknown. A claim that ends later than any
    could was made before the clock was set back; it counts as lapsed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOST, {"at": at, "absurd": at + 2 * ANSWER_WITHIN})
        cursor.execute(_CLAIM, {"at": at, "until": at + lease, "absurd": at + 2 * lease, "limit": limit})
        return sorted(id for (id,) in cursor.fetchall())


def held(*, ids: Sequence[int], until: datetime) -> list[int]:
    """Those of `ids` that are still due under the claim that ends at `until`."""
    turns = Turn.objects.filter(pk__in=ids, state=Turn.State.DUE, claimed_until=until).order_by("pk")
    return list(turns.values_list("pk", flat=True))


def release(*, ids: Sequence[int]) -> None:
    """Gives claimed turns back at once, for the next claim."""
    Turn.objects.filter(pk__in=ids, state=Turn.State.DUE).update(claimed_until=None)


def send(*, id: int, at: datetime) -> str:
    """Decides one due turn, and sends it where it goes; answers the state it has now, or "" if it is not ours to send.

    Raises DatabaseLost.
    """
    ready: _Ready | None
    try:
        with transaction.atomic():
            turn = (
                Turn.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
                .select_related("campaign", "step")
                .filter(pk=id, state=Turn.State.DUE)
                .first()
            )
            if turn is None:
                return ""
            ready = _prepare(turn, at)
    except Exception as error:  # whatever a text, a voucher or a row may raise: the others go on
        _must_be_connected(error)
        _put_off(id, reason=type(error).__name__, error=error, at=at)
        return Turn.State.DUE
    if ready is None:
        return turn.state
    return _hand_over(ready, at)


def _must_be_connected(error: Exception) -> None:
    if not connection.is_usable():
        connection.close()
        raise DatabaseLost from error


def _prepare(turn: Turn, at: datetime) -> _Ready | None:
    """Decides the turn and writes everything that belongs to it; answers what is to leave the building, if anything."""
    if not turn.campaign.running:
        turn.claimed_until = None
        turn.save(update_fields=["claimed_until"])
        return None
    member = Member.objects.select_for_update(no_key=True).get(pk=turn.member_id)
    policy = limits.policy()
    match deciding.decide(turn=turn, member=member, policy=policy, at=at):
        case Skip(reason=reason, closed=closed):
            turn.closed_channels = closed
            _end(turn, Turn.State.SKIPPED, reason=reason, at=at)
        case HoldOut():
            _end(turn, Turn.State.HELD_OUT, reason="", at=at)
        case Wait(until=until):
            turn.due_at, turn.claimed_until = until, None
            turn.save(update_fields=["due_at", "claimed_until"])
        case Go(reach=reach):
            return _go(turn, member, reach, policy.brand, at)
    return None


def _go(turn: Turn, member: Member, reach: Reach, brand: str, at: datetime) -> _Ready | None:
    """The voucher, the inbox and the decision, all or none of them; the letter is written before it is promised."""
    if turn.step.voucher:
        turn.voucher_id = _issue(turn, at)
    composed = composing.message(step=turn.step, member=member, voucher_id=turn.voucher_id, at=at)
    _into_inbox(turn, composed, at)
    turn.language, turn.message_class = composed.language, turn.step.message_class
    turn.closed_channels, turn.channel, turn.sent_at = dict(reach.closed), reach.channel or INBOX, at
    turn.attempts += 1
    if not reach.channel:
        _end(turn, Turn.State.SENT, reason="", at=at)
        return None
    turn.state, turn.claimed_until = Turn.State.SENDING, at + ANSWER_WITHIN
    turn.save(update_fields=_DECIDED)
    letter = Letter(
        member=member,
        message_class=turn.message_class,
        language=composed.language,
        text=composed.outward,
        brand=brand,
        shop=composed.shop,
    )
    message = letters.pack(letter, key=turn.key, channel=reach.channel, address=reach.address, at=at)
    return _Ready(turn_id=turn.pk, message=message)


def _issue(turn: Turn, at: datetime) -> UUID:
    reason = f"campaign:{turn.pk}"
    wanted = [issuing.Wanted(member_id=turn.member_id, issued_for=reason)]
    return issuing.issue(key=turn.step.voucher, wanted=wanted, at=at, by=f"campaign:{turn.campaign_id}")[reason]


def _into_inbox(turn: Turn, composed: Composed, at: datetime) -> None:
    """Once: a turn that is tried again has its message there already."""
    message = InboxMessage(
        turn=turn,
        member_id=turn.member_id,
        message_class=turn.step.message_class,
        language=composed.language,
        subject=composed.inward.subject,
        body=composed.inward.body,
        voucher_id=turn.voucher_id,
        at=at,
    )
    InboxMessage.objects.bulk_create([message], ignore_conflicts=True)


def _end(turn: Turn, state: Turn.State, *, reason: str, at: datetime) -> None:
    turn.state, turn.reason, turn.ended_at, turn.claimed_until = state, reason, at, None
    turn.save(update_fields=_DECIDED)


def _hand_over(ready: _Ready, at: datetime) -> str:
    """The only step that leaves the building, outside of any transaction."""
    provider = channels.provider_of(ready.message.channel)
    try:
        if provider is None:
            raise Unreachable("no_provider")
        provider_id = provider(ready.message)
    except Unreachable as trouble:
        return _put_off(ready.turn_id, reason=trouble.reason, error=None, at=at)
    except Refused as trouble:
        return _note(ready.turn_id, Turn.State.FAILED, reason=trouble.reason, at=at)
    except Exception as trouble:  # it may have gone: that is what unknown means
        _must_be_connected(trouble)
        log.warning("message_unknown", turn_id=ready.turn_id, error=masking.error(trouble))
        return _note(ready.turn_id, Turn.State.UNKNOWN, reason=getattr(trouble, "reason", "no_answer"), at=at)
    return _note(ready.turn_id, Turn.State.SENT, reason="", at=at, provider_id=provider_id)


def _note(turn_id: int, state: Turn.State, *, reason: str, at: datetime, provider_id: str = "") -> str:
    """Writes down what the provider said, also where the turn was given up as unknown meanwhile: now it is known."""
    Turn.objects.filter(pk=turn_id, state__in=[Turn.State.SENDING, Turn.State.UNKNOWN]).update(
        state=state, reason=reason, provider_id=provider_id, ended_at=at, claimed_until=None
    )
    return state


def _put_off(turn_id: int, *, reason: str, error: Exception | None, at: datetime) -> str:
    """Later again, ever later; a turn that cannot be sent for long fails. Nothing of it has left the building."""
    told = masking.error(error) if error else reason
    with transaction.atomic():
        turn = (
            Turn.objects.select_for_update(no_key=True)
            .filter(pk=turn_id, state__in=[Turn.State.DUE, Turn.State.SENDING])
            .first()
        )
        if turn is None:
            return ""
        # what failed before it was sent was not counted yet: its transaction is undone
        attempts = turn.attempts + (turn.state == Turn.State.DUE)
        log.warning("message_put_off", turn_id=turn_id, attempts=attempts, error=told)
        failed = attempts >= MOST_ATTEMPTS
        turn.attempts = attempts
        turn.state = Turn.State.FAILED if failed else Turn.State.DUE
        turn.reason = told
        turn.ended_at = at if failed else None
        turn.due_at = at + min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
        turn.claimed_until = None
        # it is not on any channel
        turn.channel, turn.sent_at = "", None
        turn.save(update_fields=_DECIDED)
        return turn.state
