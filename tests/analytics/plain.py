"""The same figures by plain counting, bill by bill, in Python: what the rollups and nights must equal."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from loyalty.models import BillMove, Purchase, Return, ReviewDecision, Store
from members.models import Member


@dataclass
class Counted:
    """A bill that counts, of its owner now; `gone_on` = the business date on which it had wholly come back."""

    bill: Purchase
    member_id: UUID | None
    earned: int
    gone_on: date | None

    def kept(self, on: date) -> bool:
        return self.bill.business_date <= on and (self.gone_on is None or self.gone_on > on)


def counted() -> Iterator[Counted]:
    real = set(Store.objects.filter(practice_of=None).values_list("pk", flat=True))
    practice = set(Member.objects.filter(practice=True).values_list("pk", flat=True))
    decisions = {decision.purchase_id: decision for decision in ReviewDecision.objects.all()}
    moves: dict[UUID, list[BillMove]] = defaultdict(list)
    for move in BillMove.objects.order_by("step"):
        moves[move.purchase_id].append(move)
    gone = {back.purchase_id: back.business_date for back in Return.objects.filter(whole=True)}
    for bill in Purchase.objects.order_by("occurred_at", "id"):
        decision = decisions.get(bill.id)
        if bill.status == "review" and not (decision and decision.approved):
            continue
        if bill.store_id in real and bill.member_id not in practice:
            earned = decision.earned if decision else bill.earned
            earned += sum(move.earned - move.earned_back for move in moves[bill.id])
            owner = moves[bill.id][-1].to_member_id if moves[bill.id] else bill.member_id
            yield Counted(bill=bill, member_id=owner, earned=earned, gone_on=gone.get(bill.id))


def days() -> dict[tuple[int, date], dict[str, int]]:
    found: dict[tuple[int, date], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    known = {}
    for one in counted():
        known[one.bill.id] = one
        day, who = found[one.bill.store_id, one.bill.business_date], "member" if one.member_id else "guest"
        day["bills"] += 1
        day[f"{who}_visits"] += one.gone_on is None
        day[f"{who}_gross"] += one.bill.due
        day["earned"] += one.earned
        day["spent"] += one.bill.spent
    for back in Return.objects.filter(purchase_id__in=known):
        day = found[back.store_id, back.business_date]
        day[f"{'member' if known[back.purchase_id].member_id else 'guest'}_returned"] += back.due
        day["bills"] -= back.kind == "correction"
        day["earned"] -= back.clawed_back
        day["spent"] -= back.given_back
    return found


def states() -> dict[UUID, tuple]:
    """Member → (first bill, its day, last bill, its day, visits, revenue)."""
    kept: dict[UUID, list[Purchase]] = defaultdict(list)
    revenue: dict[UUID, int] = defaultdict(int)
    for one in counted():
        for move in one.bill.moves.all():  # who had a bill that left has a state all the same
            revenue[move.from_member_id or move.to_member_id] += 0
        if one.member_id is None:
            continue
        revenue[one.member_id] += one.bill.due - sum(back.due for back in one.bill.returns.all())
        if one.gone_on is None:
            kept[one.member_id].append(one.bill)
    found = {}
    for member_id, paid in revenue.items():
        bills = kept[member_id]
        first, last = (bills[0], bills[-1]) if bills else (None, None)
        found[member_id] = (
            first and first.id,
            first and first.business_date,
            last and last.id,
            last and last.business_date,
            len(bills),
            paid,
        )
    return found


def night(on: date, *, window: int, period: int) -> dict[str, int]:
    """Customers at both ends of the period, by looking at every bill."""
    start = on - timedelta(days=period)
    bills = [one for one in counted() if one.member_id]

    def customers(end: date) -> set[UUID]:
        return {
            one.member_id
            for one in bills
            if one.kept(end) and end - timedelta(days=window) < one.bill.business_date <= end
        }

    before = {one.member_id for one in bills if one.kept(on) and one.bill.business_date <= start}
    at_start, at_end = customers(start), customers(on)
    return {
        "at_start": len(at_start),
        "at_end": len(at_end),
        "kept": len(at_start & at_end),
        "came_back": len((at_end - at_start) & before),
        "first_time": len(at_end - at_start - before),
    }


def gaps(on: date) -> list[int]:
    """Every gap between two visits of a member within the year up to `on`, sorted."""
    visits: dict[UUID, set[date]] = defaultdict(set)
    for one in counted():
        if one.member_id and one.kept(on) and one.bill.business_date > on - timedelta(days=365):
            visits[one.member_id].add(one.bill.business_date)
    found = []
    for came in visits.values():
        ordered = sorted(came)
        found += [(after - before).days for before, after in zip(ordered, ordered[1:], strict=False)]
    return sorted(found)


def revenue(month: date, *, as_of: date) -> dict[str, int]:
    """Revenue of one month as of a day, new members apart from the others, and who they were."""
    last = min((month + timedelta(days=31)).replace(day=1) - timedelta(days=1), as_of)
    bills = {one.bill.id: one for one in counted()}
    first: dict[UUID, date] = {}
    for one in bills.values():
        if one.member_id and one.kept(as_of):
            day = min(first.get(one.member_id, one.bill.business_date), one.bill.business_date)
            first[one.member_id] = day
    visitors = {
        one.member_id
        for one in bills.values()
        if one.member_id and one.kept(as_of) and month <= one.bill.business_date <= last
    }
    new = {member for member in visitors if first[member] >= month}
    found = {"new_members": len(new), "repeat_members": len(visitors - new)}
    found |= {"new_revenue": 0, "repeat_revenue": 0, "guest_revenue": 0}

    def who(member: UUID | None) -> str:
        return "guest_revenue" if member is None else "new_revenue" if member in new else "repeat_revenue"

    for one in bills.values():
        if month <= one.bill.business_date <= last:
            found[who(one.member_id)] += one.bill.due
    for back in Return.objects.filter(purchase_id__in=bills, business_date__range=(month, last)):
        found[who(bills[back.purchase_id].member_id)] -= back.due
    return found
