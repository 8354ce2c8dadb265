"""The migrated database that every test's own is a copy of, remembered between runs as what pg_dump wrote of it.

A dump belongs to the text of everything that makes the database: migrations, SQL files, models, settings and packages.
Whoever changes one of them has the migrations run again.
"""

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from loyalty.engines import databases
from loyalty.engines.postgres import Postgres

ROOT = Path(__file__).resolve().parent.parent
MAKES_THE_DATABASE = (
    "*/migrations/*.py",
    "*/models.py",
    "*/models/*.py",
    "*/apps.py",
    "*/**/*.sql",
    "events/sqlfiles.py",
    "loyalty/settings.py",
    "requirements.txt",
)
MOST_KEPT = 8


class DumpFailed(RuntimeError):
    """pg_dump or psql ended with an error; its words are the message."""


def dump_file() -> Path:
    """Where the dump of this tree's database is, or will be: in a folder that only this user can open."""
    folder = Path(tempfile.gettempdir()) / f"loyalty-tests-of-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise DumpFailed(f"{folder} belongs to somebody else: take it away.")
    return folder / f"{_fingerprint()}.sql"


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for pattern in MAKES_THE_DATABASE:
        for path in ROOT.glob(pattern):
            if path.relative_to(ROOT).parts[0] not in {"tests", "benchmarks", ".venv", "assets", "node_modules"}:
                yield path


def restore(postgres: Postgres, *, name: str, dump: Path) -> None:
    """Fills the empty database `name` with what the dump holds."""
    _run(postgres, "psql", "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-1", name=name, given=dump.read_bytes())
    dump.touch()


def keep(postgres: Postgres, *, name: str, dump: Path) -> None:
    """Writes the database `name` down as `dump`, whole or not at all, and forgets the dumps used longest ago."""
    new = dump.with_suffix(f".{os.getpid()}")
    new.write_bytes(_run(postgres, "pg_dump", "--no-owner", name=name))
    new.replace(dump)
    for old in sorted(dump.parent.glob("*.sql"), key=lambda path: path.stat().st_mtime)[:-MOST_KEPT]:
        old.unlink(missing_ok=True)


def _run(postgres: Postgres, program: str, *arguments: str, name: str, given: bytes | None = None) -> bytes:
    done = subprocess.run(
        [str(postgres.programs / program), *arguments, "-h", str(postgres.sockets), "-U", databases.OWNER, "-d", name],
        input=given,
        capture_output=True,
        check=False,
        env={key: value for key, value in os.environ.items() if not key.startswith("PG")},
    )
    if done.returncode != 0:
        raise DumpFailed(f"{program}: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout
