"""Tries at codes of vouchers are counted, per till and over all tills: a wrong one stays counted for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from members import guessing
from members.guessing import TooManyGuesses

PER_TILL = 20
OVERALL = 2000
WITHIN = timedelta(minutes=15)


@dataclass(slots=True)
class Tries:
    """The tries of one call. Written down before they are judged; those that were not wrong are taken back."""

    written: list[int] = field(default_factory=list)
    refused: TooManyGuesses | None = None
    wrong: bool = False

    def must_be_free(self) -> None:
        """Raises TooManyGuesses where this till, or all together, guessed too often."""
        if self.refused is not None:
            raise self.refused


@contextmanager
def counted(*, codes: int, by: str, at: datetime) -> Iterator[Tries]:
    """Around a call that names `codes` vouchers by code. Begin it before the transaction: the count outlives that."""
    tries = Tries()
    if codes:
        try:
            for kind, of, limit in (("voucher at a till", by, PER_TILL), ("voucher", "everywhere", OVERALL)):
                tries.written.append(guessing.count(kind=kind, of=of, limit=limit, within=WITHIN, at=at))
        except TooManyGuesses as refused:
            tries.refused = refused
    try:
        yield tries
    finally:
        if not tries.wrong:
            for guess in tries.written:
                guessing.take_back(guess=guess)
