"""The steps every sale is made of: open, decide, post. Who composes one (`loyalty.earning`, or a floor above that has
something to take off the bill) calls them inside one transaction.

`open_sale` is the ledger's opening call, `post` its posting call; what lies between is pure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from events.refusals import Conflict, Refusal
from loyalty import awards, clocks, composing, paying, policies, queries, revisions
from loyalty.bill import Bill
from loyalty.composing import Composed, Taken
from loyalty.ledger import posting
from loyalty.ledger.posting import Opening, Snapshot
from loyalty.models import Purchase
from loyalty.policies import Policies
from loyalty.records import PurchaseRecord
from loyalty.till import Till, local_day, local_midnight
from members import finding

T = TypeVar("T")
# what is left of a budget may be taken again and again until nothing is
TRIES = 6


class MemberUnknown(Refusal):
    """No member stands behind the id, phone or card. Nothing was written."""

    code = "member_unknown"


class ReceiptConflict(Conflict):
    """This receipt was posted before with another content, or for another member."""

    code = "receipt_conflict"


class TakenMeanwhile(Exception):
    """Another transaction posted this receipt, took of a budget or published a rule between our look and our write."""


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
class Sale:
    """A bill, and what the books say of its member: under the account's lock, or as a quote saw it.

    `held`: how many points were put aside for it; None where it spends what is available.
    """

    bill: Bill
    snapshot: Snapshot
    terms: Policies
    status: str
    store: str
    held: int | None = None

    @property
    def member_id(self) -> UUID | None:
        return self.snapshot.member_id

    @property
    def purchase_id(self) -> UUID:
        """The id the bill will have once it is posted."""
        return self.snapshot.new_id


@dataclass(frozen=True, slots=True)
class Decided:
    """A sale decided and ready to be written."""

    posting: dict[str, object]
    record: PurchaseRecord
    terms: Policies


def member_of(who: Who | None, *, practice: bool) -> UUID | None:
    """Whom a till means now, before any lock is taken; None for a guest and for nobody."""
    match who:
        case Who("id", value):
            return UUID(value)
        case Who("phone", value):
            found = finding.by_phone(value, practice=practice)
        case Who("card", value):
            found = finding.by_card(value, practice=practice)
        case _:
            return None
    return found.pk if found else None


def until_posted(command: Callable[[], T]) -> T:
    """Run `command` in a transaction of its own, again where its receipt, or a budget, was taken meanwhile."""
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return command()
        except TakenMeanwhile:
            continue
    raise ReceiptConflict()


def look_at(*, bill: Bill, who: Who | None, till: Till, at: datetime) -> Sale:
    """The sale as a quote sees it: nothing is locked, no receipt is looked for. Raises TotalMismatch, MemberUnknown."""
    bill.check()
    opening = opening_of(bill, who, till=till, receipt=None)
    snap = posting.open_account(opening, store_id=till.store_id, practice=till.practice, at=at, by=till.by, lock=False)
    if who is not None and snap.member_id is None:
        raise MemberUnknown()
    terms, snap = _informed(bill, snap, opening)
    return Sale(bill=bill, snapshot=snap, terms=terms, status=Purchase.Status.POSTED.value, store=till.store_code)


def open_sale(*, bill: Bill, who: Who | None, till: Till, fingerprint: bytes, at: datetime) -> Sale | Recorded:
    """Lock the member's account and read it; the answer of before where the receipt is in the books.

    Raises TotalMismatch, ReceiptConflict, MemberUnknown, MemberNeeded, HoldLapsed, OccurredInFuture, OccurredTooOld.
    """
    bill.check()
    opening = opening_of(bill, who, till=till, receipt=bill.receipt)
    snap = posting.open_account(opening, store_id=till.store_id, practice=till.practice, at=at, by=till.by)
    return judge(bill, who, snap, opening=opening, till=till, fingerprint=fingerprint, at=at)


def opening_of(bill: Bill, who: Who | None, *, till: Till, receipt: str | None) -> Opening:
    day = clocks.business_date(bill, till=till)
    known = policies.last_known(bill.occurred_at)
    return Opening(
        kind=who.kind if who else None,
        value=who.value if who else None,
        period=till.receipt_period(day),
        receipt=receipt,
        occurred_at=bill.occurred_at,
        window=known.ladder.window,
        staff=bill.staff,
        needs=awards.asks(known, local_day(bill.occurred_at)) if who else None,
        version=known.version,
    )


def _informed(bill: Bill, snap: Snapshot, opening: Opening) -> tuple[Policies, Snapshot]:
    """The policies the bill is judged by, and the snapshot with what their rules ask.

    Where they were published after this process last read them, what was asked before may not be enough: ask again.
    """
    terms = policies.at(bill.occurred_at, version=snap.policies_version)
    if snap.member_id is None or snap.policies_version == opening.version:
        return terms, snap
    needs = awards.asks(terms, local_day(bill.occurred_at))
    if not needs:
        return terms, snap
    told = posting.facts(member_id=snap.member_id, occurred_at=bill.occurred_at, needs=needs)
    return terms, replace(snap, facts=told)


def judge(
    bill: Bill,
    who: Who | None,
    snap: Snapshot,
    *,
    opening: Opening,
    till: Till,
    fingerprint: bytes,
    at: datetime,
) -> Sale | Recorded:
    """What the snapshot makes of a bill: the earlier answer, a refusal, or a sale to be decided."""
    if snap.purchase_id is not None:
        return _replay(snap, snap.purchase_id, fingerprint=fingerprint)
    sale = ready(bill, who, snap, opening=opening, till=till, at=at)
    return replace(sale, status=clocks.status(bill.occurred_at, channel=bill.channel, till=till, at=at))


def ready(bill: Bill, who: Who | None, snap: Snapshot, *, opening: Opening, till: Till, at: datetime) -> Sale:
    """The sale of a bill that is not in the books, posted at once. Raises MemberUnknown, MemberNeeded, HoldLapsed."""
    if who is not None and snap.member_id is None:
        raise MemberUnknown()
    if (bill.points_to_spend or bill.hold) and who is None:
        raise paying.MemberNeeded()
    held = None
    if bill.hold is not None:
        held = queries.held_points(bill.hold, member_id=snap.member_id, store_id=till.store_id, at=at)
    terms, snap = _informed(bill, snap, opening)
    return Sale(
        bill=bill,
        snapshot=snap,
        terms=terms,
        status=Purchase.Status.POSTED.value,
        store=till.store_code,
        held=held,
    )


def _replay(snap: Snapshot, purchase_id: UUID, *, fingerprint: bytes) -> Recorded:
    """The first answer again (of a bill that moved or was corrected: as it stands). Raises ReceiptConflict for another
    content or member than was ever said of it."""
    found = queries.purchase(purchase_id)
    earlier = revisions.before(purchase_id) if found.revision > 1 else []
    said = {snap.purchase_fingerprint, *(bytes(row.fingerprint) for row in earlier if row.fingerprint is not None)}
    if fingerprint not in said:
        raise ReceiptConflict()
    # a till that names whom it sold to is right, and so is one that has heard whose the bill is now
    named = {snap.purchase_member, found.member_id, *(row.member_id for row in earlier)}
    if snap.member_id is not None and snap.member_id not in named:
        raise ReceiptConflict()
    return Recorded(found, replayed=True)


def compose(
    sale: Sale, *, at: datetime, discounts: Sequence[int] = (), taken: Taken | None = None, explain: bool = False
) -> Composed:
    """How the bill is paid and what it earns. `discounts`: what is taken off each line's goods before the points.

    `taken`: of budgets, by the bills decided before it that are not yet written. `explain`: also which rules do not
    hold, and why: for quotes.
    """
    return composing.compose(
        sale.bill,
        snapshot=sale.snapshot,
        terms=sale.terms,
        status=sale.status,
        store=sale.store,
        taken=taken,
        explain=explain,
        at=at,
        discounts=discounts,
        held=sale.held,
    )


def decide(
    sale: Sale,
    *,
    till: Till,
    fingerprint: bytes,
    at: datetime,
    request_id: str,
    discounts: Sequence[int] = (),
    taken: Taken | None = None,
) -> Decided:
    """What will be written and answered. Raises NotEnoughPoints, PointsExceedBill."""
    composed = compose(sale, at=at, discounts=discounts, taken=taken)
    day = clocks.business_date(sale.bill, till=till)
    about: dict[str, Any] = {"snapshot": sale.snapshot, "terms": sale.terms, "till": till, "day": day, "at": at}
    return Decided(
        composing.posting(composed, **about, fingerprint=fingerprint, request_id=request_id),
        composing.record(composed, **about),
        sale.terms,
    )


def post(decided: Decided) -> Recorded:
    """Write the sale. Raises TakenMeanwhile, which `until_posted` knows how to answer."""
    try:
        posted = posting.post_purchase(decided.posting)
    except posting.BudgetTaken as taken:
        raise TakenMeanwhile from taken
    if not posted:
        raise TakenMeanwhile
    return Recorded(decided.record, replayed=False)


def post_all(batch: Sequence[Decided]) -> None:
    """Write sales of different members who pay no points. Raises TakenMeanwhile: open the whole batch anew."""
    try:
        posted = posting.post_batch([decided.posting for decided in batch])
    except posting.BudgetTaken as taken:
        raise TakenMeanwhile from taken
    if not posted:
        raise TakenMeanwhile


def check_daily_amount(decided: Decided, *, at: datetime, beside: int = 0) -> None:
    """Without the QR or a code a member spends a small amount a day, counted under the account's lock.

    `beside`: what else left unproven today, this bill's included, that is no points (minor units). Raises ProofNeeded.
    """
    record = decided.record
    spent = (
        Purchase.objects.filter(
            revisions.STANDS, member_id=record.member_id, recorded_at__gte=local_midnight(at)
        ).aggregate(value=Sum("points_value"))["value"]
        or 0
    )
    if spent + record.points_value + beside > decided.terms.spending.proof_above:
        raise paying.ProofNeeded()
