"""Claim → commit → publish, for ever. The relay is also the sweeper: a lapsed claim is due again.

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
from celery import Celery, Task
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from kombu import Connection
from kombu.exceptions import KombuError
from kombu.exceptions import OperationalError as BrokerError

from events import delivering, tasks, webhooks

DELIVERIES_PER_TASK = 100
# With so many messages in the queue the worker is behind: more would only wait there until their leases lapse (each
# runs for tasks.BUDGET_SECONDS at most). The next round is never far, so that this few keep many workers busy.
MOST_WAITING = 4
BETWEEN_FULL_ROUNDS = 0.01
BETWEEN_ROUNDS = 0.05
LONGEST_PAUSE = 5.0
SWEEP_SECONDS = 60

log = structlog.get_logger("events.relay")


class Relay:
    """One relay. `now` is the clock; `stop` ends it between two rounds."""

    def __init__(self, *, app: Celery, now: Callable[[], datetime], stop: threading.Event) -> None:
        self.app, self.now, self.stop = app, now, stop
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
        room = MOST_WAITING - self._waiting()
        if room <= 0:
            return 1
        if time.monotonic() - self._swept > SWEEP_SECONDS:
            delivering.mend_dates(at=self.now())
            webhooks.mend_dates(at=self.now())
            self._swept = time.monotonic()
        at = self.now()
        endpoints = webhooks.claim(at=at, lease=self.lease)
        for id in endpoints:
            self._publish(tasks.send_webhooks, [str(id)], at + self.lease)
        ids = delivering.claim(at=at, limit=room * DELIVERIES_PER_TASK, lease=self.lease)
        for start in range(0, len(ids), DELIVERIES_PER_TASK):
            self._publish(tasks.deliver, ids[start : start + DELIVERIES_PER_TASK], at + self.lease)
        return len(ids) + len(endpoints)

    def _pause_after(self, claimed: int) -> float:
        if claimed >= DELIVERIES_PER_TASK:
            return BETWEEN_FULL_ROUNDS
        return BETWEEN_ROUNDS if claimed else self.idle

    def _publish(self, task: Task, ids: Sequence[Any], until: datetime) -> None:
        """What cannot be told stays claimed and is due again when its lease lapses."""
        task.apply_async(kwargs={"ids": ids, "until": until.isoformat()}, connection=self._connection(), retry=False)

    def _waiting(self) -> int:
        channel: Any = self._connection().default_channel
        return int(channel.client.llen(self.app.conf.task_default_queue))

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
