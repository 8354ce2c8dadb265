"""Starting and pausing a campaign. A pause keeps what has come meanwhile; going on sends it, unless it grew stale."""

from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Coalesce

from campaigns.models import Campaign
from events.refusals import Refusal


class CampaignEmpty(Refusal):
    """There is no step: nothing to send."""

    code = "campaign_empty"


def start(*, campaign_id: int, at: datetime) -> bool:
    """Lets a campaign run, from now if it never did. Answers whether it stood still. Raises CampaignEmpty."""
    campaign = Campaign.objects.filter(pk=campaign_id)
    if not campaign.filter(steps__isnull=False).exists():
        raise CampaignEmpty
    return bool(campaign.filter(running=False).update(running=True, since=Coalesce("since", Value(at))))


def pause(*, campaign_id: int) -> bool:
    """Nothing of this campaign is sent any more until it goes on. Answers whether it was running."""
    return bool(Campaign.objects.filter(pk=campaign_id, running=True).update(running=False))
