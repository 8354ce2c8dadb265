"""A CSV file on its way to COPY: its encoding, its header and the shape of its lines.

Blocks of whole lines are checked and cleaned at the speed of C and handed to COPY as they are. Only where COPY refuses
a line is the file read again record by record, so that one broken line costs no good one.
"""

import csv
import io
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, cast

from events.refusals import Refusal

BLOCK = 1 << 20
LONGEST_RECORD = 1 << 20
DELIMITERS = ",;\t"

# C0 controls except tab, line feed and carriage return: removed from plain ASCII blocks in one pass
_CONTROLS = bytes(code for code in range(1, 32) if code not in (9, 10, 13)) + b"\x7f"
# the same and every invisible format character (zero-width, bidi, soft hyphen, BOM)
_INVISIBLE = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


class FileUnreadable(Refusal):
    """The file cannot be an import at all; nothing was written. `details`: why, and the line or the columns."""

    code = "file_unreadable"


class CsvFile:
    """A CSV file with a header: UTF-8 (a BOM is fine), comma, semicolon or tab, columns in any order.

    Raises FileUnreadable where the encoding or the header is wrong.
    """

    def __init__(self, source: Path | IO[bytes], *, known: Sequence[str], required: Sequence[str]) -> None:
        self._path = source if isinstance(source, Path) else None
        self._stream = None if isinstance(source, Path) else _seekable(source)
        self._begins = self._stream.tell() if self._stream else 0
        self.delimiter = ","
        self.columns: list[str] = []
        self._read_header(known=known, required=required)

    @property
    def name(self) -> str:
        return self._path.name if self._path else ""

    @property
    def errors_path(self) -> Path | None:
        """Where the refused rows of a file go: beside it."""
        return self._path.with_name(self._path.name + ".errors.csv") if self._path else None

    @property
    def mended(self) -> bool:
        """An errors file of ours that comes back: its cells still bear the mark against formulas."""
        return "reason" in self.columns

    def _open(self) -> IO[bytes]:
        if self._path:
            return self._path.open("rb")
        stream = cast(IO[bytes], self._stream)
        stream.seek(self._begins)
        return stream

    def _read_header(self, *, known: Sequence[str], required: Sequence[str]) -> None:
        file = self._open()
        try:
            raw = file.readline(LONGEST_RECORD)
        finally:
            if self._path:
                file.close()
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in raw:
            raise FileUnreadable(why="not_utf8", line=1)
        text = _decoded(raw.removeprefix(b"\xef\xbb\xbf"), line=1)
        if not text.strip():
            raise FileUnreadable(why="empty")
        self.delimiter = max(DELIMITERS, key=text.count)
        cells = next(csv.reader([text], delimiter=self.delimiter), [])
        self.columns = [cell.strip().lower() for cell in cells]
        while self.columns and not self.columns[-1]:
            self.columns.pop()
        self._check_header(known=[*known, "line", "reason"], required=required, cells=len(cells))

    def _check_header(self, *, known: Sequence[str], required: Sequence[str], cells: int) -> None:
        missing = [column for column in required if column not in self.columns]
        strange = [column for column in self.columns if column not in known]
        if missing:
            raise FileUnreadable(why="columns_missing", columns=missing)
        if strange or cells != len(self.columns):
            raise FileUnreadable(why="columns_unknown", columns=[column[:40] for column in strange])
        if len(set(self.columns)) != len(self.columns):
            raise FileUnreadable(why="columns_twice")

    def body(self) -> "CheckedLines":
        """What follows the header, for COPY."""
        return CheckedLines(self._open(), keep_tabs=self.delimiter == "\t")

    def records(self) -> Iterator[tuple[int, str, list[str]]]:
        """Every record as (number of its line, flaw or "", cells); a flawed one keeps what can be told of its cells."""
        lines = io.TextIOWrapper(io.BufferedReader(self.body(), BLOCK), encoding="utf-8", newline=None)
        return _records(lines, delimiter=self.delimiter, width=len(self.columns))


class CheckedLines(io.RawIOBase):
    """The lines after the header, checked and cleaned block by block: UTF-8, no NUL, NFC, nothing invisible."""

    def __init__(self, file: IO[bytes], *, keep_tabs: bool) -> None:
        self._file = file
        self._keep_tabs = keep_tabs
        self._line = 1
        self._left = b""
        self.failure: FileUnreadable | None = None
        file.readline(LONGEST_RECORD)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._left:
            try:
                self._left = self._block()
            except FileUnreadable as failure:
                self.failure = failure
                raise
        if size < 0 or size >= len(self._left):
            piece, self._left = self._left, b""
        else:
            piece, self._left = self._left[:size], self._left[size:]
        return piece

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def _block(self) -> bytes:
        block = self._file.read(BLOCK)
        if not block:
            return b""
        if not block.endswith(b"\n"):
            block += self._file.readline(LONGEST_RECORD)
        if b"\0" in block:
            raise FileUnreadable(
                why="nul",
                line=self._line + 1 + block[: block.index(b"\0")].count(b"\n"),
            )
        clean = self._clean(block)
        self._line += block.count(b"\n")
        return clean

    def _clean(self, block: bytes) -> bytes:
        if not self._keep_tabs and b"\t" in block:
            block = block.replace(b"\t", b" ")
        if block.isascii():
            return block.translate(None, _CONTROLS)
        text = _decoded(block, line=self._line + 1)
        normal = unicodedata.is_normalized("NFC", text)
        if normal and not _INVISIBLE.search(text):
            return block
        return unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).encode()


def _seekable(source: IO[bytes]) -> IO[bytes]:
    """The stream itself, or a copy on disk of one that cannot be read twice."""
    if source.seekable():
        return source
    copy = tempfile.TemporaryFile()
    while block := source.read(BLOCK):
        copy.write(block)
    copy.seek(0)
    return copy


def _decoded(raw: bytes, *, line: int) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileUnreadable(why="not_utf8", line=line + raw[: error.start].count(b"\n")) from None


LONGEST_QUOTED = 50  # lines that one quoted cell may span before its quote counts as forgotten


def _records(lines: Iterator[str], *, delimiter: str, width: int) -> Iterator[tuple[int, str, list[str]]]:
    number = 1
    waiting: list[str] = []
    while True:
        line = waiting.pop(0) if waiting else next(lines, "")
        if not line:
            return
        number += 1
        if not line.strip():
            continue
        record = line
        taken: list[str] = []
        while record.count('"') % 2 and len(taken) < LONGEST_QUOTED:
            more = waiting.pop(0) if waiting else next(lines, "")
            if not more:
                break
            taken.append(more)
            record += more
        if record.count('"') % 2:
            # the quote is never closed: this line alone is lost, those after it are read again
            waiting = taken + waiting
            yield (
                number,
                "quotes_wrong",
                line.rstrip("\n").replace('"', "").split(delimiter),
            )
            continue
        yield number, *_cells(record, delimiter=delimiter, width=width)
        number += len(taken)


def _cells(record: str, *, delimiter: str, width: int) -> tuple[str, list[str]]:
    try:
        cells = next(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return "quotes_wrong", record.rstrip("\n").replace('"', "").split(delimiter)
    return ("" if len(cells) == width else "cells_wrong"), cells
