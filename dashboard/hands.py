"""What needs a hand of whoever looks: counts beside the menu's entries, up to a hundred."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from dashboard import access
from events import clock
from loyalty import approving
from members.relationship import measuring


def badge(request: HttpRequest, name: str) -> dict[str, Any]:
    """The badge of a menu entry as unfold draws it; nothing where nothing waits."""
    count = COUNTED[name](request) if name in COUNTED else 0
    return {"badge": few(count), "badge_variant": "danger", "badge_style": "solid"} if count else {}


def few(count: int) -> str:
    return str(count) if count < measuring.COUNTED_AT_MOST else f"{count - 1}+"


def _late(request: HttpRequest) -> int:
    return measuring.late_count(at=clock.now(), store_ids=access.stores_of(request.user))


def _voices(request: HttpRequest) -> int:
    return measuring.voices_waiting() if access.may(request.user, "act", "voice") else 0


def _points(request: HttpRequest) -> int:
    return approving.waiting() if access.may(request.user, "act", "adjustment") else 0


COUNTED: dict[str, Callable[[HttpRequest], int]] = {
    "members_case_changelist": _late,
    "members_voice_changelist": _voices,
    "loyalty_adjustmentrequest_changelist": _points,
}
