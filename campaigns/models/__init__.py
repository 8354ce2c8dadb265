"""What the shop does about it: campaigns, each member's turn in them, and what may not be sent to whom."""

from campaigns.models.blocking import ListedPhone, SendingPolicy, Suppression
from campaigns.models.campaign import Campaign, CampaignStep, MessageClass
from campaigns.models.code import CodeMessage
from campaigns.models.fake import FakeBehaviour, FakeMessage
from campaigns.models.inbox import InboxMessage
from campaigns.models.turn import Turn

__all__ = [
    "Campaign",
    "CampaignStep",
    "CodeMessage",
    "FakeBehaviour",
    "FakeMessage",
    "InboxMessage",
    "ListedPhone",
    "MessageClass",
    "SendingPolicy",
    "Suppression",
    "Turn",
]
