"""What every page for people passes through: who changed it, and what its scripts may do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from pghistory.middleware import HistoryMiddleware

PEOPLES_PAGES = ("/admin/", "/accounts/")

# Alpine, as unfold ships it, evaluates expressions and its templates hold inline scripts and styles. Nothing may be
# loaded from, or sent to, anybody else.
ADMIN_POLICY = {
    "default-src": ["'self'"],
    "script-src": ["'self'", "'unsafe-inline'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}


class PeopleHistoryMiddleware(HistoryMiddleware):
    """Who and where, for the history of rows that staff edit. Not for tills: money rows are their own audit."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(PEOPLES_PAGES):
            return super().__call__(request)
        return self.get_response(request)


class AdminPolicyMiddleware:
    """The admin's own content policy in place of the strict one of the other doors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(PEOPLES_PAGES):
            response._csp_replace = ADMIN_POLICY  # type: ignore[attr-defined]
        return response


class NotKeptMiddleware:
    """No page of a person is kept by a browser on a shared till, nor on the way, unless it says so for itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
