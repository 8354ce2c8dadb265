"""What campaigns find once a night: whose birthday comes, who has not bought for long. Safe to run again."""

from datetime import date, datetime, timedelta

from django.db.models import Q

from campaigns import enrolling
from campaigns.enrolling import Occasion
from campaigns.models import Campaign
from members import anniversaries


def birthdays(*, date: date, at: datetime) -> int:
    """Enrols everyone whose birthday falls on one of the `days_before` + 1 days after the business date `date`.

    The night looks at the whole span ahead, so that a night that was missed is made up. Answers the new turns.
    """
    return sum(
        enrolling.birthdays(campaign=campaign, occasions=_ahead(date, days=campaign.days_before + 1), at=at)
        for campaign in _begun(Campaign.Trigger.BIRTHDAY, at)
    )


def silences(*, date: date, at: datetime) -> int:
    """Enrols everyone who has not bought for `silence_days` by the end of the business date `date`."""
    return sum(enrolling.silent(campaign=campaign, on=date, at=at) for campaign in _begun(Campaign.Trigger.SILENCE, at))


def _ahead(day: date, *, days: int) -> list[Occasion]:
    """Every birthday that is kept on one of the next `days` days."""
    kept = [day + timedelta(days=ahead) for ahead in range(1, days + 1)]
    return [Occasion(told=told, kept_on=day) for day in kept for told in anniversaries.kept_on(day)]


def _begun(trigger: Campaign.Trigger, at: datetime) -> list[Campaign]:
    """Campaigns that have begun and not ended; a paused one finds people too, so that the pause loses nobody."""
    begun = Campaign.objects.filter(trigger=trigger, since__lte=at).filter(Q(until=None) | Q(until__gte=at))
    return list(begun.order_by("id"))
