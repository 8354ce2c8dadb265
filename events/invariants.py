"""What must always hold between events and deliveries, as queries for `manage.py audit_ledger`."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class Invariant:
    """A sentence that must hold. `sql` answers the rows that break it, with an id first: none when all is well."""

    code: str
    sentence: str
    sql: str


def queries() -> Iterator[Invariant]:
    yield Invariant(
        code="O1a",
        sentence="A delivery is done exactly when it says when.",
        sql="SELECT id, state, done_at FROM events_delivery WHERE (state = 'done') <> (done_at IS NOT NULL)",
    )
    yield Invariant(
        code="O1b",
        sentence="Every delivery belongs to an event and carries its member.",
        sql="""
            SELECT delivery.id, delivery.event_id
            FROM events_delivery AS delivery LEFT JOIN events_event AS event ON event.id = delivery.event_id
            WHERE event.id IS NULL OR event.member_id IS DISTINCT FROM delivery.member_id
        """,
    )
    for reader, types in settings.EVENT_READERS:
        yield Invariant(
            code="O1c",
            sentence=f"Since {reader} first heard of an event, it has a delivery of every event it takes.",
            sql=_unheard(reader, types),
        )
    yield Invariant(
        code="O1d",
        sentence="A webhook message is sent exactly when it says when.",
        sql="SELECT id, state, sent_at FROM events_webhookmessage WHERE (state = 'sent') <> (sent_at IS NOT NULL)",
    )


def _unheard(reader: str, types: tuple[str, ...]) -> str:
    """A reader that was taken out of the settings for a while shows here too: it has missed what happened then."""
    taken = "true" if "*" in types else f"event.type IN ({', '.join(map(_literal, types))})"
    return f"""
        SELECT event.id, {_literal(reader)} AS reader FROM events_event AS event
        WHERE {taken}
          AND event.id >= (SELECT min(event_id) FROM events_delivery WHERE reader = {_literal(reader)})
          AND NOT EXISTS (
              SELECT FROM events_delivery AS delivery
              WHERE delivery.event_id = event.id AND delivery.reader = {_literal(reader)}
          )
    """  # noqa: S608 - names from settings, quoted


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
