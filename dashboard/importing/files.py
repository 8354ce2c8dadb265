"""The folder of what people brought: each file under a name nobody can guess, with a few words about it beside it."""

import json
import re
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from events.models import Job

# what an import's jobs are called
KIND = "import"
LARGEST = 500 * 1024 * 1024
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(kw_only=True)
class Brought:
    """One file: who brought it, what it is said to hold, and which column is which. `answers` are the choices made."""

    token: str
    kind: str
    name: str
    by: str
    columns: dict[int, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return _house() / self.token

    @property
    def original(self) -> Path:
        return self.folder / ("original.xlsx" if self.name.lower().endswith(".xlsx") else "original.csv")

    def errors(self, *, dry: bool) -> Path:
        return self.folder / ("check.errors.csv" if dry else "errors.csv")

    def write(self) -> None:
        """Its words, whole or not at all."""
        new = self.folder / "words.new"
        new.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")
        new.replace(self.folder / "words.json")


def keep(chunks: Iterable[bytes], *, name: str, kind: str, by: str) -> Brought:
    """Put a file away; answers what is known of it."""
    brought = Brought(token=secrets.token_hex(16), kind=kind, name=Path(name).name[-120:], by=by)
    brought.folder.mkdir(parents=True, mode=0o700)
    with brought.original.open("wb") as out:
        for chunk in chunks:
            out.write(chunk)
    brought.write()
    return brought


def find(token: str) -> Brought | None:
    """The file of this name; None where there is none (any more)."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        said = json.loads((_house() / token / "words.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    said["columns"] = {int(place): name for place, name in said["columns"].items()}
    return Brought(**said)


def is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def forget(brought: Brought) -> None:
    """The file, what was made of it and what is known of it are gone."""
    shutil.rmtree(brought.folder, ignore_errors=True)


def forget_old(*, date: date, at: datetime) -> int:
    """A step of the night: files are personal data and go IMPORT_KEPT_DAYS after the end of their import; how many.

    One that nobody has worked on goes so long after it was brought; one that is worked on stays.
    """
    if not _house().is_dir():
        return 0
    ended = _ends(at)
    count = 0
    for folder in _house().iterdir():
        if not is_token(folder.name):
            continue
        last = ended.get(folder.name) or datetime.fromtimestamp(folder.stat().st_mtime, tz=UTC)
        if at - last > timedelta(days=settings.IMPORT_KEPT_DAYS):
            shutil.rmtree(folder, ignore_errors=True)
            count += 1
    return count


def _ends(at: datetime) -> dict[str, datetime]:
    """When the work on each file ended; that under way ends no sooner than now."""
    ends: dict[str, datetime] = {}
    for key, finished in Job.objects.filter(kind=KIND).values_list("key", "finished_at").iterator():
        token, ended = key.split(".")[0], finished or at
        ends[token] = max(ended, ends.get(token, ended))
    return ends


def _house() -> Path:
    return Path(settings.IMPORT_DIR)
