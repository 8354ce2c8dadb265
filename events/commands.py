"""Idempotency keys: one effect per key and store, for ever."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from events.models import Command
from events.refusals import Conflict

# Spaces of PostgreSQL's advisory locks are shared by the whole database; this one is for keys.
_KEY_SPACE = 7001


class KeyConflict(Conflict):
    """The key already had an effect, with another body or by another call."""

    code = "key_conflict"


class KeyRaced(Exception):
    """The same command came twice at the same instant and the other one won: roll back, begin again, and `find` it.

    Cannot happen where `find` is called in the transaction that calls `remember`.
    """


def find(*, store_id: int, key: str) -> Command | None:
    """The command this key stands for, if it had its effect.

    Inside a transaction the key stays locked until its end, so of two equal commands at the same instant the second
    waits here and finds the first. Call it before any other lock is taken.
    """
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            # A statement of its own: the search below must look after the wait, not before it.
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_KEY_SPACE, f"{store_id}:{key}"])
    return Command.objects.filter(store_id=store_id, key=key).first()


def check(command: Command, *, kind: str, fingerprint: bytes) -> None:
    """Raises KeyConflict unless the remembered command is this one: a replay."""
    if command.kind != kind or bytes(command.fingerprint) != fingerprint:
        raise KeyConflict


def remember(*, store_id: int, key: str, kind: str, fingerprint: bytes, subject_id: UUID, at: datetime) -> None:
    """Ties the key to its effect, in the transaction of the effect.

    Raises KeyConflict if the key had another effect, KeyRaced if it had this one meanwhile; the caller's transaction
    has to roll back in both cases.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_command (store_id, key, kind, fingerprint, subject_id, recorded_at) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT ON CONSTRAINT a_key_has_one_effect DO NOTHING",
            [store_id, key, kind, fingerprint, subject_id, at],
        )
        if cursor.rowcount == 1:
            return
    check(Command.objects.get(store_id=store_id, key=key), kind=kind, fingerprint=fingerprint)
    raise KeyRaced
