"""What docs/ says of files to import is what the importers read."""

import re

import pytest

from loyalty.importing import members, purchases
from members.importing import consents
from tests.house.rules import ROOT


@pytest.mark.parametrize(
    ("command", "columns", "required"),
    [
        ("import_members", members.COLUMNS, members.REQUIRED),
        ("import_purchases", purchases.COLUMNS, purchases.REQUIRED),
        ("import_consents", consents.COLUMNS, consents.REQUIRED),
    ],
)
def test_every_column_of_a_file_is_explained(command: str, columns: dict[str, str], required: tuple[str, ...]) -> None:
    text = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")
    section = text.split(f"## `{command} FILE`")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+`) \| (.*) \|$", section, re.MULTILINE)
    explained = {name for cell, _ in rows for name in re.findall(r"`(\w+)`", cell)}
    needed = {name for cell, said in rows if "must be there" in said for name in re.findall(r"`(\w+)`", cell)}

    assert explained == set(columns)
    assert needed == set(required)
