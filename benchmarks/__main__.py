"""`make bench PART=pos|import|pages|backtest|nights QUICK=1`: engines of its own, a shop that is kept, one run.

PostgreSQL runs as it does for `make run`: fsync and synchronous_commit on. The data folder (.bench, or BENCH_DIR) is
kept and reused; delete it to begin anew.
"""

import argparse
import os
import secrets
import subprocess
import sys
from pathlib import Path

from benchmarks.part import PARTS
from dashboard.running import commands
from loyalty.engines import databases, sockets
from loyalty.engines.postgres import Postgres
from loyalty.engines.valkey import Valkey

FULL = {"members": 1_000_000, "bills": 500_000, "seconds": 6.0, "requests": 60}
TENTH = {"members": 100_000, "bills": 50_000, "seconds": 3.0, "requests": 30}
ROUNDS = 5


def main() -> int:
    asked = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    asked.add_argument("part", nargs="?", default=os.environ.get("PART") or "pos", choices=PARTS)
    asked.add_argument("--quick", action="store_true", default=os.environ.get("QUICK", "0") not in ("", "0"))
    for size, kind in (("members", int), ("bills", int), ("seconds", float), ("rounds", int), ("requests", int)):
        asked.add_argument(f"--{size}", type=kind)
    given = vars(asked.parse_args())
    sizes = {"rounds": ROUNDS, **(TENTH if given["quick"] else FULL)}
    sizes |= {name: given[name] for name in sizes if given[name] is not None}
    folder = Path(os.environ.get("BENCH_DIR", ".bench")).resolve()
    short = sockets.folder(run_dir=folder)
    postgres = Postgres(run_dir=folder, sockets=short, elsewhere=folder.with_name(f"{folder.name}-pg"))
    valkey = Valkey(run_dir=folder, sockets=short)
    try:
        postgres.start()
        valkey.start()
        return _measure(given["part"], sizes, folder=folder, postgres=postgres, valkey=valkey)
    finally:
        valkey.stop()
        postgres.stop()


def _measure(part: str, sizes: dict[str, float], *, folder: Path, postgres: Postgres, valkey: Valkey) -> int:
    name = f"shop_{sizes['members']}"
    if not databases.exists(name, sockets=postgres.sockets):
        databases.create(name, sockets=postgres.sockets)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "loyalty.settings",
        "MODE": "test",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": databases.url(name, sockets=postgres.sockets),
        "REDIS_URL": valkey.url(),
    }
    options = [part for size, value in sizes.items() for part in (f"--{size}", str(value))]
    for command in (
        commands.manage("migrate", "--verbosity", "0"),
        [sys.executable, "-m", "benchmarks.part", part, *options, "--folder", str(folder)],
    ):
        ended = subprocess.run(command, env=environment, cwd=commands.ROOT, check=False)
        if ended.returncode != 0:
            return ended.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
