"""Fifty bonus rules of which five give something for the bill of `benchmarks.sale`, put in force and paused again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from events import clock
from loyalty import rulemaking
from loyalty.models import RuleVersion
from loyalty.rulemaking import Draft, State

RULES, MATCHING = 50, 5


def written(*, count: int = RULES, matching: int = MATCHING) -> list[RuleVersion]:
    """The rules, approved and paused; made once. Every tenth asks what the ledger has to be asked for."""
    at = clock.now()
    versions = []
    for number in range(count):
        key = f"bench-{number}"
        version = RuleVersion.objects.filter(rule__key=key).first()
        if version is None:
            draft = _draft(number, matches=number < matching, at=at)
            version = rulemaking.write(key=key, draft=draft, by="user:1", at=at, new=True)
            rulemaking.approve(id=version.pk, by="user:2", at=at)
            rulemaking.pause(id=version.pk, by="user:2", at=at)
        versions.append(version)
    return versions


@contextmanager
def in_force(versions: list[RuleVersion]) -> Iterator[None]:
    """While the block runs they give; before and after they do not."""
    for version in versions:
        rulemaking.resume(id=version.pk, by="user:2", at=clock.now())
    try:
        yield
    finally:
        for version in RuleVersion.objects.filter(pk__in=[version.pk for version in versions]):
            if rulemaking.state(version, at=clock.now()) == State.ACTIVE:
                rulemaking.pause(id=version.pk, by="user:2", at=clock.now())


def _draft(number: int, *, matches: bool, at: Any) -> Draft:
    category = "coffee" if matches else "flowers"
    parts: list[dict[str, Any]] = [
        {"field": "category", "has": category},
        {"field": "tier", "in": ["member", "silver", "gold", "diamond"]},
        {"any": [{"field": "amount", "at_least": 20_000}, {"field": "payment", "has": "momo"}]},
    ]
    if number % 10 == 0:
        parts.append({"not": {"field": "tag", "has": "staff"}})
    if number % 10 == 1:
        parts.append({"field": "visit", "at_least": 1})
    return Draft(
        name_vi=f"Quy tắc {number}",
        name_en=f"Rule {number}",
        condition={"all": parts},
        effect={"kind": "percent", "percent": 10 + number, "categories": [category]}
        if number % 2
        else {"kind": "fixed", "points": 1 + number},
        valid_from=at - timedelta(days=1),
        per_member=1_000_000 if number % 10 == 2 else None,
    )
