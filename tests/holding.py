"""A point inside PostgreSQL where a test holds whoever comes, until it has killed them.

The lock says who is held, for exactly as long as their transaction is open. What `pg_stat_activity` waits for would not
do: a backend that is held sleeps and looks in turn.
"""

from django.db import connection

LOCK = 4_711
TABLES = f"""
    CREATE TABLE held (point text PRIMARY KEY);
    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF EXISTS (SELECT FROM held WHERE point = TG_ARGV[0]) THEN PERFORM pg_advisory_xact_lock_shared({LOCK}); END IF;
        WHILE EXISTS (SELECT FROM held WHERE point = TG_ARGV[0]) LOOP PERFORM pg_sleep(0.02); END LOOP;
        RETURN NEW;
    END $$;
"""


def install() -> None:
    _run(TABLES)


def at(point: str) -> None:
    """From now on whoever comes to this point stays there."""
    _run("INSERT INTO held VALUES (%s)", point)


def let_go() -> None:
    _run("DELETE FROM held")


def anybody() -> bool:
    """Whether a transaction is held at a point, or has not ended since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK],
        )
        return cursor.rowcount > 0


def _run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
