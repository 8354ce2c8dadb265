"""SQL lives in readable files beside the code that calls it; migrations install them by name."""

import re
from pathlib import Path

from django.apps import apps
from django.db import migrations

_MADE = re.compile(r"^CREATE OR REPLACE (FUNCTION|PROCEDURE|VIEW) ([a-z_]+)", re.MULTILINE)


def run(app: str, name: str, *, folder: str = "sql") -> migrations.RunSQL:
    """The operation that installs `<app>/<folder>/<name>`; its reverse drops what the file makes.

    The file makes functions and views with CREATE OR REPLACE at the beginning of a line, so that a later migration
    can install its newer text again. A new list of parameters needs an explicit DROP in that migration. Bodies are
    not checked while installing: an empty database meets the newest text before the newest tables.
    """
    text = (Path(apps.get_app_config(app).path) / folder / name).read_text(encoding="utf-8")
    made = _MADE.findall(text)
    if not made:
        raise ValueError(f"{app}/{folder}/{name} makes nothing that can be installed again.")
    drops = [f"DROP {kind} IF EXISTS {thing};" for kind, thing in reversed(made)]
    return migrations.RunSQL(f"SET LOCAL check_function_bodies = off;\n{text}", "\n".join(drops))
