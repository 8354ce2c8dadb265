"""Net promoter score: the share of 9 and 10 less the share of 0 to 6, with what chance alone may add or take away."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from django.db.models import Count, Q

from members.models import Feedback

Z = 1.959964  # 95 %
FEW = 30  # below this many scores the interval says little


@dataclass(frozen=True, slots=True, kw_only=True)
class Nps:
    """In percentage points, −100 … 100; `low` and `high` bound the true score with 95 % confidence."""

    promoters: int
    passives: int
    detractors: int
    score: float
    low: float
    high: float

    @property
    def n(self) -> int:
        return self.promoters + self.passives + self.detractors

    @property
    def few(self) -> bool:
        return self.n < FEW


def of(*, promoters: int, passives: int, detractors: int) -> Nps | None:
    """The score of so many answers; None where there are none.

    p and d being the shares of promoters and detractors among n: NPS = p − d, se = sqrt((p + d − (p − d)²) / n).
    """
    n = promoters + passives + detractors
    if not n:
        return None
    p, d = promoters / n, detractors / n
    half = Z * sqrt(max(0.0, p + d - (p - d) ** 2) / n)
    return Nps(
        promoters=promoters,
        passives=passives,
        detractors=detractors,
        score=100 * (p - d),
        low=max(-100.0, 100 * (p - d - half)),
        high=min(100.0, 100 * (p - d + half)),
    )


_COUNTS = {
    "promoters": Count("pk", filter=Q(score__gte=9)),
    "passives": Count("pk", filter=Q(score__in=[7, 8])),
    "detractors": Count("pk", filter=Q(score__lte=6)),
}


def of_period(*, since: datetime, until: datetime, store_ids: Collection[int] | None = None) -> Nps | None:
    """The score of what was given in [since, until), at these stores or (None) everywhere."""
    return of(**_given(since, until, store_ids).aggregate(**_COUNTS))


def by_store(*, since: datetime, until: datetime, store_ids: Collection[int] | None = None) -> dict[int | None, Nps]:
    """The same for each store that was judged."""
    rows = _given(since, until, store_ids).values("store_id").annotate(**_COUNTS).order_by("store_id")
    found = {row.pop("store_id"): of(**row) for row in rows}
    return {store_id: score for store_id, score in found.items() if score is not None}


def _given(since: datetime, until: datetime, store_ids: Collection[int] | None):  # type: ignore[no-untyped-def]
    rows = Feedback.objects.filter(at__gte=since, at__lt=until, practice=False)
    return rows if store_ids is None else rows.filter(store_id__in=list(store_ids))
