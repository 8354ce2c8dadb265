"""Limits on guesses at secrets: passwords, one-time codes, PINs.

The count lives in PostgreSQL and a try is written down before it is judged: neither a flushed cache, nor parallel
tries, nor an engine that is down lets anybody guess on.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from events.refusals import Refusal
from members.models import Guess

FORGOTTEN_AFTER = timedelta(days=1)


class TooManyGuesses(Refusal):
    """This secret was guessed at too often; `retry_after` seconds from now there is a try again."""

    code = "too_many_guesses"


def count(*, kind: str, of: str, limit: int, within: timedelta, at: datetime) -> int:
    """Write down one try at the secret `kind` of `of` and return its id. Raises TooManyGuesses at the limit."""
    key = _key(kind, of)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # tries at one key stand in line; otherwise parallel ones would each see the others' rows missing
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(key[:8], "big", signed=True)])
        # tries from far ahead were made before the clock was put back
        near = Guess.objects.filter(key=key, at__gt=at - within, at__lt=at + within)
        recent = list(near.order_by("-at").values_list("at", flat=True)[:limit])
        if len(recent) >= limit:
            raise TooManyGuesses(retry_after=int((recent[-1] + within - at).total_seconds()) + 1)
        Guess.objects.filter(at__lt=at - FORGOTTEN_AFTER).delete()
        return Guess.objects.create(key=key, at=at).pk


def forgive(*, kind: str, of: str) -> None:
    """The secret was known: earlier slips of its owner are forgotten."""
    Guess.objects.filter(key=_key(kind, of)).delete()


def take_back(*, guess: int) -> None:
    """This one try was right; the others of its key (an address many people share) still count."""
    Guess.objects.filter(pk=guess).delete()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many tries at the secret `kind` of `of` within a while."""

    kind: str
    of: str
    tries: int
    within: timedelta


@dataclass(slots=True)
class Tries:
    """The tries of one call. Written down before they are judged; those that were not wrong are taken back."""

    written: list[int] = field(default_factory=list)
    refused: TooManyGuesses | None = None
    wrong: bool = False

    def must_be_free(self) -> None:
        """Raises TooManyGuesses where one of the limits was reached."""
        if self.refused is not None:
            raise self.refused


@contextmanager
def counted(*limits: Limit, at: datetime) -> Iterator[Tries]:
    """Around a call that may be a guess. Begin it before the transaction: the count outlives that."""
    tries = Tries()
    try:
        for one in limits:
            tries.written.append(count(kind=one.kind, of=one.of, limit=one.tries, within=one.within, at=at))
    except TooManyGuesses as refused:
        tries.refused = refused
    try:
        yield tries
    finally:
        if not tries.wrong:
            for guess in tries.written:
                take_back(guess=guess)


def _key(kind: str, of: str) -> bytes:
    return hashlib.sha256(f"{kind}:{of}".encode("utf-8", "replace")).digest()
