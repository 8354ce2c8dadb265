"""For those who watch the platform: is it alive, can it work, how much is waiting."""

import ipaddress
import os
from collections.abc import Callable
from typing import Any

import orjson
from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from redis import RedisError

from api import problems, texts
from api.problems import Problem
from events import clock, health


def _get_only(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def checked(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request)
        language = texts.language(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
        return problems.respond(Problem(405, "method_not_allowed", headers={"Allow": "GET, HEAD"}), language)

    return checked


def _json(told: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return HttpResponse(
        orjson.dumps(told), status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )


@_get_only
def alive(request: HttpRequest) -> HttpResponse:
    """This process answers. Asks nobody else, so that a dead database does not make it look dead too."""
    return _json({"status": "ok"})


@_get_only
def ready(request: HttpRequest) -> HttpResponse:
    """200 where sales can be posted. A silent Valkey is told, and does no harm to them."""
    told: dict[str, Any] = {"status": "ok", "database": "ok", "valkey": _valkey()}
    try:
        told["deliveries"] = health.oldest_open(clock.now()).__dict__
    except Error:
        connection.close()
        told |= {"status": "down", "database": "down"}
        return _json(told, status=503)
    return _json(told)


def _valkey() -> str:
    try:
        cache.get("ready")
    except (RedisError, OSError):
        return "down"
    return "ok"


@_get_only
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus: for whoever bears METRICS_TOKEN; without one set, for this machine only."""
    if not _may_watch(request):
        language = texts.language(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
        return problems.respond(Problem(403, "scope_missing"), language)
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return HttpResponse(generate_latest(registry) + _backlog(), content_type=CONTENT_TYPE_LATEST)


def _may_watch(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        return constant_time_compare(request.META.get("HTTP_AUTHORIZATION", ""), f"Bearer {settings.METRICS_TOKEN}")
    try:
        here = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return here and "HTTP_X_FORWARDED_FOR" not in request.META


def _backlog() -> bytes:
    """What waits in the database, read at the moment of asking: the same whichever process answers."""
    at = clock.now()
    try:
        waiting, jobs = health.oldest_open(at), health.jobs(at)
    except Error:
        connection.close()
        return b""
    return (
        "# TYPE loyalty_deliveries_oldest_seconds gauge\n"
        f"loyalty_deliveries_oldest_seconds {waiting.seconds}\n"
        "# TYPE loyalty_deliveries_open gauge\n"
        f"loyalty_deliveries_open {waiting.open}\n"
        "# TYPE loyalty_deliveries_dead gauge\n"
        f"loyalty_deliveries_dead {waiting.dead}\n"
        "# TYPE loyalty_jobs_oldest_seconds gauge\n"
        f"loyalty_jobs_oldest_seconds {jobs.seconds}\n"
        "# TYPE loyalty_jobs_open gauge\n"
        f"loyalty_jobs_open {jobs.open}\n"
        "# TYPE loyalty_jobs_failed gauge\n"
        f"loyalty_jobs_failed {jobs.failed}\n"
    ).encode()
