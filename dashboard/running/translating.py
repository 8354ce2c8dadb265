"""Compiling the translations with Babel: a fresh machine has no gettext programs."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_all(root: Path) -> int:
    """Write the .mo beside every .po below `root` that is newer than it; how many were written."""
    written = 0
    for source in sorted(root.rglob("LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        new = target.with_suffix(".mo.new")
        with new.open("wb") as file:
            write_mo(file, catalogue)
        new.replace(target)
        written += 1
    return written


if __name__ == "__main__":
    compile_all(Path(__file__).resolve().parent.parent.parent / "locale")
