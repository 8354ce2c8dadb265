"""Posting a chunk of imported bills set by set, under the locks of its accounts.

The chunk is the temporary relation `import_chunk`: bills member by member in the order they happened, each with the
running count and sum of the member's points (`loyalty/importing/sql/new_bills.sql`).
"""

from datetime import datetime
from pathlib import Path

from django.db import connection
from django.db.models import Min

from events import outbox
from loyalty.models import Hold, Lot, Tier, TierTable, TierThreshold
from members.importing import staging

SQL = Path(__file__).parent / "sql"
ROLLING = """
SELECT member_id, at, id, {id} AS table_id, spend FROM (
    SELECT member_id, at, id, sum(base) OVER (
        PARTITION BY member_id ORDER BY at RANGE BETWEEN {span} PRECEDING AND CURRENT ROW) AS spend
      FROM import_metric) era_{id}
 WHERE at >= {begins}::timestamptz AND at < {ends}::timestamptz
"""


BOOK_FIRST = """
SELECT ledger_book_due(member_id, %s, 'system', %s::text[]) FROM (
    SELECT a.member_id, a.next_due_at FROM loyalty_account a
     WHERE a.member_id IN (SELECT member_id FROM import_chunk) ORDER BY a.member_id FOR NO KEY UPDATE) locked
 WHERE next_due_at <= %s
"""


def move_accounts(*, at: datetime, first_tier: int | None) -> None:
    """Open the accounts that are lacking and move all of the chunk, in id order; keep what stood before."""
    if Lot.objects.filter(pending=True).exists() or Hold.objects.filter(ended_at=None).exists():
        # what waits or is held comes due in an order of its own: it is booked member by member
        with connection.cursor() as cursor:
            cursor.execute(BOOK_FIRST, [at, outbox.readers_of("points.expired"), at])
    staging.run(SQL / "import_accounts.sql", at=at, first_tier=first_tier)


def write_entries(*, at: datetime, by: str) -> None:
    """Entries and lots of the chunk, debts it repaid, and everything of its members that has ended by `at`."""
    staging.run(SQL / "import_entries.sql", at=at, by=by)
    if staging.count("SELECT count(*) FROM import_ended"):
        staging.run(SQL / "import_ended.sql", at=at)
    if staging.count("SELECT count(*) FROM import_account WHERE slow"):
        staging.run(SQL / "import_debts.sql")
        staging.run(SQL / "import_due.sql", at=at)
        staging.run(SQL / "import_standing.sql")
    staging.run(SQL / "import_slides.sql")


def raise_tiers(*, at: datetime, by: str) -> None:
    """Beginnings for every tier the chunk's members have reached; as of the bill that reached it."""
    lowest = TierThreshold.objects.aggregate(lowest=Min("spend"))["lowest"]
    if lowest is None:
        return
    text = staging.text(SQL / "import_tiers.sql").replace("(ROLLING) m", f"({_rolling()}) m")
    with connection.cursor() as cursor:
        cursor.execute(text, {"at": at, "by": by, "lowest": lowest})


def _rolling() -> str:
    """The rolling spend under each tier table during its time; the first also before it."""
    tables = list(TierTable.objects.order_by("valid_from"))
    ends = [f"'{table.valid_from.isoformat()}'" for table in tables[1:]]
    return " UNION ALL ".join(
        ROLLING.format(
            id=table.id,
            span=f"(interval '{table.window_days} days' - interval '1 microsecond')",
            begins=begins,
            ends=end,
        )
        for table, begins, end in zip(tables, ["'-infinity'", *ends], [*ends, "'infinity'"], strict=True)
    )


def lift(*, first: int, last: int, at: datetime, by: str) -> None:
    """Write the tiers that `import_lift` promises to these persons, beside what their spend reaches."""
    if staging.count(f"SELECT count(*) FROM import_lift WHERE person BETWEEN {first:d} AND {last:d}"):
        first_tier = Tier.objects.order_by("rank").values_list("id", flat=True).first()
        staging.run(SQL / "import_lift.sql", first=first, last=last, at=at, by=by, first_tier=first_tier)
