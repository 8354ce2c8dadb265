"""The rules of the house that no linter knows, as functions from the tree's text to what breaks them."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS = ("events", "members", "loyalty", "rewards", "analytics", "campaigns", "api", "counter", "portal", "dashboard")
BELOW_DOORS = ("events", "members", "loyalty", "rewards", "analytics", "campaigns")
LONGEST_FILE = 500

Tree = dict[str, str]
Rule = Callable[[Tree], Iterator[str]]


def read_tree() -> Tree:
    """The project's own text files below the floors, tests left out."""
    found = {}
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*")):
            if path.suffix in {".py", ".sql"} and "__pycache__" not in path.parts:
                found[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
    return found


def _is_migration(path: str) -> bool:
    return "/migrations/" in path


def _floor(path: str) -> str:
    return path.split("/", 1)[0]


def ledger_functions_stand_in_the_ledger_only(tree: Tree) -> Iterator[str]:
    """Only loyalty/ledger writes the ledger: nobody else names its SQL functions."""
    made = {
        name
        for path, text in tree.items()
        if path.startswith("loyalty/ledger/sql/")
        for name in re.findall(r"^CREATE OR REPLACE FUNCTION (ledger_[a-z_]+)", text, re.MULTILINE)
    }
    for path, text in tree.items():
        if path.startswith("loyalty/ledger/") or _is_migration(path):
            continue
        for name in sorted(made):
            if re.search(rf"\b{name}\b", text) and name not in READABLE:
                yield f"{path} names {name}"


# Functions that only read: a query may use them.
READABLE = {"ledger_spend", "ledger_rank", "ledger_standing"}


def ledger_tables_are_written_in_the_ledger_only(tree: Tree) -> Iterator[str]:
    written = re.compile(
        r"(INSERT INTO|UPDATE|DELETE FROM|COPY)\s+\"?loyalty_(account|entry|lot|lotuse|tierbeginning)\b", re.IGNORECASE
    )
    by_orm = re.compile(
        r"\b(Account|Entry|Lot|LotUse|TierBeginning)\.objects\.(create|bulk_create|update|get_or_create)"
    )
    for path, text in tree.items():
        if path.startswith("loyalty/ledger/") or _is_migration(path):
            continue
        if written.search(text) or by_orm.search(text):
            yield f"{path} writes a table of the ledger"


def nobody_ignores_the_append_only_triggers(tree: Tree) -> Iterator[str]:
    for path, text in tree.items():
        if "pgtrigger.ignore" in text or "DISABLE TRIGGER" in text or "session_replication_role" in text:
            yield f"{path} switches a trigger off"


def modules_are_nouns_and_gerunds(tree: Tree) -> Iterator[str]:
    for path in tree:
        if re.search(r"(^|/)(utils?|helpers?|common|managers?|services?|misc)(\.py|/)", path):
            yield f"{path} has a name that says nothing"


def files_are_short(tree: Tree) -> Iterator[str]:
    for path, text in tree.items():
        lines = text.count("\n")
        if lines > LONGEST_FILE and not _is_migration(path):
            yield f"{path} has {lines} lines"


def one_function_reads_the_clock(tree: Tree) -> Iterator[str]:
    """Time comes from events.clock; SQL takes `at`."""
    python = re.compile(r"\b(datetime\.now|datetime\.utcnow|timezone\.now|date\.today|time\.time)\(")
    sql = re.compile(r"\b(now\(\)|current_timestamp|clock_timestamp\(\)|current_date)", re.IGNORECASE)
    for path, text in tree.items():
        if path == "events/clock.py" or _is_migration(path) or path.startswith("dashboard/running/"):
            continue  # whoever watches processes goes by the machine's own clock
        pattern = sql if path.endswith(".sql") else python
        code = "\n".join(line.split("--")[0] for line in text.splitlines()) if path.endswith(".sql") else text
        if pattern.search(code):
            yield f"{path} reads the clock itself"


def only_doors_and_tasks_ask_for_the_time(tree: Tree) -> Iterator[str]:
    allowed = re.compile(r"/(tasks|management/commands/\w+)\.py$")
    for path, text in tree.items():
        if (
            _floor(path) in BELOW_DOORS
            and "clock.now()" in text
            and not allowed.search(path)
            and path not in {"events/clock.py", "loyalty/settings.py"}
        ):
            yield f"{path} asks for the time: it should be told (`at=`)"


def migrations_have_names(tree: Tree) -> Iterator[str]:
    for path in tree:
        if _is_migration(path) and re.search(r"/\d{4}_(auto|alter|add|remove)_", path):
            yield f"{path} was named by a machine"


def domain_code_knows_no_request(tree: Tree) -> Iterator[str]:
    for path, text in tree.items():
        if _floor(path) in ("members", "loyalty") and re.search(r"from django\.http import|HttpRequest\b", text):
            if path in {"loyalty/wsgi.py", "loyalty/urls.py", "loyalty/look/serving.py"}:
                continue  # the brand's files belong to no single door
            yield f"{path} knows a request"


RULES: tuple[Rule, ...] = (
    ledger_functions_stand_in_the_ledger_only,
    ledger_tables_are_written_in_the_ledger_only,
    nobody_ignores_the_append_only_triggers,
    modules_are_nouns_and_gerunds,
    files_are_short,
    one_function_reads_the_clock,
    only_doors_and_tasks_ask_for_the_time,
    migrations_have_names,
    domain_code_knows_no_request,
)
