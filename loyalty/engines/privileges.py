"""Two roles of PostgreSQL for production: the owner makes and migrates the tables, the application works in them.

The triggers that guard append-only tables bind everybody but their owner, who could drop them. To an application that
is not the owner the database itself refuses UPDATE, DELETE and TRUNCATE there, and every change of schema.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection
from psycopg2 import sql

SCHEMA = "public"
# A row of these is locked (FOR NO KEY UPDATE) though it is never changed, for which PostgreSQL wants the right to
# update one column; the trigger refuses the update itself.
LOCKED_ROWS = {"loyalty_purchase": "id"}


def append_only_tables() -> list[str]:
    """The tables whose models carry the append-only trigger, sorted."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if any(trigger.name == "append_only" for trigger in getattr(model._meta, "triggers", ()))
    )


def grant(*, role: str, password: str) -> None:
    """Make `role` if it is missing, give it this password and what the application needs, and no more.

    Run it as the owner after each migration: tables that are new get their rights then. Safe to repeat.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
        made = "ALTER" if cursor.fetchone()[0] else "CREATE"
        name = sql.Identifier(role)
        cursor.execute(
            sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                sql.SQL(made), name, sql.Literal(password)
            )
        )
        cursor.execute("SELECT current_database()")
        database = sql.Identifier(cursor.fetchone()[0])
        for statement in _statements():
            cursor.execute(sql.SQL(statement).format(role=name, database=database, schema=sql.Identifier(SCHEMA)))


def _statements() -> Iterator[str]:
    # CREATE on the database: an import works in a schema of its own, which goes when it is done
    yield "GRANT CONNECT, TEMPORARY, CREATE ON DATABASE {database} TO {role}"
    yield "REVOKE CREATE ON SCHEMA {schema} FROM {role}"
    yield "GRANT USAGE ON SCHEMA {schema} TO {role}"
    yield "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}"
    yield "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
    yield "REVOKE INSERT, UPDATE, DELETE ON TABLE django_migrations FROM {role}"
    for table in append_only_tables():
        yield f'REVOKE UPDATE, DELETE, TRUNCATE ON TABLE "{table}" FROM {{role}}'
    for table, column in LOCKED_ROWS.items():
        yield f'GRANT UPDATE ("{column}") ON TABLE "{table}" TO {{role}}'
