"""Watching over child processes: started in order, started again when they die, stopped in the opposite order."""

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.running.run_folder import write_private
from loyalty.engines import children
from loyalty.engines.children import Child, NotAnswering, wait_until

# A child that lived this long was well: its next end counts as a first one again.
WELL_SECONDS = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0


@dataclass(kw_only=True)
class Watched:
    """`answers` tells whether the child does its work, not only whether it lives."""

    child: Child
    answers: Callable[[], bool]
    stop_seconds: float = 20
    started_at: float = 0
    failures: int = 0
    again_at: float | None = None


@dataclass(kw_only=True)
class Watch:
    """`say` prints a line for the person at the terminal; `record` is where the children's ids are kept."""

    say: Callable[[str], None]
    record: Path
    longest_pause: float = LONGEST_PAUSE
    watched: list[Watched] = field(default_factory=list)

    def start(self, one: Watched, *, seconds: float = 60) -> None:
        """Start it and wait until it answers."""
        self.launch(one)
        one.child.wait_until(one.answers, seconds=seconds)

    def launch(self, one: Watched) -> None:
        """Start it; whoever calls waits for its answer later."""
        one.child.start()
        one.started_at = time.monotonic()
        self.watched.append(one)
        self._write_record()

    def adopt(self, one: Watched) -> None:
        """Watch over a child that runs already."""
        one.started_at = time.monotonic()
        self.watched.append(one)
        self._write_record()

    def tend(self) -> None:
        """One look at everybody: who died is started again, at once the first time, then after longer and longer."""
        for one in self.watched:
            if one.again_at is not None:
                if time.monotonic() >= one.again_at:
                    self._start_again(one)
            elif not one.child.alive():
                self._plan(one)

    def stop(self) -> None:
        """Stop all, the last started first; what they keep is kept."""
        for one in reversed(self.watched):
            if not one.child.stop(seconds=one.stop_seconds):
                self.say(f"{one.child.name} did not end by itself and was killed.")
        self.record.unlink(missing_ok=True)

    def _plan(self, one: Watched) -> None:
        one.child.sweep()
        lived = time.monotonic() - one.started_at
        one.failures = 1 if lived > WELL_SECONDS else one.failures + 1
        pause = 0.0 if one.failures == 1 else min(self.longest_pause, FIRST_PAUSE * 2 ** (one.failures - 2))
        one.again_at = time.monotonic() + pause
        when = "it is started again" if not pause else f"it is started again in {pause:.1f} s"
        self.say(f"{one.child.name} ended ({one.child.how_it_ended()}); {when}. Its log: {one.child.log}")

    def _start_again(self, one: Watched) -> None:
        one.again_at = None
        one.child.start()
        one.started_at = time.monotonic()
        self._write_record()

    def _write_record(self) -> None:
        known = {str(one.child.pid): children.command_of(one.child.pid) for one in self.watched if one.child.alive()}
        write_private(self.record, json.dumps(known))


def end_leftovers(record: Path) -> int:
    """End what an earlier start left behind when it was killed; how many there were.

    A process counts as left behind only if its number and its command line are the ones written down then.
    """
    try:
        known = {int(pid): command for pid, command in json.loads(record.read_text()).items()}
    except (OSError, ValueError, AttributeError):
        return 0
    left = [pid for pid, command in known.items() if command and children.command_of(pid) == command]
    for sign, seconds in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        for pid in filter(children.exists, left):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, sign)
        with contextlib.suppress(NotAnswering):
            wait_until(lambda: not any(map(children.exists, left)), seconds=seconds, what="leftovers did not end")
            break
    record.unlink(missing_ok=True)
    return len(left)
