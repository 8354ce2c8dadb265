"""The folder `.run/`: what a running platform keeps between two starts, and who runs it now.

`RUN_DIR` names another place. It holds the engines' data, the secrets made at the first start, the settings for
`manage.py` in another terminal, the demo sign-ins and the logs; everything in it is closed to other users.
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from dashboard.running.commands import ROOT

FIRST_START_BYTES = 700 * 1024**2
LATER_START_BYTES = 150 * 1024**2
LOG_BYTES = 5 * 1024**2


class CannotRun(Exception):
    """Why the platform does not start, in one sentence for the person who typed `make run`."""


@dataclass(frozen=True)
class RunFolder:
    path: Path

    @classmethod
    def chosen(cls) -> "RunFolder":
        return cls(Path(os.environ.get("RUN_DIR") or ROOT / ".run").expanduser().resolve())

    @property
    def demo_file(self) -> Path:
        return self.path / "demo.json"

    @property
    def settings_file(self) -> Path:
        """Read by loyalty.settings where the environment is silent, so that `manage.py` finds this platform."""
        return self.path / "env"

    @property
    def elsewhere(self) -> Path:
        """Where PostgreSQL lives when root may not run it here; a folder other users can enter."""
        # Named by a digest: a socket's path must stay short however deep this folder lies.
        return Path("/var/lib/loyalty") / hashlib.sha256(bytes(self.path)).hexdigest()[:12]

    def make(self) -> None:
        """Make it, or say in one sentence why that does not work."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o700)
            (self.path / "logs").mkdir(exist_ok=True)
            self._check_disk()
        except OSError as problem:
            raise CannotRun(
                f"{self.path} cannot be written ({problem.strerror}): set RUN_DIR to a folder of yours."
            ) from None

    def lock(self) -> TextIO:
        """Held as long as the returned file is open; the kernel lets go when its owner dies, however that happens."""
        file = (self.path / "lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CannotRun(
                f"It already runs from this folder (process {file.read().strip() or 'unknown'}). "
                "Stop that one first, or set RUN_DIR and PORT for a second one."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        return file

    def secret_key(self) -> str:
        """Made at the first start and kept: sessions and the QR codes of members rest on it."""
        file = self.path / "secret_key"
        if not file.is_file():
            write_private(file, secrets.token_urlsafe(50))
        return file.read_text().strip()

    def log(self, name: str) -> Path:
        """The log of one process; the old one is put aside when it has grown long."""
        file = self.path / "logs" / f"{name}.log"
        if file.is_file() and file.stat().st_size > LOG_BYTES:
            file.replace(file.with_suffix(".log.1"))
        return file

    def demo(self) -> dict[str, Any]:
        try:
            kept = json.loads(self.demo_file.read_text())
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def write_demo(self, sign_ins: dict[str, Any]) -> None:
        write_private(self.demo_file, json.dumps(sign_ins, indent=2, ensure_ascii=False) + "\n")

    def write_settings(self, names: tuple[str, ...]) -> None:
        lines = [f"{name}={os.environ[name]}" for name in names if name in os.environ]
        write_private(self.settings_file, "\n".join(lines) + "\n")

    def _check_disk(self) -> None:
        known = (self.path / "secret_key").is_file()
        wanted = LATER_START_BYTES if known else FIRST_START_BYTES
        free = shutil.disk_usage(self.path).free
        if free < wanted:
            raise CannotRun(
                f"The disk of {self.path} has {free // 1024**2} MB left and {wanted // 1024**2} MB are wanted: "
                "make room, or set RUN_DIR to a folder on another disk."
            )


def write_private(file: Path, text: str) -> None:
    """Written whole or not at all, readable by its owner only from its first moment."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    new.replace(file)
