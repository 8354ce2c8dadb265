"""One part in a process of its own: `python -m benchmarks.part pos …`, on the engines that the environment names."""

import argparse
import importlib
import os
from dataclasses import dataclass
from pathlib import Path

import django

PARTS = ("pos", "import", "pages", "backtest", "nights")


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How much is measured: `seconds` a side's turn in a round, `requests` how often a page is asked for."""

    members: int
    bills: int
    rounds: int
    seconds: float
    requests: int
    folder: Path


def main() -> None:
    asked = argparse.ArgumentParser(prog="benchmarks.part")
    asked.add_argument("part", choices=PARTS)
    asked.add_argument("--members", type=int, default=1_000_000)
    asked.add_argument("--bills", type=int, default=500_000)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--seconds", type=float, default=6)
    asked.add_argument("--requests", type=int, default=60)
    asked.add_argument("--folder", type=Path, default=Path(".bench"))
    given = vars(asked.parse_args())
    part = given.pop("part")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
    django.setup()
    # by name, because models can be imported only now
    importlib.import_module(f"benchmarks.{part}_part").run(Sizes(**given))


if __name__ == "__main__":
    main()
