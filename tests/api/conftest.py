"""A shop with a till at the end of real HTTP: one server for the tests of a module."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from pytest_django import DjangoDbBlocker

from dashboard.running import processes
from events import clock
from loyalty import founding, keys, policies
from loyalty.models import Store, Terminal
from loyalty.models.stores import SCOPES
from members import founding as texts
from tests.conftest import ENGINES, THIS_PROCESS
from tests.running import Processes

_numbers = itertools.count(1)
NO_LIMITS = {"API_CALLS_PER_MINUTE": "1000000", "API_LOOKUPS_PER_MINUTE": "1000000", "WEB_TIMEOUTS": "1"}


@dataclass
class Till:
    """Minh's till: sends with its key, and reads what comes back."""

    url: str
    key: str
    session: requests.Session = field(default_factory=requests.Session)

    def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> requests.Response:
        all_headers = {"Authorization": f"Bearer {self.key}", "Accept-Language": "en"} | (headers or {})
        return self.session.request(method, self.url + path, headers=all_headers, timeout=30, **more)

    def post(self, path: str, body: Any, *, key: str | None = None) -> requests.Response:
        return self.send("POST", path, json=body, headers={"Idempotency-Key": key} if key else None)

    def get(self, path: str, **query: str) -> requests.Response:
        return self.send("GET", path, params=query or None)


@dataclass
class Shop:
    url: str
    store: Store
    terminal: Terminal
    key: str

    @property
    def till(self) -> Till:
        return Till(self.url, self.key)

    def key_with(self, *scopes: str, test: bool = False) -> str:
        return keys.create(store=self.store, scopes=scopes or SCOPES, test=test, at=clock.now())[1]

    def till_with(self, *scopes: str, test: bool = False) -> Till:
        return Till(self.url, self.key_with(*scopes, test=test))


def furnish(url: str) -> Shop:
    """A programme of the defaults, one store, one till and its key, on the database behind the connection."""
    now = clock.now()
    policies.forget()
    founding.found(name="Cà phê Hạt", at=now)
    texts.found(at=now)
    store = Store.objects.create(code="q1", name="Cà phê Hạt Quận 1")
    terminal = Terminal.objects.create(store=store, code="t1")
    _, key = keys.create(store=store, terminal=terminal, at=now)
    return Shop(url=url, store=store, terminal=terminal, key=key)


@pytest.fixture(scope="module")
def shop(django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The shop's server and database live as long as the tests of one module."""
    with django_db_blocker.unblock(), ENGINES.copy(f"api_{THIS_PROCESS}_{next(_numbers)}") as database:
        furnished = furnish("")
        started = Processes(env={**database.env, **NO_LIMITS}, logs=tmp_path_factory.mktemp("web"))
        try:
            furnished.url = started.web().url
            yield furnished
        finally:
            started.stop()
            policies.forget()


@pytest.fixture
def till(shop: Shop) -> Till:
    return shop.till


__all__ = ["Shop", "Till", "processes"]
