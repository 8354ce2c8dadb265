"""How often a key may call: a budget per minute, so that one till gone mad leaves room for the others.

Fairness only. The processes share the count through Valkey and draw from it in small portions, so that not every call
asks; a Valkey that does not answer lets everybody pass.
"""

import logging
import threading
import time

import redis
from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from events import clock

log = logging.getLogger(__name__)
WINDOW_SECONDS = 60
PORTIONS = 60
SILENCE_SECONDS = 5.0

_lock = threading.Lock()
_left: dict[str, tuple[int, int]] = {}
_silent_until = 0.0
_valkey: redis.Redis | None = None


def _client() -> redis.Redis:
    global _valkey
    if _valkey is None:
        _valkey = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.2, socket_connect_timeout=0.2)
    return _valkey


def seconds_to_wait(name: str, *, limit: int, now: float) -> float | None:
    """None where this call of `name` is within its `limit` per minute; else the seconds until the next minute."""
    window = int(now) // WINDOW_SECONDS
    with _lock:
        kept_window, left = _left.get(name, (window, 0))
        if kept_window == window and left > 0:
            _left[name] = (window, left - 1)
            return None
    portion = max(1, limit // PORTIONS)
    granted = _draw(f"pos:{name}:{window}", portion, limit)
    if granted is None:
        return None
    if granted == 0:
        return WINDOW_SECONDS - now % WINDOW_SECONDS
    with _lock:
        if len(_left) > 10_000:
            _left.clear()
        _left[name] = (window, granted - 1)
    return None


def _draw(name: str, portion: int, limit: int) -> int | None:
    """How many of `portion` calls are granted; None where Valkey does not answer."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return None
    try:
        pipe = _client().pipeline(transaction=False)
        pipe.incrby(name, portion)
        pipe.expire(name, WINDOW_SECONDS * 2)
        used = int(pipe.execute()[0])
    except (redis.RedisError, OSError, ValueError) as error:
        log.warning("no throttling for a while: %s", type(error).__name__)
        _silent_until = time.monotonic() + SILENCE_SECONDS
        return None
    return max(0, min(portion, limit - (used - portion)))


class KeyThrottle(BaseThrottle):
    """One budget for all calls of a key, and a smaller one for looking people up, so that phones are not guessed."""

    def __init__(self) -> None:
        self.waiting: float | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        looks_up = getattr(view, "looks_up", False)
        limit = settings.API_LOOKUPS_PER_MINUTE if looks_up else settings.API_CALLS_PER_MINUTE
        name = f"{request.auth.prefix}:{'lookup' if looks_up else 'all'}"
        self.waiting = seconds_to_wait(name, limit=limit, now=clock.now().timestamp())
        return self.waiting is None

    def wait(self) -> float | None:
        return self.waiting
