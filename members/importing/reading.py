"""A CSV file on its way to COPY: its encoding, its header and the shape of its lines.

A file whose every line is plainly of the shape its header promises goes to COPY block by block, already typed. Any
other is read record by record, so that one broken line costs no good one.
"""

import csv
import io
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, cast

from events.refusals import Refusal

BLOCK = 1 << 17
LONGEST_RECORD = 1 << 20
DELIMITERS = ",;\t"

# C0 controls except tab, line feed and carriage return
_CONTROLS = bytes(code for code in range(1, 32) if code not in (9, 10, 13)) + b"\x7f"
_ASCII = bytes(range(128))
# Lead bytes of what a plain file does not hold: C1 controls and soft hyphens (c2 80-9f, ad), combining marks (cc, cd:
# not NFC), the format characters of Arabic (d8-dc), invisible characters (e1 a0, e2 80 8b-8f and aa-ae, e2 81), the BOM
# (ef bb) and what normalises to something else (e2 84, ef a4-ab)
_UNPLAIN = re.compile(
    rb"\xc2[\x80-\x9f\xad]|[\xcc\xcd\xd8-\xdc]|\xe1[\x84-\x87\xa0]|\xe2(?:\x80[\x8b-\x8f\xaa-\xae]|\x81|\x84)"
    rb"|\xef[\xa4-\xab\xbb\xbf]|[\xf0-\xff]"
)
_INVISIBLE = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb]"
)

TEXT, NUMBER, MOMENT = "text", "number", "moment"
_SHAPES = {
    TEXT: rb'(?:[^%(d)s"\r\n]*+|"[^"\r\n]*+(?:""[^"\r\n]*+)*+")',
    NUMBER: rb"-?+[0-9]*+\.?+[0-9]*+",
    MOMENT: rb"(?:[12][0-9]{3}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9](?::[0-6][0-9](?:\.[0-9]{1,6})?+)?+"
    rb"(?:Z|[+-][0-9]{2}(?::?+[0-9]{2})?+)?+)?+)?+",
}


class FileUnreadable(Refusal):
    """The file cannot be an import at all; nothing was written. `details`: why, and the line or the columns."""

    code = "file_unreadable"


class CsvFile:
    """A CSV file with a header: UTF-8 (a BOM is fine), comma, semicolon or tab, columns in any order.

    Raises FileUnreadable where the encoding or the header is wrong.
    """

    def __init__(self, source: Path | IO[bytes], *, known: Mapping[str, str], required: Sequence[str]) -> None:
        self._path = source if isinstance(source, Path) else None
        self._stream = None if isinstance(source, Path) else _seekable(source)
        self._begins = self._stream.tell() if self._stream else 0
        self.delimiter = ","
        self.columns: list[str] = []
        self._read_header(known=list(known), required=required)
        self._kinds = [known.get(column, TEXT) for column in self.columns]

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
        text = decoded(raw.removeprefix(b"\xef\xbb\xbf"), line=1)
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

    def plain_lines(self) -> "PlainLines":
        """What follows the header, for COPY, as long as every line has the plain shape of its columns."""
        cells = (_SHAPES[kind].replace(b"%(d)s", self.delimiter.encode()) for kind in self._kinds)
        shape = re.compile(rb"(?m)^" + self.delimiter.encode().join(cells) + rb"\r?\n")
        return PlainLines(self._open(), shape=shape, no_tabs=self.delimiter != "\t")

    def records(self) -> Iterator[tuple[int, str, list[str]]]:
        """Every record as (its number, flaw or "", cells); a flawed one keeps what can be told of its cells.

        The header is number 1. Raises FileUnreadable at the first block that is not UTF-8 text.
        """
        lines = clean_lines(self._open(), delimiter=self.delimiter)
        return records(lines, delimiter=self.delimiter, width=len(self.columns))


def visible(text: str) -> str:
    """Text in one normal form, without what nobody can see."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def clean_lines(file: IO[bytes], *, delimiter: str) -> Iterator[str]:
    """What follows the header, line by line. Raises FileUnreadable at the first block that is not UTF-8 text."""
    file.readline(LONGEST_RECORD)
    number = 1
    while block := _whole_lines(file):
        if b"\0" in block:
            raise FileUnreadable(why="nul", line=number + 1 + block[: block.index(b"\0")].count(b"\n"))
        text = visible(decoded(block, line=number + 1))
        if delimiter != "\t":
            text = text.replace("\t", " ")
        yield from io.StringIO(text, newline=None)
        number += block.count(b"\n")


class NotPlain(Exception):
    """A line needs a closer look than COPY gives it."""


class CopySource(io.RawIOBase):
    """What COPY reads from; psycopg2 hides an exception raised here behind the server's, so it is kept as `failure`."""

    failure: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """The next block, whatever the size asked for: psycopg2 passes on what it gets."""
        try:
            return self._block()
        except Exception as failure:
            self.failure = failure
            raise

    def _block(self) -> bytes:
        raise NotImplementedError


class PlainLines(CopySource):
    """Blocks of whole lines that all match one shape; fails with NotPlain at the first that does not."""

    def __init__(self, file: IO[bytes], *, shape: re.Pattern[bytes], no_tabs: bool) -> None:
        self._file = file
        self._no_tabs = no_tabs
        self._shape = shape
        self.lines = 0
        file.readline(LONGEST_RECORD)

    def _block(self) -> bytes:
        block = _whole_lines(self._file)
        if block and not block.endswith(b"\n"):
            block += b"\n"
        lines = block.count(b"\n")
        if (
            len(block.translate(None, _CONTROLS)) != len(block)
            or (self._no_tabs and b"\t" in block)
            or _UNPLAIN.search(block.translate(None, _ASCII))
            or len(self._shape.findall(block)) != lines
        ):
            raise NotPlain
        self.lines += lines
        return block


def _whole_lines(file: IO[bytes]) -> bytes:
    block = file.read(BLOCK)
    if block and not block.endswith(b"\n"):
        block += file.readline(LONGEST_RECORD)
    return block


def _seekable(source: IO[bytes]) -> IO[bytes]:
    """The stream itself, or a copy on disk of one that cannot be read twice."""
    if source.seekable():
        return source
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the import
    while block := source.read(BLOCK):
        copy.write(block)
    copy.seek(0)
    return copy


def decoded(raw: bytes, *, line: int) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileUnreadable(why="not_utf8", line=line + raw[: error.start].count(b"\n")) from None


LONGEST_QUOTED = 50  # lines that one quoted cell may span before its quote counts as forgotten


def records(lines: Iterator[str], *, delimiter: str, width: int) -> Iterator[tuple[int, str, list[str]]]:
    """Every record as (its number, flaw or "", cells); the header is number 1."""
    number = 1
    waiting: list[str] = []
    while True:
        line = waiting.pop(0) if waiting else next(lines, "")
        if not line:
            return
        begun = number = number + 1
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
        flaw, cells = _cells(record, delimiter=delimiter, width=width)
        if flaw and taken:
            # a quote that is never closed swallowed good lines: this one alone is lost, those are read again
            waiting = taken + waiting
            flaw, cells = _cells(line, delimiter=delimiter, width=width)
        else:
            number += len(taken)
        yield begun, flaw, cells


def _cells(record: str, *, delimiter: str, width: int) -> tuple[str, list[str]]:
    try:
        cells = next(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return "quotes_wrong", record.rstrip("\n").replace('"', "").split(delimiter)
    return ("" if len(cells) == width else "cells_wrong"), cells
