"""People in front of the pages: an admin with a second factor, a store manager, cashiers at enrolled devices.

Each keeps one connection and sends what a browser sends; what comes back is read to its end.
"""

import http.client
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from counter.desk import DEVICE_COOKIE, PERSON_COOKIE
from loyalty import devices, sitting
from loyalty.models import Store
from members import pins, roles
from members.models import User

HOST = "127.0.0.1"
PIN = "4826"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request: `form` is sent where there is one. `part`: the script of the page asks for a part of it."""

    path: str
    query: Mapping[str, object] = field(default_factory=dict)
    form: Mapping[str, object] | None = None
    part: bool = False

    @property
    def address(self) -> str:
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


@dataclass
class Browser:
    """Somebody who has come in."""

    cookies: dict[str, str]
    port: int
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    def __post_init__(self) -> None:
        self.cookies[settings.CSRF_COOKIE_NAME] = self.token
        self.line = http.client.HTTPConnection(HOST, self.port, timeout=60)

    def milliseconds(self, ask: Ask) -> float:
        """How long the answer takes to its last byte. RuntimeError for another status than 200."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept-Encoding": "gzip, br",
            **self._of_the_script(ask),
        }
        body = None
        if ask.form is not None:
            body = urlencode(ask.form)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.token}
        began = time.perf_counter()
        self.line.request("GET" if body is None else "POST", ask.address, body, headers)
        answer = self.line.getresponse()
        came = answer.read()
        took = (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{ask.address} was answered {answer.status}: {came[:500]!r}")
        return took

    def queries(self, ask: Ask) -> int:
        """How many the same request makes, asked of the views in this process."""
        client = Client(SERVER_NAME=HOST, headers=self._of_the_script(ask))
        client.cookies.load(self.cookies)
        with CaptureQueriesContext(connection) as seen:
            if ask.form is None:
                client.get(ask.address)
            else:
                client.post(ask.path, ask.form)
        return len(seen)

    def _of_the_script(self, ask: Ask) -> dict[str, str]:
        return {"HX-Request": "true"} if ask.part else {}

    def close(self) -> None:
        self.line.close()


def staff(name: str, role: str, *, stores: list[Store] | None = None) -> User:
    """Hired once, with a second factor where the role signs in by a password."""
    user, new = User.objects.get_or_create(
        username=name, defaults={"is_staff": True, "store_ids": [store.pk for store in stores or ()]}
    )
    if new:
        roles.give(user=user, role=role)
        TOTP.activate(user, generate_totp_secret())
    return user


def in_the_office(user: User, *, port: int) -> Browser:
    client = Client(SERVER_NAME=HOST)
    client.force_login(user)
    return Browser({settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}, port)


def at_a_counter(user: User, *, store: Store, name: str, port: int, at: datetime) -> Browser:
    """A device of the store, and the person's right PIN."""
    made = devices.create(store=store, name=name, by=user, at=at)
    pins.choose(user_id=user.pk, pin=PIN, by="system", at=at)
    begun = sitting.begin(device=made.device, user_id=user.pk, pin=PIN, at=at)
    return Browser({DEVICE_COOKIE: made.token, PERSON_COOKIE: begun.token}, port)
