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
from typing import IO, Any
from uuid import uuid4

from babel.numbers import get_currency_precision
from django.db import connection, transaction

from events import outbox
from loyalty import returning
from loyalty.importing import halves, posting, returns
from loyalty.importing.returns import TakeBack
from loyalty.models import EarningRule, ExpiryPolicy, Programme
from loyalty.models.policies import DatedPolicy
from loyalty.rules import ends
from loyalty.till import local_zone, midnight_after
from members.importing import report, resolving, staging, workshop
from members.importing.reading import MOMENT, NUMBER, TEXT, CsvFile
from members.importing.report import ImportReport
from members.importing.staging import Staged
from members.importing.workshop import Workshop

SQL = Path(__file__).parent / "sql"
REQUIRED = ("store", "receipt", "member", "occurred_at", "amount")
TEXTS = "store receipt member sku name category kind original_receipt terminal channel staff unit"
COLUMNS = (
    dict.fromkeys(TEXTS.split(), TEXT) | {"occurred_at": MOMENT} | dict.fromkeys(["quantity", "amount", "cost"], NUMBER)
)
WORKING = "import_bad, import_bill, import_name, import_member, import_known, import_joining, import_new"
# the first key of the advisory locks that keep two imports of one store apart; the second is the store's id
IMPORT_LOCK = 0x1409
MOST = 100_000_000_000
CLOCK_SKEW = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOptions:
    """`member_as`: what the member column holds (phone, card, email, external; "" = found out). `chunk`: bills per
    transaction. `errors`: where the refused rows go; None = beside the file. `take_back`: how a return is posted."""

    member_as: str = ""
    create_members: bool = False
    create_stores: bool = False
    dry_run: bool = False
    chunk: int = 100_000
    errors: Path | IO[str] | None = None
    take_back: TakeBack = returning.return_lines


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
    with workshop.opened() as shop:
        staged = staging.stage(file, columns=COLUMNS, kind=shop.kind)
        done.rows = staged.rows
        with staging.bulk():
            _drop_working_tables()
            _check(done, staged, at=at, unit=unit, options=options)
        _group(shop, staged, unit=unit)
        with staging.bulk():
            _find_known(shop)
            _find_members(done, at=at, by=by, options=options, kind=shop.kind)
        _value(shop, staged)
        with _alone_in_its_stores():
            run = posting.Run(import_id=done.import_id, unit=unit, at=at, by=by)
            posted = posting.post_all(run, size=options.chunk, shop=shop)
            done.posted, done.points, done.amount = posted.bills, posted.points, posted.amount
            returns.post(done, at=at, unit=unit, take_back=options.take_back)
        report.close(file, done, errors=options.errors)
        _drop_working_tables()


def _drop_working_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP VIEW IF EXISTS import_chunk")
        cursor.execute(f"DROP TABLE IF EXISTS {WORKING}")


@contextlib.contextmanager
def _alone_in_its_stores() -> Iterator[None]:
    """Two imports of one store take turns: their receipts and accounts would get into each other's way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT store_id FROM import_new ORDER BY store_id")
        stores = [store_id for (store_id,) in cursor.fetchall()]
        for store_id in stores:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [IMPORT_LOCK, store_id])
        try:
            yield
        finally:
            if not connection.needs_rollback:
                for store_id in stores:
                    cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [IMPORT_LOCK, store_id])


def _check(done: ImportReport, staged: Staged, *, at: datetime, unit: int, options: PurchaseOptions) -> None:
    """Set bad rows aside, with the bills they belong to."""
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


def _group(shop: Workshop, staged: Staged, *, unit: int) -> None:
    """`import_bill`: the good rows, bill by bill."""
    all_good = not staging.count("SELECT count(*) FROM import_problem")
    halves.make(
        "import_bill", SQL / "bills.sql", shop=shop, rows=staged.rows, values={"unit": unit, "all_good": all_good}
    )


def _find_known(shop: Workshop) -> None:
    staging.run(SQL / "bill_problems.sql")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE import_bill")
        cursor.execute(staging.text(SQL / "known.sql").replace("CREATE TEMP", f"CREATE {shop.kind}"))


def _value(shop: Workshop, staged: Staged) -> None:
    """`import_new`: what is to be posted, with what it earns. Helpers post it too, so it stands where they see it."""
    all_new = not staging.count("SELECT count(*) FROM import_known")
    values = {"all_new": all_new, "rules": _dates(EarningRule), "expiries": _dates(ExpiryPolicy), **_ends()}
    halves.make("import_new", SQL / "new_bills.sql", shop=shop, rows=staged.rows, values=values)
    if ExpiryPolicy.objects.filter(kind=ExpiryPolicy.Kind.INACTIVITY).exists():
        staging.run(SQL / "silences.sql")


def _ends() -> dict[str, list[Any]]:
    """When points of each day of the file end under each policy: the one rule of `rules.ends`, told to the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(occurred_at)::timestamp::date, max(occurred_at)::timestamp::date FROM import_bill")
        first, last = cursor.fetchone()
    # what is one day in the connection's zone may be its neighbour in the shop's
    days = [first + timedelta(days=n) for n in range(-1, (last - first).days + 2)] if first else []
    told = [
        (policy.pk, day, ends.end(policy, moment=midnight_after(day) - timedelta(hours=12), zone=local_zone()))
        for policy in ExpiryPolicy.objects.all()
        for day in days
    ]
    return {
        "end_policies": [policy for policy, _, _ in told],
        "end_days": [day for _, day, _ in told],
        "ends": [end for _, _, end in told],
    }


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


def _find_members(done: ImportReport, *, at: datetime, by: str, options: PurchaseOptions, kind: str) -> None:
    staging.run(SQL / "names.sql")
    done.member_as = resolving.resolve(kind=options.member_as, table=kind)
    staging.run(SQL / "conflicts.sql")
    done.known = staging.count("SELECT count(*) FROM import_known WHERE same")
    if options.create_members:
        staging.run(SQL / "joining.sql")
        done.members_joined = resolving.join_unknown(kind=done.member_as, at=at)
        if done.members_joined:
            _tell_who_joined(done, at=at, by=by)
    staging.run(SQL / "unknown_members.sql")


def _tell_who_joined(done: ImportReport, *, at: datetime, by: str) -> None:
    data = {"import_id": str(done.import_id), "members": done.members_joined}
    outbox.record(type="members.imported", subject_id=done.import_id, data=data, at=at, by=by)


def _dates(policy: type[DatedPolicy]) -> list[datetime]:
    return list(policy._default_manager.order_by("valid_from").values_list("valid_from", flat=True))
