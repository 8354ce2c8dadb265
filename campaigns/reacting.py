"""What campaigns do when something happens: the reader of events."""

from campaigns import enrolling
from campaigns.models import Campaign
from events.models import Event


def react(*, event: Event) -> None:
    """Takes up who has just joined. An import brings people who joined long ago: nobody is welcomed for it."""
    if event.type != "member.joined" or event.member_id is None or event.by.startswith("import:"):
        return
    for campaign in Campaign.objects.filter(trigger=Campaign.Trigger.JOINED, since__lte=event.occurred_at):
        if campaign.until is None or event.occurred_at <= campaign.until:
            enrolling.joined(campaign=campaign, member_id=event.member_id, at=event.recorded_at)
