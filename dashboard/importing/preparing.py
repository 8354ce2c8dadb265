"""A file as people have it becomes parts as the importers read them: known columns, ISO moments, plain numbers.

Rows that belong together (a bill and what came back of it, a person's lots of points) stand in the same part, so that
each part can be imported by itself and again.
"""

import contextlib
import csv
import re
import zlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboard.importing import kinds
from dashboard.importing.files import Brought
from dashboard.importing.sheets import Sheet
from loyalty.models import Store
from members import identifying
from members.importing import staging
from members.importing.reading import MOMENT, NUMBER

# About so much of a file is imported within a few seconds, and well within a chunk of a job on a busy machine.
PART_BYTES = 24 * 1024 * 1024
PACKED = 6  # an Excel file is about so much smaller than its CSV

_GROUPED = re.compile(r"-?[0-9]{1,3}([.,\s][0-9]{3})+")
_MONEY_SIGNS = re.compile(r"(?i)\s*(₫|đ|vnd|vnđ)\s*$")
_DAY_FIRST = re.compile(
    r"([0-3]?[0-9])[/.-]([01]?[0-9])[/.-]([12][0-9]{3})(?:[ ,T]+([0-2]?[0-9]):([0-5][0-9])(?::([0-5][0-9]))?)?"
)
_KINDS = {"ban": "sale", "ban hang": "sale", "mua": "sale", "mua hang": "sale", "tra": "return", "tra hang": "return"}


@dataclass(kw_only=True)
class Prepared:
    """How many parts there are and rows in them; `flaws`: what could not be read at all, by number."""

    parts: int
    rows: int = 0
    flaws: dict[int, str] = field(default_factory=dict)


def prepare(brought: Brought) -> Prepared:
    """Write the parts into the file's folder, whatever stood there. Raises FileUnreadable."""
    sheet = Sheet(brought.original)
    size = brought.original.stat().st_size * (PACKED if brought.original.suffix == ".xlsx" else 1)
    done = Prepared(parts=1 + size // PART_BYTES)
    columns = {place: name for place, name in brought.columns.items() if place < len(sheet.headers)}
    clean = _cleaners(brought.kind, columns, mended=_is_mended(sheet.headers))
    with _Parts(brought, done.parts, list(columns.values())) as parts:
        for number, flaw, cells in sheet.records():
            done.rows += 1
            if flaw:
                done.flaws[number] = flaw
            else:
                parts.write(number, {name: clean[name](cells[place]) for place, name in columns.items()})
    return done


def _is_mended(headers: list[str]) -> bool:
    """An errors file of ours that comes back: its cells bear the mark against formulas."""
    return headers[: len(kinds.OURS)] == list(kinds.OURS)


class _Parts:
    """Open parts, each with the columns chosen and those that the importer cannot do without."""

    def __init__(self, brought: Brought, count: int, columns: list[str]) -> None:
        self._brought = brought
        self._count = count
        self._columns = columns + [name for name in _needed(brought.kind) if name not in columns]
        self._numbers = [array("I") for _ in range(count)]
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "_Parts":
        files = [
            self._stack.enter_context(part(self._brought, n).open("w", encoding="utf-8", newline=""))
            for n in range(self._count)
        ]
        self._writers = [csv.writer(file) for file in files]
        for writer in self._writers:
            writer.writerow(self._columns)
        return self

    def write(self, number: int, row: Mapping[str, str]) -> None:
        together = zlib.crc32(_together(self._brought.kind, row).encode()) % self._count if self._count > 1 else 0
        # a row is a line, so that a part's rows can be counted
        cells = (row.get(column, "").replace("\n", " ").replace("\r", " ") for column in self._columns)
        self._writers[together].writerow(list(cells))
        self._numbers[together].append(number)

    def __exit__(self, *_trouble: Any) -> None:
        self._stack.close()
        for n, numbers in enumerate(self._numbers):
            with _numbers(self._brought, n).open("wb") as file:
                numbers.tofile(file)


def part(brought: Brought, n: int) -> Path:
    return brought.folder / f"part{n:04d}.csv"


def _numbers(brought: Brought, n: int) -> Path:
    return brought.folder / f"part{n:04d}.numbers"


def numbers(brought: Brought, n: int) -> Sequence[int]:
    """For each row of a part, in order, its number in the file that was brought."""
    found = array("I")
    path = _numbers(brought, n)
    with path.open("rb") as file:
        found.fromfile(file, path.stat().st_size // found.itemsize)
    return found


def _needed(kind: str) -> tuple[str, ...]:
    return ("member",) if kind == "purchases" else ()


def _together(kind: str, row: Mapping[str, str]) -> str:
    if kind == "purchases":
        return row.get("member") or f"{row.get('store')}/{row.get('original_receipt') or row.get('receipt')}"
    if kind == "members":
        return next((row[name] for name in ("external_id", "phone", "card", "email") if row.get(name)), "")
    return row.get("member", "")


def _cleaners(kind: str, columns: Mapping[int, str], *, mended: bool) -> dict[str, Callable[[str], str]]:
    known = kinds.KINDS[kind].known
    shapes: dict[str, Callable[[str], str]] = {NUMBER: number, MOMENT: moment}
    clean = {name: shapes.get(known[name], str.strip) for name in columns.values()}
    for name in {"store", "home_store"} & set(clean):
        clean[name] = _store_codes()
    if kind == "purchases" and "kind" in clean:
        clean["kind"] = lambda text: _KINDS.get(identifying.fold(text), text.strip())
    if mended:
        return {name: _unmarked(cleaner) for name, cleaner in clean.items()}
    return clean


def _unmarked(cleaner: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: cleaner(staging.unmarked(text))


def _store_codes() -> Callable[[str], str]:
    """A store by its name, as tills export it, or by its code."""
    codes = {identifying.fold(name): code for code, name in Store.objects.values_list("code", "name")}
    return lambda text: codes.get(identifying.fold(text), text.strip())


def number(text: str) -> str:
    """`1.234.567 ₫` → 1234567; `29,33` → 29.33. What is no number stays as it is, to be refused."""
    said = _MONEY_SIGNS.sub("", text.strip())
    if _GROUPED.fullmatch(said):
        return re.sub(r"[.,\s]", "", said)
    if re.fullmatch(r"-?[0-9]+,[0-9]+", said):
        return said.replace(",", ".")
    return said


def moment(text: str) -> str:
    """`20/05/2026 10:30` → 2026-05-20 10:30. What is in ISO 8601 already, or no moment, stays as it is."""
    said = text.strip()
    read = _DAY_FIRST.fullmatch(said)
    if read is None:
        return said
    day, month, year, hour, minute, second = read.groups()
    date = f"{year}-{int(month):02}-{int(day):02}"
    return f"{date} {int(hour):02}:{minute}:{second or '00'}" if hour else date


def refused(brought: Brought, chosen: Mapping[int, str]) -> Iterator[tuple[int, str, list[str]]]:
    """The rows of these numbers as they were brought, with their reasons."""
    for number, _flaw, cells in Sheet(brought.original).records():
        if number in chosen:
            yield number, chosen[number], cells
