"""What the person at the terminal reads when everything answers."""

from collections.abc import Iterator
from typing import Any

from django.urls import Resolver404, resolve

DOORS = (
    ("dashboard", "/admin/"),
    ("till", "/counter/"),
    ("members", "/me/"),
    ("API", "/api/v1/"),
    ("API pages", "/api/docs/"),
    ("health", "/readyz"),
)


def doors(url: str) -> Iterator[tuple[str, str]]:
    """(name, address) of each door that this version has."""
    for name, path in DOORS:
        if name == "API" or _exists(path):
            yield name, f"{url}{path}"


def text(*, url: str, sign_ins: dict[str, Any], seconds: float, demo_file: str) -> str:
    lines = ["", f"The platform runs (after {seconds:.1f} s).", ""]
    lines += [f"  {name:<12} {address}" for name, address in doors(url)]
    token = (sign_ins.get("cashier") or {}).get("device_token")
    if token:
        lines.append(f"  {'':<12} {url}/counter/device/{token} (as a till that is enrolled already)")
    people = [name for name in ("admin", "marketer", "cashier") if isinstance(sign_ins.get(name), dict)]
    if people:
        lines.append("")
        lines += [f"  {name:<12} {_way_in(sign_ins[name])}" for name in people]
    for name, label in (("api_key", "API key"), ("api_test_key", "test key")):
        if sign_ins.get(name):
            lines.append(f"  {label:<12} {sign_ins[name]}")
    member = sign_ins.get("member")
    if isinstance(member, dict) and member.get("phone"):
        lines.append(f"  {'a member':<12} {member['phone']}: type it at /me/, the code is shown on the page")
    lines += ["", f"All of this is also in {demo_file}. Ctrl-C stops everything and keeps the data.", ""]
    return "\n".join(lines)


def _way_in(person: dict[str, Any]) -> str:
    parts = [str(person.get("username", ""))]
    if person.get("pin"):
        return ", ".join([*parts, f"PIN {person['pin']}"])
    for key, label in (("password", "password"), ("totp_secret", "one-time code from secret")):
        if person.get(key):
            parts.append(f"{label} {person[key]}")
    return ", ".join(parts)


def _exists(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
