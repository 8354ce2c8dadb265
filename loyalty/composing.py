"""A sale decided: pure functions from a bill and a snapshot to what is posted and what is answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from loyalty import awards, paying, policies
from loyalty.awards import Head
from loyalty.bill import Bill
from loyalty.ledger.posting import Snapshot
from loyalty.models import Purchase
from loyalty.paying import Spendable
from loyalty.policies import Policies
from loyalty.records import LineRecord, PurchaseRecord
from loyalty.rules.awarding import Award
from loyalty.rules.ends import LotTerms
from loyalty.till import Till, local_day
from members.locking import SpendingLocked

# points of budgets by rule version
Taken = dict[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """What a bill does: how it is paid, what each line bears, what it earns and why.

    `reasons` say more than the bill will keep; `awarded`: what its bonus rules gave, as their limits count it.
    """

    bill: Bill
    status: str
    voucher_discount: int
    points_value: int
    due: int
    base: int
    earned: int
    lot: LotTerms
    held: int | None
    spendable: Spendable
    lines: tuple[LineRecord, ...]
    reasons: dict[str, Any]
    awarded: tuple[dict[str, Any], ...] = ()

    @property
    def pending(self) -> int:
        """How many of the points earned cannot be spent yet."""
        return self.earned if self.lot.pending else 0

    def balance_after(self, snap: Snapshot) -> tuple[int, int]:
        """(available, debt) after spending, repaying and earning; what waits is in neither."""
        net = (snap.available or 0) + (self.held or 0) - (snap.debt or 0) - self.bill.points_to_spend
        net += self.earned - self.pending if snap.member_id is not None else 0
        return max(0, net), max(0, -net)


def compose(
    bill: Bill,
    *,
    snapshot: Snapshot,
    terms: Policies,
    status: str,
    store: str,
    at: datetime,
    discounts: Sequence[int] = (),
    held: int | None = None,
    taken: Taken | None = None,
    explain: bool = False,
) -> Composed:
    """Decide a bill; a guest's is composed as a member's would be.

    `discounts`: what is taken off each line's goods before points pay for the rest; never more than the goods.
    `held`: the points put aside for this bill, which are all it can spend.
    Raises NotEnoughPoints, PointsExceedBill, SpendingLocked.
    """
    goods = bill.goods_by_line()
    off = list(discounts) or [0] * len(goods)
    left = [part - taken for part, taken in zip(goods, off, strict=True)]
    payable = paying.payable_by_line(bill.lines, left, policy=terms.spending)
    available = held if held is not None else snapshot.available or 0
    limit = paying.spendable(
        payable=sum(payable), available=available, policy=terms.spending, joined_at=snapshot.joined_at, at=at
    )
    if snapshot.spending_locked:
        limit = _locked(bill)
    paying.check(points=bill.points_to_spend, available=available, limit=limit, policy=terms.spending)
    points_value = bill.points_to_spend * terms.spending.point_value
    lines = _lines(bill, goods, off, paying.discount_by_line(points_value, payable))
    award, reasons = _award(
        bill, lines, snapshot=snapshot, terms=terms, store=store, status=status, taken=taken, explain=explain
    )
    awarded = awards.rows(award, terms=terms, day=local_day(bill.occurred_at)) if snapshot.member_id else []
    if taken is not None:
        for row in awarded:
            taken[row["version_id"]] = taken.get(row["version_id"], 0) + row["points"]
    return Composed(
        bill=bill,
        status=status,
        voucher_discount=sum(off),
        points_value=points_value,
        due=bill.total - sum(off) - points_value,
        base=sum(line.base for line in lines),
        earned=award.points,
        lot=terms.lot(bill.occurred_at, channel=bill.channel),
        held=held,
        spendable=limit,
        lines=lines,
        reasons=reasons,
        awarded=tuple(awarded),
    )


NOTHING = Award(base=0, base_points=0, tier_points=0)


def _award(
    bill: Bill,
    lines: Sequence[LineRecord],
    *,
    snapshot: Snapshot,
    terms: Policies,
    store: str,
    status: str,
    taken: Taken | None,
    explain: bool,
) -> tuple[Award, dict[str, Any]]:
    """What the bill earns, and why. A bill that waits for staff keeps what was seen of it for them."""
    head = Head(
        total=bill.total,
        store=store,
        channel=bill.channel,
        occurred_at=bill.occurred_at,
        methods=frozenset(paid.method for paid in bill.payments),
    )
    about: dict[str, Any] = {"tier_id": snapshot.tier_id, "joined_at": snapshot.joined_at}
    seen = awards.see(head, terms=terms, told=snapshot.facts, taken=taken, **about)
    refused = _why_nothing(snapshot, status)
    if refused:
        told = {"matched": [], "refused": [{"rule": "base", "reason": refused}]}
        return NOTHING, told if seen is None else {**told, "seen": seen.told()}
    award = awards.judge(head, lines, seen=seen, terms=terms, explain=explain)
    tier = terms.tiers[snapshot.tier_id or terms.first_tier.id]
    return award, awards.reasons(award, terms=terms, seen=seen, tier=tier)


def _locked(bill: Bill) -> Spendable:
    if bill.points_to_spend:
        raise SpendingLocked()
    return Spendable(0, SpendingLocked.code)


def _why_nothing(snapshot: Snapshot, status: str) -> str:
    if snapshot.own_bill:
        return "own_bill"
    if status == Purchase.Status.REVIEW:
        return "waits_for_staff"
    return ""


def _lines(bill: Bill, goods: list[int], off: list[int], points: list[int]) -> tuple[LineRecord, ...]:
    gross = bill.gross_by_line()
    return tuple(
        LineRecord(
            line=place + 1,
            sku=line.sku,
            name=line.name,
            category=line.category,
            quantity=line.quantity,
            amount=line.amount,
            earns=line.earns,
            goods=goods[place],
            gross=gross[place],
            voucher_discount=off[place],
            points_discount=points[place],
        )
        for place, line in enumerate(bill.lines)
    )


def posting(
    composed: Composed,
    *,
    snapshot: Snapshot,
    terms: Policies,
    till: Till,
    day: date,
    fingerprint: bytes,
    at: datetime,
    request_id: str,
) -> dict[str, Any]:
    """The body of the ledger's posting call: the bill's columns, its lines', where the lot ends, the tier entered."""
    bill = composed.bill
    member = snapshot.member_id
    available_after, debt_after = composed.balance_after(snapshot)
    body: dict[str, Any] = {
        "purchase": {
            "id": snapshot.new_id,
            "store_id": till.store_id,
            "terminal_id": till.terminal_id,
            "period": till.receipt_period(day),
            "receipt": bill.receipt,
            "business_date": day,
            "member_id": member,
            "occurred_at": bill.occurred_at,
            "recorded_at": at,
            "channel": bill.channel,
            "status": composed.status,
            "staff": bill.staff,
            "fingerprint": fingerprint,
            "lines_amount": bill.lines_amount,
            "discounts": bill.discounted,
            "charges": bill.charged,
            "tax": bill.tax,
            "tax_included": bill.tax_included,
            "rounding": bill.rounding,
            "total": bill.total,
            "voucher_discount": composed.voucher_discount,
            "points_value": composed.points_value,
            "due": composed.due,
            "base": composed.base,
            "earned": composed.earned if member else 0,
            "pending": composed.pending if member else 0,
            "spent": bill.points_to_spend,
            "available_after": available_after if member else None,
            "debt_after": debt_after if member else None,
            "rule_id": terms.earning.id,
            "tier_id": _tier_id(snapshot, terms),
            "tier_after_id": _tier_after(composed, snapshot, terms) if member else None,
            "reasons": awards.kept_reasons(composed.reasons),
            "extras": _extras(bill),
            "by": till.by,
            "request_id": request_id,
        },
        "lines": [_line_row(composed, place, snapshot) for place in range(len(bill.lines))],
        "lot": composed.lot.told(),
    }
    if composed.awarded:
        body["awards"] = composed.awarded
    if bill.hold is not None:
        body["hold"] = str(bill.hold)
    if member and composed.status == Purchase.Status.POSTED:
        # a table that began since may have been applied to the member already: this bill counts there too
        if snapshot.out_of_order or policies.at(at, version=terms.version).ladder.id != terms.ladder.id:
            body["review_tier"] = True
        elif _tier_after(composed, snapshot, terms) != _tier_id(snapshot, terms):
            body["tier"] = _tier_after(composed, snapshot, terms)
    return body


