"""Which bonus rules are in force when, and what they need to know of a bill's member."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from loyalty.conditions import tree
from loyalty.models import RuleStep, RuleVersion
from loyalty.rules import awarding, effects
from loyalty.rules.awarding import BonusRule, Mode, Room

Span = tuple[datetime, datetime | None]
Kind = RuleStep.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An approved version: the rule as it judges, its limits, and the spans in which it is in force."""

    rule: BonusRule
    rule_id: int
    number: int
    names: tuple[str, str]
    per_member: int | None
    times: int | None
    period: str
    budget: int | None
    spans: tuple[Span, ...]

    def runs(self, moment: datetime) -> bool:
        return any(begins <= moment and (ends is None or moment < ends) for begins, ends in self.spans)

    def days(self, on: date) -> tuple[date, date]:
        """The first and last day over which a member's limits count a bill of that day."""
        match self.period:
            case "day":
                return on, on
            case "week":
                monday = on - timedelta(days=on.weekday())
                return monday, monday + timedelta(days=6)
            case "month":
                return on.replace(day=1), (on.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            case "year":
                return date(on.year, 1, 1), date(on.year, 12, 31)
        return date.min, date.max


@dataclass(frozen=True)
class InForce:
    """The bonus rules of one moment."""

    standing: tuple[Standing, ...] = ()

    @cached_property
    def rules(self) -> tuple[BonusRule, ...]:
        return awarding.in_order(one.rule for one in self.standing)

    @cached_property
    def by_id(self) -> Mapping[int, Standing]:
        return {one.rule.id: one for one in self.standing}

    @cached_property
    def fields(self) -> frozenset[str]:
        """What their conditions ask about."""
        return frozenset(name for rule in self.rules for name in tree.fields(rule.condition))

    @cached_property
    def _limited(self) -> tuple[Standing, ...]:
        return tuple(one for one in self.standing if one.per_member is not None or one.times is not None)

    @cached_property
    def _budgeted(self) -> tuple[int, ...]:
        return tuple(one.rule.id for one in self.standing if one.budget is not None)

    def needs(self, on: date) -> dict[str, Any]:
        """What the ledger is asked about the member of a bill of that day, beside what it always tells."""
        asked: dict[str, Any] = {}
        if "tag" in self.fields:
            asked["tags"] = True
        if self.fields & {"gender", "birthday_month"}:
            asked["profile"] = True
        if self.fields & {"visit", "silent_days"}:
            asked["visits"] = True
        if self._limited:
            asked["used"] = [[one.rule.id, one.rule_id, *one.days(on)] for one in self._limited]
        if self._budgeted:
            asked["budgets"] = self._budgeted
        return asked

    def room(self, told: Mapping[str, Any], taken: Mapping[int, int]) -> dict[int, Room]:
        """What is left of each limited rule for one bill, by what the ledger told: the narrowest of its limits.

        `taken`: of budgets, by bills that are decided and not written yet.
        """
        used, spent = told.get("used") or {}, told.get("spent") or {}
        room: dict[int, Room] = {}
        for one in self.standing:
            points, times = used.get(str(one.rule.id), (0, 0))
            left = []
            if one.times is not None and times >= one.times:
                left.append(Room(0, "limit_times"))
            if one.per_member is not None:
                left.append(Room(max(0, one.per_member - points), f"limit_{one.period}"))
            if one.budget is not None:
                gone = spent.get(str(one.rule.id), 0) + taken.get(one.rule.id, 0)
                left.append(Room(max(0, one.budget - gone), "budget"))
            if left:
                room[one.rule.id] = min(left, key=lambda room: room.points)
        return room


@dataclass(frozen=True, slots=True)
class Life:
    """The steps of one version, as times."""

    approved: datetime | None = None
    ended: datetime | None = None
    pauses: tuple[Span, ...] = field(default=())


def read() -> list[Standing]:
    """Every approved version with the spans in which it is in force, in one order."""
    versions = list(
        RuleVersion.objects.filter(steps__kind=Kind.APPROVED).select_related("rule").order_by("rule__key", "number")
    )
    steps: dict[int, list[RuleStep]] = {}
    for step in RuleStep.objects.filter(version__in=versions).order_by("id"):
        steps.setdefault(step.version_id, []).append(step)
    standing: list[Standing] = []
    later: dict[int, datetime] = {}
    for version in reversed(versions):
        life = life_of(steps[version.pk])
        begins = max(version.valid_from, life.approved or version.valid_from)
        ends = _first(version.valid_until, life.ended, later.get(version.rule_id))
        if ends is None or begins < ends:
            later[version.rule_id] = begins
            standing.append(standing_of(version, spans=tuple(_without((begins, ends), life.pauses))))
    return standing[::-1]


def life_of(steps: Iterable[RuleStep]) -> Life:
    """What the steps of a version (in their order) come to."""
    approved, ended, paused = None, None, None
    pauses: list[Span] = []
    for step in steps:
        match step.kind:
            case Kind.APPROVED:
                approved = step.at
            case Kind.PAUSED:
                paused = step.at
            case Kind.RESUMED if paused is not None:
                pauses.append((paused, step.at))
                paused = None
            case Kind.ENDED:
                ended = step.at
    return Life(approved, ended, tuple([*pauses, (paused, None)] if paused is not None else pauses))


def judged(version: RuleVersion) -> BonusRule:
    """A version as it judges bills. Raises ConditionUnreadable, EffectUnreadable."""
    return BonusRule(
        id=version.pk or 0,
        key=version.rule.key,
        condition=tree.parse(version.condition),
        effect=effects.parse(version.effect),
        order=version.position,
        group=version.stack_group,
        mode=Mode(version.stack_mode),
        per_bill=version.per_bill,
    )


def standing_of(version: RuleVersion, *, spans: tuple[Span, ...]) -> Standing:
    """A version with its limits. Raises ConditionUnreadable, EffectUnreadable."""
    return Standing(
        rule=judged(version),
        rule_id=version.rule_id,
        number=version.number,
        names=(version.name_vi, version.name_en),
        per_member=version.per_member,
        times=version.times,
        period=version.period,
        budget=version.budget,
        spans=spans,
    )


def _first(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _without(span: Span, pauses: Sequence[Span]) -> Iterable[Span]:
    """A span less the pauses in it (in order, not overlapping)."""
    begins, ends = span
    for paused, resumed in pauses:
        if ends is not None and paused >= ends or resumed is not None and resumed <= begins:
            continue
        if begins < paused:
            yield begins, paused
        if resumed is None:
            return
        begins = max(begins, resumed)
    if ends is None or begins < ends:
        yield begins, ends
