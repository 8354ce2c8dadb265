"""What `make check` runs, one line each, and a list of what failed at the end. `make check ARGS=types` runs one."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
MANAGE = (PYTHON, "manage.py")

CHECKS: dict[str, tuple[str, ...]] = {
    "lint": (PYTHON, "-m", "ruff", "check", "."),
    "format": (PYTHON, "-m", "ruff", "format", "--check", "."),
    "types": (PYTHON, "-m", "mypy", "."),
    "floors": (str(Path(PYTHON).parent / "lint-imports"),),
    "django": (*MANAGE, "check", "--fail-level", "WARNING"),
    "migrations": (*MANAGE, "makemigrations", "--check", "--dry-run"),
    "translations": (PYTHON, ".make/messages.py", "--check"),
    "openapi": (*MANAGE, "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull),
    "assets": (PYTHON, ".make/assets.py", "--check"),
    "house": (PYTHON, "-m", "pytest", "-q", "tests/house"),
}


def main(chosen: list[str]) -> int:
    unknown = [name for name in chosen if name not in CHECKS]
    if unknown:
        print(f"There is no check {', '.join(unknown)}; there are: {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    # None of the checks looks at data: the settings only have to be there.
    environment = {
        **os.environ,
        "MODE": "test",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    failed = []
    for name in chosen or CHECKS:
        print(f"--- {name}: {' '.join(CHECKS[name][1:])}", flush=True)
        if subprocess.run(CHECKS[name], cwd=ROOT, env=environment, check=False).returncode != 0:
            failed.append(name)
    print(f"--- failed: {', '.join(failed)}" if failed else "--- all checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
