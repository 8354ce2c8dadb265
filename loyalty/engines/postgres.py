"""PostgreSQL 18 from its wheel: one server, its own data folder, a socket and no port."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg2

from loyalty.engines import children, databases, footing
from loyalty.engines.children import Child, NotAnswering, wait_until

OLDEST_VERSION = 180000
# The same in docker-compose.yml (POSTGRES_INITDB_ARGS): sorting and folding must not differ between modes.
INITDB_ARGUMENTS = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "--encoding=UTF8")
SETTINGS: Mapping[str, str] = {
    "shared_buffers": "256MB",
    "max_connections": "200",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",
}
# For tests only: a power cut may lose everything.
CARELESS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "10min",
}


class WrongVersion(RuntimeError):
    """The server that answers is older than PostgreSQL 18."""


class Postgres:
    """`run_dir`/postgres holds the data, `run_dir`/postgres.log what it says.

    `elsewhere` is where program and data go when root may not run it here (loyalty.engines.footing).
    """

    def __init__(
        self,
        *,
        run_dir: Path,
        sockets: Path,
        elsewhere: Path,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.footing = footing.find(data=run_dir / "postgres", sockets=sockets, elsewhere=elsewhere)
        self.durable = durable
        self.log = run_dir / "postgres.log"
        self.settings = {**SETTINGS, **({} if durable else CARELESS), **(settings or {})}
        self.child: Child | None = None

    @property
    def programs(self) -> Path:
        """Where psql, pgbench and pg_dump are."""
        return self.footing.programs

    @property
    def sockets(self) -> Path:
        return self.footing.sockets

    def start(self) -> None:
        """Make the data folder if there is none, end a server that an earlier start left behind, start, wait."""
        if not (self.footing.data / "PG_VERSION").is_file():
            self._make_data_folder()
        self._end_leftover()
        given = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        self.child = Child(
            name="PostgreSQL",
            command=[
                *self.footing.prefix,
                str(self.programs / "postgres"),
                *("-D", str(self.footing.data), "-k", str(self.sockets)),
                *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"),
                *given,
            ],
            log=self.log,
            env=self._environment(),
            folder=Path("/"),
            user=self.footing.user,
            group=self.footing.group,
            stop_signal=signal.SIGINT,  # "fast": end the sessions, write everything down, end
        )
        self.child.start()
        self.child.wait_until(self.answers, seconds=60)
        with contextlib.closing(databases.connect(sockets=self.sockets)) as connection:
            if connection.server_version < OLDEST_VERSION:
                raise WrongVersion(f"PostgreSQL 18 is wanted; {self.programs} is {connection.server_version}.")

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop(seconds=60)

    def _environment(self) -> dict[str, str]:
        # PGDATA, PGHOST and their family would talk to somebody else's server.
        return {name: value for name, value in os.environ.items() if not name.startswith("PG")}

    def answers(self) -> bool:
        """Whether it takes a connection right now."""
        try:
            databases.connect(sockets=self.sockets).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _make_data_folder(self) -> None:
        """initdb, to the end or not at all: a half-made folder of an interrupted first start is thrown away."""
        data = self.footing.data
        half = data.with_name(f"{data.name}.half")
        self.run_as_owner("rm", "-rf", str(half))
        careless = () if self.durable else ("--no-sync",)
        made = self.run_as_owner(
            *(str(self.programs / "initdb"), "-D", str(half), "-U", databases.OWNER, "--auth=trust"),
            *careless,
            *INITDB_ARGUMENTS,
        )
        if made.returncode != 0:
            raise NotAnswering(f"PostgreSQL could not make its data folder {half}: {made.stdout.strip()}")
        half.rename(data)

    def run_as_owner(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run one of PostgreSQL's own programs as the user the server runs as."""
        return subprocess.run(
            [*self.footing.prefix, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            cwd="/",
            env=self._environment(),
            **children.identity(self.footing.user, self.footing.group),
        )

    def _end_leftover(self) -> None:
        """A server that still runs on this folder is stopped; a note about one that is gone is taken away."""
        note = self.footing.data / "postmaster.pid"
        try:
            pid = int(note.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if str(self.footing.data) not in children.command_of(pid):
            # The number may belong to somebody else by now; PostgreSQL would refuse to start because of it.
            if children.exists(pid):
                note.unlink(missing_ok=True)
                (self.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
            return
        for sign, seconds in ((signal.SIGINT, 15.0), (signal.SIGQUIT, 15.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
            with contextlib.suppress(NotAnswering):
                wait_until(lambda: not children.exists(pid), seconds=seconds, what="the old PostgreSQL did not end")
                return
