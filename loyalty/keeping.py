"""What a member has to do to keep a tier. Tiers that were reached by buying stay; those that staff lent have an end."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from loyalty import policies
from loyalty.models import TierOverride
from loyalty.queries import TierStanding
from loyalty.till import last_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """`missing` more of spend (minor units) up to and with the day `on`, and the tier stays."""

    on: date
    missing: int


def keep_by(*, member_id: UUID, standing: TierStanding, at: datetime) -> Keep | None:
    """None where nothing has to be done for the tier to stay."""
    lent = (
        TierOverride.objects.filter(member_id=member_id, tier=standing.tier, from_at__lte=at)
        .filter(Q(until_at__isnull=True) | Q(until_at__gt=at))
        .order_by("-until_at")
    )
    ends = [override.until_at for override in lent]
    need = next((need for need, tier in policies.at(at).ladder.steps if tier.pk == standing.tier.pk), 0)
    if not ends or None in ends or standing.window_spend >= need:
        return None
    longest = max(end for end in ends if end is not None)
    return Keep(on=last_day(longest), missing=need - standing.window_spend)
