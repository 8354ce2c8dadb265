"""The ledger's writer: one Python function per SQL call. Only the doors of loyalty import it.

Each opening call takes the lock and must run inside a transaction; the lock lasts until it ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import DatabaseError, connection

from events import outbox
from events.refusals import Refusal
from loyalty.rules.ends import LotTerms
from members.locking import SpendingLocked


class NotEnoughPoints(Refusal):
    """The member has fewer points than the command takes."""

    code = "not_enough_points"


class HoldLapsed(Refusal):
    """The hold is over, is another member's, or holds less than the bill takes."""

    code = "hold_lapsed"


class BudgetTaken(Exception):
    """Others took of a rule's budget between our look and our write: look again."""


class BillMoved(Refusal):
    """The bill went to another member while this command waited for its lock: begin again."""

    code = "bill_moved"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An account under its lock, what rules need to know of it, and the receipt's row if it was posted before."""

    policies_version: int
    member_id: UUID | None
    tier_id: int | None
    available: int | None
    pending: int | None
    held: int | None
    debt: int | None
    window_spend: int | None
    out_of_order: bool | None
    joined_at: datetime | None
    own_bill: bool | None
    spending_locked: bool | None
    purchase_id: UUID | None
    purchase_fingerprint: bytes | None
    purchase_member: UUID | None
    new_id: UUID
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a snapshot is asked for: who (kind, value; None for a guest), which receipt, when, and the tier's window.

    `needs`: what bonus rules ask of the member beside, as policies of `version` know them.
    """

    kind: str | None
    value: str | None
    period: str
    receipt: str | None
    occurred_at: datetime
    window: timedelta
    staff: str
    needs: Mapping[str, Any] | None = None
    version: int | None = None


def _readers(*types: str) -> dict[str, list[str]]:
    return {type: outbox.readers_of(type) for type in types}


def _snapshot(row: Sequence[Any]) -> Snapshot:
    fingerprint = bytes(row[13]) if row[13] is not None else None
    values: list[Any] = [*row[:13], fingerprint, *row[14:16], _read(row[16])]
    return Snapshot(*values)


def open_account(
    opening: Opening, *, store_id: int, practice: bool, at: datetime, by: str, lock: bool = True
) -> Snapshot:
    """Resolve the member, lock the account, book what is due, read it, look for the receipt. One round trip."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM ledger_open(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::text[], %s, %s::jsonb)",
            [
                opening.kind,
                opening.value,
                practice,
                store_id,
                opening.period,
                opening.receipt,
                opening.occurred_at,
                _interval(opening.window),
                opening.staff,
                at,
                by,
                outbox.readers_of("points.expired"),
                lock,
                _json(opening.needs) if opening.needs else None,
            ],
        )
        return _snapshot(cursor.fetchone())


def open_accounts(
    openings: Sequence[Opening], *, store_id: int, practice: bool, at: datetime, by: str
) -> list[Snapshot]:
    """The same for many bills of one store, accounts locked in id order, in the order given."""
    asked = [
        {
            "n": n,
            "kind": opening.kind,
            "value": opening.value,
            "period": opening.period,
            "receipt": opening.receipt,
            "occurred": opening.occurred_at,
            "spend_window": _interval(opening.window),
            "staff": opening.staff,
            "needs": opening.needs or None,
        }
        for n, opening in enumerate(openings)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM ledger_open_many(%s::jsonb, %s, %s, %s, %s, %s::text[])",
            [_json(asked), practice, store_id, at, by, outbox.readers_of("points.expired")],
        )
        return [_snapshot(row) for row in cursor.fetchall()]


def post_purchase(posting: Mapping[str, Any]) -> bool:
    """Write a sale; False where its receipt was taken meanwhile and nothing was written."""
    return _post("SELECT ledger_post_purchase(%s::jsonb, %s::text[], %s::text[])", posting)


def post_batch(postings: Sequence[Mapping[str, Any]]) -> bool:
    """Write sales of different members who pay no points; False where a receipt was taken: roll the batch back."""
    return _post("SELECT ledger_post_batch(%s::jsonb, %s::text[], %s::text[])", postings)