def _tier_id(snapshot: Snapshot, terms: Policies) -> int | None:
    if snapshot.member_id is None:
        return None
    return snapshot.tier_id or terms.first_tier.id


def _tier_after(composed: Composed, snapshot: Snapshot, terms: Policies) -> int:
    """The tier after this bill: never lower than before; what it reaches by the spend in the window."""
    before = terms.tiers[_tier_id(snapshot, terms) or terms.first_tier.id]
    if composed.status != Purchase.Status.POSTED:
        return before.id
    reached = terms.ladder.reached((snapshot.window_spend or 0) + composed.base)
    return reached.id if reached is not None and reached.rank > before.rank else before.id


def _line_row(composed: Composed, place: int, snapshot: Snapshot) -> dict[str, Any]:
    line = composed.bill.lines[place]
    decided = composed.lines[place]
    return {
        "purchase_id": snapshot.new_id,
        "line": decided.line,
        "member_id": snapshot.member_id,
        "sku": line.sku,
        "name": line.name,
        "category": line.category,
        "quantity": line.quantity,
        "unit": line.unit,
        "amount": line.amount,
        "discount": line.discount,
        "tax": line.tax,
        "cost": line.cost,
        "earns": line.earns,
        "goods": decided.goods,
        "gross": decided.gross,
        "voucher_discount": decided.voucher_discount,
        "points_discount": decided.points_discount,
    }


