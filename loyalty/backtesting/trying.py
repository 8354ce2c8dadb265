"""A rule tried on one bill: what it would give for it, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from loyalty import awards, policies
from loyalty.conditions.tree import Leaf
from loyalty.ledger import posting
from loyalty.models import Purchase
from loyalty.records import PurchaseRecord
from loyalty.rules.awarding import Refused
from loyalty.rules.book import InForce, Standing
from loyalty.till import local_day
from members.models import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`points` of this rule alone, with its limit for one bill; `refused`: why none. `failed`: what did not hold."""

    points: int
    happened: int
    refused: str = ""
    failed: tuple[Leaf, ...] = ()


def on_bill(standing: Standing, bill: PurchaseRecord) -> Trial:
    """What a rule would have given for a bill as it was made, limits of the member and budgets aside."""
    row = Purchase.objects.only("tier_id").get(pk=bill.id)
    terms = replace(policies.at(bill.occurred_at), bonus=InForce((standing,)))
    head = awards.head_of(bill)
    day = local_day(bill.occurred_at)
    joined_at: datetime | None = None
    told: dict[str, Any] = {}
    if bill.member_id is not None:
        joined_at = Member.objects.values_list("joined_at", flat=True).get(pk=bill.member_id)
        needs = {name: need for name, need in terms.bonus.needs(day).items() if name in {"tags", "profile", "visits"}}
        told = dict(posting.facts(member_id=bill.member_id, occurred_at=bill.occurred_at, needs=needs))
        if "visits" in told:
            told["visits"] = max(0, told["visits"] - 1)  # the bill itself is in the books by now
    seen = awards.see(head, terms=terms, tier_id=row.tier_id, joined_at=joined_at, told=told)
    if seen is not None:
        seen = replace(seen, room={}, left_today=None)
    award = awards.judge(head, bill.lines, seen=seen, terms=terms, explain=True)
    why = _of(standing, award.refused)
    return Trial(
        points=sum(one.counted for one in award.given),
        happened=bill.earned,
        refused=why.reason if why else "",
        failed=why.failed if why else (),
    )


def _of(standing: Standing, refused: Sequence[Refused]) -> Refused | None:
    return next((one for one in refused if one.rule.id == standing.rule.id), None)
