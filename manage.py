#!/usr/bin/env python3
"""The project's one command line; `manage.py help` lists what it can do."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
    if sys.argv[1:2] == ["up"]:
        _choose_settings()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def _choose_settings() -> None:
    """`up` makes the settings that are missing, so it comes before Django reads them."""
    from dashboard.running import environment
    from dashboard.running.run_folder import CannotRun
    from loyalty.engines.footing import EngineMissing

    try:
        environment.prepare()
    except (CannotRun, EngineMissing) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
