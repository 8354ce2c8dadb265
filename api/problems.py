"""Refusals as `application/problem+json` (RFC 9457). They say what is wrong and where, never what was sent."""

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions

from api import persisting, texts
from events.refusals import Conflict, Missing, Refusal
from members.guessing import TooManyGuesses

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
BUSY_RETRY_SECONDS = 2


class Problem(Exception):
    """A refusal of the door itself, before or beside the domain."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.errors = errors
        self.headers = headers or {}
        self.details = details or {}


def malformed(pointer: str, code: str) -> Problem:
    """400: one place of the request has the wrong shape, type or range."""
    return Problem(400, "malformed", errors=[(pointer, code)])


def of(error: Exception, *, request_id: str = "") -> Problem:
    """The refusal an exception stands for. What nobody foresaw is a 500, logged with its trace and the request's id."""
    match error:
        case Problem():
            return error
        case Conflict():
            return Problem(409, error.code, details=error.details)
        case Missing():
            return Problem(404, "not_found")
        case TooManyGuesses():
            return Problem(429, error.code, headers={"Retry-After": str(error.details["retry_after"])})
        case Refusal():
            return Problem(422, error.code, details=error.details)
        case Http404():
            return Problem(404, "not_found")
        case exceptions.MethodNotAllowed():
            return Problem(405, "method_not_allowed")
        case exceptions.Throttled():
            wait = max(1, math.ceil(error.wait or 1))
            return Problem(429, "too_many_requests", headers={"Retry-After": str(wait)})
        case DatabaseError() | InterfaceError() if persisting.fell_over(error):
            log.warning("database %s in request %s", type(error.__cause__ or error).__name__, request_id)
            return Problem(503, "busy", headers={"Retry-After": str(BUSY_RETRY_SECONDS)})
        case RequestDataTooBig():
            return Problem(413, "too_large")
        case SuspiciousOperation() | BadRequest():
            return malformed("", "not_readable")
    log.error("unforeseen %s in request %s", type(error).__name__, request_id, exc_info=error)
    return Problem(500, "internal")


def body(problem: Problem, language: texts.Language) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": f"urn:problem:loyalty:{problem.code}",
        "title": texts.title(problem.code, language),
        "status": problem.status,
        "code": problem.code,
        "detail": texts.detail(problem.code, language, problem.details),
    }
    if problem.errors:
        told["errors"] = [{"pointer": pointer, "code": code} for pointer, code in problem.errors]
    return told


def respond(problem: Problem, language: texts.Language) -> HttpResponse:
    response = HttpResponse(
        orjson.dumps(body(problem, language)), status=problem.status, content_type=MEDIA_TYPE, headers=problem.headers
    )
    response["Content-Language"] = language
    return response


def _outside(request: HttpRequest, problem: Problem) -> HttpResponse:
    return respond(problem, texts.language(request.META.get("HTTP_ACCEPT_LANGUAGE", "")))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The router's 404 under the doors of machines."""
    return _outside(request, Problem(404, "not_found"))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _outside(request, of(exception) if exception else malformed("", "not_readable"))


def server_error(request: HttpRequest) -> HttpResponse:
    return _outside(request, Problem(500, "internal"))
