"""The engines of one test run, and the platform's real processes on a test's database."""

import contextlib
import itertools
import os
import secrets
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.running import commands, processes, translating
from dashboard.running.watching import Watch, Watched
from loyalty.engines import databases, sockets
from loyalty.engines.children import Child, wait_until
from loyalty.engines.postgres import Postgres
from loyalty.engines.valkey import DATABASES, Valkey
from tests import template

TEMPLATE = "template_of_the_tests"
# Handed from the process that started the engines to the xdist workers.
RUN_DIR, POSTGRES_SOCKETS, VALKEY_SOCKETS = "TESTS_RUN_DIR", "TESTS_POSTGRES_SOCKETS", "TESTS_VALKEY_SOCKETS"


@dataclass(frozen=True)
class ShopDatabase:
    """`env` is what a process needs to work on it."""

    name: str
    url: str
    env: Mapping[str, str]


@dataclass(kw_only=True)
class Engines:
    """Started by the process that runs pytest, found by the xdist workers it starts."""

    run_dir: Path
    postgres_sockets: Path
    valkey_sockets: Path
    postgres: Postgres | None = None
    valkey: Valkey | None = None

    @classmethod
    def found_or_new(cls) -> "Engines":
        if RUN_DIR in os.environ:
            return cls(
                run_dir=Path(os.environ[RUN_DIR]),
                postgres_sockets=Path(os.environ[POSTGRES_SOCKETS]),
                valkey_sockets=Path(os.environ[VALKEY_SOCKETS]),
            )
        run_dir = Path(tempfile.mkdtemp(prefix="loyalty-tests-", dir="/tmp"))
        short = sockets.folder(run_dir=run_dir)
        postgres = Postgres(run_dir=run_dir, sockets=short, elsewhere=_elsewhere(run_dir), durable=False)
        valkey = Valkey(run_dir=run_dir, sockets=short, durable=False)
        engines = cls(
            run_dir=run_dir, postgres_sockets=postgres.sockets, valkey_sockets=short, postgres=postgres, valkey=valkey
        )
        os.environ[RUN_DIR] = str(run_dir)
        os.environ[POSTGRES_SOCKETS] = str(engines.postgres_sockets)
        os.environ[VALKEY_SOCKETS] = str(engines.valkey_sockets)
        os.environ["SECRET_KEY"] = secrets.token_urlsafe(50)
        return engines

    @property
    def ours(self) -> bool:
        return self.postgres is not None

    def set_environment(self, *, process: str) -> None:
        """Settings come from the environment: all of it is said here, whatever the developer's shell has."""
        for name in ("DEBUG", "WEB_TIMEOUTS", "PUBLIC_URL", "ALLOWED_HOSTS", "TIME_ZONE", "CURRENCY", "METRICS_TOKEN"):
            os.environ.pop(name, None)
        number = 0 if process == "main" else 1 + int(process.removeprefix("gw"))
        os.environ.update(
            DJANGO_SETTINGS_MODULE="loyalty.settings",
            MODE="test",
            DATABASE_URL=databases.url("postgres", sockets=self.postgres_sockets),
            REDIS_URL=f"unix://{self.valkey_sockets / 'valkey'}?db={number % DATABASES}",
            CLOCK_FILE=str(self.run_dir / f"clock_{process}"),
        )

    def start(self) -> None:
        assert self.postgres is not None and self.valkey is not None
        translating.compile_all(commands.ROOT / "locale")
        self.postgres.start()
        self.valkey.start()
        databases.create(TEMPLATE, sockets=self.postgres_sockets)
        dump = template.dump_file()
        if dump.is_file():
            template.restore(self.postgres, name=TEMPLATE, dump=dump)
        else:
            self._migrate()
            template.keep(self.postgres, name=TEMPLATE, dump=dump)
        databases.close_to_connections(TEMPLATE, sockets=self.postgres_sockets)

    def _migrate(self) -> None:
        migrated = subprocess.run(
            commands.manage("migrate", "--verbosity", "0"),
            env={**os.environ, "DATABASE_URL": databases.url(TEMPLATE, sockets=self.postgres_sockets)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if migrated.returncode != 0:
            raise RuntimeError(f"The migrations fail on an empty database:\n{migrated.stdout}")

    def stop(self) -> None:
        assert self.postgres is not None and self.valkey is not None
        self.valkey.stop()
        self.postgres.stop()
        for folder in {self.run_dir, self.valkey_sockets, _elsewhere(self.run_dir)}:
            shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def copy(self, name: str) -> Iterator[ShopDatabase]:
        """A copy of the template for the length of the block; Django's connections, in every thread, go there."""
        from django.core.cache import cache
        from django.db import connection, connections

        databases.copy(name, template=TEMPLATE, sockets=self.postgres_sockets)
        before = connection.settings_dict["NAME"]
        connections.close_all()
        connection.settings_dict["NAME"] = name
        cache.clear()
        url = databases.url(name, sockets=self.postgres_sockets)
        keys = ("SECRET_KEY", "MODE", "REDIS_URL", "CLOCK_FILE")
        try:
            yield ShopDatabase(name, url, {"DATABASE_URL": url} | {key: os.environ[key] for key in keys})
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = before
            databases.drop(name, sockets=self.postgres_sockets)


def _elsewhere(run_dir: Path) -> Path:
    return run_dir.with_name(f"{run_dir.name}-pg")


class Clock:
    """Moves `events.clock.now()` of all processes that share the file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seconds = 0.0

    def forward(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        self.seconds += ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        new = self.file.with_suffix(".new")
        new.write_text(f"{self.seconds}")
        new.replace(self.file)

    def back_to_now(self) -> None:
        self.file.unlink(missing_ok=True)


@dataclass(frozen=True)
class Web:
    """`url` without a slash at its end."""

    url: str
    port: int
    child: Child

    def worker_pids(self) -> list[int]:
        return processes.children_of(self.child.pid)

    def answers(self) -> bool:
        return processes.web_answers(port=self.port, path="/healthz")


@dataclass(kw_only=True)
class Processes:
    env: Mapping[str, str]
    logs: Path
    started: list[Child] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _keeper: threading.Thread | None = None
    _ending: threading.Event = field(default_factory=threading.Event)

    def web(self, *, workers: int = 2) -> Web:
        port = processes.free_port()
        child = processes.web(env=self.env, log=self._log("web"), port=port, workers=workers)
        web = Web(url=f"http://127.0.0.1:{port}", port=port, child=child)
        self._start(child)
        child.wait_until(web.answers, seconds=60)
        return web

    def worker(self, *, concurrency: int = 2) -> Child:
        log = self._log("worker")
        child = processes.worker(env=self.env, log=log, concurrency=concurrency)
        self._start(child)
        child.wait_until(lambda: processes.said(log, processes.WORKER_READY), seconds=60)
        return child

    def relay(self) -> Child:
        log = self._log("relay")
        child = processes.relay(env=self.env, log=log)
        self._start(child)
        child.wait_until(lambda: processes.said(log, processes.RELAY_READY), seconds=60)
        return child

    def beat(self) -> Child:
        log = self._log("beat")
        child = processes.beat(env=self.env, log=log, schedule=log.with_suffix(".schedule"))
        self._start(child)
        child.wait_until(lambda: processes.said(log, processes.BEAT_READY), seconds=60)
        return child

    def keep_alive(self) -> None:
        """From now on a process that ends is started again at once, as `make run` does, until the test ends.

        Granian itself replaces a killed worker, but ends when the replacement is killed within 5.5 seconds too.
        """
        if self._keeper is None:
            self._keeper = threading.Thread(target=self._keep_alive, name="keeper")
            self._keeper.start()

    def stop(self) -> None:
        self._ending.set()
        if self._keeper is not None:
            self._keeper.join()
        # Nobody asks any more for what they do: killed at once, instead of a worker's seconds of farewell each.
        for child in self.started:
            child.sweep()
        for child in self.started:
            child.stop()

    def _keep_alive(self) -> None:
        # One thread for the whole test: the kernel ends the children of a thread that ends.
        watch = Watch(say=lambda line: None, record=self.logs / "kept_alive.json", longest_pause=0.1)
        while not self._ending.wait(0.05):
            for child in self.started[len(watch.watched) :]:
                watch.adopt(Watched(child=child, answers=child.alive))
            watch.tend()

    def _start(self, child: Child) -> None:
        child.start()
        self.started.append(child)

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}_{next(self.numbers)}.log"


__all__ = ["Clock", "Engines", "Processes", "ShopDatabase", "Web", "wait_until"]
