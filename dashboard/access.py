"""Who may do what in the dashboard: TRUST's matrix, one line per noun. Everything else asks here.

A role is a group's name (`members.roles`). `view` shows it, `add` and `change` write it, `act` runs its buttons
(approve a bill, adjust points, revoke a key, send again), `void` takes a voucher out of use. Nothing in the dashboard
is ever deleted.
"""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser

from members import roles
from members.models import User

ADMIN, MARKETER, ANALYST, MANAGER = roles.ADMIN, roles.MARKETER, roles.ANALYST, roles.STORE_MANAGER
CASHIER = roles.CASHIER

MATRIX: dict[str, dict[str, str]] = {
    "overview": {ADMIN: "view", MARKETER: "view", ANALYST: "view", MANAGER: "view"},
    "member": {ADMIN: "view change", MARKETER: "view change", MANAGER: "view change"},
    "identifier": {ADMIN: "act", MANAGER: "act"},
    "note": {ADMIN: "add change", MARKETER: "add change", MANAGER: "add change"},
    "case": {ADMIN: "view add act", MARKETER: "view add act", ANALYST: "view", MANAGER: "view add act"},
    "case terms": {ADMIN: "view change", MARKETER: "view change", ANALYST: "view"},
    "close reason": {ADMIN: "view add change", MARKETER: "view add change", ANALYST: "view"},
    "feedback": {ADMIN: "view", MARKETER: "view", ANALYST: "view", MANAGER: "view"},
    "feedback terms": {ADMIN: "view change", MARKETER: "view change", ANALYST: "view"},
    "survey": {ADMIN: "view add change act", MARKETER: "view add change act", ANALYST: "view"},
    "voice": {ADMIN: "view act", MARKETER: "view act"},
    "store contact": {ADMIN: "view add change", MARKETER: "view add change"},
    "points": {ADMIN: "act", MARKETER: "act", MANAGER: "act"},
    "adjustment": {ADMIN: "view add act", MARKETER: "view add"},
    "purchase": {ADMIN: "view act", MARKETER: "view act", ANALYST: "view", MANAGER: "view act"},
    "return": {ADMIN: "view", MARKETER: "view", ANALYST: "view", MANAGER: "view"},
    "entry": {ADMIN: "view", MARKETER: "view", ANALYST: "view", MANAGER: "view"},
    "voucher": {ADMIN: "view act void", MARKETER: "view act", ANALYST: "view", MANAGER: "view"},
    "voucher kind": {ADMIN: "view add", MARKETER: "view add", ANALYST: "view", MANAGER: "view"},
    "stamp card": {ADMIN: "view add", MARKETER: "view add", ANALYST: "view", MANAGER: "view"},
    "policy": {ADMIN: "view add", MARKETER: "view", ANALYST: "view"},
    "rule": {ADMIN: "view add act", MARKETER: "view add", ANALYST: "view"},
    "tier": {ADMIN: "view change", MARKETER: "view", ANALYST: "view"},
    "programme": {ADMIN: "view change", MARKETER: "view", ANALYST: "view"},
    "brand": {ADMIN: "view change"},
    "store": {ADMIN: "view add change", MARKETER: "view", ANALYST: "view", MANAGER: "view"},
    "terminal": {ADMIN: "view add change", MANAGER: "view"},
    "device": {ADMIN: "view add change act", MANAGER: "view add change act"},
    "pin": {ADMIN: "act", MANAGER: "act"},
    "key": {ADMIN: "view add change act"},
    "user": {ADMIN: "view add change", MANAGER: "view"},
    "cashier": {ADMIN: "add act", MANAGER: "add act"},
    "invitation": {ADMIN: "view add act"},
    "role": {ADMIN: "view"},
    "terms": {ADMIN: "view add", MARKETER: "view"},
    "data request": {ADMIN: "view add act", MARKETER: "view add"},
    "card": {ADMIN: "view add act", MARKETER: "view add"},
    "spending lock": {ADMIN: "act", MARKETER: "act", MANAGER: "act"},
    "named day": {ADMIN: "view add change", MARKETER: "view add change", ANALYST: "view"},
    "consent text": {ADMIN: "view add", MARKETER: "view"},
    "campaign": {ADMIN: "view change act", MARKETER: "view change act", ANALYST: "view", MANAGER: "view"},
    "turn": {ADMIN: "view", MARKETER: "view", ANALYST: "view", MANAGER: "view"},
    "sending": {ADMIN: "view change", MARKETER: "view", ANALYST: "view"},
    "suppression": {ADMIN: "view add act", MARKETER: "view add act"},
    "fake message": {ADMIN: "view", MARKETER: "view"},
    "fake channel": {ADMIN: "view change"},
    "settings": {ADMIN: "view", MARKETER: "view", ANALYST: "view"},
    "first day": {ADMIN: "view change"},
    "import": {ADMIN: "view add act", MARKETER: "view add"},
    "delivery": {ADMIN: "view act"},
    "job": {ADMIN: "view act", MARKETER: "view"},
    "night": {ADMIN: "view", MARKETER: "view", ANALYST: "view"},
    "retention": {ADMIN: "view", MARKETER: "view", ANALYST: "view"},
    "retention terms": {ADMIN: "view change", MARKETER: "view change", ANALYST: "view"},
    "webhook": {ADMIN: "view add change act"},
    "history": {ADMIN: "view"},
}


def roles_of(user: User | AnonymousUser) -> set[str]:
    """The roles of somebody signed in; asked once per request and kept on the user."""
    if not isinstance(user, User) or not user.is_active:
        return set()
    kept: set[str] | None = getattr(user, "_roles", None)
    if kept is None:
        kept = {ADMIN} if user.is_superuser else set(user.groups.values_list("name", flat=True))
        user._roles = kept  # type: ignore[attr-defined]
    return kept


def may(user: User | AnonymousUser, right: str, noun: str) -> bool:
    """Whether one of this person's roles has the right. Raises KeyError for a noun nobody wrote down."""
    row = MATRIX[noun]
    return any(right in row.get(role, "").split() for role in roles_of(user))


def stores_of(user: User | AnonymousUser) -> list[int] | None:
    """The stores whose bills a person sees; None = all. Only a store manager with stores named is limited to them."""
    if roles_of(user) & {ADMIN, MARKETER, ANALYST}:
        return None
    if isinstance(user, User) and MANAGER in roles_of(user):
        return [int(store) for store in user.store_ids] or None
    return []


def sees_names(user: User | AnonymousUser) -> bool:
    """An analyst works with pseudonyms."""
    return may(user, "view", "member")


def signs_in_here(names: Iterable[str]) -> bool:
    """Whether somebody with these roles has any page in the dashboard."""
    return bool(set(names) & set(MATRIX["overview"]))
