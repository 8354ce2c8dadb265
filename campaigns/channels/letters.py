"""One message in the clothes of its channel: an e-mail with a way out, an SMS as the law wants it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string

from campaigns import unsubscribing
from campaigns.channels.base import Outgoing
from campaigns.models import MessageClass
from campaigns.wording import Text
from members import identifying
from members.models import Member

# What one SMS carries in the plain alphabet of telephones, and in any other; long ones lose some to their numbering.
PLAIN, PLAIN_PART = 160, 153
OTHER, OTHER_PART = 70, 67
_PLAIN_ALPHABET = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO_PLACES = set("^{}\\[~]|€")

_OUT = {"vi": "Từ chối nhận tin", "en": "To refuse"}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What has to be said to whom."""

    member: Member
    message_class: str
    language: str
    text: Text
    brand: str
    shop: str


def pack(letter: Letter, *, key: str, channel: str, address: str, at: datetime) -> Outgoing:
    """The letter as this channel carries it."""
    out = way_out(member=letter.member, channel=channel, at=at)
    if channel == "email":
        return _email(letter, key=key, address=address, out=out, at=at)
    text = letter.text.short
    if channel == "sms":
        text = sms(text, message_class=letter.message_class, brand=letter.brand, out=out, language=letter.language)
    elif letter.message_class == MessageClass.ADVERTISING:
        text = f"{text}\n{_OUT[letter.language]}: {out}"
    return Outgoing(key=key, channel=channel, address=address, subject="", text=text, at=at)


def way_out(*, member: Member, channel: str, at: datetime) -> str:
    """The address under which a member refuses advertising on a channel, without signing in."""
    return f"{settings.PUBLIC_URL}/u/{unsubscribing.token(member_id=member.pk, channel=channel, at=at)}"


def sms(text: str, *, message_class: str, brand: str, out: str = "", language: str = "vi") -> str:
    """`[QC] CAPHEPHO: Chao chi Lan, … Tu choi nhan tin: …` The label and the way out belong to advertising."""
    said = f"{brand}: {identifying.without_marks(text)}"
    if message_class != MessageClass.ADVERTISING:
        return said
    return f"[QC] {said} {identifying.without_marks(_OUT[language])}: {out}"


def segments(text: str) -> int:
    """How many SMS the shop pays for."""
    if all(letter in _PLAIN_ALPHABET or letter in _TWO_PLACES for letter in text):
        length = len(text) + sum(letter in _TWO_PLACES for letter in text)
        whole, part = PLAIN, PLAIN_PART
    else:
        length = len(text.encode("utf-16-be")) // 2
        whole, part = OTHER, OTHER_PART
    return 1 if length <= whole else -(-length // part)


def _email(letter: Letter, *, key: str, address: str, out: str, at: datetime) -> Outgoing:
    """Plain text and the same in HTML, made from it: what a name holds is shown, never run."""
    said = {"body": letter.text.body, "shop": letter.shop, "out": out, "language": letter.language}
    return Outgoing(
        key=key,
        channel="email",
        address=address,
        subject=letter.text.subject,
        text=f"{letter.text.body}\n\n-- \n{letter.shop}\n{_OUT[letter.language]}: {out}\n",
        html=render_to_string("campaigns/letter.html", {**said, "refuse": _OUT[letter.language]}),
        headers={"List-Unsubscribe": f"<{out}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        at=at,
    )
