"""Who calls: a key, the till it stands at and what it may do."""

import hashlib
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from api.problems import Problem
from events import clock
from loyalty import keys
from loyalty.models import ApiKey
from loyalty.till import Till

MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified key. `by` is what the ledger writes down."""

    prefix: str
    scopes: frozenset[str]
    till: Till
    expires_at: datetime | None
    is_authenticated: bool = True

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        till = Till.of(key.store, key.terminal, by=f"key:{key.pk}")
        return cls(key.prefix, frozenset(key.scopes), till, key.expires_at)

    def must_have(self, scope: str) -> None:
        if scope not in self.scopes:
            raise Problem(403, "scope_missing")


_remembered: dict[bytes, tuple[Caller, float]] = {}


def forget() -> None:
    """Ask the database anew (tests; another database behind the connection)."""
    _remembered.clear()


def caller_of(text: str) -> Caller:
    """The caller behind a key, remembered in this process for API_KEY_CACHE_SECONDS. A revoked key ends as late."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
    now = clock.now()
    known = _remembered.get(digest)
    if known and known[1] > time.monotonic():
        caller = known[0]
    else:
        _remembered.pop(digest, None)
        key = keys.verify(text, at=now)
        keys.note_use(key, at=now)
        caller = Caller.of(key)
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[digest] = (caller, time.monotonic() + settings.API_KEY_CACHE_SECONDS)
    if caller.expires_at is not None and caller.expires_at <= now:
        raise keys.KeyRefused()
    return caller


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer lp_live_…`. Anything else, or nothing, is 401."""

    def authenticate(self, request: Request) -> tuple[Caller, Caller]:
        kind, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        text = text.strip()
        if kind.lower() != "bearer" or not text.isascii() or not 8 <= len(text) <= 128:
            raise refused()
        try:
            caller = caller_of(text)
        except keys.KeyRefused:
            raise refused() from None
        return caller, caller

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="loyalty"'


def refused() -> Problem:
    return Problem(401, "key_refused", headers={"WWW-Authenticate": 'Bearer realm="loyalty"'})
