"""A sale: quoted, recorded once, or recorded in a batch. The door calls one of three functions.

`record_purchase` takes at most four round trips: BEGIN, the ledger's opening call (lock, snapshot, receipt), its
posting call, COMMIT. The rules in between are pure: a quote is the same without writing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from events.refusals import Conflict, Refusal
from loyalty import clocks, composing, paying, policies, queries
from loyalty.bill import Bill
from loyalty.composing import Composed
from loyalty.ledger import posting
from loyalty.ledger.posting import Opening, Snapshot
from loyalty.models import Purchase
from loyalty.policies import Policies
from loyalty.records import PurchaseRecord
from loyalty.till import Till, local_zone

BATCH_TRANSACTION = 50


class MemberUnknown(Refusal):
    """No member stands behind the id, phone or card. Nothing was written."""

    code = "member_unknown"


class ReceiptConflict(Conflict):
    """This receipt was posted before with another content, or for another member."""

    code = "receipt_conflict"


class OnlineOnly(Refusal):
    """Points are spent while the till is online, not in a batch."""

    code = "online_only"


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a bill is for: kind `id`, `phone` (E.164) or `card`, and its value."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """The bill as it stands in the books, and whether it stood there before."""

    purchase: PurchaseRecord
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a bill would do now. A guest's says what a member would earn."""

    composed: Composed
    member_id: UUID | None
    spendable: int
    limited_by: str
    available_after: int
    debt_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    bill: Bill
    who: Who | None
    fingerprint: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """One item's fate: recorded (perhaps before), or refused with nothing written."""

    receipt: str
    recorded: Recorded | None = None
    refusal: Refusal | None = None


class _TakenMeanwhile(Exception):
    """Another transaction posted this receipt between our look and our write: look again."""


def quote(*, bill: Bill, who: Who | None, till: Till, at: datetime) -> Quote:
    """What recording this bill would do now. Writes, locks and promises nothing."""
    bill.check()
    opening = _opening(bill, who, till=till, receipt=None)
    snap = posting.open_account(opening, store_id=till.store_id, practice=till.practice, at=at, by=till.by, lock=False)
    if who is not None and snap.member_id is None:
        raise MemberUnknown()
    terms = policies.at(bill.occurred_at, version=snap.policies_version)
    composed = composing.compose(bill, snapshot=snap, terms=terms, status=Purchase.Status.POSTED.value, at=at)
    available_after, debt_after = composed.balance_after(snap)
    return Quote(
        composed=composed,
        member_id=snap.member_id,
        spendable=composed.spendable.points,
        limited_by=composed.spendable.limited_by,
        available_after=available_after,
        debt_after=debt_after,
    )


def record_purchase(
    *,
    bill: Bill,
    who: Who | None,
    till: Till,
    fingerprint: bytes,
    at: datetime,
    proven: bool = False,
    request_id: str = "",
) -> Recorded:
    """Record a sale once: points spent and earned, tier, event, in one transaction.

    The same receipt and fingerprint again is answered from the books. Raises TotalMismatch, MemberUnknown,
    ReceiptConflict, NotEnoughPoints, PointsExceedBill, ProofNeeded, OccurredInFuture, OccurredTooOld; then nothing was
    written. `proven`: the member showed the QR or a code.
    """
    bill.check()
    item = BatchItem(bill=bill, who=who, fingerprint=fingerprint)
    for _ in range(3):
        try:
            with transaction.atomic():
                opening = _opening(bill, who, till=till, receipt=bill.receipt)
                snap = posting.open_account(opening, store_id=till.store_id, practice=till.practice, at=at, by=till.by)
                prepared = _prepare(item, snap, till=till, at=at, request_id=request_id)
                if isinstance(prepared, Recorded):
                    return prepared
                if bill.points_to_spend and not proven:
                    _check_daily_amount(prepared, at=at)
                if not posting.post_purchase(prepared.posting):
                    raise _TakenMeanwhile
                return Recorded(prepared.record, replayed=False)
        except _TakenMeanwhile:
            continue
    raise ReceiptConflict()


