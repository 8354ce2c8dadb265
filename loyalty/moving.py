"""A bill keyed for the wrong member moves to the right one. The bill's own row is never touched: docs/adr/0013."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Sum

from events import commands
from events.refusals import Refusal
from loyalty import awards, ordering, owning, policies, queries, refunds, revisions
from loyalty.adjusting import LONGEST_REASON, ReasonMissing
from loyalty.ledger import posting
from loyalty.ledger.posting import MoveOpening
from loyalty.models import BillMove, Purchase, Return, ReviewDecision
from loyalty.policies import Policies
from loyalty.records import PurchaseRecord
from loyalty.returning import NothingLeft
from loyalty.revisions import PurchaseCorrected
from loyalty.rules.awarding import Award
from loyalty.sales import MemberUnknown
from loyalty.till import Till, local_day


class GuestsBill(Refusal):
    """A guest's bill is not moved, it is claimed: once, within few days."""

    code = "guests_bill"


class SameMember(Refusal):
    """The bill is this member's already."""

    code = "same_member"


class TooLateToMove(Refusal):
    """The sale is longer ago than the programme lets a bill move; `days` says how long that is."""

    code = "too_late_to_move"


class PaidByMember(Refusal):
    """Points or a voucher of the old member paid for a part of the bill: they cannot pay for somebody else's."""

    code = "paid_by_member"


class InReview(Refusal):
    """The bill waits for staff to decide about its clock; they do so first."""

    code = "purchase_in_review"


class OwnBill(Refusal):
    """Who keyed the bill, or asks for this, is the member who would get its points."""

    code = "own_bill"


@dataclass(frozen=True, slots=True)
class Moved:
    """The bill as it stands with its new owner, and whether it had moved there by this very command before."""

    purchase: PurchaseRecord
    replayed: bool


def move(
    *,
    purchase_id: UUID,
    member_id: UUID | None,
    reason: str,
    key: str,
    till: Till,
    at: datetime,
    fingerprint: bytes = b"",
    request_id: str = "",
) -> Moved:
    """Move a bill of the till's store to `member_id` (None: whoever was named is nobody), with a reason.

    What the old owner still has of its points is taken back (spent ones become debt, or the house bears them, by the
    policy on returns); the new one earns what is kept under the rules in force at the sale. Later returns are theirs.
    The same `key` again is answered alike. Raises PurchaseUnknown, MemberUnknown, ReasonMissing, KeyConflict,
    GuestsBill, SameMember, TooLateToMove, PaidByMember, InReview, NothingLeft, OwnBill; then nothing was written.
    """
    reason = reason.strip()
    meant = fingerprint or hashlib.sha256(f"move:{purchase_id}:{reason}".encode()).digest()

    def once() -> Moved:
        before = commands.find(store_id=till.store_id, key=key)
        if before is not None:
            commands.check(before, kind="move", fingerprint=meant)
            return replayed(before.subject_id, member_id=member_id)
        if not reason or len(reason) > LONGEST_REASON:
            raise ReasonMissing()
        opened, bill = open_bill(purchase_id, member_id, till=till, at=at)
        if revisions.was_corrected(bill):
            raise PurchaseCorrected()
        if opened.from_member is None:
            raise GuestsBill()
        if opened.from_member == opened.to_member:
            raise SameMember()
        days = policies.at(at).programme.move_days
        if at - bill.occurred_at > timedelta(days=days):
            raise TooLateToMove(days=days)
        if bill.spent or bill.voucher_discount:
            raise PaidByMember()
        if opened.own_bill:
            raise OwnBill()
        hand_over(opened, bill, kind=BillMove.Kind.MOVE, reason=reason, till=till, at=at, request_id=request_id)
        commands.remember(
            store_id=till.store_id, key=key, kind="move", fingerprint=meant, subject_id=opened.new_id, at=at
        )
        return Moved(queries.purchase(bill.id), replayed=False)

    return owning.while_it_stays(once)


def replayed(move_id: UUID, *, member_id: UUID | None) -> Moved:
    """The first answer again. Raises KeyConflict where the command names another member now."""
    row = BillMove.objects.get(pk=move_id)
    if member_id is not None and member_id != row.to_member_id:
        raise commands.KeyConflict()
    return Moved(queries.purchase(row.purchase_id, step=row.step), replayed=True)


