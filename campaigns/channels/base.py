"""What every provider is told, and the three ways in which it may not answer yes."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One message for one address. `key` is the same for every try, so that a provider can know a message again."""

    key: str
    channel: str
    address: str
    subject: str
    text: str
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    at: datetime


class ProviderTrouble(Exception):
    """The provider did not say yes. `reason` is a code, never what was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(ProviderTrouble):
    """A clear no, for good: this address, this text."""


class Unreachable(ProviderTrouble):
    """It has surely not taken the message; later it may."""


class NoAnswer(ProviderTrouble):
    """It may have taken the message. Nobody knows."""
