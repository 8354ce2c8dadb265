"""Posting `import_new` in chunks of whole members, each in one transaction, two at a time where that is possible."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection

from events import outbox
from loyalty.ledger import importing as ledger
from loyalty.models import Tier
from members.importing import staging
from members.importing.workshop import Workshop

SQL = Path(__file__).parent / "sql"
HELPERS = 2
LEAST = 10_000
TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What every chunk of one import shares."""

    import_id: UUID
    unit: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Posted:
    bills: int = 0
    points: int = 0
    amount: int = 0


def post_all(run: Run, *, size: int, shop: Workshop) -> Posted:
    """Post every bill of `import_new`, `size` to a transaction."""
    conditions = _chunks(size)
    if shop.schema is None or len(conditions) < 2:
        posted = [_post_until_done(run, condition) for condition in conditions]
    else:
        with ThreadPoolExecutor(HELPERS, thread_name_prefix="import") as helpers:
            posted = list(helpers.map(_helping(run, shop), conditions))
    return Posted(
        bills=sum(part.bills for part in posted),
        points=sum(part.points for part in posted),
        amount=sum(part.amount for part in posted),
    )


def _helping(run: Run, shop: Workshop) -> Callable[[str], Posted]:
    """A chunk posted on the helper's own connection. Chunks share no account and no receipt."""

    def post(condition: str) -> Posted:
        with closing(connection):
            shop.enter()
            return _post_until_done(run, condition)

    return post


def _chunks(size: int) -> Sequence[str]:
    """Conditions that part `import_new`: whole members in the order of their ids, guests by themselves."""
    bills = staging.count("SELECT count(*) FROM import_new")
    # two helpers are idle less where neither has the last chunk to itself
    size = min(size, max(LEAST, -(-bills // (2 * HELPERS))))
    if bills <= size:
        return ["true"] if bills else []
    with staging.bulk(), connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON import_new (member_id)")
        cursor.execute("ANALYZE import_new")
        cursor.execute(
            "SELECT member_id FROM (SELECT member_id, row_number() OVER (ORDER BY member_id) AS position "
            "FROM import_new WHERE member_id IS NOT NULL) placed "
            "WHERE position %% %s = 0 GROUP BY member_id ORDER BY member_id",
            [size],
        )
        ends = [str(member_id) for (member_id,) in cursor.fetchall()]
        cursor.execute("SELECT coalesce(max(bill), 0) FROM import_new WHERE member_id IS NULL")
        last_guest = cursor.fetchone()[0]
    members = [
        " AND ".join(
            ["member_id IS NOT NULL"]
            + ([f"member_id > '{after}'"] if after else [])
            + ([f"member_id <= '{until}'"] if until else [])
        )
        for after, until in zip(["", *ends], [*ends, ""], strict=True)
    ]
    guests = [
        f"member_id IS NULL AND bill BETWEEN {begin} AND {begin + size - 1}"
        for begin in (range(1, last_guest + 1, size) if last_guest else ())
    ]
    return members + guests


def _post_until_done(run: Run, condition: str) -> Posted:
    """Post one chunk; again where a till got in between with one of its receipts or accounts."""
    for attempt in range(TRIES):
        try:
            with staging.bulk():
                _open_chunk(condition)
                return _post(run)
        except (IntegrityError, OperationalError):
            if attempt == TRIES - 1:
                raise
            with staging.bulk():
                _open_chunk(condition)
                staging.run(SQL / "posted_meanwhile.sql", import_id=run.import_id)
    return Posted()


def _open_chunk(condition: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE TEMP VIEW import_chunk AS SELECT *, '' AS reason FROM import_new WHERE {condition}"
        )


def _post(run: Run) -> Posted:
    """One chunk in the caller's transaction. Rows name the import; the import's event names who started it."""
    mark = f"import:{run.import_id}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(earned), 0), coalesce(sum(total), 0), to_json(min(occurred_at)) #>> '{}', "
            "to_json(max(occurred_at)) #>> '{}' FROM import_chunk"
        )
        bills, points, amount, first, last = cursor.fetchone()
    if not bills:
        return Posted()
    first_tier = Tier.objects.order_by("rank").values_list("id", flat=True).first()
    ledger.move_accounts(at=run.at, first_tier=first_tier)
    staging.run(SQL / "purchases.sql", at=run.at, by=mark, import_id=run.import_id)
    staging.run(SQL / "purchase_lines.sql", unit=run.unit)
    ledger.write_entries(at=run.at, by=mark)
    ledger.raise_tiers(at=run.at, by=mark)
    outbox.record(
        type="purchases.imported",
        subject_id=run.import_id,
        data={"import_id": str(run.import_id), "bills": bills, "from": first, "to": last},
        at=run.at,
        by=run.by,
    )
    return Posted(int(bills), int(points), int(amount))
