"""Ctrl-C, SIGTERM and a closed terminal: remembered when they come, obeyed where it is safe.

An exception out of a signal handler can surface anywhere, also where it is swallowed (a finaliser, a library's bare
except); then the wish to stop is lost. So the handler only remembers, and whoever waits asks.
"""

import signal
import sys
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(Exception):
    """Somebody wants the platform to stop: not an error."""


class Stopping:
    """`check()` between two steps and in every loop that waits."""

    def __init__(self) -> None:
        self.asked = False

    def listen(self) -> None:
        for number in SIGNALS:
            signal.signal(number, self._remember)

    def check(self) -> None:
        if self.asked:
            raise StopAsked

    def _remember(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            print("Still stopping; one moment …", file=sys.stderr, flush=True)
        self.asked = True
