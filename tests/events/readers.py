"""Readers that tests put among the shop's own."""

import os
import signal

from django.db import connection

from events.models import Event

COUNTED = "CREATE TABLE IF NOT EXISTS counted (event_id bigint NOT NULL, type text NOT NULL)"


def count(*, event: Event) -> None:
    """Writes a row per taking, without any constraint: an event taken twice shows."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO counted (event_id, type) VALUES (%s, %s)", [event.pk, event.type])


def kill(*, event: Event) -> None:
    """Ends its worker without a word, as a crash in a library would."""
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(*, event: Event) -> None:
    """Counts and then fails: nothing of it may stay."""
    count(event=event)
    raise ValueError(f"event {event.pk} went badly for 'Lan' lan@example.com 0912 345 678")
