"""Bills from a file: staged by COPY, judged and posted set by set under the same rules as a till's.

The whole file is staged and put in order first, so that its rows may come in any order; then it is posted in chunks of
whole members, each in one transaction. What is there already is left alone, so that the same file again, or after a
kill half-way, ends as one run.
"""

import contextlib
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from babel.numbers import get_currency_precision
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

from events import outbox
from loyalty.ledger import importing as ledger
from loyalty.models import EarningRule, ExpiryPolicy, Programme, Tier
from loyalty.models.policies import DatedPolicy
from members.importing import report, resolving, staging
from members.importing.reading import CsvFile
from members.importing.report import ImportReport

# the first key of the advisory locks that keep two imports of one store apart; the second is the store's id
IMPORT_LOCK = 0x1409
TRIES = 5
SQL = Path(__file__).parent / "sql"
REQUIRED = ("store", "receipt", "member", "occurred_at", "amount")
COLUMNS = (
    "store", "receipt", "member", "occurred_at", "sku", "name", "category", "quantity", "amount", "cost", "kind",
    "original_receipt", "terminal", "channel", "staff", "unit",
)  # fmt: skip
TABLES = "import_row, import_problem, import_line, import_bill, import_name, import_member, import_known, import_new"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOptions:
    """`member_as`: what the member column holds (phone, card, email, external; "" = found out). `errors`: where the
    refused rows go; None = beside the file."""

    member_as: str = ""
    create_members: bool = False
    create_stores: bool = False
    dry_run: bool = False
    chunk: int = 100_000
    errors: Path | IO[str] | None = None


def run(
    *,
    source: Path | IO[bytes],
    at: datetime,
    by: str,
    options: PurchaseOptions = PurchaseOptions(),
) -> ImportReport:
    """Import a file of bills; `by` is who started it. Raises FileUnreadable with nothing written."""
    began = time.monotonic()
    file = CsvFile(source, known=COLUMNS, required=REQUIRED)
    done = ImportReport(import_id=uuid4(), dry_run=options.dry_run)
    with transaction.atomic() if options.dry_run else contextlib.nullcontext():
        _import(file, done, at=at, by=by, options=options)
        if options.dry_run:
            transaction.set_rollback(True)
    done.seconds = time.monotonic() - began
    return done


def _import(
    file: CsvFile,
    done: ImportReport,
    *,
    at: datetime,
    by: str,
    options: PurchaseOptions,
) -> None:
    done.rows = staging.stage(file, columns=COLUMNS)
    with transaction.atomic():
        _prepare(done, at=at, options=options)
    for chunk in range(_chunks(options.chunk)):
        _post_until_done(done, chunk=chunk, at=at, by=by)
    with connection.cursor() as cursor:
        done.problems = dict(staging.problems(cursor))
    if done.problems:
        _write_errors(file, done, options)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLES}")


def _write_errors(file: CsvFile, done: ImportReport, options: PurchaseOptions) -> None:
    into = options.errors or file.errors_path
    if into is not None:
        report.write_errors(file, into=into)
        done.errors_file = into if isinstance(into, Path) else None


def _prepare(done: ImportReport, *, at: datetime, options: PurchaseOptions) -> None:
    """From rows to `import_new`: judged, grouped into bills, members found, what is there already set aside."""
    with connection.cursor() as cursor:
        staging.settings_for_bulk(cursor)
        cursor.execute("SET LOCAL TimeZone = %s", [settings.TIME_ZONE])
        unit = 10 ** get_currency_precision(Programme.objects.get().currency)
        cursor.execute(f"DROP TABLE IF EXISTS {TABLES.removeprefix('import_row, import_problem, ')}")
        judged = staging.run(
            SQL / "check_rows.sql",
            at=at,
            unit=unit,
            create_stores=options.create_stores,
        )
        if judged:
            staging.run(SQL / "incomplete_bills.sql")
        if options.create_stores:
            done.stores_opened = staging.run(SQL / "stores.sql")
        staging.run(SQL / "lines.sql", unit=unit)
        cursor.execute("ANALYZE import_line")
        staging.run(SQL / "bills.sql")
        cursor.execute("ANALYZE import_bill")
        staging.run(SQL / "bill_problems.sql")
        _find_members(cursor, done, at=at, options=options)
        cursor.execute("ANALYZE import_known")
        cursor.execute("SELECT count(*) FROM import_known WHERE same")
        done.known = int(cursor.fetchone()[0])
        staging.run(
            SQL / "new_bills.sql",
            rules=_dates(EarningRule),
            expiries=_dates(ExpiryPolicy),
        )
        cursor.execute("ANALYZE import_new")