def _post(call: str, body: Any) -> bool:
    readers = [outbox.readers_of("purchase.recorded"), outbox.readers_of("tier.changed")]
    with connection.cursor() as cursor:
        try:
            cursor.execute(call, [_json(body), *readers])
        except DatabaseError as error:
            _refuse(error)
            raise
        return bool(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class ReturnOpening:
    member_id: UUID | None
    return_id: UUID | None
    return_purchase: UUID | None
    return_fingerprint: bytes | None
    new_id: UUID


def open_return(
    *, purchase_id: UUID, store_id: int, period: str, receipt: str | None, at: datetime, by: str
) -> ReturnOpening:
    """Lock the account of a bill's owner (or a guest's bill itself) and look for the return's receipt.

    Raises BillMoved where it went to somebody else meanwhile.
    """
    row = _row(
        "SELECT * FROM ledger_open_return(%s, %s, %s, %s, %s, %s, %s::text[])",
        [purchase_id, store_id, period, receipt, at, by, outbox.readers_of("points.expired")],
    )
    fingerprint = bytes(row[3]) if row[3] is not None else None
    return ReturnOpening(row[0], row[1], row[2], fingerprint, row[4])


def post_return(posting: Mapping[str, Any], *, kind: str) -> dict[str, Any]:
    """Write a return with its claw-back and give-back; answers the row written. A correction's event comes later."""
    happened = "purchase.cancelled" if kind == "cancellation" else "purchase.returned"
    body = {**posting, "readers": _readers(happened, "tier.changed")}
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(ledger_post_return(%s::jsonb))", [_json(body)])
        row: dict[str, Any] = cursor.fetchone()[0]
    return row if isinstance(row, dict) else orjson.loads(row)


@dataclass(frozen=True, slots=True)
class MoveOpening:
    """Both accounts under their locks. `own_bill`: who asks, or keyed the bill, is the new owner; `staffs`: the new
    owner works here."""

    from_member: UUID | None
    to_member: UUID | None
    step: int
    tier_id: int | None
    own_bill: bool
    staffs: bool
    new_id: UUID
    joined_at: datetime | None
    facts: Mapping[str, Any] | None


def open_move(
    *,
    purchase_id: UUID,
    member_id: UUID,
    practice: bool,
    occurred_at: datetime,
    needs: Mapping[str, Any] | None,
    at: datetime,
    by: str,
) -> MoveOpening:
    """Lock the accounts of a bill's owner and of `member_id`, or of the latter and a guest's bill. Raises BillMoved.

    `needs`: what bonus rules ask of the new owner as of `occurred_at`.
    """
    readers = outbox.readers_of("points.expired")
    asked = _json(needs) if needs else None
    row = _row(
        "SELECT * FROM ledger_open_move(%s, %s, %s, %s, %s, %s::text[], %s, %s::jsonb)",
        [purchase_id, member_id, practice, at, by, readers, occurred_at, asked],
    )
    values: list[Any] = [*row[:-1], _read(row[-1])]
    return MoveOpening(*values)


def facts(*, member_id: UUID, occurred_at: datetime, needs: Mapping[str, Any]) -> Mapping[str, Any]:
    """What bonus rules ask of a member at the moment of a bill, under a lock already held."""
    return _read(_row("SELECT ledger_facts(%s, %s, %s::jsonb)", [member_id, occurred_at, _json(needs)])[0])


def count_awards(
    *, member_id: UUID, purchase_id: UUID, subject_id: UUID | None, awards: Sequence[Mapping[str, Any]], at: datetime
) -> None:
    """What rules gave for a bill, as their limits count it, under a lock already held. Raises BudgetTaken."""
    _row(
        "SELECT ledger_count_awards(%s, %s, %s, %s, %s::jsonb)",
        [member_id, purchase_id, subject_id, at, _json(awards)],
    )


def post_move(posting: Mapping[str, Any]) -> None:
    """Write a move: points back from the old owner, earned by the new one, both tiers looked at again."""
    happened = "purchase.claimed" if posting["move"]["kind"] == "claim" else "purchase.moved"
    body = {**posting, "readers": _readers(happened, "purchase.moved_away", "tier.changed", "points.expired")}
    _row("SELECT (ledger_post_move(%s::jsonb)).id", [_json(body)])


def _row(call: str, values: Sequence[Any]) -> Sequence[Any]:
    with connection.cursor() as cursor:
        try:
            cursor.execute(call, values)
        except DatabaseError as error:
            _refuse(error)
            raise
        row: Sequence[Any] = cursor.fetchone()
        return row


def adjust(*, member_id: UUID, kind: str, points: int, lot: LotTerms, note: Mapping[str, Any]) -> int:
    """Points by hand under the account's lock; answers the entry's seq. NotEnoughPoints below zero."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(
                "SELECT ledger_post_adjustment(%s, %s, %s, %s::jsonb, %s::jsonb, %s::text[])",
                [member_id, kind, points, _json(lot.told()), _json(note), outbox.readers_of("points.adjusted")],
            )
        except DatabaseError as error:
            _refuse(error)
            raise
        return int(cursor.fetchone()[0])


def book_due(*, member_id: UUID, at: datetime, by: str) -> int:
    """Lock one account and book what has ended; answers the points."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (ledger_lock(%s)).member_id", [member_id])
        cursor.execute(
            "SELECT ledger_book_due(%s, %s, %s, %s::text[])",
            [member_id, at, by, outbox.readers_of("points.expired")],
        )
        return int(cursor.fetchone()[0])


