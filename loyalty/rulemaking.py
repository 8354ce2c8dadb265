"""The life of a bonus rule: written, asked for, approved by somebody else, paused, resumed, ended.

A version is never edited and never looks back: it counts from its approval on, at the earliest. Every step makes all
processes read the rules anew.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Max

from events import outbox
from events.refusals import Refusal
from loyalty import policies
from loyalty.conditions import tree
from loyalty.models import Rule, RuleBudget, RuleStep, RuleVersion
from loyalty.rules import book, effects

Kind = RuleStep.Kind
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_REASON = 200


class RuleUnknown(Refusal):
    """No such rule or version."""

    code = "rule_unknown"


class RuleKeyTaken(Refusal):
    """Another rule has this key."""

    code = "rule_key_taken"


class RuleKeyUnreadable(Refusal):
    """A key is small letters, digits and single hyphens, forty at most."""

    code = "rule_key_unreadable"


class RuleEndsBeforeItBegins(Refusal):
    """The last moment is not after the first."""

    code = "rule_ends_before_it_begins"


class OwnRule(Refusal):
    """Who wrote a version does not approve it."""

    code = "own_rule"


class WrongStep(Refusal):
    """The version is not in a state that allows this."""

    code = "rule_in_another_state"


class State(StrEnum):
    """Where a version stands at a moment."""

    DRAFT = "draft"
    ASKED = "asked"
    REFUSED = "refused"
    AHEAD = "ahead"
    ACTIVE = "active"
    PAUSED = "paused"
    REPLACED = "replaced"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What staff want a version to be. `condition` and `effect` as JSON."""

    name_vi: str
    name_en: str
    condition: Mapping[str, Any]
    effect: Mapping[str, Any]
    valid_from: datetime
    valid_until: datetime | None = None
    position: int = 100
    stack_group: str = ""
    stack_mode: str = RuleVersion.Mode.STACK.value
    per_bill: int | None = None
    per_member: int | None = None
    times: int | None = None
    period: str = RuleVersion.Period.DAY.value
    budget: int | None = None
    note: str = ""


def write(*, key: str, draft: Draft, by: str, at: datetime, new: bool = False) -> RuleVersion:
    """The next version of a rule, which nothing follows until it is approved; `new`: of a rule that is not there yet.

    Raises RuleUnknown, RuleKeyTaken, RuleKeyUnreadable, RuleEndsBeforeItBegins, ConditionUnreadable, EffectUnreadable.
    """
    tree.parse(draft.condition)
    effects.parse(draft.effect)
    if draft.valid_until is not None and draft.valid_until <= draft.valid_from:
        raise RuleEndsBeforeItBegins()
    if not _KEY.fullmatch(key) or len(key) > 40:
        raise RuleKeyUnreadable()
    with transaction.atomic():
        rule = Rule.objects.select_for_update(no_key=True).filter(key=key).first()
        if new and rule is not None:
            raise RuleKeyTaken()
        if rule is None:
            if not new:
                raise RuleUnknown()
            rule = Rule.objects.create(key=key, created_at=at, created_by=by)
        last = rule.versions.aggregate(last=Max("number"))["last"] or 0
        version = RuleVersion.objects.create(
            rule=rule,
            number=last + 1,
            created_at=at,
            created_by=by,
            **{name: getattr(draft, name) for name in Draft.__slots__},
        )
        _tell("rule.written", version, by=by, at=at)
    return version


def ask(*, id: int, by: str, at: datetime) -> None:
    """Ask somebody else to approve a draft. Raises RuleUnknown, WrongStep."""
    with transaction.atomic():
        version = _open(id, at=at, allowed={State.DRAFT, State.REFUSED})
        _step(version, Kind.ASKED, by=by, at=at)


