"""Where the engines' sockets lie: a folder of ours alone, with a path short enough for the kernel."""

import os
import tempfile
from pathlib import Path

# The kernel takes 107 bytes (103 on macOS) for a whole socket path.
LONGEST_PATH = 103
LONGEST_NAME = len("/.s.PGSQL.5432")


def folder(*, run_dir: Path) -> Path:
    """`run_dir`/sockets where that is short enough, else a folder under /tmp that `run_dir`/sockets points to."""
    wanted = run_dir / "sockets"
    if wanted.is_dir() and _ours(wanted):
        return wanted.resolve()
    if wanted.is_symlink():  # what it pointed to was cleaned away
        wanted.unlink()
    if len(os.fsencode(wanted)) + LONGEST_NAME <= LONGEST_PATH:
        wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
        wanted.chmod(0o700)
        return wanted
    short = Path(tempfile.mkdtemp(prefix="loyalty-", dir="/tmp"))
    run_dir.mkdir(parents=True, exist_ok=True)
    wanted.symlink_to(short)
    return short


def _ours(path: Path) -> bool:
    found = path.stat()
    return found.st_uid == os.geteuid() and not found.st_mode & 0o077
