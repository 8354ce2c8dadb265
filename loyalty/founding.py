"""The first day of a programme: its row, its tiers and one policy of each kind, so that the first sale has rules."""

from datetime import UTC, datetime
from typing import Any

from babel.numbers import get_currency_precision
from django.conf import settings
from django.db import transaction

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

# The founding policies hold for every bill an old system can hand over, so that history of any age has rules.
SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)

PAYMENT_METHODS = ("cash", "card", "transfer", "momo", "vnpay", "zalopay", "cod", "gift_card", "debt")

# code, Vietnamese, English, colour, spend within a year in steps (the amount that earns one point)
TIERS = (
    ("member", "Thành viên", "Member", "#8a7a6c", 0),
    ("silver", "Bạc", "Silver", "#8d99a6", 200),
    ("gold", "Vàng", "Gold", "#c9a227", 500),
    ("diamond", "Kim cương", "Diamond", "#3f7cac", 1200),
)


def first_step(currency: str) -> int:
    """The amount that earns one point on the first day: 10,000 without decimals, else one whole unit."""
    decimals = get_currency_precision(currency)
    return 10**decimals if decimals else 10_000


@transaction.atomic
def found(
    *,
    name: str,
    currency: str = "",
    at: datetime,
    step: int | None = None,
    expiry_months: int | None = 12,
    tiers: bool = True,
) -> Programme:
    """Create what is absent of the programme, its tiers and its policies; change nothing that is there.

    One point for each full `step` (minor units): 10,000 for a currency without decimals, else one whole unit of it. A
    point is worth a twentieth of a step and ends after `expiry_months` (None: never). With `tiers`, the ladder of
    `TIERS` over the spend of a rolling year.
    """
    currency = currency or settings.CURRENCY
    step = step or first_step(currency)
    programme, _ = Programme.objects.get_or_create(
        pk=1, defaults={"name": name, "currency": currency, "payment_methods": list(PAYMENT_METHODS)}
    )
    dated: dict[str, Any] = {"valid_from": SINCE_EVER, "published_at": at, "published_by": "system"}
    if not EarningRule.objects.exists():
        EarningRule.objects.create(points=1, per_amount=step, **dated)
    if not SpendingPolicy.objects.exists():
        SpendingPolicy.objects.create(point_value=max(1, step // 20), **dated)
    if not ExpiryPolicy.objects.exists():
        ExpiryPolicy.objects.create(months=expiry_months, **dated)
    if not PendingPolicy.objects.exists():
        PendingPolicy.objects.create(**dated)
    if not Tier.objects.exists():
        for rank, (code, name_vi, name_en, color, _steps) in enumerate(TIERS if tiers else TIERS[:1]):
            Tier.objects.create(code=code, rank=rank, name_vi=name_vi, name_en=name_en, color=color)
    if not TierTable.objects.exists():
        _open_ladder(step=step, dated=dated)
    return programme


def _open_ladder(*, step: int, dated: dict[str, Any]) -> None:
    """The first tier table, over those of the founding tiers that exist."""
    table = TierTable.objects.create(window_days=365, **dated)
    known = {tier.code: tier for tier in Tier.objects.all()}
    for code, *_names, steps in TIERS:
        if steps and code in known:
            TierThreshold.objects.create(table=table, tier=known[code], spend=steps * step)
