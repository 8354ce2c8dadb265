"""Where a member can be reached on a channel, and why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Q

from campaigns import channels
from campaigns.models import ListedPhone, MessageClass, Suppression
from members import consenting
from members.models import Identifier, Member

# What names a member on each channel.
KINDS = {"email": Identifier.Kind.EMAIL, "sms": Identifier.Kind.PHONE, "zalo": Identifier.Kind.PHONE}
# Where the law's quiet hours and its list of phones hold.
PHONES = {"sms", "zalo"}
# Why a channel is closed, from the least to the most telling: the last of these is the reason of the whole turn.
NO_PROVIDER, NO_ADDRESS, NO_CONSENT, SUPPRESSED, LISTED = CLOSED = (
    "no_provider",
    "no_address",
    "no_consent",
    "suppressed",
    "listed",
)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """The first open channel in a step's order, if any, and why those before it are closed."""

    channel: str = ""
    address: str = ""
    closed: Mapping[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        return max(self.closed.values(), key=CLOSED.index, default=NO_ADDRESS)


def reach(*, member: Member, wanted: list[str], message_class: str, at: datetime) -> Reach:
    """Looks for the first of the `wanted` channels on which a message of this class may go to the member now."""
    closed: dict[str, str] = {}
    known = addresses(member)
    for channel in wanted:
        address = known.get(KINDS[channel], "")
        why = _closed_because(member, channel, address, message_class, at)
        if not why:
            return Reach(channel=channel, address=address, closed=closed)
        closed[channel] = why
    return Reach(closed=closed)


def addresses(member: Member) -> dict[str, str]:
    """The phone and the e-mail a member has now; a proved one before one that is not, then the newest."""
    rows = Identifier.objects.filter(
        member=member, kind__in=[Identifier.Kind.PHONE, Identifier.Kind.EMAIL], until_at__isnull=True
    ).order_by(F("verified_at").asc(nulls_first=True), "from_at")
    return dict(rows.values_list("kind", "value"))  # the last of each kind stands


def _closed_because(member: Member, channel: str, address: str, message_class: str, at: datetime) -> str:
    if not channels.is_open(channel):
        return NO_PROVIDER
    if not address:
        return NO_ADDRESS
    if message_class == MessageClass.ADVERTISING:
        if not consenting.allows_advertising(member=member, channel=channel, at=at):
            return NO_CONSENT
        if channel in PHONES and ListedPhone.objects.filter(pk=address).exists():
            return LISTED
    return SUPPRESSED if _suppressed(channel, address, at) else ""


def _suppressed(channel: str, address: str, at: datetime) -> bool:
    return (
        Suppression.objects.filter(address=address, channel=channel, since__lte=at)
        .filter(Q(until__isnull=True) | Q(until__gt=at))
        .exists()
    )
