"""Consents from a file, with their proof. A yes without evidence is kept and allows no advertising."""

import contextlib
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.db import connection, transaction

from members.importing import report, resolving, staging
from members.importing.reading import MOMENT, TEXT, CsvFile
from members.importing.report import ImportReport
from members.models import ASKED_AT_JOINING
from members.models.consent import CHANNELS

SQL = Path(__file__).parent / "sql"
COLUMNS = dict.fromkeys(("member", "purpose", "channel", "how", "text_version", "evidence"), TEXT) | {
    "granted_at": MOMENT
}
REQUIRED = ("member", "purpose", "channel", "granted_at")
WORKING = "import_name, import_member, import_consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentOptions:
    member_as: str = ""
    dry_run: bool = False
    errors: Path | IO[str] | None = None


def run(*, source: Path | IO[bytes], at: datetime, by: str, options: ConsentOptions = ConsentOptions()) -> ImportReport:
    """Import a file of consents given; `by` is who started it. Raises FileUnreadable with nothing written."""
    began = time.monotonic()
    file = CsvFile(source, known=COLUMNS, required=REQUIRED)
    done = ImportReport(import_id=uuid4(), dry_run=options.dry_run)
    with transaction.atomic() if options.dry_run else contextlib.nullcontext():
        done.rows = staging.stage(file, columns=COLUMNS).rows
        with staging.bulk():
            _write(done, at=at, options=options)
        report.close(file, done, errors=options.errors)
        if options.dry_run:
            transaction.set_rollback(True)
    done.seconds = time.monotonic() - began
    return done


def _write(done: ImportReport, *, at: datetime, options: ConsentOptions) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {WORKING}")
        cursor.execute(
            "CREATE TEMP TABLE import_name AS SELECT btrim(member) AS text, min(granted_at) AS first_at "
            "FROM import_row WHERE btrim(member) <> '' GROUP BY btrim(member)"
        )
    done.member_as = resolving.resolve(kind=options.member_as)
    staging.run(SQL / "consent_rows.sql", at=at, purposes=list(ASKED_AT_JOINING), channels=list(CHANNELS))
    done.posted = staging.run(SQL / "consents.sql", at=at, by=f"import:{done.import_id}")
    done.known = staging.count("SELECT count(*) FROM import_consent") - done.posted
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {WORKING}")