def open_bill(
    purchase_id: UUID, member_id: UUID | None, *, till: Till, at: datetime
) -> tuple[MoveOpening, PurchaseRecord]:
    """Both accounts locked, and the bill as it stands. Raises PurchaseUnknown, MemberUnknown, BillMoved."""
    if not Purchase.objects.filter(pk=purchase_id, store=till.store_id).exists():
        raise queries.PurchaseUnknown()
    if member_id is None:
        raise MemberUnknown()
    occurred_at = Purchase.objects.values_list("occurred_at", flat=True).get(pk=purchase_id)
    opened = posting.open_move(
        purchase_id=purchase_id,
        member_id=member_id,
        practice=till.practice,
        occurred_at=occurred_at,
        needs=awards.asks(policies.at(occurred_at), local_day(occurred_at)),
        at=at,
        by=till.by,
    )
    if opened.to_member is None:
        raise MemberUnknown()
    return opened, queries.purchase(purchase_id)


def hand_over(
    opened: MoveOpening,
    bill: PurchaseRecord,
    *,
    kind: BillMove.Kind,
    reason: str,
    till: Till,
    at: datetime,
    request_id: str,
) -> None:
    """Write the move of a bill whose accounts are locked. Raises PurchaseCorrected, NothingLeft, InReview."""
    if revisions.was_corrected(bill):
        raise PurchaseCorrected()
    if any(back.whole for back in bill.returns):
        raise NothingLeft()
    counts = _counts(bill)
    terms = policies.at(bill.occurred_at)
    award, reasons = _award(opened, bill, terms) if counts else (None, {"matched": [], "refused": []})
    back = awards.less(bill, opened.from_member, None) if opened.from_member is not None else []
    given = awards.rows(award, terms=terms, day=local_day(bill.occurred_at)) if award else []
    posting.post_move(
        {
            **({"awards_back": back} if back else {}),
            **({"awards": given} if given else {}),
            "move": {
                "id": opened.new_id,
                "purchase_id": bill.id,
                "step": opened.step,
                "kind": kind.value,
                "from_member_id": opened.from_member,
                "to_member_id": opened.to_member,
                "store_id": till.store_id,
                "terminal_id": till.terminal_id,
                "business_date": till.business_date(at),
                "counts_at": bill.occurred_at,
                "at": at,
                "base": _kept(bill) if counts else 0,
                "earned_back": owning.earned_still(bill) if opened.from_member is not None else 0,
                "earned": award.points if award else 0,
                "returned": [back.id for back in bill.returns],
                "tier_id": opened.tier_id,
                "reasons": reasons,
                "reason": reason,
                "by": till.by,
                "request_id": request_id,
            },
            "lot": ordering.lot_of(bill, terms=terms).told(),
            "absorb": not policies.at(at).programme.debt_on_return,
        }
    )


def _counts(bill: PurchaseRecord) -> bool:
    """Whether the bill counts at all: one that staff refused moves without points. Raises InReview."""
    if bill.status != Purchase.Status.REVIEW:
        return True
    decision = ReviewDecision.objects.filter(purchase_id=bill.id).first()
    if decision is None:
        raise InReview()
    return decision.approved


def _kept(bill: PurchaseRecord) -> int:
    """What of the bill counts for tiers, less what came back."""
    gone = Return.objects.filter(purchase_id=bill.id).aggregate(base=Sum("base"))["base"] or 0
    return sum(line.base for line in bill.lines) - gone


def _award(opened: MoveOpening, bill: PurchaseRecord, terms: Policies) -> tuple[Award, Mapping[str, Any]]:
    """What is kept of the bill earns for its new owner, and why, by the rules in force at the sale."""
    head = awards.head_of(bill)
    seen = awards.see(head, terms=terms, tier_id=opened.tier_id, joined_at=opened.joined_at, told=opened.facts)
    award = awards.judge(head, bill.lines, seen=seen, terms=terms, gone=refunds.gone(bill.returns))
    tier = terms.tiers[opened.tier_id or terms.first_tier.id]
    return award, awards.kept_reasons(awards.reasons(award, terms=terms, seen=seen, tier=tier))
