"""Working on a copy of a shop's database, so that the shop that is kept stays as it was."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from loyalty import policies
from loyalty.engines import databases


@contextlib.contextmanager
def copy_of(template: str, name: str) -> Iterator[None]:
    """Work on a copy of a database, thrown away at the end."""
    connection.close()
    databases.drop(name, sockets=sockets())
    databases.copy(name, template=template, sockets=sockets())
    try:
        with on(name):
            yield
    finally:
        databases.drop(name, sockets=sockets())


@contextlib.contextmanager
def on(name: str) -> Iterator[None]:
    """Django's connection goes there."""
    before = connection.settings_dict["NAME"]
    connection.close()
    policies.forget()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        policies.forget()
        connection.settings_dict["NAME"] = before


def sockets() -> Path:
    return Path(str(connection.settings_dict["HOST"]))
