"""What a bill earns: the rules of its moment judged over what was seen of it, and told as reasons.

A sale is judged once and what was seen is kept with it; returns, moves and decisions judge what is kept of it again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Sum

from loyalty.conditions import history
from loyalty.conditions.facts import Facts, MemberFacts
from loyalty.models import RuleAward, Tier
from loyalty.policies import Policies
from loyalty.records import LineRecord, PurchaseRecord
from loyalty.rules import awarding, seeing
from loyalty.rules.awarding import Award, BonusRule, Refused, Terms
from loyalty.rules.seeing import Gone, Seen
from loyalty.till import local_day, local_zone

# reasons that a bill keeps; why a condition did not hold is told while it is quoted
KEPT_REFUSALS = {"another_rule", "limit_bill", "limit_day", "limit_week", "limit_month", "limit_year", "limit_ever"}
KEPT_REFUSALS |= {"limit_times", "budget"}
# what the ledger was asked, and by which word of its answer that is known
ASKED = {"tags": "tags", "profile": "gender", "visits": "visits"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A bill without its lines."""

    total: int
    store: str
    channel: str
    occurred_at: datetime
    methods: frozenset[str] = frozenset()

    @property
    def day(self) -> date:
        return local_day(self.occurred_at)


def asks(terms: Policies, on: date) -> dict[str, Any] | None:
    """What the ledger is asked about the member of a bill of that day; None: nothing."""
    needs = terms.bonus.needs(on)
    if terms.earning.cap_per_day is not None:
        begins = datetime.combine(on, time.min, tzinfo=local_zone())
        needs["today"] = [begins, datetime.combine(on + timedelta(days=1), time.min, tzinfo=local_zone())]
    return needs or None


def see(
    head: Head,
    *,
    terms: Policies,
    tier_id: int | None,
    joined_at: datetime | None,
    told: Mapping[str, Any] | None,
    taken: Mapping[int, int] | None = None,
) -> Seen | None:
    """What counts for a bill besides its lines; None where the base rule is all there is.

    `told`: by the ledger. `taken`: of budgets (by version) by bills that are decided and not written yet.
    """
    told = told or {}
    percent = terms.ladder.earn_percents.get(tier_id or terms.first_tier.id, 0) if joined_at is not None else 0
    capped = terms.earning.cap_per_bill is not None or terms.earning.cap_per_day is not None
    if not terms.bonus.rules:
        return Seen(tier_percent=percent, left_today=_left_today(terms, told)) if percent or capped else None
    days = "named_day" in terms.bonus.fields
    asked = {what for what, key in ASKED.items() if key in told} | ({"days"} if days else set())
    return Seen(
        member=_member(terms, tier_id, joined_at, told) if joined_at is not None else None,
        tier_percent=percent,
        days=terms.calendar.on(head.day) if days else frozenset(),
        asked=frozenset(asked),
        room=terms.bonus.room(told, taken or {}),
        left_today=_left_today(terms, told),
    )


def with_limits(seen: Seen, *, terms: Policies, told: Mapping[str, Any]) -> Seen:
    """The same with what is left of the limits now."""
    return replace(seen, room=terms.bonus.room(told, {}), left_today=_left_today(terms, told))


def judge(
    head: Head,
    lines: Sequence[LineRecord],
    *,
    seen: Seen | None,
    terms: Policies,
    gone: Gone | None = None,
    explain: bool = False,
) -> Award:
    """What these lines, less what is `gone`, earn under the rules of the bill's moment.

    A bill that saw no rules (None) has the base rule alone, whatever was in force. `explain` names the rules that do
    not hold, too.
    """
    earning = seeing.earning_lines(lines, basis=terms.basis, gone=gone)
    base = Terms(points=terms.earning.points, per_amount=terms.earning.per_amount)
    if seen is None:
        return awarding.award(earning, facts=None, terms=base)
    rules = terms.bonus.rules
    moon = "birthday_month" in terms.bonus.fields
    return awarding.award(
        earning,
        facts=_facts(head, lines, seen, gone, moon=moon) if rules else None,
        terms=replace(
            base,
            tier_percent=seen.tier_percent,
            cap_per_bill=terms.earning.cap_per_bill,
            left_today=seen.left_today,
        ),
        rules=rules,
        room=seen.room,
        explain=explain,
    )


def seen_with(reasons: Mapping[str, Any]) -> Seen | None:
    """What was seen of a bill, by its reasons; None: it was judged by the base rule alone (imported, or of old)."""
    return seeing.read(reasons["seen"]) if "seen" in reasons else None


def kept(bill: PurchaseRecord, gone: Gone, *, terms: Policies) -> Award:
    """What is kept of a bill earns, judged as the bill was for its owner."""
    return judge(head_of(bill), bill.lines, seen=seen_with(bill.reasons), terms=terms, gone=gone)