def _extras(bill: Bill) -> dict[str, Any]:
    """What was said about the bill as a whole, kept as sent."""
    extras: dict[str, Any] = {}
    if bill.discounts:
        extras["discounts"] = [{"kind": d.kind, "code": d.code, "amount": d.amount} for d in bill.discounts]
    if bill.charges:
        extras["charges"] = [{"kind": c.kind, "amount": c.amount} for c in bill.charges]
    if bill.payments:
        extras["payments"] = [{"method": p.method, "amount": p.amount} for p in bill.payments]
    if bill.invoice:
        extras["invoice"] = dict(bill.invoice)
    return extras


def record(
    composed: Composed, *, snapshot: Snapshot, terms: Policies, till: Till, day: date, at: datetime
) -> PurchaseRecord:
    """The answer to a sale just decided; `queries.purchase` reads the same back from the rows."""
    bill = composed.bill
    member = snapshot.member_id
    available_after, debt_after = composed.balance_after(snapshot)
    tier_after = _tier_after(composed, snapshot, terms)
    return PurchaseRecord(
        id=snapshot.new_id,
        store_code=till.store_code,
        store_name=till.store_name,
        terminal_code=till.terminal_code,
        receipt=bill.receipt,
        business_date=day,
        status=composed.status,
        member_id=member,
        occurred_at=bill.occurred_at,
        recorded_at=at,
        channel=bill.channel,
        methods=frozenset(paid.method for paid in bill.payments),
        total=bill.total,
        voucher_discount=composed.voucher_discount,
        points_value=composed.points_value,
        due=composed.due,
        earned=composed.earned if member else 0,
        pending=composed.pending if member else 0,
        spent=bill.points_to_spend,
        available_after=available_after if member else 0,
        debt_after=debt_after if member else 0,
        tier_code=terms.tiers[tier_after].code if member else None,
        tier_changed=bool(member) and tier_after != _tier_id(snapshot, terms),
        reasons=awards.kept_reasons(composed.reasons),
        lines=composed.lines,
    )
