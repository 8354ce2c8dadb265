"""Somebody who kills web workers and ends the web's connections to the database, at random."""

import contextlib
import os
import random
import signal
import threading
from pathlib import Path

from loyalty.engines import databases
from tests.running import Web

# seconds between two misfortunes, at random
SHORTEST, LONGEST = 0.1, 1.2
# of the misfortunes; a worker takes seconds to start, and a web that is always starting sells nothing
KILLS = 0.1
# busy ones first: who waits is seldom in the middle of anything
VICTIMS = """
    SELECT pg_terminate_backend(pid), state <> 'idle' FROM (
        SELECT pid, state FROM pg_stat_activity
        WHERE datname = %s AND usename = current_user AND backend_type = 'client backend'
        ORDER BY state = 'idle', random() LIMIT %s
    ) victims
"""


class Killer(threading.Thread):
    """Nobody but the web may be connected to `database` while it is at work."""

    def __init__(self, *, web: Web, database: str, sockets: Path, seed: int, closing: threading.Event) -> None:
        super().__init__(name="killer", daemon=True)
        self.web, self.database, self.sockets, self.closing = web, database, sockets, closing
        self.dice = random.Random(f"{seed}-killer")
        self.kills = self.terminated = self.terminated_at_work = 0

    def run(self) -> None:
        with contextlib.closing(databases.connect(sockets=self.sockets)) as connection:
            while not self.closing.wait(self.dice.uniform(SHORTEST, LONGEST)):
                if self.dice.random() < KILLS:
                    self._kill_a_worker()
                else:
                    with connection.cursor() as cursor:
                        cursor.execute(VICTIMS, [self.database, self.dice.choice((1, 1, 2, 100))])
                        ended = [at_work for done, at_work in cursor.fetchall() if done]
                    self.terminated += len(ended)
                    self.terminated_at_work += sum(map(bool, ended))

    def _kill_a_worker(self) -> None:
        """Whichever of them, also the last or a new one, but of a web that answers."""
        workers = self.web.worker_pids() if self.web.child.alive() and self.web.answers() else []
        if workers:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself just now
                os.kill(self.dice.choice(workers), signal.SIGKILL)
                self.kills += 1
