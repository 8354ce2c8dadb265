"""A command tried again when the database fell over under it: it is idempotent, and a till must not wait for long.

Till 10 s > command 8 s > statement 5 s > lock 2 s: no new try begins after six seconds, and there are three at most.
"""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

log = logging.getLogger(__name__)
T = TypeVar("T")

MOST_TRIES = 3
NO_NEW_TRY_AFTER = 6.0
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.6
# the connection itself is fine after these: lock_not_available, query_canceled, serialization_failure, deadlock
_STILL_CONNECTED = {"55P03", "57014", "40001", "40P01"}


def fell_over(error: Exception) -> bool:
    """Whether the database went away or was busy, so that the same may succeed in a moment.

    A connection that is cut while an answer is on its way is a plain DatabaseError of psycopg2 without an SQLSTATE
    ("error with status PGRES_TUPLES_OK and no message from the libpq").
    """
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return type(error) is DatabaseError and getattr(error.__cause__, "pgcode", None) is None


def until_done(command: Callable[[], T], *, started: float) -> T:
    """The result of `command`, tried up to three times within six seconds of `started` (time.monotonic)."""
    for attempt in range(1, MOST_TRIES + 1):
        try:
            return command()
        except (DatabaseError, InterfaceError) as error:
            if not fell_over(error):
                raise
            state = getattr(error.__cause__, "pgcode", None)
            if state not in _STILL_CONNECTED:
                connection.close()
            pause = random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 4**attempt))  # noqa: S311  jitter, no secret
            if attempt == MOST_TRIES or time.monotonic() + pause - started > NO_NEW_TRY_AFTER:
                raise
            log.warning("try %d failed (%s %s), trying again", attempt, type(error).__name__, state)
            time.sleep(pause)
    raise AssertionError("unreachable")
