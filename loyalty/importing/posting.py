"""Posting `import_new` in chunks of whole members, each in one transaction, two at a time where that is possible."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A part of `import_new`: members by their id, guests' bills by theirs, after one and up to another; or all of it.

    The event of a chunk says it too, so that a reader can find the chunk's bills in the books.
    """

    of: str = ""
    after: str = ""
    until: str = ""

    @property
    def condition(self) -> str:
        if not self.of:
            return "true"
        key = "member_id" if self.of == "members" else "id"
        said = [f"member_id IS {'NOT ' if self.of == 'members' else ''}NULL"]
        said += [f"{key} > '{self.after}'"] if self.after else []
        said += [f"{key} <= '{self.until}'"] if self.until else []
        return " AND ".join(said)

    def told(self) -> dict[str, Any]:
        return {"chunk": {"of": self.of, "after": self.after, "until": self.until}} if self.of else {}


def post_all(run: Run, *, size: int, shop: Workshop) -> Posted:
    """Post every bill of `import_new`, `size` to a transaction."""
    chunks = _chunks(size)
    if shop.schema is None or len(chunks) < 2:
        posted = [_post_until_done(run, chunk) for chunk in chunks]
    else:
        with ThreadPoolExecutor(HELPERS, thread_name_prefix="import") as helpers:
            posted = list(helpers.map(_helping(run, shop), chunks))
    return Posted(
        bills=sum(part.bills for part in posted),
        points=sum(part.points for part in posted),
        amount=sum(part.amount for part in posted),
    )


def _helping(run: Run, shop: Workshop) -> Callable[[Chunk], Posted]:
    """A chunk posted on the helper's own connection. Chunks share no account and no receipt."""

    def post(chunk: Chunk) -> Posted:
        with closing(connection):
            shop.enter()
            posted = _post_until_done(run, chunk)
            with connection.cursor() as cursor:
                # the table under it is dropped soon, perhaps before the server has noticed that this connection ended
                cursor.execute("DROP VIEW IF EXISTS import_chunk")
            return posted

    return post


def _chunks(size: int) -> Sequence[Chunk]:
    """Parts of `import_new`: whole members in the order of their ids, guests by themselves."""
    bills = staging.count("SELECT count(*) FROM import_new")
    # two helpers are idle less where neither has the last chunk to itself
    size = min(size, max(LEAST, -(-bills // (2 * HELPERS))))
    if bills <= size:
        return [Chunk()] if bills else []
    with staging.bulk(), connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON import_new (member_id)")
        cursor.execute("ANALYZE import_new")
    guests = staging.count("SELECT count(*) FROM import_new WHERE member_id IS NULL")
    members = _parts("members", "member_id", size) if guests < bills else []
    return members + (_parts("guests", "id", size) if guests else [])


def _parts(of: str, key: str, size: int) -> list[Chunk]:
    with staging.bulk(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}::text FROM (SELECT {key}, row_number() OVER (ORDER BY {key}) AS position FROM import_new "
            f"WHERE member_id IS {'NOT ' if of == 'members' else ''}NULL) placed "
            f"WHERE position %% %s = 0 GROUP BY {key} ORDER BY {key}",
            [size],
        )
        ends = [end for (end,) in cursor.fetchall()]
    return [Chunk(of=of, after=after, until=until) for after, until in zip(["", *ends], [*ends, ""], strict=True)]


def _post_until_done(run: Run, chunk: Chunk) -> Posted:
    """Post one chunk; again where a till got in between with one of its receipts or accounts."""
    for attempt in range(TRIES):
        try:
            with staging.bulk():
                _open(chunk)
                return _post(run, chunk)
        except (IntegrityError, OperationalError):
            if attempt == TRIES - 1:
                raise
            with staging.bulk():
                _open(chunk)
                staging.run(SQL / "posted_meanwhile.sql", import_id=run.import_id)
    return Posted()


def _open(chunk: Chunk) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE TEMP VIEW import_chunk AS "
            f"SELECT *, '' AS reason FROM import_new WHERE {chunk.condition}"
        )


def _post(run: Run, chunk: Chunk) -> Posted:
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
        data={"import_id": str(run.import_id), "bills": bills, "from": first, "to": last, **chunk.told()},
        at=run.at,
        by=run.by,
    )
    return Posted(int(bills), int(points), int(amount))
