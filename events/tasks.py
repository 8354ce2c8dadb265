"""What the relay asks the worker to do. Ids in; each may come late, twice or not at all."""

import time
from uuid import UUID

import structlog
from celery import shared_task

from events import clock, delivering, webhooks

# Far below the lease and the task limit; what is left goes back to the relay.
BUDGET_SECONDS = 30

log = structlog.get_logger("events.tasks")


@shared_task(name="events.deliver")
def deliver(*, ids: list[int]) -> None:
    """Lets readers take the events of these deliveries, one transaction each."""
    end = time.monotonic() + BUDGET_SECONDS
    for position, id in enumerate(ids):
        if time.monotonic() > end:
            delivering.release(ids=ids[position:])
            return
        try:
            delivering.deliver(id=id, at=clock.now())
        except delivering.DatabaseLost:
            log.warning("database_lost", left=len(ids) - position)
            return


@shared_task(name="events.send_webhooks")
def send_webhooks(*, ids: list[str]) -> None:
    """Sends what is due to these endpoints, which the relay has claimed for us."""
    end = time.monotonic() + BUDGET_SECONDS
    for id in map(UUID, ids):
        while webhooks.send_some(endpoint_id=id, at=clock.now()) and time.monotonic() < end:
            pass
        webhooks.let_go(endpoint_id=id)
