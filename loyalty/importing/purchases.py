"""Bills from a file: staged by COPY, judged and posted set by set under the same rules as a till's.

The whole file is staged and put in order first, so that its rows may come in any order; then it is posted in chunks of
whole members, each in one transaction. What is there already is left alone: the same file again, or after a kill
half-way, ends as one run.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import uuid4

from babel.numbers import get_currency_precision
from django.db import IntegrityError, OperationalError, connection, transaction

from events import outbox
from loyalty.importing import returns
from loyalty.ledger import importing as ledger
from loyalty.models import EarningRule, ExpiryPolicy, Programme, Tier
from loyalty.models.policies import DatedPolicy
from members.importing import report, resolving, staging
from members.importing.reading import MOMENT, NUMBER, TEXT, CsvFile
from members.importing.report import ImportReport
from members.importing.staging import Staged

SQL = Path(__file__).parent / "sql"
REQUIRED = ("store", "receipt", "member", "occurred_at", "amount")
TEXTS = "store receipt member sku name category kind original_receipt terminal channel staff unit"
COLUMNS = (
    dict.fromkeys(TEXTS.split(), TEXT) | {"occurred_at": MOMENT} | dict.fromkeys(["quantity", "amount", "cost"], NUMBER)
)
WORKING = "import_bad, import_bill, import_name, import_member, import_known, import_joining, import_new"
# the first key of the advisory locks that keep two imports of one store apart; the second is the store's id
IMPORT_LOCK = 0x1409
TRIES = 5
MOST = 100_000_000_000
CLOCK_SKEW = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOptions:
    """`member_as`: what the member column holds (phone, card, email, external; "" = found out). `chunk`: bills per
    transaction. `errors`: where the refused rows go; None = beside the file."""

    member_as: str = ""
    create_members: bool = False
    create_stores: bool = False
    dry_run: bool = False
    chunk: int = 100_000
    errors: Path | IO[str] | None = None


def run(
    *, source: Path | IO[bytes], at: datetime, by: str, options: PurchaseOptions = PurchaseOptions()
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


def _import(file: CsvFile, done: ImportReport, *, at: datetime, by: str, options: PurchaseOptions) -> None:
    unit = 10 ** get_currency_precision(Programme.objects.get().currency)
    staged = staging.stage(file, columns=COLUMNS)
    done.rows = staged.rows
    with staging.bulk():
        _drop_working_tables()
        _judge(done, staged, at=at, unit=unit, options=options)
        _find_members(done, at=at, options=options)
        staging.run(SQL / "new_bills.sql", rules=_dates(EarningRule), expiries=_dates(ExpiryPolicy))
    for condition in _chunks(options.chunk):
        _post_until_done(done, condition, at=at, by=by, unit=unit)
    returns.post(done, at=at, unit=unit)
    report.close(file, done, errors=options.errors)
    _drop_working_tables()


def _drop_working_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP VIEW IF EXISTS import_chunk")
        cursor.execute(f"DROP TABLE IF EXISTS {WORKING}")


def _judge(done: ImportReport, staged: Staged, *, at: datetime, unit: int, options: PurchaseOptions) -> None:
    """Set bad rows aside, with the bills they belong to; group the others into `import_bill` and find those known."""
    decimals = len(str(unit)) - 1
    bad = staging.run(
        SQL / "check_rows.sql",
        latest=at + CLOCK_SKEW,
        most=MOST // unit,
        decimals=decimals,
        create_stores=options.create_stores,
    )
    if bad or staged.texts:
        _set_bad_bills_aside(staged)
    if options.create_stores:
        done.stores_opened = staging.run(SQL / "stores.sql")
    staging.run(SQL / "bills.sql", unit=unit)
    staging.run(SQL / "bill_problems.sql")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE import_bill")
    staging.run(SQL / "known.sql")


def _set_bad_bills_aside(staged: Staged) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE import_bad AS SELECT store, receipt, occurred_at::date::text AS occurred_at, kind "
            "FROM import_row r WHERE EXISTS (SELECT FROM import_problem p WHERE p.row = r.row)"
        )
        if staged.texts:
            kind = "kind" if "kind" in staged.texts else "NULL"
            cursor.execute(
                f"INSERT INTO import_bad SELECT store, receipt, occurred_at, {kind} FROM import_text t "
                "WHERE EXISTS (SELECT FROM import_problem p WHERE p.row = t.row)"
            )
    staging.run(SQL / "incomplete_bills.sql")


def _find_members(done: ImportReport, *, at: datetime, options: PurchaseOptions) -> None:
    staging.run(SQL / "names.sql")
    done.member_as = resolving.resolve(kind=options.member_as)
    staging.run(SQL / "conflicts.sql")
    done.known = staging.count("SELECT count(*) FROM import_known WHERE same")
    if options.create_members:
        staging.run(SQL / "joining.sql")
        done.members_joined = resolving.join_unknown(kind=done.member_as, at=at)
    staging.run(SQL / "unknown_members.sql")


def _dates(policy: type[DatedPolicy]) -> list[datetime]:
    return list(policy._default_manager.order_by("valid_from").values_list("valid_from", flat=True))


def _chunks(size: int) -> Iterator[str]:
    """Conditions that part `import_new` into chunks: whole members in the order of their ids, guests by themselves."""
    bills = staging.count("SELECT count(*) FROM import_new")
    if bills <= size:
        yield from ["true"] if bills else []
        return
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON import_new (member_id)")
        cursor.execute("ANALYZE import_new")
        cursor.execute(
            "SELECT member_id FROM (SELECT member_id, row_number() OVER (ORDER BY member_id) AS position "
            "FROM import_new WHERE member_id IS NOT NULL) placed "
            "WHERE position %% %s = 0 GROUP BY member_id ORDER BY member_id",
            [size],
        )
        ends = [member_id for (member_id,) in cursor.fetchall()]
        cursor.execute("SELECT max(bill) FROM import_new WHERE member_id IS NULL")
        last_guest = cursor.fetchone()[0]
    for after, until in zip([None, *ends], [*ends, None], strict=True):
        bounds = [f"member_id > '{after}'" if after else "", f"member_id <= '{until}'" if until else ""]
        yield " AND ".join(["member_id IS NOT NULL", *filter(None, bounds)])
    for begin in range(0, (last_guest or -1) + 1, size):
        yield f"member_id IS NULL AND bill BETWEEN {begin} AND {begin + size - 1}"


def _post_until_done(done: ImportReport, condition: str, *, at: datetime, by: str, unit: int) -> None:
    """Post one chunk; again where a till got in between with one of its receipts or accounts."""
    for attempt in range(TRIES):
        try:
            with staging.bulk():
                _post(done, condition, at=at, by=by, unit=unit)
            return
        except (IntegrityError, OperationalError):
            if attempt == TRIES - 1:
                raise
            with staging.bulk():
                staging.run(SQL / "posted_meanwhile.sql", import_id=done.import_id)


def _post(done: ImportReport, condition: str, *, at: datetime, by: str, unit: int) -> None:
    """One chunk in the caller's transaction. Rows name the import; the import's event names who started it."""
    mark = f"import:{done.import_id}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE TEMP VIEW import_chunk AS SELECT *, '' AS reason FROM import_new WHERE {condition}"
        )
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, store_id) FROM "
            "(SELECT DISTINCT store_id FROM import_chunk ORDER BY store_id) s",
            [IMPORT_LOCK],
        )
        cursor.execute(
            "SELECT count(*), sum(earned), sum(total), to_json(min(occurred_at)) #>> '{}', "
            "to_json(max(occurred_at)) #>> '{}' FROM import_chunk"
        )
        bills, points, amount, first, last = cursor.fetchone()
    if not bills:
        return
    ledger.move_accounts(at=at, first_tier=Tier.objects.order_by("rank").values_list("id", flat=True).first())
    staging.run(SQL / "purchases.sql", at=at, by=mark, import_id=done.import_id)
    staging.run(SQL / "purchase_lines.sql", unit=unit)
    ledger.write_entries(at=at, by=mark)
    ledger.raise_tiers(at=at, by=mark)
    outbox.record(
        type="purchases.imported",
        subject_id=done.import_id,
        data={"import_id": str(done.import_id), "bills": bills, "from": first, "to": last},
        at=at,
        by=by,
    )
    done.posted, done.points, done.amount = done.posted + bills, done.points + int(points), done.amount + int(amount)
