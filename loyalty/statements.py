"""A member's history as the member reads it: each entry with where it happened and the reason for every point."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from loyalty import policies, queries, revisions, wording
from loyalty.models import Lot, Purchase, Store
from loyalty.queries import StatementLine
from loyalty.till import last_day
from loyalty.wording import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One line of the history. `why` says how the points came about, `why_not` what gave none.

    `points`: what can be spent more or less than before; `pending`: what waits more or less.
    """

    seq: int
    kind: str
    title: str
    points: int
    pending: int
    balance: int
    at: datetime
    store: str
    purchase_id: UUID | None
    receipt: str
    total: int | None
    why: tuple[str, ...]
    why_not: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """So many points can be used up to and with this day."""

    on: date
    points: int


def told(
    member_id: UUID, *, language: Language, at: datetime, before: int | None = None, limit: int = 20
) -> list[Told]:
    """A member's entries, newest first; `before` is the seq of the last one seen."""
    lines = queries.statement(member_id, before=before, limit=limit)
    bills = Purchase.objects.in_bulk({line.purchase_id for line in lines if line.purchase_id})
    stores = dict(Store.objects.filter(pk__in={line.store_id for line in lines}).values_list("pk", "name"))
    return [_told(line, bills=bills, stores=stores, language=language, at=at) for line in lines]


def of_bill(
    reasons: dict[str, list[dict[str, object]]], *, language: Language, at: datetime
) -> tuple[Sequence[str], Sequence[str]]:
    """The sentences of a bill's reasons: what gave points, and what gave none."""
    currency = policies.last_known(at).programme.currency
    why = [wording.explanation(one, currency=currency, language=language) for one in reasons.get("matched", [])]
    why_not = [wording.refusal(one, language=language) for one in reasons.get("refused", [])]
    return why, why_not


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A bill of the member's, to be asked about."""

    purchase_id: UUID
    store: str
    at: datetime


def last_visit(member_id: UUID, *, since: datetime, at: datetime) -> Visit | None:
    """The member's last bill at a counter since a moment, if it is still theirs."""
    bill = (
        Purchase.objects.filter(revisions.STANDS, member_id=member_id, occurred_at__gte=since, occurred_at__lte=at)
        .order_by("-occurred_at")
        .first()
    )
    record = queries.purchase(bill.pk) if bill is not None else None
    if record is None or record.member_id != member_id:
        return None
    return Visit(purchase_id=record.id, store=record.store_name, at=record.occurred_at)


def store_of(purchase_id: UUID) -> int | None:
    return Purchase.objects.filter(pk=purchase_id).values_list("store_id", flat=True).first()


def endings(member_id: UUID, *, at: datetime, limit: int = 12) -> list[Ending]:
    """When the points a member has will end, soonest first; those that never end are not told."""
    lots = Lot.objects.filter(member_id=member_id, remaining__gt=0, pending=False, expires_at__gt=at)
    by_day: dict[date, int] = {}
    for lot in lots.order_by("expires_at"):
        if lot.expires_at is not None:
            day = last_day(lot.expires_at)
            by_day[day] = by_day.get(day, 0) + lot.remaining
    return [Ending(on=day, points=points) for day, points in list(by_day.items())[:limit]]


def _told(
    line: StatementLine, *, bills: dict[UUID, Purchase], stores: dict[int, str], language: Language, at: datetime
) -> Told:
    bill = bills.get(line.purchase_id) if line.purchase_id else None
    why: Sequence[str] = ()
    why_not: Sequence[str] = ()
    if bill is not None and line.kind == "earn" and not line.cause:
        why, why_not = of_bill(bill.reasons, language=language, at=at)
    if line.names:
        why = (wording.pick(line.names, language),)
    return Told(
        seq=line.seq,
        kind=line.kind,
        title=wording.kind(line.kind, cause=line.cause, language=language),
        points=line.points,
        pending=line.pending,
        balance=line.available_after - line.debt_after,
        at=line.effective_at,
        store=stores.get(line.store_id, "") if line.store_id is not None else "",
        purchase_id=line.purchase_id,
        receipt=line.receipt,
        total=bill.total if bill is not None else None,
        why=tuple(why) or ((line.reason,) if line.reason else ()),
        why_not=tuple(why_not),
    )
