"""What the frame of a member's page needs, whatever the page shows."""

from datetime import datetime
from typing import Any

from django.utils import translation

from campaigns import inbox
from loyalty.wording import Language
from portal.access import MemberRequest


def language() -> Language:
    """The language of the page."""
    return "en" if translation.get_language() == "en" else "vi"


def around(request: MemberRequest, *, tab: str = "", at: datetime, **more: Any) -> dict[str, Any]:
    """A page's context: which of the five tabs is open, and whether a message waits."""
    return {"tab": tab, "unread": inbox.unread(member_id=request.member.pk, at=at), "at": at, **more}
