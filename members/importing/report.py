"""What an import did, and the rows it could not take."""

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from uuid import UUID

from members.importing import staging
from members.importing.reading import CsvFile

FORMULA = re.compile(r"[=+\-@\t\r]")
NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?", re.ASCII)


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """`rows` were read; `posted` are new, `known` were there already, `problems` counts refused rows by reason."""

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

    def count(self, refused: Mapping[int, str]) -> None:
        """Take up the refused rows by reason."""
        self.problems = dict(sorted(Counter(refused.values()).items()))


def close(file: CsvFile, done: ImportReport, *, errors: Path | IO[str] | None) -> None:
    """Count what was refused and write it to `errors`, or beside the file."""
    refused = staging.refused_rows()
    done.count(refused)
    into = errors or file.errors_path
    if refused and into is not None:
        write_errors(file, refused=refused, into=into)
        done.errors_file = into if isinstance(into, Path) else None


def as_text(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    marked = FORMULA.match(cell) and not NUMBER.fullmatch(cell)
    return f"'{cell}" if marked and cell[:2] not in ("'=", "'+", "'-", "'@") else cell


def write_errors(file: CsvFile, *, refused: Mapping[int, str], into: Path | IO[str]) -> None:
    """The refused rows as they came, in order, with `line` and `reason` before them; the file can be imported again."""
    if isinstance(into, Path):
        with into.open("w", encoding="utf-8", newline="") as out:
            _write(file, refused, out)
    else:
        _write(file, refused, into)


def _write(file: CsvFile, refused: Mapping[int, str], out: IO[str]) -> None:
    kept = [position for position, column in enumerate(file.columns) if column not in ("line", "reason")]
    writer = csv.writer(out)
    writer.writerow(["line", "reason", *(file.columns[position] for position in kept)])
    for number, _flaw, cells in file.records():
        if number in refused:
            overhang = cells[len(file.columns) :]
            cells = [cells[position] for position in kept if position < len(cells)] + overhang
            writer.writerow([number, refused[number], *(as_text(cell) for cell in cells)])
