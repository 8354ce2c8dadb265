"""A working table made by two helpers at once, each on a connection of its own, where that is possible."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection

from members.importing import staging
from members.importing.workshop import Workshop

HELPERS = 2
# Below so many rows a second connection costs more than it brings.
WORTH_IT = 100_000


def make(table: str, query: Path, *, shop: Workshop, rows: int, values: dict[str, Any]) -> None:
    """Fill the new `table` from `query`, which knows by `halves` and `half` what part it is asked for.

    Whoever calls it has committed what the query reads, unless there is no workshop and thus only this connection.
    """
    if shop.schema is None or rows < WORTH_IT:
        _run(f"CREATE {shop.kind} TABLE {table} AS", query, {**values, "halves": 1, "half": 0})
        return
    _run(f"CREATE {shop.kind} TABLE {table} AS", query, {**values, "halves": HELPERS, "half": 0}, "WITH NO DATA")
    with ThreadPoolExecutor(HELPERS, thread_name_prefix="halves") as helpers:
        for done in [helpers.submit(partial(_fill, table, query, shop, values, half)) for half in range(HELPERS)]:
            done.result()


def _fill(table: str, query: Path, shop: Workshop, values: dict[str, Any], half: int) -> None:
    with closing(connection):
        shop.enter()
        _run(f"INSERT INTO {table}", query, {**values, "halves": HELPERS, "half": half})


def _run(head: str, query: Path, values: dict[str, Any], tail: str = "") -> None:
    text = staging.text(query).rstrip().removesuffix(";")
    with staging.bulk(), connection.cursor() as cursor:
        cursor.execute(f"{head}\n{text}\n{tail}", values)
