"""Ladders of tiers a shop may take as they stand: four trades, each with its thresholds, names and colours.

Thresholds are in steps, the amount that earns one point on the first day (10,000 in a shop that counts in đồng).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from events.refusals import Refusal
from loyalty import policies
from loyalty.founding import first_step
from loyalty.models import Programme, Tier, TierTable


class LadderUnknown(Refusal):
    """No ladder of this name is ready to be taken."""

    code = "ladder_unknown"


@dataclass(frozen=True, kw_only=True)
class Rung:
    """A tier of a ready ladder and the spend, in steps, from which it is reached; 0: where everybody begins."""

    code: str
    name_vi: str
    name_en: str
    color: str
    steps: int


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """`why`: for whom it is meant, in one sentence."""

    key: str
    name: object
    why: object
    window_days: int
    rungs: Sequence[Rung]


def _rungs(*steps: tuple[str, int]) -> tuple[Rung, ...]:
    return tuple(Rung(code=code, steps=spend, **_NAMES[code]) for code, spend in steps)


_NAMES = {
    "member": {"name_vi": "Thành viên", "name_en": "Member", "color": "#8a7a6c"},
    "silver": {"name_vi": "Bạc", "name_en": "Silver", "color": "#8d99a6"},
    "gold": {"name_vi": "Vàng", "name_en": "Gold", "color": "#c9a227"},
    "platinum": {"name_vi": "Bạch kim", "name_en": "Platinum", "color": "#5b7f95"},
    "diamond": {"name_vi": "Kim cương", "name_en": "Diamond", "color": "#3f7cac"},
}
LADDERS = (
    Ladder(
        key="cafe",
        name=_("Quán cà phê, trà sữa"),
        why=_("Hóa đơn nhỏ, khách đến nhiều lần: hạng đầu tiên trong tầm tay sau vài chục ly."),
        window_days=365,
        rungs=_rungs(("member", 0), ("silver", 200), ("gold", 500), ("diamond", 1200)),
    ),
    Ladder(
        key="fashion",
        name=_("Thời trang"),
        why=_("Vài lần mua mỗi năm theo mùa: tính trong 12 tháng, hạng cao dành cho khách ruột."),
        window_days=365,
        rungs=_rungs(("member", 0), ("silver", 500), ("gold", 1500), ("platinum", 4000)),
    ),
    Ladder(
        key="jewellery",
        name=_("Trang sức"),
        why=_("Hóa đơn lớn, thưa lần mua: tính trong 3 năm để khách không mất hạng giữa hai lần mua."),
        window_days=1095,
        rungs=_rungs(("member", 0), ("silver", 2000), ("gold", 10_000), ("diamond", 30_000)),
    ),
    Ladder(
        key="online",
        name=_("Cửa hàng online"),
        why=_("Khách dễ đổi chỗ mua: ngưỡng thấp, lên hạng sớm để quay lại."),
        window_days=180,
        rungs=_rungs(("member", 0), ("silver", 100), ("gold", 300), ("platinum", 1000)),
    ),
)


def ladder(key: str) -> Ladder:
    """The ready ladder of this name. Raises LadderUnknown."""
    for one in LADDERS:
        if one.key == key:
            return one
    raise LadderUnknown()


@transaction.atomic
def take(*, key: str, by: str, at: datetime) -> TierTable:
    """Make the ladder's tiers, where they are absent, and publish its thresholds from now on. Raises LadderUnknown.

    A tier the shop has keeps its name and colour; one that the ladder does not know can no longer be reached, and
    whoever stands in it keeps it.
    """
    chosen = ladder(key)
    step = first_step(Programme.objects.values_list("currency", flat=True).get(pk=1))
    tiers = _tiers(chosen)
    thresholds = {tiers[rung.code]: rung.steps * step for rung in chosen.rungs if rung.steps}
    return policies.publish_tier_table(
        valid_from=at, window_days=chosen.window_days, thresholds=thresholds, by=by, at=at, note=str(chosen.key)
    )


def _tiers(chosen: Ladder) -> dict[str, Tier]:
    """The ladder's tiers; a new one stands right above the one before it, and those above it move up."""
    below = -1
    for rung in chosen.rungs:
        known = Tier.objects.filter(code=rung.code).first()
        if known is None and rung.steps == 0:
            known = Tier.objects.filter(rank=0).first()
        if known is None:
            _make_room(below + 1)
            known = Tier.objects.create(
                code=rung.code, rank=below + 1, name_vi=rung.name_vi, name_en=rung.name_en, color=rung.color
            )
        below = max(below, known.rank)
    found = {tier.code: tier for tier in Tier.objects.all()}
    first = Tier.objects.order_by("rank").first()
    return {**({chosen.rungs[0].code: first} if first else {}), **found}


def _make_room(rank: int) -> None:
    """Ranks are unique at every moment: up and out of the way first, then to their places."""
    above = Tier.objects.filter(rank__gte=rank)
    if Tier.objects.filter(rank=rank).exists():
        above.update(rank=F("rank") + 1001)
        Tier.objects.filter(rank__gte=1000).update(rank=F("rank") - 1000)
