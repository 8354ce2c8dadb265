"""How far a long command has come: one line that grows."""

import sys
from typing import TextIO


class Progress:
    """A bar that is drawn over on a terminal; elsewhere one plain line with a number at every tenth."""

    WIDTH = 32

    def __init__(self, title: str, *, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._title = title
        self._shown = -1
        self._terminal = self._out.isatty()

    def show(self, share: float) -> None:
        """Show that this part (0 … 1) is done."""
        percent = int(100 * min(max(share, 0.0), 1.0))
        if self._terminal:
            if percent > self._shown:
                full = self.WIDTH * percent // 100
                self._out.write(f"\r{self._title} [{'█' * full}{'·' * (self.WIDTH - full)}] {percent:3d} %")
                self._shown = percent
        else:
            if self._shown < 0:
                self._out.write(f"{self._title}:")
            for tenth in range(self._shown // 10 * 10 + 10, percent + 1, 10):
                self._out.write(f" {tenth}")
                self._shown = tenth
            self._shown = max(self._shown, 0)
        self._out.flush()

    def done(self) -> None:
        self.show(1.0)
        self._out.write("\n" if self._terminal else " %\n")
        self._out.flush()
