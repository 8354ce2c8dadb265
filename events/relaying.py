"""Claim → commit → publish, for ever. The relay is also the sweeper: a lapsed claim is due again.

What may be due, and who is told, stands in settings.DUE_WORK: (claim, task, queue) each. A claim is a dotted name of
`claim(*, at, limit, lease) -> ids`, committed when it returns; the task takes `ids` and `until`, the end of the claim.

It rests on PostgreSQL and Valkey being there most of the time, on neither being there always, and on nobody else
waking it. Any number of relays may run.
"""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import redis
import structlog
from celery import Celery
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils.module_loading import import_string
from kombu import Connection
from kombu.exceptions import KombuError
from kombu.exceptions import OperationalError as BrokerError

from events import delivering, jobs, webhooks

# Unless the task says otherwise (`ids_at_a_time`).
IDS_AT_A_TIME = 100
# By queue: with so many messages in it the worker is behind, and more would only wait there until their leases lapse
# (each runs for tasks.BUDGET_SECONDS at most). The next round is never far, so that this few keep many workers busy.
MOST_WAITING = {"events": 4, "sending": 4, "jobs": 2}
BETWEEN_FULL_ROUNDS = 0.01
BETWEEN_ROUNDS = 0.05
LONGEST_PAUSE = 5.0
SWEEP_SECONDS = 60

log = structlog.get_logger("events.relay")


class Relay:
    """One relay. `now` is the clock; `stop` ends it between two rounds."""

    def __init__(self, *, app: Celery, now: Callable[[], datetime], stop: threading.Event) -> None:
        self.app, self.now, self.stop = app, now, stop
        app.autodiscover_tasks(force=True)  # the tasks of all floors, which are known by name only
        self.lease = timedelta(seconds=settings.RELAY_LEASE_SECONDS)
        self.idle = settings.RELAY_POLL_SECONDS
        self._broker: Connection | None = None
        self._swept = float("-inf")

    def run(self) -> None:
        """Rounds until stopped. A round that fails is logged once and tried again, ever more slowly."""
        pause = self.idle
        failing = False
        while not self.stop.is_set():
            try:
                pause = self._pause_after(self.round())
                if failing:
                    log.info("relay_recovered")
                failing = False
            except (DatabaseError, BrokerError, KombuError, redis.RedisError, OSError) as error:
                if not failing:
                    log.warning("relay_interrupted", error=type(error).__name__)
                failing, pause = True, min(LONGEST_PAUSE, max(pause, self.idle) * 2)
                self._forget_connections()
            self.stop.wait(pause)
        self._forget_connections()

    def round(self) -> int:
        """Claims what is due and tells the worker; answers how much there was to do."""
        if time.monotonic() - self._swept > SWEEP_SECONDS:
            for sweep in (delivering.mend_dates, webhooks.mend_dates, jobs.mend_dates):
                sweep(at=self.now())
            self._swept = time.monotonic()
        room = {queue: most - self._waiting(queue) for queue, most in MOST_WAITING.items()}
        return sum(self._pass_on(*work, room=room[work[2]]) for work in settings.DUE_WORK)

    def _pass_on(self, claim: str, task: str, queue: str, *, room: int) -> int:
        """A full queue is looked at again soon; what it has no room for is not even claimed."""
        if room <= 0:
            return 1
        at = self.now()
        each = getattr(self.app.tasks[task], "ids_at_a_time", IDS_AT_A_TIME)
        ids = import_string(claim)(at=at, limit=room * each, lease=self.lease)
        for start in range(0, len(ids), each):
            self._publish(task, queue, ids[start : start + each], at + self.lease)
        return len(ids)

    def _pause_after(self, claimed: int) -> float:
        if claimed >= IDS_AT_A_TIME:
            return BETWEEN_FULL_ROUNDS
        return BETWEEN_ROUNDS if claimed else self.idle

    def _publish(self, task: str, queue: str, ids: Sequence[Any], until: datetime) -> None:
        """What cannot be told stays claimed and is due again when its lease lapses."""
        told = {"ids": [id if isinstance(id, int) else str(id) for id in ids], "until": until.isoformat()}
        self.app.tasks[task].apply_async(kwargs=told, queue=queue, connection=self._connection(), retry=False)

    def _waiting(self, queue: str) -> int:
        channel: Any = self._connection().default_channel
        return int(channel.client.llen(queue))

    def _connection(self) -> Connection:
        """Bounded in time, so that a broker that hangs is as bad as one that is gone and no worse."""
        if self._broker is None:
            limits = {"socket_timeout": 5, "socket_connect_timeout": 5, "max_retries": 0}
            options = {**self.app.conf.broker_transport_options, **limits}
            self._broker = self.app.connection_for_write(transport_options=options)
        return self._broker

    def _forget_connections(self) -> None:
        connection.close()
        if self._broker is not None:
            broker, self._broker = self._broker, None
            try:
                broker.release()
            except (BrokerError, KombuError, redis.RedisError, OSError):
                log.debug("broker_gone")
