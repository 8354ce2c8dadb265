"""A bill that was keyed wrongly is keyed again: the old revision comes back whole, the next one stands in its place.

Both happen in one transaction and under one lock, in steps that a floor above can put its own between (what vouchers
take off): `begin`, `decide`, `post`. The next revision is judged as the first one was: by the rules and the tier of its
own moment. What it earns stands in for the points of the old one that were spent meanwhile.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Sum

from events import commands, outbox
from events.refusals import Refusal
from loyalty import clocks, composing, ordering, policies, queries, returning, revisions, sales
from loyalty.adjusting import LONGEST_REASON, ReasonMissing
from loyalty.bill import Bill
from loyalty.composing import Composed
from loyalty.ledger import posting
from loyalty.ledger.posting import NotEnoughPoints
from loyalty.models import BillMove, Correction, Entry, Purchase, ReviewDecision
from loyalty.moving import InReview
from loyalty.records import PurchaseRecord, ReturnRecord
from loyalty.returning import NothingLeft
from loyalty.revisions import PurchaseCorrected
from loyalty.sales import Decided, MemberUnknown, Recorded, Sale, Who
from loyalty.till import Till


class PartlyReturned(Refusal):
    """A part of the bill has come back: it is returned further, not corrected."""

    code = "partly_returned"


class OtherMember(Refusal):
    """The corrected bill names somebody else. A bill changes its member by a move, a guest's by a claim."""

    code = "other_member"


class OtherReceipt(Refusal):
    """The corrected bill names another receipt, or a day in which the number is another bill's."""

    code = "other_receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A bill as it should have been. `who`: None says nothing about its member, who stays.

    `fingerprint` is of the command; `as_sale` of the bill alone, as a till would send it for the first time.
    """

    purchase_id: UUID
    bill: Bill
    who: Who | None
    reason: str
    key: str
    fingerprint: bytes
    as_sale: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The old revision has come back; `sale` is the next one, ready to be decided.

    `owed`: how many of the points the old one earned were spent meanwhile. `absorb`: the house bears what stays owed.
    """

    asked: Asked
    old: PurchaseRecord
    row: Purchase
    back: ReturnRecord
    sale: Sale
    owed: int
    absorb: bool


def begin(asked: Asked, *, till: Till, at: datetime, request_id: str = "") -> Begun | Recorded:
    """Lock the account, take the old revision back and read what the next one is judged by; or the earlier answer.

    Raises PurchaseUnknown, PurchaseCorrected, NothingLeft, PartlyReturned, InReview, OtherMember, OtherReceipt,
    MemberUnknown, ReasonMissing, KeyConflict, TotalMismatch, OccurredInFuture, OccurredTooOld, BillMoved, HoldLapsed.
    """
    before = commands.find(store_id=till.store_id, key=asked.key)
    if before is not None:
        commands.check(before, kind="correction", fingerprint=asked.fingerprint)
        return _replayed(before.subject_id, asked.who, till=till)
    asked.bill.check()
    if not asked.reason.strip() or len(asked.reason) > LONGEST_REASON:
        raise ReasonMissing()
    if not Purchase.objects.filter(pk=asked.purchase_id, store=till.store_id).exists():
        raise queries.PurchaseUnknown()
    opened = posting.open_return(
        purchase_id=asked.purchase_id, store_id=till.store_id, period="", receipt=None, at=at, by=till.by
    )
    old = queries.purchase(asked.purchase_id)
    row = Purchase.objects.get(pk=old.id)
    _must_be_correctable(old)
    _must_stay(asked, old, till=till)
    back = returning.reverse(old, back_id=opened.new_id, till=till, at=at, request_id=request_id)
    return Begun(
        asked=asked,
        old=old,
        row=row,
        back=back,
        sale=_sale(asked.bill, old, row, till=till, at=at),
        owed=back.clawed_back - _taken(back),
        absorb=not policies.at(old.occurred_at).programme.debt_on_return,
    )


def decide(begun: Begun, *, till: Till, at: datetime, request_id: str = "", discounts: tuple[int, ...] = ()) -> Decided:
    """What will be written and answered. Raises NotEnoughPoints, PointsExceedBill, SpendingLocked."""
    sale = begun.sale
    composed = _settled(sales.compose(sale, at=at, discounts=discounts), begun)
    day = clocks.business_date(sale.bill, till=till)
    about: dict[str, Any] = {"snapshot": sale.snapshot, "terms": sale.terms, "till": till, "day": day, "at": at}
    body = composing.posting(composed, **about, fingerprint=begun.asked.as_sale, request_id=request_id)
    body["purchase"] |= {"period": begun.row.period, "revision": begun.row.revision + 1}
    record = composing.record(composed, **about)
    if sale.member_id is not None:
        available, debt = _balance_after(composed, begun)
        if debt > (sale.snapshot.debt or 0) and sale.bill.points_to_spend > begun.old.spent:
            raise NotEnoughPoints
        body["purchase"] |= {"available_after": available, "debt_after": debt}
        body["corrects"] = {"back": begun.back.id, "absorb": begun.absorb}
        # later bills may have stood on the old revision: all of them are looked at, once both are in the books
        body.pop("tier", None)
        body["review_tier"] = True
        record = replace(record, available_after=available, debt_after=debt)
    return Decided(body, replace(record, revision=begun.row.revision + 1), sale.terms)


