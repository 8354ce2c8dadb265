"""Reading what the ledger holds: balances, standings, bills, statements. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from events.refusals import Missing
from loyalty import owning, policies, revisions
from loyalty.ledger.posting import HoldLapsed
from loyalty.models import (
    BillMove,
    Entry,
    EventAward,
    Hold,
    Purchase,
    PurchaseLine,
    Return,
    ReturnLine,
    Store,
    Tier,
    TierBeginning,
)
from loyalty.records import LineRecord, PurchaseRecord, ReturnedLine, ReturnRecord
from loyalty.till import last_day


class PurchaseUnknown(Missing):
    code = "purchase_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A member's points at a moment, expired ones already gone; `next_expiry_on` is the last day they can be used."""

    available: int
    pending: int
    held: int
    debt: int
    next_expiry_points: int
    next_expiry_on: date | None
    tier_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TierStanding:
    """Where a member stands: since when, and what is missing (minor units of spend) to the next tier."""

    tier: Tier
    since: datetime | None
    window_spend: int
    next_tier: Tier | None
    next_missing: int
    window_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One entry of a member's account, as a statement shows it; `cause`: move or claim, where a bill changed hands, or
    correction, where one was keyed again.

    `points`: the change of what can be spent, less debt; `pending`: of what waits; `held`: of what was put aside;
    `names`: of the event that was rewarded, in both languages.
    """

    seq: int
    kind: str
    points: int
    pending: int
    held: int
    available_after: int
    debt_after: int
    effective_at: datetime
    recorded_at: datetime
    store_id: int | None
    purchase_id: UUID | None
    receipt: str
    reason: str
    cause: str
    names: tuple[str, str] | None = None


def balance(member_id: UUID, *, at: datetime) -> Balance:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM loyalty_balance(%s, %s)", [member_id, at])
        return _balance(*cursor.fetchone())


def _balance(
    available: int, pending: int, held: int, debt: int, next_points: int, next_at: datetime | None, tier_id: int | None
) -> Balance:
    return Balance(
        available=available,
        pending=pending,
        held=held,
        debt=debt,
        next_expiry_points=next_points,
        next_expiry_on=last_day(next_at) if next_at else None,
        tier_id=tier_id,
    )


def balances(member_ids: Iterable[UUID], *, at: datetime) -> dict[UUID, Balance]:
    """The balance of each of a page of members, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member_id, balance.* "
            "FROM unnest(%s::uuid[]) AS member_id, loyalty_balance(member_id, %s) AS balance",
            [list(member_ids), at],
        )
        rows = cursor.fetchall()
    return {row[0]: _balance(*row[1:]) for row in rows}


def entry_balance(member_id: UUID, seq: int) -> int:
    """What was available right after an entry, less any debt."""
    entry = Entry.objects.get(member_id=member_id, seq=seq)
    return entry.available_after - entry.debt_after


def held_points(hold_id: UUID, *, member_id: UUID | None, store_id: int, at: datetime) -> int:
    """How many points a store's hold keeps for this member's bill. Raises HoldLapsed."""
    held = Hold.objects.filter(pk=hold_id, store_id=store_id, ended_at=None, expires_at__gt=at).first()
    if held is None or held.member_id != member_id:
        raise HoldLapsed
    return held.points


def standing(member_id: UUID, *, at: datetime, tier_id: int | None) -> TierStanding:
    """The member's tier (`tier_id` as `balance` read it) and the way to the next."""
    terms = policies.at(at)
    tier = terms.tiers[tier_id] if tier_id else terms.first_tier
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_spend(%s, %s, %s)", [member_id, at - terms.ladder.window, at])
        spend = cursor.fetchone()[0]
    above = [(need, step) for need, step in terms.ladder.steps if step.rank > tier.rank]
    beginning = TierBeginning.objects.filter(member_id=member_id).order_by("-since", "-id").first()
    return TierStanding(
        tier=tier,
        since=beginning.since if beginning and beginning.tier_id == tier.id else None,
        window_spend=spend,
        next_tier=above[0][1] if above else None,
        next_missing=max(0, above[0][0] - spend) if above else 0,
        window_days=terms.ladder.window.days,
    )


