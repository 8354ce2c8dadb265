import uuid
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from events import commands

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def remember(*, key="k1", kind="adjustment", fingerprint=b"a", store_id=1, subject_id=None):
    subject_id = subject_id or uuid.uuid4()
    commands.remember(store_id=store_id, key=key, kind=kind, fingerprint=fingerprint, subject_id=subject_id, at=NOON)
    return subject_id


def test_a_key_leads_back_to_its_effect():
    made = remember()

    found = commands.find(store_id=1, key="k1")

    assert found is not None
    assert found.subject_id == made
    commands.check(found, kind="adjustment", fingerprint=b"a")


def test_a_key_belongs_to_its_store():
    remember(store_id=1)

    assert commands.find(store_id=2, key="k1") is None
    remember(store_id=2)


@pytest.mark.parametrize("other", [{"fingerprint": b"b"}, {"kind": "enrolment"}])
def test_a_key_with_another_body_or_another_call_is_refused(other):
    remember()
    found = commands.find(store_id=1, key="k1")

    with pytest.raises(commands.KeyConflict):
        commands.check(found, **{"kind": "adjustment", "fingerprint": b"a"} | other)
    with pytest.raises(commands.KeyConflict):
        remember(**other)


def test_the_same_effect_is_not_remembered_twice():
    remember()

    with pytest.raises(commands.KeyRaced):
        remember()


def test_a_remembered_key_is_never_changed():
    remember()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_command")
