"""Whose a bill is: whom it was sold to, until a move or a claim names another. Reads only."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from loyalty import policies
from loyalty.ledger.posting import BillMoved, BudgetTaken
from loyalty.models import BillMove, Purchase, ReviewDecision, TierBeginning
from loyalty.records import MoveRecord, PurchaseRecord

T = TypeVar("T")
ATTEMPTS = 5


def bills_of(member_id: UUID) -> QuerySet[Purchase]:
    """The bills that are a member's now."""
    return Purchase.objects.filter(of_members([member_id]))


def of_members(member_ids: Sequence[UUID]) -> Q:
    """Chooses the bills that are these members' now: theirs from the till on and still there, or come to them.

    The few that moved are looked up first, so that the rest is one look into the index of a member's bills.
    """
    later = BillMove.objects.filter(purchase=OuterRef("purchase"), step__gt=OuterRef("step"))
    came = BillMove.objects.filter(~Exists(later), to_member_id__in=member_ids).values_list("purchase_id", flat=True)
    left = BillMove.objects.filter(from_member_id__in=member_ids).values_list("purchase_id", flat=True)
    chosen = Q(member_id__in=member_ids)
    gone, here = list(left), list(came)
    if gone:
        chosen &= ~Q(pk__in=gone)
    return chosen | Q(pk__in=here) if here else chosen


def owner_of(purchase_id: UUID) -> UUID | None:
    """None for a guest's bill, and where there is no bill."""
    last = BillMove.objects.filter(purchase=purchase_id).order_by("-step").values_list("to_member_id", flat=True)[:1]
    if last:
        return last[0]
    return Purchase.objects.filter(pk=purchase_id).values_list("member_id", flat=True).first()


def last_moves(purchases: Iterable[Purchase]) -> dict[UUID, BillMove]:
    """Bill → the move that made it its member's, for a page of bills, in one query; only bills that moved."""
    moves = BillMove.objects.filter(purchase__in=[row.pk for row in purchases]).order_by("step")
    return {move.purchase_id: move for move in moves}


def owners(purchases: Sequence[Purchase]) -> dict[UUID, UUID | None]:
    """Bill → its member now, for a page of bills, in one query."""
    sold_to: dict[UUID, UUID | None] = {row.pk: row.member_id for row in purchases}
    return sold_to | {id: move.to_member_id for id, move in last_moves(purchases).items()}


def moves_of(purchase_ids: Sequence[UUID]) -> dict[UUID, tuple[MoveRecord, ...]]:
    """Bill → its moves in order; only bills that have any."""
    rows = list(BillMove.objects.filter(purchase__in=purchase_ids).select_related("tier").order_by("purchase", "step"))
    if not rows:
        return {}
    entered = {
        (beginning.member_id, beginning.subject_id, beginning.recorded_at): beginning.tier.code
        for beginning in TierBeginning.objects.filter(
            cause="move", member_id__in=[row.to_member_id for row in rows]
        ).select_related("tier")
    }
    found: dict[UUID, list[MoveRecord]] = defaultdict(list)
    for row in rows:
        reached = entered.get((row.to_member_id, row.purchase_id, row.at))
        before = row.tier.code if row.tier else policies.last_known(row.counts_at).first_tier.code
        found[row.purchase_id].append(_record(row, tier_code=reached or before, tier_changed=reached is not None))
    return {purchase_id: tuple(records) for purchase_id, records in found.items()}


def _record(row: BillMove, *, tier_code: str, tier_changed: bool) -> MoveRecord:
    return MoveRecord(
        id=row.id,
        purchase_id=row.purchase_id,
        step=row.step,
        kind=row.kind,
        from_member_id=row.from_member_id,
        to_member_id=row.to_member_id,
        at=row.at,
        by=row.by,
        reason=row.reason,
        earned_back=row.earned_back,
        absorbed=row.absorbed,
        earned=row.earned,
        available_after=row.available_after,
        debt_after=row.debt_after,
        tier_code=tier_code,
        tier_changed=tier_changed,
        reasons=row.reasons,
        returned=tuple(row.returned),
    )


def after(bill: PurchaseRecord, moves: Sequence[MoveRecord]) -> PurchaseRecord:
    """The bill as it stands after these moves: its owner, what they got for it and why, their balance then."""
    if not moves:
        return bill
    last = moves[-1]
    return replace(
        bill,
        member_id=last.to_member_id,
        earned=last.earned,
        available_after=last.available_after,
        debt_after=last.debt_after,
        tier_code=last.tier_code,
        tier_changed=last.tier_changed,
        reasons=last.reasons,
        moves=tuple(moves),
    )


def earned(bill: PurchaseRecord) -> int:
    """The points its owner got for the bill, before what came back since."""
    if bill.status != Purchase.Status.REVIEW or bill.moves:
        return bill.earned
    decision = ReviewDecision.objects.filter(purchase_id=bill.id, approved=True).first()
    return decision.earned if decision else 0


def earned_still(bill: PurchaseRecord) -> int:
    """The points its owner has of the bill now. What came back before it moved to them was the old owner's."""
    before = bill.moves[-1].returned if bill.moves else ()
    return earned(bill) - sum(back.clawed_back for back in bill.returns if back.id not in before)


def while_it_stays(command: Callable[[], T]) -> T:
    """Run `command` in a transaction of its own, again where its bill moved, or a budget it counted on was taken."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return command()
        except (BillMoved, BudgetTaken):
            if attempt == ATTEMPTS:
                raise
    raise AssertionError
