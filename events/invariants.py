"""What must always hold between events and deliveries, as queries for `manage.py audit_ledger`."""

from collections.abc import Iterator
from dataclasses import dataclass


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
    yield Invariant(
        code="O1d",
        sentence="A webhook message is sent exactly when it says when.",
        sql="SELECT id, state, sent_at FROM events_webhookmessage WHERE (state = 'sent') <> (sent_at IS NOT NULL)",
    )
