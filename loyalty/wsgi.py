"""The web process: `granian --interface wsgi loyalty.wsgi:application`.

Two chains of handlers. Machines (`/api/…`, health, metrics) go without any middleware: sessions, CSRF and languages
by cookie are for people, and each costs the till its time. Everything else goes through Django's ordinary chain.
"""

import contextlib
import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import ResolverMatch, get_resolver, set_urlconf

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
django.setup(set_prefix=False)

# a body longer than this is refused with its connection
HEARD_OUT = 16 * 1024 * 1024
MACHINE_URLS = "api.urls"
MACHINE_PATHS = frozenset({"/api", "/healthz", "/readyz", "/metrics"})


class MachineHandler(WSGIHandler):
    """Straight to the view. What it leaves out of Django's own handler is what a till would pay for in every call."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        self._without_parameters: dict[str, ResolverMatch] = {}

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        # errors outside of any view are answered by the handlers of this URLconf
        set_urlconf(MACHINE_URLS)
        response: Any = self._middleware_chain(request)
        response._resource_closers.append(request.close)
        if isinstance(response, HttpResponse):
            # else the server sends it in chunks, which old tills cannot read
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """The busiest addresses have no parameters: each is looked for once."""
        match = self._without_parameters.get(request.path_info)
        if match is None:
            match = get_resolver(MACHINE_URLS).resolve(request.path_info)
            if not match.kwargs:
                self._without_parameters[request.path_info] = match
        request.resolver_match = match
        return match


people = WSGIHandler()
machines = MachineHandler()
# Every view is imported before the first request: threads that begin at the same instant must not race each other
# through half-imported modules, and no till waits for it.
for urls in (MACHINE_URLS, settings.ROOT_URLCONF):
    list(get_resolver(urls).url_patterns)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path: str = environ.get("PATH_INFO", "")
    handler = machines if path in MACHINE_PATHS or path.startswith("/api/") else people
    response = handler(environ, start_response)
    if environ.get("CONTENT_LENGTH") or environ.get("wsgi.input_terminated"):
        _hear_out(environ["wsgi.input"])
    return response


def _hear_out(body: Any) -> None:
    """Read what a refusal left unread: the server would close the connection on it, and the caller's next call fail."""
    with contextlib.suppress(OSError):
        body.read(HEARD_OUT)