def _find_members(cursor: CursorWrapper, done: ImportReport, *, at: datetime, options: PurchaseOptions) -> None:
    cursor.execute(
        "CREATE TEMP TABLE import_name AS SELECT member AS text, min(occurred_at) AS first_at, NULL::text AS value "
        "FROM import_bill WHERE member <> '' GROUP BY member"
    )
    cursor.execute("ANALYZE import_name")
    done.member_as = resolving.resolve(kind=options.member_as)
    staging.run(SQL / "known.sql")
    staging.run(SQL / "known_problems.sql")
    if options.create_members:
        staging.run(SQL / "joining.sql")
        done.members_joined = resolving.join_unknown(kind=done.member_as, at=at)
    staging.run(SQL / "unknown_members.sql")


def _dates(policy: type[DatedPolicy]) -> list[datetime]:
    return list(policy.objects.order_by("valid_from").values_list("valid_from", flat=True))


def _chunks(size: int) -> int:
    """Number the chunks of `import_new`: whole members in the order of their ids, guests by themselves."""
    with transaction.atomic(), connection.cursor() as cursor:
        staging.settings_for_bulk(cursor)
        cursor.execute("SELECT count(*) FROM import_new")
        bills = int(cursor.fetchone()[0])
        if bills > size:
            staging.run(SQL / "chunks.sql", size=size)
        cursor.execute("SELECT coalesce(max(chunk) + 1, 0) FROM import_new")
        return int(cursor.fetchone()[0])


def _post_until_done(done: ImportReport, *, chunk: int, at: datetime, by: str) -> None:
    """Post one chunk; again where a till got in between with one of its receipts or accounts."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                _post(done, chunk=chunk, at=at, by=by)
            return
        except (IntegrityError, OperationalError):
            if attempt == TRIES - 1:
                raise
            with transaction.atomic():
                done.known += staging.run(SQL / "posted_meanwhile.sql", chunk=chunk)


def _post(done: ImportReport, *, chunk: int, at: datetime, by: str) -> None:
    """One chunk in the caller's transaction. Rows name the import; the import's event names who started it."""
    mark = f"import:{done.import_id}"
    with connection.cursor() as cursor:
        staging.settings_for_bulk(cursor)
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, store_id) FROM "
            "(SELECT DISTINCT store_id FROM import_new WHERE chunk = %s ORDER BY store_id) s",
            [IMPORT_LOCK, chunk],
        )
        ledger.lock_accounts(chunk=chunk, first_tier=_first_tier())
        ledger.run_balances(chunk=chunk)
        staging.run(SQL / "purchases.sql", chunk=chunk, at=at, by=by, import_id=done.import_id)
        staging.run(SQL / "purchase_lines.sql", chunk=chunk)
        ledger.write_entries(at=at, by=mark)
        cursor.execute(
            "SELECT count(*), coalesce(sum(earned), 0), coalesce(sum(total), 0), min(occurred_at), max(occurred_at) "
            "FROM import_new WHERE chunk = %s",
            [chunk],
        )
        bills, points, amount, first, last = cursor.fetchone()
    outbox.record(
        type="purchases.imported",
        subject_id=done.import_id,
        data={
            "import_id": str(done.import_id),
            "bills": bills,
            "from": first.isoformat(),
            "to": last.isoformat(),
        },
        at=at,
        by=by,
    )
    done.posted, done.points, done.amount = (
        done.posted + bills,
        done.points + int(points),
        done.amount + int(amount),
    )


def _first_tier() -> int | None:
    return Tier.objects.order_by("rank").values_list("id", flat=True).first()
