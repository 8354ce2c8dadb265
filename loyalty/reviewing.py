"""Bills whose clock was in doubt: staff post their points, or refuse them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events import outbox
from events.refusals import Refusal
from loyalty import awards, ordering, policies, queries, refunds
from loyalty.ledger import posting
from loyalty.models import Purchase, ReviewDecision
from loyalty.policies import Policies
from loyalty.records import PurchaseRecord
from loyalty.rules.awarding import Award
from loyalty.till import local_day


class NotInReview(Refusal):
    """The bill does not wait for staff, or was decided before."""

    code = "not_in_review"


@transaction.atomic
def approve(*, purchase_id: UUID, by: str, at: datetime, reason: str = "") -> ReviewDecision:
    """Post the points of a bill in review, by the rule in force when it says it happened."""
    bill = _waiting(purchase_id, at=at)
    terms = policies.at(bill.occurred_at)
    award = _kept(bill, terms) if bill.member_id is not None else None
    earned = award.points if award else 0
    decision = ReviewDecision.objects.create(
        purchase_id=bill.id, approved=True, earned=earned, reason=reason, by=by, at=at
    )
    note = {"at": at, "by": by, "purchase": bill.id}
    if bill.member_id is not None and earned:
        posting.credit(
            member_id=bill.member_id,
            kind="earn",
            points=earned,
            effective_at=bill.occurred_at,
            lot=ordering.lot_of(bill, terms=terms),
            note=note,
        )
        posting.book_due(member_id=bill.member_id, at=at, by=by)
    if bill.member_id is not None and award and award.given:
        given = awards.rows(award, terms=terms, day=local_day(bill.occurred_at))
        posting.count_awards(member_id=bill.member_id, purchase_id=bill.id, subject_id=bill.id, awards=given, at=at)
    if bill.member_id is not None:
        posting.review_tier(
            member_id=bill.member_id, since=bill.occurred_at, cause="purchase", subject_id=bill.id, note=note
        )
    _tell(bill, decision)
    return decision


@transaction.atomic
def refuse(*, purchase_id: UUID, by: str, at: datetime, reason: str = "") -> ReviewDecision:
    """Keep the bill without points."""
    bill = _waiting(purchase_id, at=at)
    decision = ReviewDecision.objects.create(purchase_id=bill.id, approved=False, reason=reason, by=by, at=at)
    _tell(bill, decision)
    return decision


def _kept(bill: PurchaseRecord, terms: Policies) -> Award | None:
    """What the bill earns, less what came back of it while it waited; its limits have what is left of them now."""
    if bill.member_id is None or any(record.whole for record in bill.returns):
        return None
    seen = awards.seen_with(bill.reasons)
    needs = awards.asks(terms, local_day(bill.occurred_at))
    if seen is not None and needs:
        told = posting.facts(member_id=bill.member_id, occurred_at=bill.occurred_at, needs=needs)
        seen = awards.with_limits(seen, terms=terms, told=told)
    gone = refunds.gone(bill.returns)
    return awards.judge(awards.head_of(bill), bill.lines, seen=seen, terms=terms, gone=gone)


def _waiting(purchase_id: UUID, *, at: datetime) -> PurchaseRecord:
    """The bill, its member's account locked (a guest's bill itself), if it still waits."""
    found = Purchase.objects.filter(id=purchase_id).only("id", "member_id").first()
    if found is not None and found.member_id is not None:
        posting.lock(member_id=found.member_id)
    elif found is not None:
        Purchase.objects.select_for_update(no_key=True).get(id=purchase_id)
    waits = Purchase.objects.filter(id=purchase_id, status=Purchase.Status.REVIEW, decision__isnull=True)
    if found is None or not waits.exists():
        raise NotInReview()
    return queries.purchase(purchase_id)


def _tell(bill: PurchaseRecord, decision: ReviewDecision) -> None:
    outbox.record(
        type="purchase.reviewed",
        member_id=bill.member_id,
        subject_id=bill.id,
        data={"approved": decision.approved, "earned": decision.earned},
        at=decision.at,
        by=decision.by,
    )