def purchase(purchase_id: UUID, *, store_id: int | None = None, step: int | None = None) -> PurchaseRecord:
    """One bill with its lines, returns and moves. `store_id`: only if it is that store's. Raises PurchaseUnknown.

    `step`: as it stood after so many moves.
    """
    where = Q(id=purchase_id) & (Q(store_id=store_id) if store_id is not None else Q())
    row = Purchase.objects.filter(where).select_related("store", "terminal", "tier_after").first()
    if row is None:
        raise PurchaseUnknown()
    return _purchase_records([row], step=step)[0]


def purchases_by_receipt(receipt: str, *, store_id: int) -> list[PurchaseRecord]:
    """A store's bills under one receipt number as they stand, newest period first (numbers may restart)."""
    rows = Purchase.objects.filter(revisions.STANDS, store_id=store_id, receipt=receipt)
    return _purchase_records(rows.select_related("store", "terminal", "tier_after").order_by("-occurred_at")[:20])


def _purchase_records(rows: Iterable[Purchase], *, step: int | None = None) -> list[PurchaseRecord]:
    rows = list(rows)
    ids = [row.id for row in rows]
    moves = owning.moves_of(ids)
    lines: dict[UUID, list[LineRecord]] = defaultdict(list)
    for line in PurchaseLine.objects.filter(purchase_id__in=ids).order_by("line"):
        lines[line.purchase_id].append(_line(line))
    returns: dict[UUID, list[ReturnRecord]] = defaultdict(list)
    for record in _return_records(
        Return.objects.filter(purchase_id__in=ids).order_by("recorded_at", "id").select_related("tier")
    ):
        returns[record.purchase_id].append(record)
    first_tier = policies.last_known(rows[0].occurred_at).first_tier.code if rows else None
    bills = [_bill(row, first_tier, lines=lines[row.id], returns=returns[row.id]) for row in rows]
    corrected = revisions.next_of([bill.id for bill in bills if revisions.was_corrected(bill)])
    bills = [replace(bill, corrected_by=corrected[bill.id]) if bill.id in corrected else bill for bill in bills]
    return [owning.after(bill, moves.get(bill.id, ())[:step]) for bill in bills]


def _bill(
    row: Purchase, first_tier: str | None, *, lines: Sequence[LineRecord], returns: Sequence[ReturnRecord]
) -> PurchaseRecord:
    """As it was posted, with what came back since."""
    return PurchaseRecord(
        id=row.id,
        store_code=row.store.code,
        store_name=row.store.name,
        terminal_code=row.terminal.code if row.terminal else "",
        receipt=row.receipt,
        business_date=row.business_date,
        status=row.status,
        member_id=row.member_id,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        channel=row.channel,
        methods=frozenset(paid["method"] for paid in row.extras.get("payments", ())),
        total=row.total,
        voucher_discount=row.voucher_discount,
        points_value=row.points_value,
        due=row.due,
        earned=row.earned,
        pending=row.pending,
        spent=row.spent,
        available_after=row.available_after or 0,
        debt_after=row.debt_after or 0,
        tier_code=_tier_code(row, first_tier),
        tier_changed=row.tier_id != row.tier_after_id,
        reasons=row.reasons,
        lines=tuple(lines),
        returns=tuple(returns),
        revision=row.revision,
    )


def _tier_code(row: Purchase, first_tier: str | None) -> str | None:
    if row.member_id is None:
        return None
    return row.tier_after.code if row.tier_after else first_tier


def _line(row: PurchaseLine) -> LineRecord:
    return LineRecord(
        line=row.line,
        sku=row.sku,
        name=row.name,
        category=row.category,
        quantity=row.quantity,
        amount=row.amount,
        earns=row.earns,
        goods=row.goods,
        gross=row.gross,
        voucher_discount=row.voucher_discount,
        points_discount=row.points_discount,
    )


