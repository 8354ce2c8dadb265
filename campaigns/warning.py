"""Telling people at their old address what became of their account: the true owner is the best alarm.

Such a message goes to an address that names the member no longer, at any hour and whatever was refused: it rides with
the one-time codes.
"""

from datetime import timedelta
from uuid import UUID

from campaigns import channels, codes, limits
from campaigns.sending_codes import WAYS
from events.models import Event
from members.models import Identifier, Member

GOOD_FOR = timedelta(days=1)

_MOVED = {
    "vi": "Thẻ thành viên của bạn đã chuyển sang số khác; điểm và voucher tạm khóa 24 giờ. "
    "Không phải bạn? Hãy báo ngay cho cửa hàng.",
    "en": "Your membership has moved to another number; points are locked for 24 hours. "
    "Not you? Tell the shop at once.",
}
_PASSED = {
    "vi": "Số điện thoại trên thẻ thành viên của bạn nay thuộc về người khác và không còn dùng để đăng nhập. "
    "Điểm, hạng và thẻ vẫn còn. Hãy mang thẻ đến cửa hàng để ghi số mới.",
    "en": "The phone number of your membership now belongs to somebody else and no longer signs you in. Points, tier "
    "and card are kept. Bring the card to the shop to have your new number noted.",
}


def hear(*, event: Event) -> None:
    """A number moved: tell the old one. A number passed to somebody else: tell its old owner another way, if any."""
    member = Member.objects.filter(pk=event.member_id or UUID(int=0), practice=False).first()
    if member is None:
        return
    if event.type == "member.phone_moved":
        _tell(member, _old_phone(event), _MOVED, event)
    else:
        emails = Identifier.objects.filter(
            member=member, kind=Identifier.Kind.EMAIL, until_at__isnull=True, verified_at__isnull=False
        )
        _tell(member, emails.first(), _PASSED, event)


def _old_phone(event: Event) -> Identifier | None:
    old = event.data.get("old")
    return Identifier.objects.filter(pk=old).exclude(value="").first() if old else None


def _tell(member: Member, to: Identifier | None, words: dict[str, str], event: Event) -> None:
    channel = next((way for way in WAYS[to.kind] if channels.is_open(way)), "") if to is not None else ""
    if to is None or not channel:
        return
    language = "en" if member.locale == "en" else "vi"
    text = words[language] if channel == "sms" else f"{limits.policy().brand}: {words[language]}"
    codes.request(
        text=text,
        channel=channel,
        address=to.value,
        language=language,
        expires_at=event.recorded_at + GOOD_FOR,
        at=event.recorded_at,
        member_id=member.pk,
    )
