"""What people wrote in a column, read once for each different text: a million rows hold few spellings of a birthday."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection

from events.refusals import Refusal
from members.importing.reading import BLOCK, CopySource


def translate(*, into: str, texts: str, reader: Callable[[str], Sequence[Any]], outputs: str) -> None:
    """Table `into` (text, outputs…): what `reader` makes of every different `texts` (an expression) of `import_row`.

    A text that the reader refuses is not there.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {into}")
        cursor.execute(f"CREATE TEMP TABLE {into} (text text, {outputs})")
        cursor.execute(f"SELECT DISTINCT {texts} AS text FROM import_row WHERE btrim({texts}) <> ''")
        distinct = [text for (text,) in cursor.fetchall()]
        cursor.copy_expert(f"COPY {into} FROM STDIN (FORMAT csv)", _Translated(distinct, reader), BLOCK)
        cursor.execute(f"ANALYZE {into}")


class _Translated(CopySource):
    def __init__(self, texts: Sequence[str], reader: Callable[[str], Sequence[Any]]) -> None:
        self._rows = self._read(texts, reader)

    @staticmethod
    def _read(texts: Sequence[str], reader: Callable[[str], Sequence[Any]]) -> Iterator[Sequence[Any]]:
        for text in texts:
            try:
                yield [text, *reader(text)]
            except Refusal:
                continue

    def _block(self) -> bytes:
        block = io.StringIO()
        writer = csv.writer(block)
        for row in self._rows:
            writer.writerow(row)
            if block.tell() > BLOCK // 2:
                break
        return block.getvalue().encode()
