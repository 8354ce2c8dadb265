"""A message to oneself, to see that a channel works before customers are written to."""

import secrets
from datetime import datetime

from campaigns import channels, limits
from campaigns.channels import letters
from campaigns.channels.base import Outgoing, ProviderTrouble
from campaigns.models import MessageClass, SendingPolicy
from events.refusals import Refusal
from members import identifying


class ChannelClosed(Refusal):
    """Nobody takes messages of this channel."""

    code = "channel_closed"


class NotTaken(Refusal):
    """The provider did not take the message. `details`: why, as a code."""

    code = "message_not_taken"


def send(*, channel: str, address: str, shop: str, text: str, at: datetime) -> str:
    """One message to an address of one's own; answers the provider's number for it.

    Raises ChannelClosed, NotTaken, and what `identifying` says of an address that cannot be read.
    """
    provider = channels.provider_of(channel)
    if provider is None:
        raise ChannelClosed()
    to = identifying.email(address) if channel == "email" else identifying.phone(address)
    said = (
        text
        if channel == "email"
        else letters.sms(text, message_class=MessageClass.SERVICE, brand=limits.policy().brand)
    )
    key = f"try:{secrets.token_hex(8)}"
    message = Outgoing(key=key, channel=channel, address=to, subject=shop, text=said, at=at)
    try:
        number = provider(message)
    except ProviderTrouble as trouble:
        raise NotTaken(why=trouble.reason) from None
    SendingPolicy.objects.filter(pk=limits.policy().pk).update(tested_at=at)
    return number