def approve(*, id: int, by: str, at: datetime, alone: bool = False) -> None:
    """Put a version in force from its beginning, or from now where that has passed.

    `alone`: nobody else could approve. Raises RuleUnknown, WrongStep, OwnRule.
    """
    with transaction.atomic():
        version = _open(id, at=at, allowed={State.DRAFT, State.ASKED, State.REFUSED})
        if version.created_by == by and not alone:
            raise OwnRule()
        if version.rule.versions.filter(number__gt=version.number, steps__kind=Kind.APPROVED).exists():
            raise WrongStep()
        if version.valid_until is not None and version.valid_until <= at:
            raise WrongStep()
        if version.budget is not None:
            RuleBudget.objects.create(version=version, budget=version.budget)
        _step(version, Kind.APPROVED, by=by, at=at)


def refuse(*, id: int, reason: str, by: str, at: datetime) -> None:
    """Say no to a version that waits, and why. Raises RuleUnknown, WrongStep."""
    with transaction.atomic():
        version = _open(id, at=at, allowed={State.ASKED})
        _step(version, Kind.REFUSED, by=by, at=at, reason=reason)


def pause(*, id: int, by: str, at: datetime, reason: str = "") -> None:
    """From now on it gives nothing, until it is resumed. Raises RuleUnknown, WrongStep."""
    with transaction.atomic():
        version = _open(id, at=at, allowed={State.ACTIVE, State.AHEAD})
        _step(version, Kind.PAUSED, by=by, at=at, reason=reason)


def resume(*, id: int, by: str, at: datetime) -> None:
    """It gives again. Raises RuleUnknown, WrongStep."""
    with transaction.atomic():
        version = _open(id, at=at, allowed={State.PAUSED})
        _step(version, Kind.RESUMED, by=by, at=at)


def end(*, id: int, by: str, at: datetime, reason: str = "") -> None:
    """It never gives again; what it gave stays. Raises RuleUnknown, WrongStep."""
    with transaction.atomic():
        version = _open(id, at=at, allowed={State.ACTIVE, State.AHEAD, State.PAUSED})
        _step(version, Kind.ENDED, by=by, at=at, reason=reason)


def state(version: RuleVersion, *, at: datetime) -> State:
    """Where a version stands. Reads `version.steps` and its rule's later versions."""
    steps = sorted(version.steps.all(), key=lambda step: step.pk)
    life = book.life_of(steps)
    if life.approved is None:
        return State(steps[-1].kind) if steps else State.DRAFT
    if (life.ended is not None and life.ended <= at) or (version.valid_until is not None and version.valid_until <= at):
        return State.ENDED
    later = version.rule.versions.filter(number__gt=version.number, steps__kind=Kind.APPROVED, steps__at__lte=at)
    if later.filter(valid_from__lte=at).exists():
        return State.REPLACED
    if any(begins <= at and (ends is None or at < ends) for begins, ends in life.pauses):
        return State.PAUSED
    return State.AHEAD if max(version.valid_from, life.approved) > at else State.ACTIVE


def _open(id: int, *, at: datetime, allowed: set[State]) -> RuleVersion:
    """The version, its rule locked: steps of one rule go one after the other."""
    found = RuleVersion.objects.filter(pk=id).values_list("rule_id", flat=True).first()
    if found is None:
        raise RuleUnknown()
    Rule.objects.select_for_update(no_key=True).get(pk=found)
    version = RuleVersion.objects.select_related("rule").prefetch_related("steps").get(pk=id)
    if state(version, at=at) not in allowed:
        raise WrongStep()
    return version


def _step(version: RuleVersion, kind: Kind, *, by: str, at: datetime, reason: str = "") -> None:
    RuleStep.objects.create(version=version, kind=kind, at=at, by=by, reason=reason.strip()[:LONGEST_REASON])
    _tell(f"rule.{kind.value}", version, by=by, at=at)
    if kind not in {Kind.ASKED, Kind.REFUSED}:
        policies.new_version()


def _tell(type: str, version: RuleVersion, *, by: str, at: datetime) -> None:
    told = {"rule": version.rule.key, "version": version.number, "id": version.pk}
    outbox.record(type=type, member_id=None, subject_id=None, data=told, at=at, by=by)
