"""The dated policies of the programme: which is in force at a moment, and how a new one is published.

Read once per process and kept until `Programme.policies_version` changes; the ledger's opening call returns that
number in the statement that locks the account, so that a sale never runs under an old version.
"""

import bisect
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F

from events.refusals import Refusal
from loyalty.models import (
    EarningRule,
    ExpiryPolicy,
    PendingPolicy,
    Programme,
    SpendingPolicy,
    Tier,
    TierTable,
    TierThreshold,
)
from loyalty.models.policies import DatedPolicy
from loyalty.rules import base, book, ends
from loyalty.rules.base import Basis
from loyalty.rules.book import InForce, Standing
from loyalty.rules.ends import LotTerms
from loyalty.till import local_zone
from members import named_days
from members.named_days import Calendar

P = TypeVar("P", bound=DatedPolicy)


class ProgrammeMissing(Refusal):
    """The shop has no programme yet: `manage.py up` or `loyalty.founding.found` makes one."""

    code = "programme_missing"


class PolicyInThePast(Refusal):
    """A policy cannot begin before it is published: what was decided under the old one stays."""

    code = "policy_in_the_past"


@dataclass(frozen=True, slots=True)
class TierLadder:
    """The tiers reachable under one table, lowest first, as (spend from which, tier); what each earns on top."""

    id: int
    window: timedelta
    steps: tuple[tuple[int, Tier], ...]
    earn_percents: Mapping[int, int]

    def reached(self, spend: int) -> Tier | None:
        """The highest tier that `spend` within the window reaches; None below the first threshold."""
        position = bisect.bisect_right([step[0] for step in self.steps], spend)
        return self.steps[position - 1][1] if position else None


@dataclass(frozen=True, slots=True)
class Policies:
    """What is in force at one moment."""

    version: int
    programme: Programme
    earning: EarningRule
    spending: SpendingPolicy
    expiry: ExpiryPolicy
    pending: PendingPolicy | None
    ladder: TierLadder
    tiers: dict[int, Tier]
    first_tier: Tier
    bonus: InForce
    calendar: Calendar

    @property
    def basis(self) -> Basis:
        return base.basis(self.earning, self.spending)

    def lot(self, moment: datetime, *, channel: str | None = None) -> LotTerms:
        """What points that come at `moment` are told; `channel`: of their bill, whose points may have to wait."""
        return ends.lot_terms(
            expiry=self.expiry, pending=self.pending, moment=moment, channel=channel, zone=local_zone()
        )

    def lot_end(self, moment: datetime) -> datetime | None:
        """When points that come at `moment` end: a local midnight; None = never."""
        return ends.end(self.expiry, moment=moment, zone=local_zone())


class _Book:
    """All policies of one version, sorted by when they begin."""

    def __init__(self) -> None:
        programme = Programme.objects.first()
        if programme is None:
            raise ProgrammeMissing()
        self.programme = programme
        self.version = programme.policies_version
        self.tiers = {tier.id: tier for tier in Tier.objects.order_by("rank")}
        self.earning = list(EarningRule.objects.order_by("valid_from"))
        self.spending = list(SpendingPolicy.objects.order_by("valid_from"))
        self.expiry = list(ExpiryPolicy.objects.order_by("valid_from"))
        self.pending = list(PendingPolicy.objects.order_by("valid_from"))
        self.tables = list(TierTable.objects.order_by("valid_from"))
        thresholds = list(TierThreshold.objects.order_by("spend"))
        self.ladders = {
            table.id: TierLadder(
                table.id,
                timedelta(days=table.window_days),
                tuple((t.spend, self.tiers[t.tier_id]) for t in thresholds if t.table_id == table.id),
                {t.tier_id: t.earn_percent for t in thresholds if t.table_id == table.id},
            )
            for table in self.tables
        }
        if not (self.tiers and self.earning and self.spending and self.expiry and self.tables):
            raise ProgrammeMissing()

        self.bonus = book.read()
        self.calendar = named_days.calendar()
        kinds: tuple[Sequence[DatedPolicy], ...] = (self.earning, self.spending, self.expiry, self.pending, self.tables)
        begins = {policy.valid_from for kind in kinds for policy in kind}
        self.begins = sorted(begins | {moment for one in self.bonus for moment in _turns(one)})
        self.eras = [self._era(begin) for begin in self.begins]

    def at(self, moment: datetime) -> Policies:
        """Nothing changes between two beginnings; what is older than the first has the first."""
        return self.eras[max(0, bisect.bisect_right(self.begins, moment) - 1)]

    def _era(self, begin: datetime) -> Policies:
        return Policies(
            version=self.version,
            programme=self.programme,
            earning=_in_force(self.earning, begin),
            spending=_in_force(self.spending, begin),
            expiry=_in_force(self.expiry, begin),
            pending=_begun(self.pending, begin),
            ladder=self.ladders[_in_force(self.tables, begin).id],
            tiers=self.tiers,
            first_tier=next(iter(self.tiers.values())),
            bonus=InForce(tuple(one for one in self.bonus if one.runs(begin))),
            calendar=self.calendar,
        )


