"""What the relay asks the worker to do for campaigns. Ids in; each may come late, twice or not at all."""

import time
from datetime import datetime
from uuid import UUID

import structlog
from celery import shared_task

from campaigns import codes, dispatching
from events import clock

# What is left then goes back to the relay; far below its lease, with one slow provider's answer more.
BUDGET_SECONDS = 15
# One message per task would cost a hundred times the broker's work.
BATCH = 500

log = structlog.get_logger("campaigns.tasks")


@shared_task(name="campaigns.dispatch", ids_at_a_time=BATCH)
def dispatch(*, ids: list[int], until: str) -> None:
    """Sends these turns one after the other. `until` names the relay's claim."""
    end = time.monotonic() + BUDGET_SECONDS
    try:
        held = dispatching.held(ids=ids, until=datetime.fromisoformat(until))
        for position, id in enumerate(held):
            if time.monotonic() > end:
                dispatching.release(ids=held[position:])
                return
            dispatching.send(id=id, at=clock.now())
    except dispatching.DatabaseLost:
        log.warning("database_lost")


@shared_task(name="campaigns.send_codes")
def send_codes(*, ids: list[str], until: str) -> None:
    """Sends these one-time codes. `until` names the relay's claim."""
    for id in codes.held(ids=[UUID(id) for id in ids], until=datetime.fromisoformat(until)):
        codes.send(id=id, at=clock.now())
