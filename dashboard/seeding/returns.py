"""What comes back: a cup made wrong, a cake not fresh; about one bill in 300, within the hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from dashboard.seeding.history import History

SHARE = 0.003
CANCELLED = 0.004


@dataclass(frozen=True)
class CameBack:
    """One return: the bill, its own receipt, when, and which lines (positions in the history's lines, whole lines)."""

    bill: int
    receipt: str
    at: datetime
    lines: tuple[int, ...]


def invent(history: History) -> list[CameBack]:
    """Every return of the history, in order of its bill."""
    chance = np.random.default_rng([history.seed, 7])
    chosen = np.flatnonzero(chance.random(len(history.visits)) < SHARE)
    back = []
    for bill, whole, cut, minutes in zip(
        chosen.tolist(),
        chance.random(len(chosen)) < 0.25,
        chance.random(len(chosen)),
        chance.integers(3, 50, len(chosen)).tolist(),
        strict=True,
    ):
        lines = tuple(history.lines.of(bill))
        at = history.moment(bill) + timedelta(minutes=minutes)
        kept = 0 if whole else int(cut * len(lines))
        if at < history.ends - timedelta(minutes=1):
            back.append(CameBack(bill=bill, receipt=f"T{history.receipts[bill]}", at=at, lines=lines[kept:]))
    return back


def cancelled(history: History) -> frozenset[int]:
    """Bills rung up by mistake and cancelled at once."""
    chance = np.random.default_rng([history.seed, 10])
    return frozenset(np.flatnonzero(chance.random(len(history.visits)) < CANCELLED).tolist())
