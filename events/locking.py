"""One at a time in the whole house, whichever process and host: a lock of the database that a dead process lets go."""

import contextlib
from collections.abc import Iterator

from django.db import Error, connection


@contextlib.contextmanager
def alone(what: str) -> Iterator[bool]:
    """Whether nobody else is at `what`; if so, nobody else will be until the block ends.

    The lock belongs to the database connection, not to a transaction: the block may commit as often as it likes. It
    ends with the process, by kill -9 too (PostgreSQL notices within a second).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [what])
        [mine] = cursor.fetchone()
    try:
        yield mine
    finally:
        if mine:
            # A broken connection has let go of it already.
            with contextlib.suppress(Error), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [what])
