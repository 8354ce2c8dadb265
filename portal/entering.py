"""The way in by a one-time code: somebody says a phone, and proves it is in their hand. What then is up to whose it is.

What was said on the way (the phone, the name, the store of the poster) waits in the visitor's own session. Until the
code is proved nothing on these pages depends on whether the phone is a member's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from campaigns import sending_codes
from campaigns.codes import ChannelClosed
from events import clock
from members import one_time_codes
from members.guessing import TooManyGuesses
from members.identifying import PhoneUnreadable, masked_phone
from members.one_time_codes import CodeRefused, CodeUnreadable, Proved
from portal import access

KEY = "entry"
# a phone that was proved this long ago may have changed hands
PROVED_FOR = timedelta(minutes=30)


class NotSent(Exception):
    """No code is on its way; the words for the person who waits for it."""


class NotProved(Exception):
    """The code was not the right one; the words for the person who typed it."""


def begin(request: HttpRequest, **said: Any) -> None:
    """Keeps what a visitor said, and has a code sent to the `phone` among it. Raises NotSent; then nothing is kept."""
    said["code"] = ask(request, purpose=said["purpose"], phone=said["phone"])
    request.session[KEY] = said


def ask(request: HttpRequest, **whom: Any) -> str:
    """Has a code sent; answers it for the page of a demonstration, and nothing elsewhere. Raises NotSent."""
    try:
        sent = sending_codes.send(
            **whom, asker=access.asker(request), language=translation.get_language() or "vi", at=clock.now()
        )
    except PhoneUnreadable:
        raise NotSent(_("Không đọc được số điện thoại này. Ví dụ: 0912 345 678.")) from None
    except one_time_codes.NowhereToSend:
        raise NotSent(_("Không có số điện thoại hay e-mail nào để gửi mã.")) from None
    except TooManyGuesses as refusal:
        raise NotSent(_too_many(refusal)) from None
    except ChannelClosed:
        raise NotSent(_("Cửa hàng chưa gửi được tin nhắn. Nhân viên ở quầy giúp bạn được ngay.")) from None
    return sent.code if settings.MODE == "demo" else ""


def prove(request: HttpRequest, *, code: str, **whom: Any) -> Proved:
    """Raises NotProved."""
    with in_words():
        return one_time_codes.prove(**whom, code=code, asker=access.asker(request), at=clock.now())


@contextmanager
def in_words() -> Iterator[None]:
    """Whatever refuses a code within is raised as NotProved."""
    try:
        yield
    except CodeUnreadable:
        raise NotProved(_("Mã gồm 6 chữ số.")) from None
    except CodeRefused as refusal:
        if refusal.details["left"]:
            left = refusal.details["left"]
            raise NotProved(_("Mã không đúng. Bạn còn %(left)s lần thử.") % {"left": left}) from None
        raise NotProved(_("Mã không đúng hoặc đã hết hạn. Hãy lấy mã mới.")) from None
    except TooManyGuesses as refusal:
        raise NotProved(_too_many(refusal)) from None


def said(request: HttpRequest) -> dict[str, Any] | None:
    """What the visitor said so far; None for somebody who has not begun."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    return kept


def masked(entry: dict[str, Any]) -> str:
    return masked_phone(entry["phone"])


def note_proved(request: HttpRequest, *, phone: str) -> None:
    """The phone is in this visitor's hand: what else they say now may make them a member."""
    entry = said(request) or {}
    request.session[KEY] = {**entry, "phone": phone, "code": "", "proved_at": clock.now().isoformat()}


def proved_phone(request: HttpRequest) -> str | None:
    entry = said(request)
    if entry is None or not entry.get("proved_at"):
        return None
    proved_at = datetime.fromisoformat(entry["proved_at"])
    return entry["phone"] if timedelta(0) <= clock.now() - proved_at < PROVED_FOR else None


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def _too_many(refusal: TooManyGuesses) -> str:
    minutes = refusal.details["retry_after"] // 60 + 1
    return _("Quá nhiều lần. Hãy thử lại sau %(minutes)s phút.") % {"minutes": minutes}
