"""Events for those outside who asked to hear of them (Standard Webhooks).

Each event becomes one message per endpoint, whose body is fixed when it is made. A message is sent at least once,
signed, for about three days; messages are not held back to keep their order, `data.sequence` tells it.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from datetime import datetime, timedelta
from uuid import UUID

import orjson
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from events import calling, outbox
from events.calling import Answer, Line
from events.models import Event, WebhookEndpoint, WebhookMessage

# How long a message waits after its n-th failure; after the last it is dead until somebody replays it.
WAITS = [
    timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
    timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
]  # fmt: skip
# How long an endpoint that is down is left in peace, by failures in a row: each call to it may cost a time-out.
PEACE = [timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5)]
LONGEST_PEACE = timedelta(hours=1)
AT_A_TIME = 8
PER_ROUND = 32
ROUND_SECONDS = 20

log = structlog.get_logger("events.webhooks")


def check_url(url: str) -> None:
    """Raises calling.UrlRefused for an address that we would not call: no https, not on the public internet."""
    calling.look_up(url)


def fan_out(*, event: Event) -> None:
    """Reader of all events: one message for each active endpoint that takes the type."""
    endpoints = WebhookEndpoint.objects.filter(Q(types=[]) | Q(types__contains=[event.type]), active=True)
    body = _body(event)
    WebhookMessage.objects.bulk_create(
        [
            WebhookMessage(
                endpoint=endpoint, event=event, member_id=event.member_id, body=body, due_at=event.recorded_at
            )
            for endpoint in endpoints
        ],
        ignore_conflicts=True,
    )


def _body(event: Event) -> str:
    data = {
        **event.data,
        "member": event.member_id,
        "subject": event.subject_id,
        "store": event.store_id,
        "sequence": event.pk,
    }
    moment = timezone.localtime(event.occurred_at).isoformat()
    return orjson.dumps({"type": event.type, "timestamp": moment, "data": data}).decode()


def claim(*, at: datetime, limit: int, lease: timedelta) -> list[UUID]:
    """Up to `limit` active endpoints with something due, nobody else's until `at + lease`, longest waiting first.

    Committed when it returns. A hold longer than any we give was written before the clock was set back; it counts as
    over.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH due AS MATERIALIZED (
                SELECT endpoint.id FROM events_webhookendpoint AS endpoint CROSS JOIN LATERAL (
                    SELECT min(due_at) AS since FROM events_webhookmessage AS message
                    WHERE message.endpoint_id = endpoint.id AND message.state = 'open'
                ) AS waiting
                WHERE active AND (held_until IS NULL OR held_until <= %(at)s OR held_until > %(absurd)s)
                  AND waiting.since <= %(at)s
                ORDER BY waiting.since LIMIT %(limit)s FOR UPDATE OF endpoint SKIP LOCKED
            )
            UPDATE events_webhookendpoint AS endpoint SET held_until = %(until)s
            FROM due WHERE endpoint.id = due.id RETURNING endpoint.id
            """,
            {"at": at, "until": at + lease, "absurd": at + 2 * max(lease, LONGEST_PEACE), "limit": limit},
        )
        return [id for (id,) in cursor.fetchall()]


def send_some(*, endpoint_id: UUID, claim: datetime, at: datetime) -> datetime | None:
    """Sends up to PER_ROUND due messages for the one whose claim ends at `claim`, outside any transaction.

    Answers the end of the renewed claim when there may be more to send. Otherwise the endpoint is free, or in trouble
    and left in peace, or was somebody else's all along: a message of the relay that came late or twice.
    """
    renewed = at + timedelta(seconds=settings.RELAY_LEASE_SECONDS)
    ours = WebhookEndpoint.objects.filter(pk=endpoint_id, held_until=claim, active=True)
    endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id).first()
    if endpoint is None or not ours.update(held_until=renewed):
        return None
    due = WebhookMessage.objects.filter(endpoint=endpoint, state=WebhookMessage.State.OPEN, due_at__lte=at)
    messages = list(due.order_by("due_at")[:PER_ROUND])
    answered = _post_all(endpoint, messages, at)
    for message, answer in answered:
        _note(message, answer, at)
        if answer.status == 410:
            log.info("webhook_endpoint_gone", endpoint_id=str(endpoint.pk))
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(active=False)
    if _in_trouble([answer for _, answer in answered[-AT_A_TIME:]]):
        _leave_in_peace(endpoint, [answer for _, answer in answered], at)
        return None
    if messages:
        _well(endpoint, at)
    if len(messages) < PER_ROUND:
        let_go(endpoint_id=endpoint_id, claim=renewed)
        return None
    return renewed


def let_go(*, endpoint_id: UUID, claim: datetime) -> None:
    """Ends the claim that ends at `claim`, and no other."""
    WebhookEndpoint.objects.filter(pk=endpoint_id, held_until=claim).update(held_until=None)


def _post_all(
    endpoint: WebhookEndpoint, messages: Sequence[WebhookMessage], at: datetime
) -> "list[tuple[WebhookMessage, Answer]]":
    """Posts them AT_A_TIME; once the endpoint is found in trouble, or slow, the rest are not tried now."""
    try:
        line = Line(calling.look_up(endpoint.url), connections=AT_A_TIME)
    except calling.UrlRefused as refusal:
        return [
            (message, Answer(status=None, error=f"UrlRefused: {refusal.details['reason']}")) for message in messages[:1]
        ]
    answered: list[tuple[WebhookMessage, Answer]] = []
    pool = ThreadPoolExecutor(AT_A_TIME)
    try:
        begun = time.monotonic()
        for start in range(0, len(messages), AT_A_TIME):
            some = messages[start : start + AT_A_TIME]
            end = time.monotonic() + ROUND_SECONDS
            posts = [pool.submit(line.post, m.body, _headers(endpoint, m, at)) for m in some]
            for message, post in zip(some, posts, strict=True):
                try:
                    answered.append((message, post.result(max(0, end - time.monotonic()))))
                except TooSlow:  # an endpoint that drips its answer byte by byte outlives every read time-out
                    answered.append((message, Answer(status=None, error="TooSlow")))
            if _in_trouble([answer for _, answer in answered[start:]]) or time.monotonic() - begun > ROUND_SECONDS:
                break
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        line.close()
    return answered


def _in_trouble(answers: Sequence[Answer]) -> bool:
    """One letter in ten refused is bad luck; all of a handful, or a plea for peace, is an endpoint in trouble."""
    return any(answer.asks_for_peace for answer in answers) or (
        any(answer.troubled for answer in answers) and not any(answer.accepted for answer in answers)
    )


def _headers(endpoint: WebhookEndpoint, message: WebhookMessage, at: datetime) -> dict[str, str]:
    id = str(message.pk)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Loyalty-Webhooks/1",
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(endpoint.secret).sign(id, at, message.body),
    }


def _note(message: WebhookMessage, answer: Answer, at: datetime) -> None:
    row = WebhookMessage.objects.filter(pk=message.pk, state=WebhookMessage.State.OPEN)
    if answer.accepted:
        row.update(state=WebhookMessage.State.SENT, sent_at=at, last_status=answer.status, last_error="")
        return
    attempts = message.attempts + 1
    dead = attempts > len(WAITS)
    row.update(
        state=WebhookMessage.State.DEAD if dead else WebhookMessage.State.OPEN,
        attempts=attempts,
        due_at=at if dead else at + WAITS[attempts - 1],
        last_status=answer.status,
        last_error=answer.error,
    )


def _leave_in_peace(endpoint: WebhookEndpoint, answers: Sequence[Answer], at: datetime) -> None:
    peace = PEACE[min(endpoint.failures, len(PEACE) - 1)]
    asked = max(timedelta(seconds=answer.retry_after or 0) for answer in answers)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        held_until=at + min(max(peace, asked), LONGEST_PEACE), failures=F("failures") + 1
    )


def _well(endpoint: WebhookEndpoint, at: datetime) -> None:
    """After a long trouble everything that waits is due now, not when its own last failure would have it."""
    if not endpoint.failures:
        return
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failures=0)
    if endpoint.failures >= len(PEACE):
        WebhookMessage.objects.filter(endpoint=endpoint, state=WebhookMessage.State.OPEN, due_at__gt=at).update(
            due_at=at
        )


@transaction.atomic
def replay(
    *,
    by: str,
    at: datetime,
    message_ids: Sequence[UUID] = (),
    endpoint_id: UUID | None = None,
    since: datetime | None = None,
) -> int:
    """Sends messages again under their own ids and with their own bodies: these, or an endpoint's since a moment.

    Answers how many, and writes down who wanted it. Whoever listens knows a message by its id: twice does no harm.
    """
    chosen = Q(pk__in=list(message_ids))
    if endpoint_id is not None and since is not None:
        chosen |= Q(endpoint_id=endpoint_id, event__recorded_at__gte=since)
    opened = WebhookMessage.objects.filter(chosen).update(
        state=WebhookMessage.State.OPEN, attempts=0, due_at=at, sent_at=None
    )
    if opened:
        told = {"messages": opened, "endpoint": str(endpoint_id) if endpoint_id else None}
        outbox.record(type="webhooks.replayed", data=told, by=by, at=at)
    return opened


def mend_dates(*, at: datetime) -> int:
    """Makes due at once what waits longer than anything may: it was written while the clock was wrong."""
    return WebhookMessage.objects.filter(state=WebhookMessage.State.OPEN, due_at__gt=at + 2 * WAITS[-1]).update(
        due_at=at
    )
