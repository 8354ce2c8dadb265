"""Asking every invariant of the house whether it holds (`manage.py audit_ledger`, and the tests after each step)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from events.invariants import Invariant

EXAMPLES = 5


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One invariant and how many rows break it, with the first few of them."""

    invariant: Invariant
    broken: int
    examples: tuple[tuple[Any, ...], ...] = ()

    @property
    def ok(self) -> bool:
        return self.broken == 0


def invariants() -> Iterable[Invariant]:
    """All invariants named by settings.AUDIT_QUERIES, floor by floor."""
    for dotted in settings.AUDIT_QUERIES:
        yield from import_string(dotted)()


def run() -> list[Finding]:
    """Ask each invariant once. Reads only; every query sees one moment, so a shop may go on selling."""
    return [_ask(invariant) for invariant in invariants()]


def _ask(invariant: Invariant) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) OVER (), broken.* FROM ({invariant.sql}) AS broken LIMIT {EXAMPLES}")
        rows = cursor.fetchall()
    return Finding(
        invariant=invariant, broken=rows[0][0] if rows else 0, examples=tuple(tuple(row[1:]) for row in rows)
    )
