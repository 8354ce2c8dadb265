"""Reading a table as somebody saved it: CSV of any separator, or the first sheet of an Excel file."""

import csv
import itertools
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from members.importing import reading
from members.importing.reading import FileUnreadable

UNPACKED_AT_MOST = 2 * 1024**3
WIDEST = 200


class Sheet:
    """Headers, and records as (number, flaw or "", cells); the header is number 1. Raises FileUnreadable."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._excel = path.suffix == ".xlsx"
        self._delimiter = ","
        self.headers = self._excel_headers() if self._excel else self._csv_headers()
        if not any(self.headers):
            raise FileUnreadable(why="empty")
        if len(self.headers) > WIDEST:
            raise FileUnreadable(why="columns_unknown", columns=[])

    def records(self) -> Iterator[tuple[int, str, list[str]]]:
        return self._excel_records() if self._excel else self._csv_records()

    def samples(self, count: int = 3) -> list[list[str]]:
        return [cells for _number, _flaw, cells in itertools.islice(self.records(), count)]

    def _csv_headers(self) -> list[str]:
        with self._path.open("rb") as file:
            raw = file.readline(reading.LONGEST_RECORD)
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in raw:
            raise FileUnreadable(why="not_utf8", line=1)
        text = reading.decoded(raw.removeprefix(b"\xef\xbb\xbf"), line=1)
        if not text.strip():
            raise FileUnreadable(why="empty")
        self._delimiter = max(reading.DELIMITERS, key=text.count)
        return [cell.strip() for cell in next(csv.reader([text], delimiter=self._delimiter), [])]

    def _csv_records(self) -> Iterator[tuple[int, str, list[str]]]:
        with self._path.open("rb") as file:
            lines = reading.clean_lines(file, delimiter=self._delimiter)
            yield from reading.records(lines, delimiter=self._delimiter, width=len(self.headers))

    def _excel_headers(self) -> list[str]:
        first = next(self._rows(), [])
        while first and not first[-1]:
            first.pop()
        return [cell.strip() for cell in first]

    def _excel_records(self) -> Iterator[tuple[int, str, list[str]]]:
        width = len(self.headers)
        for number, cells in enumerate(self._rows(), 1):
            if number > 1 and any(cells):
                flaw = "cells_wrong" if any(cells[width:]) else ""
                yield number, flaw, (cells + [""] * width)[:width]

    def _rows(self) -> Iterator[list[str]]:
        try:
            with zipfile.ZipFile(self._path) as packed:
                if sum(part.file_size for part in packed.infolist()) > UNPACKED_AT_MOST:
                    raise FileUnreadable(why="too_large")
            book = openpyxl.load_workbook(self._path, read_only=True, data_only=True)
        except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
            raise FileUnreadable(why="not_excel") from None
        try:
            for row in book.worksheets[0].iter_rows(values_only=True):
                yield [_text(value) for value in row[: WIDEST + 1]]
        finally:
            book.close()


def _text(value: Any) -> str:
    """A cell as it would stand in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return reading.visible(str(value))