def record_batch(*, items: Sequence[BatchItem], till: Till, at: datetime, request_id: str = "") -> list[BatchResult]:
    """Record many sales of one till in transactions of 50; one result per item, in the order given.

    A refused item leaves the others alone. Points are not spent in a batch.
    """
    results: list[BatchResult] = []
    for first in range(0, len(items), BATCH_TRANSACTION):
        results += _record_chunk(items[first : first + BATCH_TRANSACTION], till=till, at=at, request_id=request_id)
    return results


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A sale decided and ready to be written."""

    posting: dict[str, object]
    record: PurchaseRecord
    terms: Policies


def _record_chunk(items: Sequence[BatchItem], *, till: Till, at: datetime, request_id: str) -> list[BatchResult]:
    results: list[BatchResult | None] = [None] * len(items)
    openings: dict[int, Opening] = {}
    for place, item in enumerate(items):
        try:
            item.bill.check()
            if item.bill.points_to_spend:
                raise OnlineOnly()
            openings[place] = _opening(item.bill, item.who, till=till, receipt=item.bill.receipt)
        except Refusal as refusal:
            results[place] = BatchResult(receipt=item.bill.receipt, refusal=refusal)
    tries = 0
    while openings:
        try:
            with transaction.atomic():
                done = dict(_post_rounds(items, openings, till=till, at=at, request_id=request_id))
        except _TakenMeanwhile:
            tries += 1
            if tries == 3:
                raise
            continue
        for place, result in done.items():
            results[place] = result
        break
    return [result for result in results if result is not None]


def _post_rounds(
    items: Sequence[BatchItem], openings: Mapping[int, Opening], *, till: Till, at: datetime, request_id: str
) -> Iterator[tuple[int, BatchResult]]:
    """Bills of one member, or with one receipt, go one after the other: each round sees what the last one wrote."""
    left = list(openings)
    while left:
        receipts: set[str] = set()
        people: set[tuple[str, str]] = set()
        now: list[int] = []
        for place in left:
            item = items[place]
            person = (item.who.kind, item.who.value) if item.who else None
            if item.bill.receipt in receipts or (person and person in people):
                continue
            now.append(place)
            receipts.add(item.bill.receipt)
            if person:
                people.add(person)
        asked = {place: openings[place] for place in now}
        yield from _post_round(items, asked, till=till, at=at, request_id=request_id)
        left = [place for place in left if place not in asked]


def _post_round(
    items: Sequence[BatchItem], openings: Mapping[int, Opening], *, till: Till, at: datetime, request_id: str
) -> Iterator[tuple[int, BatchResult]]:
    asked = list(openings.values())
    snaps = posting.open_accounts(asked, store_id=till.store_id, practice=till.practice, at=at, by=till.by)
    ready: list[tuple[int, _Prepared]] = []
    members: set[UUID] = set()
    later: dict[int, Opening] = {}
    for (place, opening), snap in zip(openings.items(), snaps, strict=True):
        if snap.member_id is not None and snap.member_id in members:
            later[place] = opening  # one member under two names (phone and card) in one round
            continue
        if snap.member_id is not None:
            members.add(snap.member_id)
        receipt = items[place].bill.receipt
        try:
            prepared = _prepare(items[place], snap, till=till, at=at, request_id=request_id)
        except Refusal as refusal:
            yield place, BatchResult(receipt=receipt, refusal=refusal)
            continue
        if isinstance(prepared, Recorded):
            yield place, BatchResult(receipt=receipt, recorded=prepared)
        else:
            ready.append((place, prepared))
    if ready and not posting.post_batch([prepared.posting for _, prepared in ready]):
        raise _TakenMeanwhile
    for place, prepared in ready:
        recorded = Recorded(prepared.record, replayed=False)
        yield place, BatchResult(receipt=items[place].bill.receipt, recorded=recorded)
    if later:
        yield from _post_round(items, later, till=till, at=at, request_id=request_id)


def _opening(bill: Bill, who: Who | None, *, till: Till, receipt: str | None) -> Opening:
    day = clocks.business_date(bill, till=till)
    return Opening(
        kind=who.kind if who else None,
        value=who.value if who else None,
        period=till.receipt_period(day),
        receipt=receipt,
        occurred_at=bill.occurred_at,
        window=policies.last_known(bill.occurred_at).ladder.window,
        staff=bill.staff,
    )


def _prepare(item: BatchItem, snap: Snapshot, *, till: Till, at: datetime, request_id: str) -> _Prepared | Recorded:
    """Decide a sale on its snapshot: the earlier answer, a refusal, or what to write."""
    bill = item.bill
    if snap.purchase_id is not None:
        return _replay(item, snap, snap.purchase_id)
    if item.who is not None and snap.member_id is None:
        raise MemberUnknown()
    if bill.points_to_spend and item.who is None:
        raise paying.MemberNeeded()
    status = clocks.status(bill.occurred_at, channel=bill.channel, till=till, at=at)
    terms = policies.at(bill.occurred_at, version=snap.policies_version)
    composed = composing.compose(bill, snapshot=snap, terms=terms, status=status, at=at)
    day = clocks.business_date(bill, till=till)
    posting_ = composing.posting(
        composed,
        snapshot=snap,
        terms=terms,
        till=till,
        day=day,
        fingerprint=item.fingerprint,
        at=at,
        request_id=request_id,
    )
    return _Prepared(posting_, composing.record(composed, snapshot=snap, terms=terms, till=till, day=day, at=at), terms)


def _replay(item: BatchItem, snap: Snapshot, purchase_id: UUID) -> Recorded:
    """The first answer again, or ReceiptConflict for other content or another member."""
    if snap.purchase_fingerprint != item.fingerprint:
        raise ReceiptConflict()
    if snap.member_id is not None and snap.member_id != snap.purchase_member:
        raise ReceiptConflict()
    return Recorded(queries.purchase(purchase_id), replayed=True)


def _check_daily_amount(prepared: _Prepared, *, at: datetime) -> None:
    """Without the QR or a code a member spends a small amount a day, counted under the account's lock."""
    record = prepared.record
    midnight = at.astimezone(local_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    spent = (
        Purchase.objects.filter(member_id=record.member_id, recorded_at__gte=midnight).aggregate(
            value=Sum("points_value")
        )["value"]
        or 0
    )
    if spent + record.points_value > prepared.terms.spending.proof_above:
        raise paying.ProofNeeded()
