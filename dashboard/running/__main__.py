"""`python -m dashboard.running web|worker|beat|relay` becomes that process; `… check web|worker|beat` asks it.

`worker events` serves that queue only (events, sending, jobs; default all). For containers and service managers: the
flags of each process stand in one place, commands.py.
"""

import http.client
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dashboard.running import commands, processes

# Beat writes its file every three minutes.
BEAT_SECONDS = 600
SCHEDULE = "BEAT_SCHEDULE"


def main(arguments: list[str]) -> int:
    match arguments:
        case ["web"]:
            counters = processes.empty_folder(Path(tempfile.gettempdir()) / "loyalty-web-counters")
            os.environ |= {"WEB_TIMEOUTS": "1", "PROMETHEUS_MULTIPROC_DIR": str(counters)}
            become(commands.web(host=_host(), port=_number("PORT", 8000), workers=_number("WEB_WORKERS", 2)))
        case ["worker", *queues] if set(queues) <= set(commands.QUEUES):
            become(commands.worker(concurrency=_number("WORKER_PROCESSES", 2), queues=queues or commands.QUEUES))
        case ["beat"]:
            become(commands.beat(schedule=_schedule()))
        case ["relay"]:
            become(commands.relay())
        case ["check", "web"]:
            return 0 if web_is_ready() else 1
        case ["check", "worker"]:
            return worker_answers()
        case ["check", "beat"]:
            return 0 if beat_is_awake() else 1
    print(__doc__, file=sys.stderr)
    return 2


def become(command: list[str]) -> None:
    """Signals and the exit status are the process's own from here on."""
    os.execv(command[0], command)  # noqa: S606


def web_is_ready() -> bool:
    """Asked as a visitor of the first of ALLOWED_HOSTS; any other name is refused before it is answered."""
    visitor = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".").replace("*", "localhost")
    line = http.client.HTTPConnection("127.0.0.1", _number("PORT", 8000), timeout=5)
    try:
        line.request("GET", "/readyz", headers={"Host": visitor, "X-Forwarded-Proto": "https"})
        return line.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def worker_answers() -> int:
    name = f"celery@{os.uname().nodename}"
    asked = [sys.executable, "-m", "celery", "-A", "loyalty", "inspect", "ping", "--timeout", "5", "-d", name]
    return subprocess.run(asked, stdout=subprocess.DEVNULL, check=False).returncode


def beat_is_awake() -> bool:
    written = [file.stat().st_mtime for file in _schedule().parent.glob(f"{_schedule().name}*")]
    return bool(written) and time.time() - max(written) < BEAT_SECONDS


def _host() -> str:
    return os.environ.get("HOST") or "127.0.0.1"


def _schedule() -> Path:
    return Path(os.environ.get(SCHEDULE) or commands.ROOT / ".run" / "beat")


def _number(name: str, default: int) -> int:
    raw = os.environ.get(name) or str(default)
    if not (raw.isascii() and raw.isdigit() and int(raw) > 0):
        sys.exit(f"{name}={raw} should be a whole number above 0, like {default}.")
    return int(raw)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
