"""`make assets` builds static/dist from assets/; `--check` looks whether what is committed is what would be built.

The check needs node and npm for the whole truth: it builds into a temporary folder and compares byte for byte. Where
they are absent it compares only the sum over assets/ that the last build left in static/dist/manifest.json and says so:
class names that a template uses for the first time are then not noticed.
"""

import filecmp
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
BUILT = ROOT / "static" / "dist"


def main(arguments: list[str]) -> int:
    return check() if "--check" in arguments else build()


def build() -> int:
    if not _has_node():
        print("`make assets` needs node 20 or newer with npm; running the platform does not.", file=sys.stderr)
        return 1
    return _run("node", "build.mjs") if _install() else 1


def check() -> int:
    if _sources() != json.loads((BUILT / "manifest.json").read_text())["sources"]:
        print("assets/ was changed after static/dist was built: run `make assets` and commit what it makes.")
        return 1
    missing = "node or npm is absent" if not _has_node() else "" if _install() else "npm ci failed"
    if missing:
        print(f"assets/ is what static/dist was built from. Not checked, as {missing}: class names in templates.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        if _run("node", "build.mjs", folder) != 0:
            return 1
        stale = differing(Path(folder), BUILT)
    if stale:
        print(f"static/dist is not what assets/ and the templates give ({', '.join(stale)}): run `make assets`.")
    return 1 if stale else 0


def differing(made: Path, kept: Path) -> list[str]:
    """Names of files that differ, or that only one of the two folders has."""
    names = {path.name for folder in (made, kept) for path in folder.iterdir()}
    _same, other, missing = filecmp.cmpfiles(made, kept, sorted(names), shallow=False)
    return sorted(other + missing)


def _sources() -> str:
    """The same sum as `sources()` in assets/build.mjs."""
    names = sorted(
        path.relative_to(ASSETS).as_posix()
        for path in ASSETS.rglob("*")
        if path.is_file() and "node_modules" not in path.parts
    )
    total = hashlib.sha256()
    for name in names:
        total.update(f"{name}\0".encode() + (ASSETS / name).read_bytes() + b"\0")
    return total.hexdigest()


def _has_node() -> bool:
    return bool(shutil.which("node") and shutil.which("npm"))


def _install() -> bool:
    """The packages of the lock, unless they are there already."""
    there = ASSETS / "node_modules" / ".package-lock.json"
    if there.is_file() and there.stat().st_mtime >= (ASSETS / "package-lock.json").stat().st_mtime:
        return True
    return _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error") == 0


def _run(*command: str) -> int:
    return subprocess.run(command, cwd=ASSETS, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
