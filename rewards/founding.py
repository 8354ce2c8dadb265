"""The first kinds of vouchers, one for each campaign a shop begins with; staff change them by new versions."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from rewards.models import VoucherDefinition

# Campaigns may be told that they began before today: the founding versions hold since ever.
SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def _kinds(step: int) -> list[dict[str, Any]]:
    """`step`: the amount that earns one point, 10,000 in a shop that counts in đồng."""
    return [
        {
            "key": "welcome",
            "kind": "amount",
            "amount": 2 * step,
            "minimum_basket": 5 * step,
            "valid_days": 30,
            "name_vi": "Quà chào mừng",
            "name_en": "Welcome gift",
        },
        {
            "key": "birthday",
            "kind": "percent",
            "percent": 20,
            "cap": 5 * step,
            "valid_days": 30,
            "name_vi": "Quà sinh nhật",
            "name_en": "Birthday gift",
        },
        {
            "key": "winback",
            "kind": "amount",
            "amount": 3 * step,
            "minimum_basket": 8 * step,
            "valid_days": 21,
            "name_vi": "Mời bạn quay lại",
            "name_en": "Come back soon",
        },
    ]


@transaction.atomic
def found(*, at: datetime, step: int = 10_000) -> None:
    """Create the kinds that are absent; a key that staff have changed stays as it is."""
    for kind in _kinds(step):
        VoucherDefinition.objects.get_or_create(
            key=kind["key"],
            version=1,
            defaults={**kind, "valid_from": SINCE_EVER, "published_at": at, "published_by": "system"},
        )
