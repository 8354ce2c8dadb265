"""One row of the access matrix: an address, and who may do what there."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from dashboard import access

# Who may come. A stranger has signed in nowhere; a member is signed in at the portal; a cashier and a manager who are
# signed in with a PIN at an enrolled device stand at the counter; staff who are signed in with a second factor sit at
# the dashboard, where a cashier has no page; a key is a POS system's.
STRANGER, MEMBER = "stranger", "member"
TILL_CASHIER, TILL_MANAGER = "cashier at the counter", "manager at the counter"
CASHIER, MANAGER = access.CASHIER, access.MANAGER
MARKETER, ANALYST, ADMIN = access.MARKETER, access.ANALYST, access.ADMIN
PEOPLE = (STRANGER, MEMBER, TILL_CASHIER, TILL_MANAGER, CASHIER, MANAGER, MARKETER, ANALYST, ADMIN)

ALL = frozenset(PEOPLE)
NOBODY: frozenset[str] = frozenset()
AT_THE_COUNTER = frozenset({TILL_CASHIER, TILL_MANAGER})
STAFF = frozenset({CASHIER, MANAGER, MARKETER, ANALYST, ADMIN})


@dataclass(frozen=True)
class Row:
    """`get` and `post`: who is let in with each; everybody else is refused and nothing is written.

    `of` says what the address names, such as "bill" or "member" (`tests.doors.world` has one of one's own and one of
    somebody else's): whoever is let in finds the own one; a foreign one is not there, except for those in `all_of`.
    `body` is posted where nothing at all would not be understood.
    """

    get: Set[str] = NOBODY
    post: Set[str] = NOBODY
    of: str = ""
    all_of: Set[str] = NOBODY
    body: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class KeyRow:
    """A call of a POS system: which scope it wants for which method, and a body that says enough to look for `of`."""

    calls: tuple[tuple[str, str], ...]
    of: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
