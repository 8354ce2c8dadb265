"""The house stands: each rule holds in the tree, and each is shown red by a planted violation."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import rules
from tests.house.rules import ROOT, RULES, Rule, Tree

TREE = rules.read_tree()

PLANTED: dict[str, Tree] = {
    "ledger_functions_stand_in_the_ledger_only": {
        "loyalty/ledger/sql/x.sql": "CREATE OR REPLACE FUNCTION ledger_debit(",
        "api/views/x.py": 'cursor.execute("SELECT ledger_debit(1)")',
    },
    "ledger_tables_are_written_in_the_ledger_only": {"api/x.py": "Entry.objects.create(points=1)"},
    "nobody_ignores_the_append_only_triggers": {"loyalty/x.py": "with pgtrigger.ignore():"},
    "modules_are_nouns_and_gerunds": {"loyalty/utils.py": ""},
    "files_are_short": {"loyalty/long.py": "x\n" * 501},
    "one_function_reads_the_clock": {"loyalty/x.py": "datetime.now(UTC)", "loyalty/x.sql": "SELECT now()"},
    "only_doors_and_tasks_ask_for_the_time": {"loyalty/x.py": "clock.now()"},
    "migrations_have_names": {"loyalty/migrations/0009_auto_20261121.py": ""},
    "domain_code_knows_no_request": {"loyalty/x.py": "from django.http import HttpRequest"},
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_holds(rule: Rule) -> None:
    assert list(rule(TREE)) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_planted_violation_is_found(rule: Rule) -> None:
    assert list(rule(PLANTED[rule.__name__]))


LAYER_BREAKERS = {
    "an upward import": ("events/planted_violation.py", "from loyalty import earning  # noqa: F401\n"),
    "a door that reaches into the ledger": (
        "api/planted_violation.py",
        "from loyalty.ledger import posting  # noqa: F401\n",
    ),
    "a framework below the doors": ("members/planted_violation.py", "import rest_framework  # noqa: F401\n"),
}


@pytest.mark.parametrize("what", LAYER_BREAKERS)
def test_a_planted_import_breaks_the_floors(what: str, tmp_path: Path) -> None:
    """import-linter is green in the tree (`make check`) and red where somebody breaks a floor."""
    for floor in (
        "events",
        "members",
        "loyalty",
        "rewards",
        "analytics",
        "campaigns",
        "api",
        "counter",
        "portal",
        "dashboard",
    ):
        shutil.copytree(ROOT / floor, tmp_path / floor, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path, text = LAYER_BREAKERS[what]
    (tmp_path / path).write_text(text)

    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode != 0, done.stdout
    assert "BROKEN" in done.stdout


def test_lock_and_build_files_name_no_registry() -> None:
    locks = [*ROOT.glob("requirements*.txt"), ROOT / "pyproject.toml", *ROOT.glob("assets/package*.json")]
    for path in locks:
        text = path.read_text(encoding="utf-8")
        assert not re.search(
            r"^(-i|--index-url|--extra-index-url|--find-links)|\"resolved\": *\"http", text, re.MULTILINE
        )
        assert "==" in text or path.suffix != ".txt"


def test_psycopg_3_is_not_installed() -> None:
    """Django would silently prefer it; the ledger is written for psycopg2."""
    with pytest.raises(ImportError):
        __import__("psycopg")