def returned(return_id: UUID) -> ReturnRecord:
    return _return_records(Return.objects.filter(id=return_id).select_related("tier"))[0]


def _return_records(rows: Iterable[Return]) -> list[ReturnRecord]:
    rows = list(rows)
    lines: dict[UUID, list[ReturnedLine]] = defaultdict(list)
    for line in ReturnLine.objects.filter(return_id__in=[row.id for row in rows]).order_by("line"):
        lines[line.return_id].append(ReturnedLine(line=line.line, quantity=line.quantity, amount=line.amount))
    return [
        ReturnRecord(
            id=row.id,
            purchase_id=row.purchase_id,
            kind=row.kind,
            receipt=row.receipt,
            member_id=row.member_id,
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
            whole=row.whole,
            amount=row.amount,
            discount=row.discount,
            points_value=row.points_value,
            due=row.due,
            clawed_back=row.clawed_back,
            given_back=row.given_back,
            absorbed=row.absorbed,
            available_after=row.available_after or 0,
            debt_after=row.debt_after or 0,
            tier_code=_tier_as_recorded(row),
            lines=tuple(lines[row.id]),
        )
        for row in rows
    ]


def _tier_as_recorded(row: Return) -> str | None:
    """The tier the member stood in once this return was booked, whatever was booked since."""
    if row.member_id is None:
        return None
    if row.tier is not None:
        led_to = TierBeginning.objects.filter(member_id=row.member_id, subject_id=row.id).select_related("tier").last()
        return led_to.tier.code if led_to else row.tier.code
    # before returns kept it
    beginning = (
        TierBeginning.objects.filter(member_id=row.member_id, recorded_at__lte=row.recorded_at)
        .select_related("tier")
        .order_by("-recorded_at", "-id")
        .first()
    )
    return beginning.tier.code if beginning else policies.last_known(row.occurred_at).first_tier.code


def statement(member_id: UUID, *, before: int | None = None, limit: int = 50) -> Sequence[StatementLine]:
    """A member's entries, newest first; `before` is the seq of the last one seen."""
    entries = Entry.objects.filter(member_id=member_id)
    if before is not None:
        entries = entries.filter(seq__lt=before)
    page = list(entries.order_by("-seq")[:limit])
    bills = {entry.purchase_id for entry in page if entry.purchase_id}
    receipts = dict(Purchase.objects.filter(id__in=bills).values_list("id", "receipt"))
    moves = {entry.move_id for entry in page if entry.move_id}
    causes: dict[UUID | None, str] = {}
    if moves:
        causes |= dict(BillMove.objects.filter(id__in=moves).values_list("id", "kind"))
    returns = {entry.return_id for entry in page if entry.return_id}
    if returns:
        corrected = Return.objects.filter(id__in=returns, kind=Return.Kind.CORRECTION)
        causes |= dict(corrected.values_list("id", "kind"))
    awarded = [entry.seq for entry in page if entry.kind == "bonus"]
    names = _event_names(member_id, awarded) if awarded else {}
    return [
        StatementLine(
            seq=entry.seq,
            kind=entry.kind,
            points=entry.available - entry.debt,
            pending=entry.pending,
            held=entry.held,
            available_after=entry.available_after,
            debt_after=entry.debt_after,
            effective_at=entry.effective_at,
            recorded_at=entry.recorded_at,
            store_id=entry.store_id,
            purchase_id=entry.purchase_id,
            receipt=receipts.get(entry.purchase_id, "") if entry.purchase_id else "",
            reason=entry.reason,
            cause=causes.get(entry.move_id or entry.return_id, ""),
            names=names.get(entry.seq),
        )
        for entry in page
    ]


def _event_names(member_id: UUID, seqs: Sequence[int]) -> dict[int, tuple[str, str]]:
    """What the event is called that each of these entries gave points for."""
    awards = EventAward.objects.filter(member_id=member_id, entry_seq__in=seqs).select_related("version")
    return {award.entry_seq: (award.version.name_vi, award.version.name_en) for award in awards}


def store_codes() -> dict[int, str]:
    return dict(Store.objects.values_list("id", "code"))
