"""Whether the books add up after all that load: every invariant that `audit_ledger` knows."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from events.invariants import Invariant


def mismatches() -> Iterator[tuple[Invariant, int]]:
    """Each invariant with the number of rows that break it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        for name in settings.AUDIT_QUERIES:
            for invariant in import_string(name)():
                cursor.execute(f"SELECT count(*) FROM ({invariant.sql}) broken")
                yield invariant, int(cursor.fetchone()[0])


def report() -> str:
    """`0 ledger mismatches in 24 invariants`, or which are broken."""
    counted = list(mismatches())
    broken = [f"{invariant.code} {invariant.sentence}: {rows}" for invariant, rows in counted if rows]
    total = sum(rows for _, rows in counted)
    return "\n".join([f"{total} ledger mismatches in {len(counted)} invariants", *broken])