def _turns(standing: Standing) -> list[datetime]:
    """When a rule begins and ceases to be in force."""
    return [moment for span in standing.spans for moment in span if moment is not None]


def _in_force(dated: Sequence[P], moment: datetime) -> P:
    """The last that has begun; before the first of all, the first (history older than the programme)."""
    position = bisect.bisect_right([policy.valid_from for policy in dated], moment)
    return dated[max(0, position - 1)]


def _begun(dated: Sequence[P], moment: datetime) -> P | None:
    """The last that has begun; None before the first of all: what did not exist was not in force."""
    position = bisect.bisect_right([policy.valid_from for policy in dated], moment)
    return dated[position - 1] if position else None


_lock = threading.Lock()
_book: _Book | None = None


def last_known(moment: datetime) -> Policies:
    """The policies in force at `moment` as this process last read them: for a look before the ledger's own reading."""
    return _book.at(moment) if _book else at(moment)


def last_version() -> int | None:
    """The version of the policies this process last read; None before the first reading."""
    return _book.version if _book else None


def at(moment: datetime, *, version: int | None = None) -> Policies:
    """The policies in force at `moment`. `version`: what the ledger just read; None asks the database."""
    global _book
    if version is None:
        version = Programme.objects.values_list("policies_version", flat=True).first()
    book = _book
    if book is None or book.version != version:
        with _lock:
            book = _book = _Book()
    return book.at(moment)


def turns() -> Sequence[datetime]:
    """The moments at which a policy begins or a rule begins or ceases, in order, as `at` last read them."""
    return _book.begins if _book else []


def standing() -> Sequence[Standing]:
    """Every approved bonus rule with the spans in which it is in force, as `at` last read them."""
    return _book.bonus if _book else []


def forget() -> None:
    """Read everything anew (another database stands behind the connection: tests)."""
    global _book
    _book = None


@transaction.atomic
def publish(policy: P, *, by: str, at: datetime) -> P:
    """Publish a new version of its kind from `policy.valid_from`, which lies ahead (or is the first of all)."""
    kind = type(policy)
    if policy.valid_from < at and kind._default_manager.exists():
        raise PolicyInThePast()
    policy.published_at = at
    policy.published_by = by
    policy.save(force_insert=True)
    new_version()
    return policy


@transaction.atomic
def publish_tier_table(
    *,
    valid_from: datetime,
    window_days: int,
    thresholds: Mapping[Tier, int],
    by: str,
    at: datetime,
    note: str = "",
    earn_percents: Mapping[Tier, int] | None = None,
) -> TierTable:
    """Publish a new table of thresholds (spend in minor units by tier; the first tier needs none).

    `earn_percents`: what a tier earns on top; none where it is not named.
    """
    table = publish(TierTable(valid_from=valid_from, window_days=window_days, note=note), by=by, at=at)
    TierThreshold.objects.bulk_create(
        TierThreshold(table=table, tier=tier, spend=spend, earn_percent=(earn_percents or {}).get(tier, 0))
        for tier, spend in thresholds.items()
    )
    return table


def change_programme(*, changes: dict[str, Any]) -> None:
    """Staff edited the programme: processes read it anew."""
    Programme.objects.filter(id=1).update(**changes)
    new_version()


def new_version() -> None:
    """Every process reads the programme and its policies anew."""
    Programme.objects.filter(id=1).update(policies_version=F("policies_version") + 1)
