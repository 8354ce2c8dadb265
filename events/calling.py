"""Posting to an address that somebody outside gave us: only to the public internet, never further than asked.

The name is resolved once, each address it answers is looked at, and the connection goes to that address and no other:
a name that points elsewhere a moment later (DNS rebinding) leads nowhere. Redirects are answers, not instructions.
"""

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter

from events.refusals import Refusal

CONNECT_SECONDS = 5
READ_SECONDS = 10
MOST_READ = 64 * 1024
# Public by the book, yet roads to private addresses: 6to4, Teredo, NAT64.
_DETOURS = [ipaddress.ip_network(text) for text in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48")]


class UrlRefused(Refusal):
    """`reason` is shape, scheme, unknown_host or private_address."""

    code = "webhook_url_refused"


@dataclass(frozen=True, kw_only=True)
class Target:
    url: str
    scheme: str
    host: str
    port: int
    address: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`status` is None when there was no answer; `error` says why, without anything that was sent or received."""

    status: int | None
    error: str = ""
    retry_after: int | None = None

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def troubled(self) -> bool:
        """The other side may be down: this need not be about the one message."""
        return self.status is None or self.status >= 500

    @property
    def asks_for_peace(self) -> bool:
        return self.status == 429 or (self.status == 503 and self.retry_after is not None)


def look_up(url: str) -> Target:
    """Where this address leads. Raises UrlRefused."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UrlRefused(reason="shape") from None
    if parts.scheme not in ("http", "https") or (parts.scheme == "http" and not settings.WEBHOOK_ALLOW_PRIVATE):
        raise UrlRefused(reason="scheme")
    if not host or parts.username is not None or parts.password is not None or not url.isprintable() or " " in url:
        raise UrlRefused(reason="shape")
    port = port or (443 if parts.scheme == "https" else 80)
    addresses = _resolve(host, port)
    if not settings.WEBHOOK_ALLOW_PRIVATE and not all(map(_public, addresses)):
        raise UrlRefused(reason="private_address")
    return Target(url=url, scheme=parts.scheme, host=host, port=port, address=addresses[0])


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UrlRefused(reason="unknown_host") from None
    return [str(entry[4][0]) for entry in found]


def _public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif any(address in detour for detour in _DETOURS):
            return False
    return address.is_global and not address.is_multicast


class _Pinned(HTTPAdapter):
    """Connects to the address that was looked at, while the certificate must still be the name's."""

    def __init__(self, target: Target, connections: int) -> None:
        self.target = target
        super().__init__(pool_maxsize=connections)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        host: dict[str, Any]
        pool: dict[str, Any]
        host, pool = map(dict, super().build_connection_pool_key_attributes(request, verify, cert))
        host.update(host=self.target.address, port=self.target.port)
        if self.target.scheme == "https":
            pool.update(server_hostname=self.target.host, assert_hostname=self.target.host)
        return host, pool


class Line:
    """A line to one target, kept open over several posts; several threads may use it."""

    def __init__(self, target: Target, *, connections: int = 1) -> None:
        self.target = target
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no .netrc: they would lead elsewhere or tell secrets
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.mount(f"{target.scheme}://", _Pinned(target, connections))

    def post(self, body: str, headers: Mapping[str, str]) -> Answer:
        """Sends it and reads no more of the answer than the status needs."""
        name = f"[{self.target.host}]" if ":" in self.target.host else self.target.host
        host = f"{name}:{self.target.port}"
        try:
            with self._session.post(
                self.target.url,
                data=body.encode(),
                headers={**headers, "Host": host},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                response.raw.read(MOST_READ)
                return Answer(
                    status=response.status_code,
                    error="" if response.ok and not response.is_redirect else f"HTTP {response.status_code}",
                    retry_after=_seconds(response.headers.get("Retry-After", "")),
                )
        except (requests.RequestException, OSError, ValueError) as error:
            return Answer(status=None, error=type(error).__name__)

    def close(self) -> None:
        self._session.close()


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
