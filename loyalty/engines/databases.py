"""The databases of one PostgreSQL server that listens in a folder of sockets: making, copying, dropping them."""

import contextlib
from pathlib import Path
from urllib.parse import quote

import psycopg2

OWNER = "loyalty"


def url(name: str = OWNER, *, sockets: Path) -> str:
    """As Django, psql and pgbench read it."""
    return f"postgresql://{OWNER}@/{name}?host={quote(str(sockets), safe='/')}"


def connect(name: str = "postgres", *, sockets: Path) -> "psycopg2.extensions.connection":
    """A connection outside Django, in autocommit, for what cannot run in a transaction."""
    connection = psycopg2.connect(host=str(sockets), user=OWNER, dbname=name)
    connection.autocommit = True
    return connection


def exists(name: str, *, sockets: Path) -> bool:
    with contextlib.closing(connect(sockets=sockets)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def create(name: str, *, sockets: Path) -> None:
    _run(f'CREATE DATABASE "{name}"', sockets=sockets)


def copy(name: str, *, template: str, sockets: Path) -> None:
    """A database like `template`, in a tenth of a second; nobody may be connected to the template."""
    _run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY', sockets=sockets)


def close_to_connections(name: str, *, sockets: Path) -> None:
    """Nobody can connect from now on, so that it can be copied at any time."""
    _run(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false', sockets=sockets)


def drop(name: str, *, sockets: Path) -> None:
    """Away with it, whoever is connected."""
    _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', sockets=sockets)


def _run(statement: str, *, sockets: Path) -> None:
    with contextlib.closing(connect(sockets=sockets)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
