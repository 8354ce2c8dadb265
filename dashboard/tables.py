"""A table of a page of ours: drawn by `templates/dashboard/table.html`."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Table:
    """Headings, rows of cells, and what to say when there is none. `numbers`: columns of figures, set right."""

    title: str
    headings: list[str]
    rows: list[list[Any]]
    empty: str
    numbers: tuple[int, ...] = ()
    more: str = ""

    def cells(self) -> list[list[tuple[Any, bool]]]:
        return [[(cell, column in self.numbers) for column, cell in enumerate(row)] for row in self.rows]

    def heads(self) -> list[tuple[str, bool]]:
        return [(heading, column in self.numbers) for column, heading in enumerate(self.headings)]
