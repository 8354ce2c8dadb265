"""Members from a file, with their shop, the points they bring along and the tier they were promised."""

import contextlib
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.db import connection, transaction

from loyalty import policies
from loyalty.ledger import importing as ledger
from loyalty.models import Tier
from members.importing import people, report, staging
from members.importing.reading import MOMENT, NUMBER, TEXT, CsvFile
from members.importing.report import ImportReport

SQL = Path(__file__).parent / "sql"
COLUMNS = people.COLUMNS | {"tier": TEXT, "tier_until": MOMENT, "points": NUMBER, "points_expire_on": MOMENT}
REQUIRED = ("name",)
WORKING = "import_opening, import_lift"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberOptions:
    """`chunk`: persons per transaction. `errors`: where the refused rows go; None = beside the file."""

    create_stores: bool = False
    dry_run: bool = False
    chunk: int = 100_000
    errors: Path | IO[str] | None = None


def run(*, source: Path | IO[bytes], at: datetime, by: str, options: MemberOptions = MemberOptions()) -> ImportReport:
    """Import a file of members; `by` is who started it. Several rows of one member are several lots of points.

    Who is a member already stays as they are and only gains points and a tier that a file has not brought yet. Raises
    FileUnreadable with nothing written.
    """
    began = time.monotonic()
    file = CsvFile(source, known=COLUMNS, required=REQUIRED)
    done = ImportReport(import_id=uuid4(), dry_run=options.dry_run)
    with transaction.atomic() if options.dry_run else contextlib.nullcontext():
        _import(file, done, at=at, by=by, options=options)
        if options.dry_run:
            transaction.set_rollback(True)
    done.seconds = time.monotonic() - began
    return done


def _import(file: CsvFile, done: ImportReport, *, at: datetime, by: str, options: MemberOptions) -> None:
    done.rows = staging.stage(file, columns=COLUMNS).rows
    with staging.bulk():
        _drop_working_tables()
        staging.run(SQL / "check_members.sql", create_stores=options.create_stores)
        if options.create_stores:
            done.stores_opened = staging.run(SQL / "home_stores.sql")
        staging.run(SQL / "places.sql")
        people.find(at=at)
        end = policies.at(at).lot_end(at)
        staging.run(SQL / "openings.sql", at=at, end=end)
    persons = staging.count("SELECT coalesce(max(person), 0) FROM import_joiner")
    for first in range(1, persons + 1, options.chunk):
        with staging.bulk():
            _write(done, first=first, last=first + options.chunk - 1, at=at, by=by)
    done.known = staging.count("SELECT count(*) FROM import_joiner WHERE NOT fresh")
    done.posted = done.members_joined
    report.close(file, done, errors=options.errors)
    _drop_working_tables()


def _drop_working_tables() -> None:
    people.drop_working_tables()
    with connection.cursor() as cursor:
        cursor.execute("DROP VIEW IF EXISTS import_chunk")
        cursor.execute(f"DROP TABLE IF EXISTS {WORKING}")


def _write(done: ImportReport, *, first: int, last: int, at: datetime, by: str) -> None:
    mark = f"import:{done.import_id}"
    people.enrol(done, first=first, last=last, at=at, by=by)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE TEMP VIEW import_chunk AS SELECT * FROM import_opening "
            f"WHERE person BETWEEN {first:d} AND {last:d}"
        )
        cursor.execute("SELECT coalesce(sum(earned), 0), count(*) FROM import_chunk")
        points, lots = cursor.fetchone()
    first_tier = Tier.objects.order_by("rank").values_list("id", flat=True).first()
    if lots:
        ledger.move_accounts(at=at, first_tier=first_tier)
        ledger.write_entries(at=at, by=mark)
    done.points += int(points)
    ledger.lift(first=first, last=last, at=at, by=mark)