def post(begun: Begun, decided: Decided, *, till: Till, at: datetime, request_id: str = "") -> Recorded:
    """Write the next revision, and that it stands in the place of the old one. Raises TakenMeanwhile."""
    sales.post(decided)
    asked, following = begun.asked, decided.record
    Correction.objects.create(
        purchase=begun.row,
        next_id=following.id,
        back_id=begun.back.id,
        reason=asked.reason.strip(),
        at=at,
        by=till.by,
        request_id=request_id,
    )
    commands.remember(
        store_id=till.store_id,
        key=asked.key,
        kind="correction",
        fingerprint=asked.fingerprint,
        subject_id=following.id,
        at=at,
    )
    outbox.record(
        type="purchase.corrected",
        member_id=begun.old.member_id,
        subject_id=begun.old.id,
        store_id=till.store_id,
        data={
            "return": str(begun.back.id),
            "next": str(following.id),
            "business_date": begun.old.business_date.isoformat(),
        },
        at=at,
        by=till.by,
        request_id=request_id,
    )
    return Recorded(queries.purchase(following.id), replayed=False)


def _replayed(purchase_id: UUID, who: Who | None, *, till: Till) -> Recorded:
    """The first answer again, to whoever names the same member or nobody."""
    found = queries.purchase(purchase_id, step=0)
    named = sales.member_of(who, practice=till.practice)
    if named is not None and named != found.member_id:
        raise commands.KeyConflict()
    return Recorded(found, replayed=True)


def _must_be_correctable(old: PurchaseRecord) -> None:
    if revisions.was_corrected(old):
        raise PurchaseCorrected()
    if any(back.whole for back in old.returns):
        raise NothingLeft()
    if old.returns:
        raise PartlyReturned()
    if old.status == Purchase.Status.REVIEW:
        decision = ReviewDecision.objects.filter(purchase_id=old.id).first()
        if decision is None or not decision.approved:
            raise InReview()


def _must_stay(asked: Asked, old: PurchaseRecord, *, till: Till) -> None:
    """Its receipt and its member stay the same; its moment stays one at which it would have been posted at once."""
    bill = asked.bill
    numbered = [till.receipt_period(day) for day in (old.business_date, clocks.business_date(bill, till=till))]
    if bill.receipt != old.receipt or numbered[0] != numbered[1]:
        raise OtherReceipt()
    if asked.who is not None:
        named = sales.member_of(asked.who, practice=till.practice)
        if named is None:
            raise MemberUnknown()
        if named != old.member_id:
            raise OtherMember()
    if bill.occurred_at == old.occurred_at:
        return
    seen = clocks.status(bill.occurred_at, channel=bill.channel, till=till, at=old.recorded_at)
    if seen != Purchase.Status.POSTED:
        raise clocks.OccurredInFuture() if bill.occurred_at > old.recorded_at else clocks.OccurredTooOld()


def _sale(bill: Bill, old: PurchaseRecord, row: Purchase, *, till: Till, at: datetime) -> Sale:
    """The next revision under the lock, as the books are without the old one, in the tier the old one was sold in."""
    who = Who("id", str(old.member_id)) if old.member_id is not None else None
    opening = sales.opening_of(bill, who, till=till, receipt=None)
    snap = posting.open_account(opening, store_id=till.store_id, practice=till.practice, at=at, by=till.by)
    moved = BillMove.objects.filter(purchase=row).order_by("-step").first()
    tier_id = moved.tier_id if moved else row.tier_id
    snap = replace(snap, tier_id=tier_id or snap.tier_id)
    return sales.ready(bill, who, snap, opening=opening, till=till, at=at)


def _taken(back: ReturnRecord) -> int:
    """What the account had still unspent of the old revision's points, and gave back at once."""
    if back.member_id is None:
        return 0
    entries = Entry.objects.filter(member_id=back.member_id, return_id=back.id, kind="clawback")
    sums = entries.aggregate(available=Sum("available"), pending=Sum("pending"), debt=Sum("debt"))
    return (sums["debt"] or 0) - (sums["available"] or 0) - (sums["pending"] or 0)


def _settled(composed: Composed, begun: Begun) -> Composed:
    """Points of an order that arrived under an earlier revision do not wait for it again."""
    bills = [begun.row.pk, *(row.pk for row in revisions.before(begun.row.pk))]
    terms = begun.sale.terms
    lot = ordering.settled(composed.lot, of=bills, channel=begun.sale.bill.channel, terms=terms)
    return replace(composed, lot=lot)


def _balance_after(composed: Composed, begun: Begun) -> tuple[int, int]:
    """(available, debt) once the next revision is posted and stands in for what was spent of the old one."""
    available, debt = composed.balance_after(begun.sale.snapshot)
    # what waits pays first, and is in neither of the two
    needed = begun.owed - min(begun.owed, composed.pending)
    still_owed = max(0, needed - available)
    if begun.absorb:
        needed -= still_owed
    net = available - debt - needed
    return max(0, net), max(0, -net)
