"""What the relay asks the worker to do. Ids in; each may come late, twice or not at all."""

import time
from datetime import datetime
from uuid import UUID

import structlog
from celery import shared_task

from events import clock, delivering, jobs, webhooks

# What is left then goes back to the relay: a message that waits behind relaying.MOST_WAITING others is still in its
# lease when its turn comes, and a sale does not wait for a crowd.
BUDGET_SECONDS = 8
# The same for jobs, whose queue may have a worker of its own; a chunk that has begun is not cut off.
JOB_SECONDS = 20

log = structlog.get_logger("events.tasks")


@shared_task(name="events.deliver")
def deliver(*, ids: list[int], until: str) -> None:
    """Lets readers take the events of these deliveries, one transaction each. `until` names the relay's claim."""
    end = time.monotonic() + BUDGET_SECONDS
    try:
        held = delivering.held(ids=ids, until=datetime.fromisoformat(until))
        for position, delivery in enumerate(held):
            if time.monotonic() > end:
                delivering.release(ids=[left.id for left in held[position:]])
                return
            if not delivery.suspect or delivering.count_try(id=delivery.id):
                delivering.deliver(id=delivery.id, at=clock.now())
    except delivering.DatabaseLost:
        log.warning("database_lost")


@shared_task(name="events.send_webhooks", ids_at_a_time=1)
def send_webhooks(*, ids: list[str], until: str) -> None:
    """Sends what is due to these endpoints. `until` names the relay's claim."""
    end = time.monotonic() + BUDGET_SECONDS
    for id in map(UUID, ids):
        claim: datetime | None = datetime.fromisoformat(until)
        while claim is not None and time.monotonic() < end:
            claim = webhooks.send_some(endpoint_id=id, claim=claim, at=clock.now())
        if claim is not None:
            webhooks.let_go(endpoint_id=id, claim=claim)


@shared_task(name="events.run_jobs", ids_at_a_time=1)
def run_jobs(*, ids: list[int], until: str) -> None:
    """Does some of the work of these jobs. `until` names the relay's claim."""
    try:
        for id in ids:
            jobs.work(id=id, until=datetime.fromisoformat(until), now=clock.now, seconds=JOB_SECONDS)
    except delivering.DatabaseLost:
        log.warning("database_lost")
