"""What `make run` promises about its processes, shown on the real command."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dashboard.running import processes
from dashboard.running.commands import ROOT
from dashboard.running.run_folder import RunFolder
from loyalty.engines import children, databases, sockets
from loyalty.engines.postgres import Postgres
from tests import template
from tests.running import wait_until

SETTINGS = ("SECRET_KEY", "MODE", "DATABASE_URL", "REDIS_URL", "CLOCK_FILE", "PUBLIC_URL", "DJANGO_SETTINGS_MODULE")


@dataclass
class Shop:
    """A platform in a folder of its own, as `make run` starts it."""

    folder: Path
    port: int = field(default_factory=processes.free_port)
    running: "subprocess.Popen[bytes] | None" = None

    def have_a_schema(self) -> None:
        """The migrations' part of a first start, a third of a minute, is taken from the template of the tests."""
        short = sockets.folder(run_dir=self.folder)
        elsewhere = RunFolder(self.folder).elsewhere
        postgres = Postgres(run_dir=self.folder, sockets=short, elsewhere=elsewhere, durable=False)
        postgres.start()
        databases.create(databases.OWNER, sockets=postgres.sockets)
        template.restore(postgres, name=databases.OWNER, dump=template.dump_file())
        postgres.stop()

    def start(self, *arguments: str, answers: str = "The platform runs") -> None:
        begun = len(self.said)
        with self.out.open("ab") as out:
            self.running = subprocess.Popen(
                [sys.executable, "manage.py", "up", *arguments],
                cwd=ROOT,
                env=self.env,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        wait_until(
            lambda: answers in self.said[begun:] or self.running.poll() is not None,
            seconds=120,
            what="make run did not come to its end",
        )
        assert self.running.poll() is None, self.said

    @property
    def env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        return kept | {"RUN_DIR": str(self.folder), "PORT": str(self.port), "DEMO": "0"}

    @property
    def out(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.out")

    @property
    def said(self) -> str:
        return self.out.read_text() if self.out.is_file() else ""

    def pid(self, words: str) -> int:
        known = json.loads((self.folder / "processes.json").read_text())
        return next(int(pid) for pid, command in known.items() if words in command)

    def answers(self) -> bool:
        return processes.web_answers(port=self.port, path="/readyz")

    def name_of_programme(self) -> str:
        with databases.connect("loyalty", sockets=self.folder / "sockets") as line, line.cursor() as cursor:
            cursor.execute("SELECT name FROM loyalty_programme")
            return str(cursor.fetchone()[0])

    def stop(self, sign: int = signal.SIGTERM) -> int:
        self.running.send_signal(sign)
        return self.running.wait(90)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    started = Shop(tmp_path / "run")
    yield started
    if started.running is not None and started.running.poll() is None:
        started.stop()


@pytest.mark.slow
def test_a_shop_survives_killed_processes_a_killed_start_and_keeps_its_data(shop: Shop) -> None:
    """One long story, since each start takes seconds. FULL=1: from an empty folder, else the schema is there."""
    if os.environ.get("FULL", "0") != "1":
        shop.have_a_schema()
    shop.start()
    assert shop.answers()
    kept = json.loads((shop.folder / "demo.json").read_text())
    assert kept["url"] == f"http://localhost:{shop.port}"
    assert {"username", "password", "totp_secret"} <= set(kept["admin"])
    for private in ("demo.json", "env", "secret_key"):
        assert (shop.folder / private).stat().st_mode & 0o077 == 0
    secret = (shop.folder / "secret_key").read_text()

    # A second one in the same folder is refused in one sentence.
    second = subprocess.run([sys.executable, "manage.py", "up"], cwd=ROOT, env=shop.env, capture_output=True, text=True)
    assert second.returncode == 1
    assert second.stderr.startswith("It already runs from this folder (process ")
    assert second.stderr.count("\n") == 1

    # Whoever dies is started again, and it is said.
    for name, words in (("relay", "manage.py relay"), ("web", "granian"), ("Valkey", "valkey"), ("PostgreSQL", "-D")):
        before = shop.pid(words)
        os.kill(before, signal.SIGKILL)
        wait_until(lambda words=words, before=before: shop.pid(words) != before, seconds=30, what=f"{name} stayed away")
        assert f"{name} ended (killed by SIGKILL); it is started again" in shop.said
    wait_until(shop.answers, seconds=60, what="the web server did not answer again")

    # Killed itself, it leaves nothing that a new start could not clear away.
    pids = [int(pid) for pid in json.loads((shop.folder / "processes.json").read_text())]
    os.kill(shop.running.pid, signal.SIGKILL)
    shop.running.wait()
    shop.start()
    assert shop.answers()
    assert not any(children.exists(pid) for pid in pids)
    assert (shop.folder / "secret_key").read_text() == secret
    assert json.loads((shop.folder / "demo.json").read_text()) == kept

    # Asked to stop, all of it stops, and the data are there.
    name = shop.name_of_programme()
    pids = [int(pid) for pid in json.loads((shop.folder / "processes.json").read_text())]
    assert shop.stop(signal.SIGTERM) == 0
    assert not any(children.exists(pid) for pid in pids)
    assert shop.said.endswith("Stopped.\n")
    shop.start("--engines-only", answers="DATABASE_URL=")
    assert shop.name_of_programme() == name
    assert shop.stop(signal.SIGINT) == 0


def test_a_taken_port_is_said_in_one_sentence_with_one_that_is_free(shop: Shop) -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", shop.port))
        somebody.listen()
        refused = subprocess.run(
            [sys.executable, "manage.py", "up"], cwd=ROOT, env=shop.env, capture_output=True, text=True
        )
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {shop.port} of 127.0.0.1 is taken: choose another one, for example PORT=")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("port", ["0", "65536", "8000x", "-1", "８０００"])
def test_a_port_that_is_none_is_said_in_one_sentence(shop: Shop, port: str) -> None:
    refused = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=ROOT, env=shop.env | {"PORT": port}, capture_output=True, text=True
    )
    assert refused.stderr == f"PORT={port} should be a number from 1 to 65535, like 8000.\n"
    assert not (shop.folder / "postgres").exists()