def book_due_many(*, after: UUID, most: int, at: datetime, by: str) -> tuple[int, UUID | None]:
    """Lock the next accounts by id that have something due, and book it; answers how many, and the last of them.

    Accounts that somebody else holds just then are passed over: nobody waits, and nobody waits for so many.
    """
    booked, last = _row(
        "SELECT * FROM ledger_book_due_many(%s, %s, %s, %s, %s::text[])",
        [after, most, at, by, outbox.readers_of("points.expired")],
    )
    return booked, last


def hold(columns: Mapping[str, Any]) -> None:
    """Put points aside under the account's lock. Raises NotEnoughPoints, SpendingLocked."""
    _row(
        "SELECT (ledger_post_hold(%s::jsonb)).id",
        [_json({"hold": columns, "readers": outbox.readers_of("points.held")})],
    )


def let_go(*, hold_id: UUID, note: Mapping[str, Any]) -> bool:
    """Let go of a hold under its account's lock; False where it was over before."""
    return bool(_row("SELECT ledger_let_go(%s, %s::jsonb)", [hold_id, _json(note)])[0])


def settle_bill(*, member_id: UUID, purchase_id: UUID, ripe: bool, at: datetime, by: str) -> bool:
    """What of a bill's points waits is ripe now, or given up, under the account's lock; False where nothing waits."""
    readers = outbox.readers_of("points.matured")
    return bool(
        _row(
            "SELECT ledger_settle_bill(%s, %s, %s, %s, %s, %s::text[])",
            [member_id, purchase_id, ripe, at, by, readers],
        )[0]
    )


@dataclass(frozen=True, slots=True)
class EventGiven:
    """`standing`: due, or why not, and then the rest is empty and the caller rolls back."""

    standing: str
    id: UUID | None
    balance: int


def member_of(kind: str, value: str, *, practice: bool) -> UUID | None:
    """The active member whom an id, phone or card names now."""
    return _row("SELECT ledger_member_of(%s, %s, %s)", [kind, value, practice])[0]


def event_standing(asked: Mapping[str, Any]) -> str:
    """Whether points are due for an event, or why not; without a lock, and without writing."""
    return str(_row("SELECT ledger_event_standing(%s::jsonb)", [_json(asked)])[0])


def award_event(asked: Mapping[str, Any], *, lot: LotTerms, note: Mapping[str, Any]) -> EventGiven:
    """Points for an event under the account's lock, where they are due."""
    readers = _readers("points.awarded", "points.expired")
    row = _row(
        "SELECT * FROM ledger_award_event(%s::jsonb, %s::jsonb, %s::jsonb, %s::jsonb)",
        [_json(asked), _json(lot.told()), _json(note), _json(readers)],
    )
    return EventGiven(*row)


def lock(*, member_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (ledger_lock(%s)).member_id", [member_id])


def credit(
    *,
    member_id: UUID,
    kind: str,
    points: int,
    effective_at: datetime,
    lot: LotTerms,
    note: Mapping[str, Any],
) -> int:
    """Open a lot under a lock already held; answers the entry's seq."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_credit(%s, %s, %s, %s, %s::jsonb, %s::jsonb)",
            [member_id, kind, points, effective_at, _json(lot.told()), _json(note)],
        )
        return int(cursor.fetchone()[0])


def review_tier(
    *, member_id: UUID, since: datetime, cause: str, subject_id: UUID | None, note: Mapping[str, Any]
) -> int:
    """Look at all of a member's bills again; answers the id of the tier they stand in now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_review_tier(%s, %s, %s, %s, %s::jsonb, %s::text[])",
            [member_id, since, cause, subject_id, _json(note), outbox.readers_of("tier.changed")],
        )
        return int(cursor.fetchone()[0])


def turn_tiers(*, table_id: int, most: int, at: datetime, by: str) -> bool:
    """Apply a table of tiers to the next `most` accounts, where its turn has begun; False when all have been."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_turn_tiers(%s::smallint, %s, %s, %s, %s::text[])",
            [table_id, most, at, by, outbox.readers_of("tier.changed")],
        )
        return bool(cursor.fetchone()[0])


def _read(told: Any) -> Any:
    """A document, whether or not the connection reads JSON by itself."""
    return orjson.loads(told) if isinstance(told, str) else told


def _interval(span: timedelta) -> str:
    return f"{span.total_seconds()} seconds"


def _json(value: Any) -> str:
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    return str(value)


def _refuse(error: DatabaseError) -> None:
    """Raises the domain refusal that one of the ledger's own SQLSTATEs stands for; any other error is the caller's."""
    match getattr(error.__cause__, "pgcode", None):
        case "LP001":
            raise NotEnoughPoints from error
        case "LP003":
            raise BillMoved from error
        case "LP004":
            raise SpendingLocked from error
        case "LP005":
            raise HoldLapsed from error
        case "LP006":
            raise BudgetTaken from error
