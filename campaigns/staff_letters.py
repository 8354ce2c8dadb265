"""The e-mail that invites somebody to the dashboard: it rides with the one-time codes, and is forgotten once sent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation

from campaigns import channels, codes
from loyalty.look import brand
from members import inviting, roles
from members.inviting import Invited
from members.models import StaffInvitation, User

_TEXTS = {
    "vi": "{shop} mời bạn vào trang quản trị với vai trò {role}.\n\n"
    "Mở liên kết này để đặt tên đăng nhập và mật khẩu. Liên kết dùng được một lần, trong {hours} giờ:\n{link}\n\n"
    "Sau đó bạn được hướng dẫn cài xác thực hai bước. Nếu bạn không chờ lời mời này thì không cần làm gì.",
    "en": "{shop} invites you to its dashboard as {role}.\n\n"
    "Open this link to choose a name and a password. It works once, within {hours} hours:\n{link}\n\n"
    "You are then led to set up a second factor. If you did not expect this, there is nothing to do.",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation with its link, told this once; `mailed`: the link is also on its way by e-mail."""

    invitation: StaffInvitation
    link: str
    mailed: bool


def invite(
    *,
    role: str,
    store_ids: Iterable[int],
    name: str,
    email: str,
    language: str,
    link_of: Callable[[str], str],
    by: User | None,
    at: datetime,
) -> Sent:
    """Invites somebody (`members.inviting.invite`); where there is an address and a way to it, by e-mail too."""
    with transaction.atomic():
        made = inviting.invite(role=role, store_ids=store_ids, name=name, email=email, language=language, by=by, at=at)
        return _send(made, link=link_of(made.token), at=at)


def send_again(*, invitation_id: int, link_of: Callable[[str], str], at: datetime) -> Sent:
    """A new link in place of the one before. Raises InvitationEnded."""
    with transaction.atomic():
        made = inviting.again(invitation_id=invitation_id, at=at)
        return _send(made, link=link_of(made.token), at=at)


def _send(made: Invited, *, link: str, at: datetime) -> Sent:
    invitation = made.invitation
    mailed = bool(invitation.email) and channels.is_open("email")
    if mailed:
        codes.request(
            text=text(invitation, link=link),
            channel="email",
            address=invitation.email,
            language=invitation.language,
            expires_at=invitation.expires_at,
            at=at,
        )
    return Sent(invitation, link, mailed)


def text(invitation: StaffInvitation, *, link: str) -> str:
    language = "en" if invitation.language == "en" else "vi"
    hours = int(inviting.GOOD_FOR.total_seconds() // 3600)
    with translation.override(language):
        role, shop = str(roles.LABELS[invitation.role]), brand.current().name
    return _TEXTS[language].format(shop=shop, role=role, hours=hours, link=link)