def head_of(bill: PurchaseRecord) -> Head:
    return Head(
        total=bill.total,
        store=bill.store_code,
        channel=bill.channel,
        occurred_at=bill.occurred_at,
        methods=bill.methods,
    )


def reasons(award: Award, *, terms: Policies, seen: Seen | None, tier: Tier) -> dict[str, Any]:
    """The award explained, as codes and numbers: {"matched", "refused", "seen"?}."""
    per = {"base": award.base, "per_amount": terms.earning.per_amount, "per_points": terms.earning.points}
    matched: list[dict[str, Any]] = [{"rule": "base", "points": award.base_points, **per}]
    if seen is not None and seen.tier_percent:
        names = [tier.name_vi, tier.name_en]
        matched.append({"rule": "tier", "points": award.tier_points, "percent": seen.tier_percent, "names": names})
    matched += [{**_named(one.rule, terms), "points": one.points} for one in award.given]
    refused = [_refused(one, terms) for one in award.refused]
    refused += [{"rule": name, "reason": name, "cut": cut} for name, cut in award.capped.items()]
    told: dict[str, Any] = {"matched": matched, "refused": refused}
    return told if seen is None else {**told, "seen": seen.told()}


def kept_reasons(told: Mapping[str, Any]) -> dict[str, Any]:
    """What of the reasons stays with the bill."""
    refused = [one for one in told["refused"] if one["rule"] != "bonus" or one["reason"] in KEPT_REFUSALS]
    return {**told, "refused": refused}


def rows(award: Award, *, terms: Policies, day: date) -> list[dict[str, Any]]:
    """What the rules gave, as their limits count it."""
    return [
        {
            "version_id": one.rule.id,
            "rule_id": terms.bonus.by_id[one.rule.id].rule_id,
            "day": day,
            "points": one.counted,
            "times": 1,
        }
        for one in award.given
    ]


def less(bill: PurchaseRecord, owner: UUID, award: Award | None) -> list[dict[str, Any]]:
    """What the limits of rules get back when only `award` (None: nothing) of a bill is kept."""
    keeps = {one.rule.id: one.counted for one in award.given} if award is not None else {}
    found = []
    counted = RuleAward.objects.filter(purchase_id=bill.id, member_id=owner)
    sums = counted.values_list("version_id", "rule_id", "day").annotate(had=Sum("points"), was=Sum("times"))
    for version_id, rule_id, day, had, was in sums.order_by("version_id"):
        now = min(had, keeps.get(version_id, 0))
        if now < had or (was and not now):
            times = 0 if now else -was
            told = {"version_id": version_id, "rule_id": rule_id, "day": day}
            found.append({**told, "points": now - had, "times": times})
    return found


def _refused(one: Refused, terms: Policies) -> dict[str, Any]:
    told: dict[str, Any] = {**_named(one.rule, terms), "reason": one.reason}
    if one.cut:
        told["cut"] = one.cut
    if one.by:
        told["by"] = one.by
    if one.failed:
        told["failed"] = one.failed
        told["tiers"] = {tier.code: [tier.name_vi, tier.name_en] for tier in terms.tiers.values()}
    return told


def _named(rule: BonusRule, terms: Policies) -> dict[str, Any]:
    names = list(terms.bonus.by_id[rule.id].names)
    return {"rule": "bonus", "key": rule.key, "version": rule.id, "names": names}


def _facts(head: Head, lines: Iterable[LineRecord], seen: Seen, gone: Gone | None, *, moon: bool) -> Facts:
    return seeing.facts(
        lines=lines,
        seen=seen,
        total=head.total,
        store=head.store,
        channel=head.channel,
        occurred_at=head.occurred_at,
        methods=head.methods,
        lunar_month=history.lunar_month(head.day) if moon else None,
        gone=gone,
    )


def _left_today(terms: Policies, told: Mapping[str, Any]) -> int | None:
    cap = terms.earning.cap_per_day
    return None if cap is None else max(0, cap - int(told.get("today") or 0))


def _member(terms: Policies, tier_id: int | None, joined_at: datetime, told: Mapping[str, Any]) -> MemberFacts:
    last = told.get("last")
    return MemberFacts(
        tier=terms.tiers[tier_id or terms.first_tier.id].code,
        tags=frozenset(told.get("tags") or ()),
        gender=told.get("gender") or "",
        birth_calendar=told.get("birth_calendar") or "solar",
        birth_month=told.get("birth_month"),
        joined_on=local_day(joined_at),
        bills_before=int(told.get("visits") or 0),
        last_bill_on=local_day(datetime.fromisoformat(last)) if last else None,
    )
