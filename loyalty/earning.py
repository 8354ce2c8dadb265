"""A sale: quoted, recorded once, or recorded in a batch. For bills that nothing but points takes something off.

`record_purchase` takes at most four round trips: BEGIN, the ledger's opening call (lock, snapshot, receipt), its
posting call, COMMIT. The rules in between are pure: a quote is the same without writing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from events.refusals import Refusal
from loyalty import sales
from loyalty.bill import Bill
from loyalty.composing import Composed, Taken
from loyalty.ledger import posting
from loyalty.ledger.posting import Opening
from loyalty.sales import Decided, Recorded, Sale, Who
from loyalty.till import Till

BATCH_TRANSACTION = 50


class OnlineOnly(Refusal):
    """Points and vouchers are spent while the till is online, not in a batch."""

    code = "online_only"


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


def quote(*, bill: Bill, who: Who | None, till: Till, at: datetime) -> Quote:
    """What recording this bill would do now. Writes, locks and promises nothing."""
    return quote_of(sales.look_at(bill=bill, who=who, till=till, at=at), at=at)


def quote_of(sale: Sale, *, at: datetime, discounts: Sequence[int] = ()) -> Quote:
    """The quote of a sale that was looked at; `discounts`: what is taken off each line before the points."""
    composed = sales.compose(sale, at=at, discounts=discounts, explain=True)
    available_after, debt_after = composed.balance_after(sale.snapshot)
    return Quote(
        composed=composed,
        member_id=sale.member_id,
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

    def once() -> Recorded:
        sale = sales.open_sale(bill=bill, who=who, till=till, fingerprint=fingerprint, at=at)
        if isinstance(sale, Recorded):
            return sale
        decided = sales.decide(sale, till=till, fingerprint=fingerprint, at=at, request_id=request_id)
        if bill.points_to_spend and bill.hold is None and not proven:
            sales.check_daily_amount(decided, at=at)
        return sales.post(decided)

    return sales.until_posted(once)


def record_batch(*, items: Sequence[BatchItem], till: Till, at: datetime, request_id: str = "") -> list[BatchResult]:
    """Record many sales of one till in transactions of 50; one result per item, in the order given.

    A refused item leaves the others alone. Points are not spent in a batch.
    """
    results: list[BatchResult] = []
    for first in range(0, len(items), BATCH_TRANSACTION):
        results += _record_chunk(items[first : first + BATCH_TRANSACTION], till=till, at=at, request_id=request_id)
    return results


def _record_chunk(items: Sequence[BatchItem], *, till: Till, at: datetime, request_id: str) -> list[BatchResult]:
    results: list[BatchResult | None] = [None] * len(items)
    openings: dict[int, Opening] = {}
    for place, item in enumerate(items):
        try:
            item.bill.check()
            if item.bill.points_to_spend or item.bill.hold:
                raise OnlineOnly()
            openings[place] = sales.opening_of(item.bill, item.who, till=till, receipt=item.bill.receipt)
        except Refusal as refusal:
            results[place] = BatchResult(receipt=item.bill.receipt, refusal=refusal)
    tries = 0
    while openings:
        try:
            with transaction.atomic():
                done = dict(_post_rounds(items, openings, till=till, at=at, request_id=request_id))
        except sales.TakenMeanwhile:
            tries += 1
            if tries == sales.TRIES:
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
    ready: list[tuple[int, Decided]] = []
    members: set[UUID] = set()
    taken: Taken = {}
    later: dict[int, Opening] = {}
    for (place, opening), snap in zip(openings.items(), snaps, strict=True):
        if snap.member_id is not None and snap.member_id in members:
            later[place] = opening  # one member under two names (phone and card) in one round
            continue
        if snap.member_id is not None:
            members.add(snap.member_id)
        item = items[place]
        try:
            sale = sales.judge(
                item.bill, item.who, snap, opening=opening, till=till, fingerprint=item.fingerprint, at=at
            )
            if isinstance(sale, Recorded):
                yield place, BatchResult(receipt=item.bill.receipt, recorded=sale)
                continue
            decided = sales.decide(
                sale, till=till, fingerprint=item.fingerprint, at=at, request_id=request_id, taken=taken
            )
        except Refusal as refusal:
            yield place, BatchResult(receipt=item.bill.receipt, refusal=refusal)
            continue
        ready.append((place, decided))
    if ready:
        sales.post_all([decided for _, decided in ready])
    for place, decided in ready:
        recorded = Recorded(decided.record, replayed=False)
        yield place, BatchResult(receipt=items[place].bill.receipt, recorded=recorded)
    if later:
        yield from _post_round(items, later, till=till, at=at, request_id=request_id)
