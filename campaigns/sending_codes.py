"""A one-time code asked for and on its way, in one transaction: what the doors call."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from campaigns import channels, codes
from loyalty.look import brand
from members import finding, guessing, one_time_codes
from members.models import Identifier

# through whom a code goes to each kind of address, the first that is open
WAYS = {Identifier.Kind.PHONE.value: ("sms", "zalo"), Identifier.Kind.EMAIL.value: ("email",)}

log = structlog.get_logger("campaigns.sending_codes")

_DO_NOT_SHARE = {
    "vi": "Có hiệu lực 5 phút. Không đưa mã này cho ai, kể cả nhân viên gọi điện hỏi.",
    "en": "Good for 5 minutes. Give it to nobody, not even to staff who call and ask.",
}
# a code that is read out at the till says so; every other is for the person's own eyes
_SAID_AT_THE_TILL = {
    "vi": "Có hiệu lực 5 phút. Chỉ đọc cho thu ngân khi bạn đang ở quầy.",
    "en": "Good for 5 minutes. Read it to the cashier only while you stand at the till.",
}
_TEXTS = {
    "sign_in": ("{code} là mã đăng nhập của bạn.", "{code} is your code to sign in."),
    "join": ("{code} là mã đăng ký thành viên của bạn.", "{code} is your code to join."),
    "spend": (
        "{code} là mã để dùng {unit} và voucher của bạn.",
        "{code} is your code to use {unit} and vouchers.",
    ),
    "old_phone": (
        "{code} là mã để chuyển thẻ thành viên từ số này sang số khác.",
        "{code} is your code to move your membership from this number to another.",
    ),
    "new_phone": (
        "{code} là mã để dùng số này cho thẻ thành viên của bạn.",
        "{code} is your code to use this number for your membership.",
    ),
    "new_email": ("{code} là mã xác nhận e-mail của bạn.", "{code} is the code that confirms your e-mail."),
    "confirm": ("{code} là mã xác nhận của bạn.", "{code} is your code to confirm."),
}
SAID_AT_THE_TILL = {"spend", "old_phone", "new_phone", "join"}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A code on its way. `masked` is where to, as a page may show it; `code` is for the demo's page alone."""

    channel: str
    masked: str
    expires_at: datetime
    code: str


def send(
    *,
    purpose: str,
    phone: str | None = None,
    email: str | None = None,
    member_id: UUID | None = None,
    asker: str,
    language: str,
    practice: bool = False,
    at: datetime,
) -> Sent:
    """Asks for a code (`members.one_time_codes.ask`) and has it sent. Practice people are sent nothing.

    Raises what `ask` raises, and ChannelClosed where nobody takes messages to such an address.
    """
    ways = {
        kind: next((channel for channel in open_to if channels.is_open(channel)), "") for kind, open_to in WAYS.items()
    }
    with transaction.atomic():
        asked = one_time_codes.ask(
            purpose=purpose,
            phone=phone,
            email=email,
            member_id=member_id,
            kinds=[kind for kind, channel in ways.items() if channel or practice],
            asker=asker,
            practice=practice,
            at=at,
        )
        channel = ways[asked.kind]
        if not practice:
            codes.request(
                text=text(purpose, code=asked.code, language=language),
                channel=channel or WAYS[asked.kind][0],
                address=asked.address,
                language=language,
                expires_at=asked.expires_at,
                at=at,
                member_id=member_id,
            )
    return Sent(channel=channel, masked=asked.masked, expires_at=asked.expires_at, code=asked.code)


def send_for_spending(*, member_id: UUID | None, asker: str, practice: bool, at: datetime) -> None:
    """A code for whoever stands at a till, in their own language.

    Nothing tells whether there is such a member, or a phone, or whether they were sent enough already. Only an asker
    who asks too often is told, whoever it was about: TooManyGuesses.
    """
    most, within = one_time_codes.FOR_ONE_ASKER
    guessing.count(kind="codes for members asked by", of=asker, limit=most, within=within, at=at)
    member = finding.by_id(member_id, practice=practice) if member_id else None
    if member is None:
        return
    try:
        send(
            purpose=one_time_codes.Purpose.SPEND,
            member_id=member.pk,
            asker=asker,
            language=member.locale,
            practice=practice,
            at=at,
        )
    except (one_time_codes.NowhereToSend, codes.ChannelClosed, guessing.TooManyGuesses) as refused:
        log.info("code_not_sent", member_id=str(member.pk), reason=refused.code)


def text(purpose: str, *, code: str, language: str) -> str:
    """What the message says. The code comes first: a telephone shows it before the message is opened."""
    vietnamese, english = _TEXTS[purpose]
    warning = _SAID_AT_THE_TILL if purpose in SAID_AT_THE_TILL else _DO_NOT_SHARE
    said = english if language == "en" else vietnamese
    # asked for only where it is said: a code to sign in costs the same statements for a stranger's phone
    unit = brand.last_known().unit_in(language) if "{unit}" in said else ""
    return f"{said.format(code=code, unit=unit)} {warning['en' if language == 'en' else 'vi']}"
