"""What every call of the API has in common: key, scope, fairness, strict reading, one answer format, no surprise."""

import re
import secrets
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import msgspec
import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from api import metrics, persisting, problems, reading, texts
from api.access import Caller, KeyAuthentication
from api.fairness import KeyThrottle
from api.shapes.parts import Answer, Body
from events import clock

B = TypeVar("B", bound=Body)
# what metrics tell apart; a caller could invent any number of others
METHODS = frozenset({"GET", "POST", "HEAD", "PUT", "DELETE"})
_REQUEST_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)


class OneFormat(BaseContentNegotiation):
    """JSON in, JSON out, whatever `Accept` says."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        return None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> tuple[BaseRenderer, str]:
        return renderers[0], "application/json"


class Door(APIView):
    """One address of the API. A method reads, calls the domain once and answers."""

    scopes: ClassVar[dict[str, str]] = {}
    looks_up: ClassVar[bool] = False
    largest_body: ClassVar[int] = reading.LARGEST_BODY

    authentication_classes = (KeyAuthentication,)
    permission_classes = ()
    throttle_classes = (KeyThrottle,)
    content_negotiation_class = OneFormat
    renderer_classes = (JSONRenderer,)
    parser_classes = ()
    versioning_class = None
    http_method_names = ["get", "post", "put", "delete", "head"]

    caller: Caller
    at: datetime
    language: texts.Language
    request_id: str
    _raw: bytes | None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        started = time.monotonic()
        self.args, self.kwargs, self._raw = args, kwargs, None
        self.language = texts.language(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        self.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
        self.request = self.initialize_request(request, *args, **kwargs)
        try:
            response = persisting.until_done(self._answer_once, started=started)
        except Exception as error:
            problem = problems.of(error, request_id=self.request_id)
            metrics.refusals.labels(problem.code).inc()
            response = problems.respond(problem, self.language)
            if problem.status == 405:
                response["Allow"] = ", ".join(self.allowed_methods)
        response["X-Request-Id"] = self.request_id
        method = request.method if request.method in METHODS else "other"
        metrics.seconds.labels(type(self).__name__, method, response.status_code).observe(time.monotonic() - started)
        return response

    def _answer_once(self) -> HttpResponseBase:
        self.initial(self.request, *self.args, **self.kwargs)
        self.at = clock.now()
        method = (self.request.method or "").lower()
        handler = getattr(self, method, None) if method in self.http_method_names else None
        answer: Callable[..., HttpResponseBase] = handler or self.http_method_not_allowed
        if handler is not None and method == "post":
            self.parameters()  # what writes takes none
        return answer(self.request, *self.args, **self.kwargs)

    def check_permissions(self, request: Request) -> None:
        self.caller = request.auth
        scope = self.scopes.get((request.method or "").replace("HEAD", "GET"))
        if scope is not None:
            self.caller.must_have(scope)

    def raw(self) -> bytes:
        if self._raw is None:
            self._raw = reading.raw_body(self.request._request, limit=self.largest_body)
        return self._raw

    def read(self, wanted: type[B]) -> B:
        """The body in the wanted shape, or a 400."""
        return reading.shape(self.raw(), wanted)

    def parameters(self, *allowed: str) -> dict[str, str]:
        return reading.parameters(self.request._request, *allowed)

    def tell(self, answer: Answer, *, status: int = 200) -> HttpResponse:
        response = HttpResponse(
            orjson.dumps(answer, default=msgspec.to_builtins), status=status, content_type="application/json"
        )
        response["Content-Language"] = self.language
        return response

    def tell_effect(self, answer: Answer, *, replayed: bool) -> HttpResponse:
        """201 for what was done just now; 200 and a word about it for what had been done before."""
        response = self.tell(answer, status=200 if replayed else 201)
        if replayed:
            response["Idempotent-Replayed"] = "true"
        return response
