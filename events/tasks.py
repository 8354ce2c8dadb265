"""What the relay asks the worker to do. Ids in; each may come late, twice or not at all."""

import time

import structlog
from celery import shared_task

from events import clock, delivering

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
