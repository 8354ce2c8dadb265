"""The session of a member: another cookie and another seal than that of staff, in the same table.

Staff open a till or the dashboard and customers their card in the same browser, even at once. Neither session means
anything at the other's door: the pages of members never look at the cookie of staff, and a key carried by hand from one
cookie into the other names a session whose seal does not fit, which is an empty one.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date

from events import clock

COOKIE = "member"
PAGES = ("/me/", "/join/")
OWN_PHONE = timedelta(days=90)
BORROWED_PHONE = timedelta(hours=1)


class MemberSession(SessionStore):
    """A row of Django's sessions that only the pages of members can read."""

    key_salt = "portal.sessions.MemberSession"

    def load(self) -> dict[str, Any]:
        """What the row holds. A row under another seal is not ours: its key is let go, so that nobody's is ended."""
        held: dict[str, Any] = super().load()
        if not held:
            self._session_key = None
        return held


class DoorSessionMiddleware(SessionMiddleware):
    """The session of whoever's pages are asked for: members', else Django's own."""

    def process_request(self, request: HttpRequest) -> None:
        if not request.path_info.startswith(PAGES):
            super().process_request(request)
            return
        request.session = MemberSession(request.COOKIES.get(COOKIE))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = getattr(request, "session", None)
        if not isinstance(session, MemberSession):
            return super().process_response(request, response)
        if session.accessed:
            patch_vary_headers(response, ("Cookie",))
        if session.is_empty():
            if COOKIE in request.COOKIES:
                response.delete_cookie(COOKIE, samesite="Lax")
        elif session.modified and response.status_code < 500:
            _keep(session, response)
        return response


def _keep(session: MemberSession, response: HttpResponse) -> None:
    session.save()
    age = None if session.get_expire_at_browser_close() else session.get_expiry_age()
    response.set_cookie(
        COOKIE,
        session.session_key or "",
        max_age=age,
        expires=None if age is None else http_date(clock.now().timestamp() + age),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
