import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest


@pytest.fixture
def other_connection(shop_db):
    """`with other_connection() as cursor`: somebody else on the same database, gone with the block."""

    @contextlib.contextmanager
    def connect() -> Iterator[Any]:
        other = psycopg2.connect(shop_db.url)
        other.autocommit = True
        try:
            yield other.cursor()
        finally:
            other.cursor().execute("SELECT pg_advisory_unlock_all()")  # a closed connection would do so in a moment
            other.close()

    return connect
