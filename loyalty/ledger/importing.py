"""Posting a chunk of imported bills: entries, lots, expiry and balances, set by set, under the accounts' locks."""

from datetime import datetime
from pathlib import Path

from members.importing import staging

SQL = Path(__file__).parent / "sql"


def lock_accounts(*, chunk: int, first_tier: int | None) -> None:
    """Open the accounts that `import_new` names and lack, lock them all in id order, keep what stood before."""
    staging.run(SQL / "import_lock.sql", chunk=chunk, first_tier=first_tier)


def run_balances(*, chunk: int) -> None:
    """`import_running`: seq, lot and balance after each bill of the chunk."""
    staging.run(SQL / "import_running.sql", chunk=chunk)


def write_entries(*, at: datetime, by: str) -> None:
    """Earn entries, lots and repaid debt; then everything due as expired; then the accounts."""
    staging.run(SQL / "import_entries.sql", at=at, by=by)
    staging.run(SQL / "import_expiry.sql", at=at)
    staging.run(SQL / "import_accounts.sql", at=at)
