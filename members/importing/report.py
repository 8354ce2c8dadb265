"""What an import did, and the rows it could not take."""

import csv
import io
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from uuid import UUID

from django.db import connection

from members.importing.reading import BLOCK, CsvFile

FORMULA = re.compile(r"[=+\-@\t\r]")
NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?", re.ASCII)


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """`rows` were read; `posted` things are new, `known` were there already, `problems` counts refused rows by reason."""

    import_id: UUID
    dry_run: bool = False
    rows: int = 0
    posted: int = 0
    known: int = 0
    returns: int = 0
    returns_known: int = 0
    points: int = 0
    amount: int = 0
    members_joined: int = 0
    stores_opened: int = 0
    member_as: str = ""
    problems: dict[str, int] = field(default_factory=dict)
    errors_file: Path | None = None
    seconds: float = 0.0

    @property
    def refused(self) -> int:
        return sum(self.problems.values())


def as_text(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    return "'" + cell if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell


def write_errors(file: CsvFile, *, into: Path | IO[str]) -> None:
    """The refused rows as they came, in order, with `line` and `reason` before them; the file can be imported again."""
    columns: Sequence[str] = [column for column in file.columns if column not in ("line", "reason")]
    spool = tempfile.TemporaryFile()
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY (SELECT r.row, p.reason, {', '.join('r.' + column for column in columns)}, r.extra FROM import_row r "
            "JOIN (SELECT row, min(reason) AS reason FROM import_problem GROUP BY row) p ON p.row = r.row "
            "ORDER BY r.row) TO STDOUT (FORMAT csv)",
            spool,
            BLOCK,
        )
    spool.seek(0)
    rows = csv.reader(io.TextIOWrapper(spool, encoding="utf-8", newline=""))
    if isinstance(into, Path):
        with into.open("w", encoding="utf-8", newline="") as out:
            _write(rows, columns, out)
    else:
        _write(rows, columns, into)


def _write(rows: "csv._reader", columns: Sequence[str], out: IO[str]) -> None:  # type: ignore[name-defined]
    writer = csv.writer(out)
    writer.writerow(["line", "reason", *columns])
    for number, reason, *cells in rows:
        extra = cells.pop()
        writer.writerow(
            [
                number,
                reason,
                *(as_text(cell) for cell in cells),
                *([as_text(extra)] if extra else []),
            ]
        )
