"""The command line of each process of the platform, the same in `make run`, tests, benchmarks and containers."""

import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# Per web worker: so many requests run at a time, the rest wait in line. Each running one has its own database
# connection, so workers x threads must stay well under PostgreSQL's max_connections.
WEB_THREADS = 4
# Per web worker: granian's "backpressure" counts open connections, idle ones too. A till keeps its connection, and one
# beyond the limit is not answered at all until another hangs up.
WEB_CONNECTIONS = 1024

# Of the worker: a sale's deliveries and webhooks; messages to people; the night and other long work.
QUEUES = ("events", "sending", "jobs")


def web(*, port: int, host: str = "127.0.0.1", workers: int = 2) -> list[str]:
    """Without --respawn-failed-workers the whole server would end when one worker is killed."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(WEB_THREADS), "--backpressure", str(WEB_CONNECTIONS)),
        *("--respawn-failed-workers", "--respawn-interval", "0.2", "--workers-kill-timeout", "15"),
        *("--no-ws", "--log-level", "warning", "loyalty.wsgi:application"),
    ]


def worker(*, concurrency: int = 2, queues: Sequence[str] = QUEUES) -> list[str]:
    """Gossip and mingle are for workers that talk to each other; ours only look at rows."""
    return [
        *(sys.executable, "-m", "celery", "-A", "loyalty", "worker", "--loglevel", "INFO"),
        *("--queues", ",".join(queues), "--concurrency", str(concurrency), "--without-gossip", "--without-mingle"),
    ]


def beat(*, schedule: Path) -> list[str]:
    """`schedule` is the file in which beat remembers what it ran last."""
    return [
        *(sys.executable, "-m", "celery", "-A", "loyalty", "beat", "--loglevel", "INFO"),
        *("--schedule", str(schedule), "--pidfile="),
    ]


def relay() -> list[str]:
    return manage("relay")


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]
