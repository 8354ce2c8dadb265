"""A child process: started in a session of its own, watched by its id, stopped in good order."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

POLL_SECONDS = 0.02


class NotAnswering(RuntimeError):
    """Something that was started does not answer within its limit, or ended before it answered."""


def wait_until(ready: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Ask `ready` again and again until it says yes; NotAnswering after `seconds`."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise NotAnswering(f"{what} within {seconds:.0f} seconds.")
        time.sleep(POLL_SECONDS)


def _die_with_parent(sign: int) -> Callable[[], None] | None:
    """On Linux the kernel ends a child whose parent was killed: no orphan holds a port or a data folder."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def ask_the_kernel() -> None:
        libc.prctl(1, sign, 0, 0, 0)  # PR_SET_PDEATHSIG

    return ask_the_kernel


def identity(user: int | None, group: int | None) -> dict[str, Any]:
    """What subprocess is told so that a child gives up being root."""
    return {} if user is None else {"user": user, "group": group, "extra_groups": []}


def exists(pid: int) -> bool:
    """Whether this process runs, whoever owns it; one that has ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


def command_of(pid: int) -> str:
    """The command line of a process, empty when there is none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    except OSError:
        pass
    try:
        return subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""


@dataclass(kw_only=True)
class Child:
    """`stop_signal` asks it to end in good order; `orphan_signal` is what the kernel sends when we die first."""

    name: str
    command: Sequence[str]
    log: Path | None = None
    env: Mapping[str, str] | None = None
    folder: Path | None = None
    user: int | None = None
    group: int | None = None
    stop_signal: int = signal.SIGTERM
    orphan_signal: int | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        if self.process is None:
            raise RuntimeError(f"{self.name} was not started.")
        return self.process.pid

    def start(self) -> None:
        with contextlib.ExitStack() as stack:
            out: IO[bytes] | int = subprocess.DEVNULL
            if self.log is not None:
                self.log.parent.mkdir(parents=True, exist_ok=True)
                out = stack.enter_context(self.log.open("ab"))
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=None if self.env is None else dict(self.env),
                cwd=self.folder,
                **identity(self.user, self.group),
                # Ctrl-C goes to us alone; we stop the children one by one.
                start_new_session=True,
                preexec_fn=_die_with_parent(self.orphan_signal or self.stop_signal),
            )

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Wait until it answers; NotAnswering says what its log said last."""

        def answered() -> bool:
            if not self.alive():
                raise NotAnswering(f"{self.name} ended at once ({self.how_it_ended()}).{self._last_words()}")
            return ready()

        try:
            wait_until(answered, seconds=seconds, what=f"{self.name} did not answer")
        except NotAnswering as problem:
            if self.alive():
                raise NotAnswering(f"{problem}{self._last_words()}") from None
            raise

    def stop(self, *, seconds: float = 20) -> bool:
        """Ask it to end, kill it when it does not. True when it ended by itself."""
        if self.process is None:
            return True
        if self.alive():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.sweep()
            self.process.wait()
            return False
        self.sweep()
        return True

    def sweep(self) -> None:
        """Kill whatever of its session is left: a master that was killed leaves its workers behind."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def how_it_ended(self) -> str:
        """ "exit 1", "killed by SIGKILL", or "running"."""
        code = None if self.process is None else self.process.poll()
        if code is None:
            return "running"
        return f"exit {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"

    def _last_words(self) -> str:
        if self.log is None or not self.log.is_file():
            return ""
        lines = self.log.read_text(errors="replace").splitlines()[-8:]
        return f" The end of {self.log}:\n  " + "\n  ".join(lines) if lines else ""
