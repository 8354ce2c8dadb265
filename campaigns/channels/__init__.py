"""The ways out of the building: one module per outside party, reached through one table."""

from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from campaigns.channels.base import Outgoing

Provider = Callable[[Outgoing], str]


def provider_of(channel: str) -> Provider | None:
    """Who takes messages of this channel; None where the shop has nobody for it."""
    dotted = settings.MESSAGE_PROVIDERS.get(channel, "")
    found: Provider | None = import_string(dotted) if dotted else None
    return found


def is_open(channel: str) -> bool:
    return bool(settings.MESSAGE_PROVIDERS.get(channel, ""))
