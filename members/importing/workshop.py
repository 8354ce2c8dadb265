"""Where a run keeps the tables it works on.

Usually a schema of its own with unlogged tables, which the run's helpers on other connections see too. Inside a
transaction, or where the database lets nobody make a schema, temporary tables and no helpers.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

from django.db import ProgrammingError, connection, transaction

PREFIX = "importing_"
# the first key of the advisory lock that says a schema's run is alive; the second is the hash of its name
ALIVE = 0x140A


@dataclass(frozen=True, slots=True)
class Workshop:
    """`schema`: None where the run works alone."""

    schema: str | None

    @property
    def kind(self) -> str:
        """The kind of table that everybody in the workshop sees."""
        return "UNLOGGED" if self.schema else "TEMP"

    def enter(self) -> None:
        """Let this connection find the workshop's tables by their plain names."""
        if self.schema:
            with connection.cursor() as cursor:
                cursor.execute(f"SET search_path TO {self.schema}, public")


@contextlib.contextmanager
def opened() -> Iterator[Workshop]:
    """A workshop for one run; everything in it goes at the end, and what killed runs left goes before."""
    shop = Workshop(None if connection.in_atomic_block else _new_schema())
    shop.enter()
    try:
        yield shop
    finally:
        if shop.schema:
            with connection.cursor() as cursor:
                cursor.execute("RESET search_path")
            _clear(shop.schema)


def _new_schema() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_database_privilege(current_database(), 'CREATE')")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", [PREFIX])
        for (left_behind,) in cursor.fetchall():
            cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [ALIVE, left_behind])
            if cursor.fetchone()[0]:
                _clear(left_behind)
        schema = PREFIX + uuid4().hex
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [ALIVE, schema])
        cursor.execute(f"CREATE SCHEMA {schema}")
    return schema


def _clear(schema: str) -> None:
    """Drop a schema whose lock we hold, and give the lock back."""
    with connection.cursor() as cursor:
        with contextlib.suppress(ProgrammingError), transaction.atomic():
            cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [ALIVE, schema])
