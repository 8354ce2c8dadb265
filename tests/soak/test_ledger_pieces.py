"""`make soak`: the ledger's machine for SOAK_STEPS steps (100,000), in pieces of some two thousand, a seed for each.

Each finished piece is a line of SOAK_DIR/ledger_pieces.txt (.run/soak): its seed, its steps, its violations. A run that
was cut off goes on with the next seed and the steps it had; a run after a whole one takes seeds that none had before.
`make soak SEED=7 ARGS="-k piece"` repeats the piece of seed 7, shows its shortest failing example, and writes no line.
"""

import os
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.properties import test_ledger_machine as machine
from tests.running import ShopDatabase

STEPS = int(os.environ.get("SOAK_STEPS", "100000"))
FOLDER = Path(os.environ.get("SOAK_DIR", ".run/soak"))
EXAMPLES = 40
ONE = os.environ.get("SEED")
PIECE = re.compile(r"seed=(\d+) steps=(\d+) violations=(\d+)")
WHOLE = "whole"


@dataclass(frozen=True)
class Piece:
    seed: int
    steps: int
    violations: int

    def __str__(self) -> str:
        return f"seed={self.seed} steps={self.steps} violations={self.violations}"


@dataclass(frozen=True)
class Record:
    """The file of finished pieces; a line `whole` ends each run that had all its steps."""

    file: Path

    def lines(self) -> list[str]:
        return self.file.read_text(encoding="utf-8").splitlines() if self.file.exists() else []

    def pieces(self, lines: list[str]) -> Iterator[Piece]:
        """A line that was cut off in the middle is none."""
        for line in lines:
            if found := PIECE.fullmatch(line):
                yield Piece(*map(int, found.groups()))

    def of_this_run(self) -> list[Piece]:
        lines = self.lines()
        wholes = [n for n, line in enumerate(lines, 1) if line.startswith(WHOLE)]
        return list(self.pieces(lines[wholes[-1] if wholes else 0 :]))

    def next_seed(self) -> int:
        return max((piece.seed for piece in self.pieces(self.lines())), default=0) + 1

    def write(self, line: object) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())


def run(seed: int) -> Piece:
    """The steps of a piece with a violation count those that looked for the shortest way to it."""
    before = machine.steps_taken
    try:
        machine.attack(examples=EXAMPLES, piece=seed)
        violations = 0
    except Exception:
        traceback.print_exc()
        violations = 1
    return Piece(seed, machine.steps_taken - before, violations)


@pytest.mark.soak
def test_the_ledger_stands_a_long_attack_piece_by_piece(shop_db: ShopDatabase) -> None:
    if ONE is not None:
        machine.attack(examples=EXAMPLES, piece=int(ONE))
        return
    record = Record(FOLDER / "ledger_pieces.txt")
    while sum(piece.steps for piece in record.of_this_run()) < STEPS:
        piece = run(record.next_seed())
        record.write(piece)
        print(piece)
    pieces = record.of_this_run()
    record.write(f"{WHOLE} pieces={len(pieces)} steps={sum(piece.steps for piece in pieces)}")

    assert [str(piece) for piece in pieces if piece.violations] == []


@pytest.mark.soak
def test_a_run_that_was_cut_off_goes_on_with_the_next_seed_and_a_whole_one_is_followed_by_another(
    tmp_path: Path,
) -> None:
    record = Record(tmp_path / "soak" / "pieces.txt")
    assert (record.next_seed(), record.of_this_run()) == (1, [])

    first, second = Piece(1, 2_000, 0), Piece(2, 1_900, 1)
    record.write(first)
    record.write(second)
    with record.file.open("a") as file:
        file.write("seed=3 ste\n")
    assert (record.next_seed(), record.of_this_run()) == (3, [first, second])

    record.write(f"{WHOLE} pieces=2 steps=3900")
    assert (record.next_seed(), record.of_this_run()) == (3, [])
