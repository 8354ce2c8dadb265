"""Events on their way to their readers. A row is the queue; the broker only says that there is something to do.

A delivery is claimed for a short lease, and whoever finishes it marks it done in the transaction of its effect. A
worker that dies leaves the lease to lapse and the delivery to be claimed again, so that each reader takes each event
exactly once whatever is killed, lost or said twice.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import F
from django.utils.module_loading import import_string

from events import masking, outbox
from events.models import Delivery

MOST_ATTEMPTS = 12
# A delivery whose claims keep lapsing may be what kills the worker: from then on each try is counted before it is made.
SUSPECT_AFTER = 3
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)

log = structlog.get_logger("events.delivering")


class DatabaseLost(Exception):
    """The connection broke in the middle of a delivery, which is as if it had not begun."""


def claim(*, at: datetime, limit: int, lease: timedelta) -> list[int]:
    """Ids of up to `limit` due deliveries, nobody else's until `at + lease`. Committed when it returns.

    A claim that ends later than any lease could was made before the clock was set back; it counts as lapsed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH due AS MATERIALIZED (
                SELECT id FROM events_delivery
                WHERE state = 'open' AND due_at <= %(at)s
                  AND (claimed_until IS NULL OR claimed_until <= %(at)s OR claimed_until > %(absurd)s)
                ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
            )
            UPDATE events_delivery AS delivery SET claimed_until = %(until)s,
                lapses = least(delivery.lapses + (delivery.claimed_until IS NOT NULL)::int, 1000)
            FROM due WHERE delivery.id = due.id RETURNING delivery.id
            """,
            {"at": at, "until": at + lease, "absurd": at + 2 * lease, "limit": limit},
        )
        return sorted(id for (id,) in cursor.fetchall())


@dataclass(frozen=True)
class Held:
    """A delivery under our claim; `suspect`: its claims have lapsed so often that it may be what ends its workers."""

    id: int
    suspect: bool


def held(*, ids: Sequence[int], until: datetime) -> list[Held]:
    """Those of `ids` that are still open under the claim that ends at `until`, the suspects last.

    A message that waited in the broker longer than its lease, or is a copy, finds nothing left to do here.
    """
    ours = Delivery.objects.filter(pk__in=ids, state=Delivery.State.OPEN, claimed_until=until)
    found = [Held(id, lapses >= SUSPECT_AFTER) for id, lapses in ours.order_by("pk").values_list("pk", "lapses")]
    return sorted(found, key=lambda delivery: delivery.suspect)


def count_try(*, id: int) -> bool:
    """Counts a try before it is made, for a suspect; answers whether it may still be made, or it is dead now."""
    row = Delivery.objects.filter(pk=id, state=Delivery.State.OPEN)
    row.update(attempts=F("attempts") + 1)
    dead = row.filter(attempts__gt=MOST_ATTEMPTS).update(
        state=Delivery.State.DEAD, claimed_until=None, last_error="the worker ended again and again on it"
    )
    if dead:
        log.warning("delivery_kills", delivery_id=id)
    return not dead


def release(*, ids: Sequence[int]) -> None:
    """Gives claimed deliveries back at once, for the next claim."""
    Delivery.objects.filter(pk__in=ids, state=Delivery.State.OPEN).update(claimed_until=None)


def deliver(*, id: int, at: datetime) -> bool:
    """Lets the reader take the event, unless it has or somebody else is at it. Answers whether it has taken it now.

    A reader that raises undoes its own work; the delivery waits longer each time and is dead after MOST_ATTEMPTS.
    Raises DatabaseLost.
    """
    delivery = None
    try:
        with transaction.atomic():
            delivery = (
                Delivery.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("event")
                .filter(pk=id, state=Delivery.State.OPEN)
                .first()
            )
            if delivery is None:
                return False
            import_string(delivery.reader)(event=delivery.event)
            Delivery.objects.filter(pk=id).update(state=Delivery.State.DONE, done_at=at, claimed_until=None)
        return True
    except Exception as error:  # whatever a reader may raise
        if not connection.is_usable():
            connection.close()
            raise DatabaseLost from error
        if delivery is None:
            raise
        _put_off(delivery, error, at)
        return False


def _put_off(delivery: Delivery, error: Exception, at: datetime) -> None:
    attempts = delivery.attempts + 1
    dead = attempts >= MOST_ATTEMPTS
    told = masking.error(error)
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.OPEN).update(
        state=Delivery.State.DEAD if dead else Delivery.State.OPEN,
        attempts=attempts,
        last_error=told,
        due_at=at + wait(attempts),
        claimed_until=None,
    )
    log.warning("delivery_failed", reader=delivery.reader, event_id=delivery.event_id, attempts=attempts, error=told)


def wait(attempts: int) -> timedelta:
    """How long a delivery rests after its n-th failure: doubling; jitter keeps a crowd from coming back as one."""
    doubled = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    return doubled * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, guards nothing


def retry(*, delivery_ids: Sequence[int], by: str, at: datetime) -> int:
    """Opens dead deliveries again, as if new, and writes down who wanted it. Answers how many were dead."""
    with transaction.atomic():
        opened = Delivery.objects.filter(pk__in=delivery_ids, state=Delivery.State.DEAD).update(
            state=Delivery.State.OPEN, attempts=0, lapses=0, due_at=at, claimed_until=None
        )
        if opened:
            outbox.record(type="deliveries.retried", data={"deliveries": sorted(delivery_ids)}, by=by, at=at)
    return opened


def mend_dates(*, at: datetime) -> int:
    """Makes due at once what waits longer than anything may: it was written while the clock was wrong."""
    return Delivery.objects.filter(state=Delivery.State.OPEN, due_at__gt=at + 2 * LONGEST_WAIT).update(due_at=at)
