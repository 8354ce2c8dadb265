"""What every deployment needs before its first sale, also one that starts empty (DEMO=0)."""

from datetime import datetime

from django.db import transaction

from analytics import rebuilding, terms
from campaigns import founding as campaigns_founding
from loyalty import founding as programme_founding
from members import founding as members_founding
from members import roles
from rewards import founding as rewards_founding


@transaction.atomic
def ensure(at: datetime, *, name: str = "Chương trình thành viên") -> None:
    """Create the programme, first policies and tiers, consent texts, roles, voucher kinds, figures, and campaigns that
    stand still, if absent.

    Safe to run at every start: what a shop has changed since stays as it is.
    """
    programme = programme_founding.found(name=name, at=at)
    members_founding.found(at=at)
    roles.ensure()
    rewards_founding.found(at=at, step=programme_founding.first_step(programme.currency))
    campaigns_founding.found()
    terms.found()
    if rebuilding.missing():  # bills from before the figures were kept
        rebuilding.rebuild()
