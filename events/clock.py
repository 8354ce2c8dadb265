"""The one reader of the clock, called by doors and tasks only; everything below takes `at`."""

import os
from datetime import UTC, datetime, timedelta

from django.conf import settings

_seen: tuple[str, int, int] | None = None
_offset = timedelta(0)


def now() -> datetime:
    """This moment in UTC, moved by the seconds written in `settings.CLOCK_FILE` if it is set (tests, demo).

    All processes that share the file move together, at once.
    """
    moment = datetime.now(UTC)
    if settings.CLOCK_FILE:
        moment += _offset_in(settings.CLOCK_FILE)
    return moment


def _offset_in(path: str) -> timedelta:
    global _seen, _offset
    try:
        stat = os.stat(path)
        seen = (path, stat.st_mtime_ns, stat.st_ino)
        if seen != _seen:
            with open(path, encoding="ascii") as file:
                _offset = timedelta(seconds=float(file.read().strip() or 0))
            _seen = seen
    except FileNotFoundError:
        return timedelta(0)
    return _offset
