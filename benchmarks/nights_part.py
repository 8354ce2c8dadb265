"""`make bench PART=nights`: points that ripen and points that end, beside COPY of as many rows of the ledger.

Each round is the next few nights at once: among all members a tenth has points that ripen, and as many lots end.
"""

import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from benchmarks import books, copies, figures, machine, shop
from benchmarks.figures import Comparison, Rounds
from benchmarks.part import Sizes
from events import clock
from loyalty import expiry
from loyalty.models import Store

SHARE = 10  # one member of so many has points that ripen, and one lot ends for so many members
COMPARISONS = (
    Comparison(what="lots that ripen or end / COPY", ours="due lots", limit="copy beside a history", target=1 / 20),
    Comparison(
        what="the same / COPY, empty table",
        ours="due lots",
        limit="copy into an empty table",
        target=1 / 20,
    ),
)
# The ledger's columns and its key, with what the ledger holds or with nothing; no other index, no lot, no event.
BARE = """
DROP TABLE IF EXISTS bench_bare, bench_empty;
CREATE TABLE bench_bare (LIKE loyalty_entry INCLUDING DEFAULTS);
INSERT INTO bench_bare SELECT * FROM loyalty_entry ORDER BY member_id, seq;
ALTER TABLE bench_bare ADD PRIMARY KEY (member_id, seq);
CREATE TABLE bench_empty (LIKE loyalty_entry INCLUDING DEFAULTS);
ALTER TABLE bench_empty ADD PRIMARY KEY (member_id, seq);
"""
DUE = """
SELECT count(*) FROM loyalty_lot WHERE remaining > 0 AND CASE WHEN pending THEN matures_at ELSE expires_at END <= %s
"""


def run(sizes: Sizes) -> None:
    if not Store.objects.exists():
        shop.load(members=sizes.members, at=clock.now())
    rounds = Rounds()
    print(f"{machine.processors()} cores, load average {machine.load_average()} before", flush=True)
    with copies.copy_of(str(connection.settings_dict["NAME"]), "nights"):
        at = clock.now()
        expiry.book_due(date=at.date(), at=at)
        with connection.cursor() as cursor:
            cursor.execute(BARE)
        for number in range(1, sizes.rounds + 1):
            at = _filled(number, after=at, members=sizes.members // SHARE)
            lots, seconds = _booked(at)
            rounds.add("due lots", lots / seconds)
            for name, table in (("copy beside a history", "bench_bare"), ("copy into an empty table", "bench_empty")):
                rows, seconds = _copied(sizes.folder / "entries.copy", into=table, at=at)
                rounds.add(name, rows / seconds)
            latest = ", ".join(f"{name} {values[-1]:,.0f}/s" for name, values in rounds.measured.items())
            print(f"round {number}: {lots:,} lots, {latest}; load {machine.load_average()}", flush=True)
        mismatches = books.report()
    print(f"\n{sizes.members:,} members, medians of {sizes.rounds} rounds\n")
    print(figures.table(rounds, COMPARISONS, unit="rows per s"))
    print(f"\n{mismatches}", flush=True)


def _filled(number: int, *, after: datetime, members: int) -> datetime:
    """Points wait until the next nights on which as many lots end; answers the last of these nights."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT expires_at, count(*) FROM loyalty_lot WHERE remaining > 0 AND NOT pending AND expires_at > %s "
            "GROUP BY 1 ORDER BY 1",
            [after],
        )
        nights, lots = [], 0
        while lots < members:
            night, ending = cursor.fetchone()
            nights.append(night)
            lots += ending
        with transaction.atomic():
            told: dict[str, Any] = {"moments": nights, "round": number, "members": members, "at": after}
            cursor.execute((shop.SQL / "waiting.sql").read_text(), told)
        cursor.execute("VACUUM ANALYZE loyalty_account, loyalty_lot, loyalty_lotuse, loyalty_entry")
        cursor.execute("CHECKPOINT")
    return nights[-1]


def _booked(at: datetime) -> tuple[int, float]:
    """How many lots were due, and the seconds it took to book them; RuntimeError where one still is."""
    due = _count(at)
    began = time.perf_counter()
    expiry.book_due(date=at.date(), at=at)
    seconds = time.perf_counter() - began
    if left := _count(at):
        raise RuntimeError(f"{left} lots of {due} are still due")
    return due, seconds


def _count(at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(DUE, [at])
        return int(cursor.fetchone()[0])


def _copied(file: Path, *, into: str, at: datetime) -> tuple[int, float]:
    """How many entries the nights wrote, and the seconds COPY takes for them."""
    with connection.cursor() as cursor:
        with file.open("wb") as out:
            written = cursor.mogrify("SELECT * FROM loyalty_entry WHERE recorded_at = %s ORDER BY member_id, seq", [at])
            cursor.copy_expert(f"COPY ({written.decode()}) TO STDOUT", out)
        cursor.execute("TRUNCATE bench_empty")
        cursor.execute("CHECKPOINT")
        began = time.perf_counter()
        with file.open("rb") as source:
            cursor.copy_expert(f"COPY {into} FROM STDIN", source)
        seconds = time.perf_counter() - began
        rows = cursor.rowcount
    file.unlink()
    return rows, seconds
