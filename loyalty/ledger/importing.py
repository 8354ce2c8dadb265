"""Posting a chunk of imported bills set by set, under the locks of its accounts.

The chunk is the temporary relation `import_chunk`: bills member by member in the order they happened, each with the running
count and sum of the member's points (`loyalty/importing/sql/new_bills.sql`).
"""

from datetime import datetime
from pathlib import Path

from members.importing import staging

SQL = Path(__file__).parent / "sql"


def move_accounts(*, at: datetime, first_tier: int | None) -> None:
    """Open the accounts that are lacking and move all of the chunk, in id order; keep what stood before."""
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
