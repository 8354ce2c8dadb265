"""Web, worker, beat and relay as child processes: how each is started and how one knows that it answers."""

import contextlib
import http.client
import os
import re
import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from dashboard.running import commands
from loyalty.engines.children import Child

WORKER_READY = re.compile(rb"celery@\S+ ready\.")
BEAT_READY = re.compile(rb"beat: Starting")
RELAY_READY = re.compile(rb"The relay is running")


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def web(*, env: Mapping[str, str], log: Path, port: int, host: str = "127.0.0.1", workers: int = 2) -> Child:
    """Its workers add up their counters for /metrics in a folder beside the log."""
    counters = empty_folder(log.with_suffix(".counters"))
    return Child(
        name="web",
        command=commands.web(port=port, host=host, workers=workers),
        log=log,
        env=environment(env, WEB_TIMEOUTS="1", PROMETHEUS_MULTIPROC_DIR=str(counters)),
        folder=commands.ROOT,
    )


def empty_folder(folder: Path) -> Path:
    """A new folder in the place of what an earlier server left there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def worker(*, env: Mapping[str, str], log: Path, concurrency: int = 2) -> Child:
    return Child(
        name="worker",
        command=commands.worker(concurrency=concurrency),
        log=log,
        env=environment(env),
        folder=commands.ROOT,
    )


def beat(*, env: Mapping[str, str], log: Path, schedule: Path) -> Child:
    return Child(
        name="beat", command=commands.beat(schedule=schedule), log=log, env=environment(env), folder=commands.ROOT
    )


def relay(*, env: Mapping[str, str], log: Path) -> Child:
    return Child(name="relay", command=commands.relay(), log=log, env=environment(env), folder=commands.ROOT)


def environment(env: Mapping[str, str], **more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1", **env, **more}


def web_answers(*, port: int, path: str, host: str = "127.0.0.1") -> bool:
    """Whether an HTTP request gets an answer that is no server error."""
    line = http.client.HTTPConnection(host, port, timeout=5)
    try:
        line.request("GET", path)
        return line.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def said(log: Path, words: re.Pattern[bytes], *, after: int = 0) -> bool:
    """Whether these words stand in the log, beyond its first `after` bytes (what an earlier process wrote)."""
    try:
        with log.open("rb") as file:
            file.seek(after)
            return words.search(file.read()) is not None
    except OSError:
        return False


def children_of(pid: int) -> list[int]:
    """Process ids of the direct children, from the kernel's list."""
    if not sys.platform.startswith("linux"):
        return []
    found: list[int] = []
    with contextlib.suppress(OSError):  # it may end while we look
        for folder in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (folder / "children").read_text().split())
    return found
