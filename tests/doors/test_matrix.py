"""TRUST's matrix at every door: each address, as everybody, with what is one's own and with what is somebody else's.

Whoever is not let in gets nothing and leaves nothing behind; opening a page changes nothing, whoever opens it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db import connection
from django.template.response import TemplateResponse
from django.test import Client

from dashboard import access
from loyalty.models.stores import SCOPES
from tests.doors.addresses import Address, walk
from tests.doors.rows import accounts, api, brand, counter, dashboard, portal
from tests.doors.rows.row import PEOPLE, STAFF, KeyRow, Row
from tests.doors.world import World

ROWS: dict[str, Row | KeyRow] = {**api.ROWS, **brand.ROWS, **counter.ROWS, **portal.ROWS, **accounts.ROWS}
ADDRESSES = [address for address in walk() if address.name not in dashboard.DOOR]
# Where somebody is sent who has to say first who they are.
DOORS = re.compile(r"^/(accounts/login|admin/login|accounts/2fa/authenticate)/|^/me/sign-in")
# Where somebody is sent home who asks for what is not there, or is in already.
HOMES = {"/admin/", "/counter/", "/me/"}
# Rows about the visit itself: sessions, guesses that are counted, when a key was last used.
VISITS = ("django_session", "members_guess", "pghistory_context", "loyalty_apikey", "loyalty_device", "loyalty_sitting")
# after these somebody comes in anew: signed out, or at the practice twin of the store
ENDS_THE_SESSION = re.compile(r"logout|sign_out|lock|deactivate|practice")
# Whose rows of another store are not there, by table of the admin; everybody else works for all stores.
HIDDEN_ELSEWHERE = {
    table: {access.MANAGER}
    for table in (
        *("loyalty_purchase", "loyalty_return", "loyalty_entryrow", "loyalty_store", "loyalty_terminal"),
        "members_user",
    )
}
EVERYBODY = set(PEOPLE)
WHO = sorted(PEOPLE)
PEOPLES = [address for address in ADDRESSES if not isinstance(ROWS.get(address.name), KeyRow)]
KEYS = [address for address in ADDRESSES if isinstance(ROWS.get(address.name), KeyRow)]
# a call that was let in and made no sense: nothing is there, or an empty body
ANSWERED = {200, 201, 202, 204, 400, 404, 422}


@dataclass
class Cells:
    """What was asserted, and what was wrong."""

    who: str
    asserted: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect(self, right: bool, told: str) -> None:
        self.asserted += 1
        if not right:
            self.wrong.append(told)

    def close(self, *, at_least: int) -> None:
        print(f"{self.who}: {self.asserted} cells, {len(self.wrong)} wrong")
        assert "\n".join(self.wrong) == ""
        assert self.asserted >= at_least


def written() -> int:
    """How many rows this transaction has written so far, apart from those about the visit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int FROM pg_stat_xact_user_tables"
            " WHERE relname <> ALL (%s)",
            [list(VISITS)],
        )
        return int(cursor.fetchone()[0])


def let_in(answer: Any, name: str) -> bool:
    """Neither refused nor sent away to sign in."""
    if answer.status_code in {401, 403, 404, 405}:
        return False
    location = answer.get("Location", "")
    if name == "admin:app_list" and location == "/admin/":
        return True
    if name in accounts.ASK_AGAIN and location.startswith("/accounts/reauthenticate/"):
        return False
    return not (DOORS.match(location) or location in HOMES)


@dataclass
class Visit:
    """Somebody goes from address to address."""

    world: World
    who: str
    cells: Cells
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.world.browser(self.who)

    def ask(self, method: str, path: str, name: str, *, may: bool, may_write: bool) -> None:
        before = written()
        row = ROWS.get(name)
        body = dict(row.body) if row else {}
        answer = self.client.get(path) if method == "GET" else self.client.post(path, body)
        told = f"{self.who}: {method} {name} ({path}) → {answer.status_code} {answer.get('Location', '')}"
        leads_on = name in accounts.LEADS_ON and answer.status_code < 400
        self.cells.expect(answer.status_code < 500 and (leads_on or let_in(answer, name) == may), told)
        if not may_write and name not in accounts.NOTES_ITS_USE:
            self.cells.expect(written() == before, f"{told}, and wrote")
        if method == "POST" and ENDS_THE_SESSION.search(name):
            self.client = self.world.browser(self.who)

    def sends_nothing(self, path: str, name: str) -> None:
        """Somebody who may look presses the button all the same."""
        before = written()
        answer = self.client.post(path)
        told = f"{self.who}: POST {name} ({path}) → {answer.status_code}"
        self.cells.expect(answer.status_code < 500 and written() == before, f"{told}, and wrote")


def table_of(address: Address) -> str:
    return "_".join(address.name.split("_")[:2])


def rights(address: Address, row: Row | None) -> tuple[set[str], set[str]]:
    """Who may open an address, and who may press its button."""
    if row is not None:
        return set(row.get), set(row.post)
    pages = dashboard.PAGES[address.name]
    if address.name in dashboard.CHANGES:
        return pages, dashboard.CHANGES[address.name][1] & pages
    if address.name.endswith("_change") and address.name != "auth_user_password_change":
        return pages, {role for role in pages if may_change(role, address)}
    return pages, pages


def may_change(role: str, address: Address) -> bool:
    noun = next(noun for table, noun in nouns() if address.name.startswith(table))
    return "change" in access.MATRIX[noun].get(role, "").split()


def nouns() -> Iterator[tuple[str, str]]:
    for model, page in admin.site._registry.items():
        yield f"{model._meta.app_label}_{model._meta.model_name}_", page.noun


@pytest.mark.parametrize("who", WHO)
def test_everybody_is_let_in_where_the_matrix_says_and_nowhere_else(
    world: World, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = Visit(world, who, Cells(who))
    whether_not_what = {"name": "rendered_content", "value": ""}
    if who != "admin":  # who opens most pages has them drawn too: drawing one must not write either
        monkeypatch.setattr(TemplateResponse, **whether_not_what)
    for address in PEOPLES:
        row = ROWS.get(address.name)
        opens, _presses = rights(address, row)
        visit.ask("GET", world.path(address, row), address.name, may=who in opens, may_write=False)
    monkeypatch.setattr(TemplateResponse, **whether_not_what)
    for address in PEOPLES:
        row = ROWS.get(address.name)
        opens, presses = rights(address, row)
        if row is not None or who not in opens:
            visit.ask("POST", world.path(address, row), address.name, may=who in presses, may_write=who in presses)
        elif who not in presses:
            visit.sends_nothing(world.path(address), address.name)
    visit.cells.close(at_least=350)


@pytest.mark.parametrize("who", WHO)
def test_nobody_finds_what_is_somebody_elses(world: World, who: str) -> None:
    visit = Visit(world, who, Cells(who))
    for address in PEOPLES:
        row = ROWS.get(address.name)
        opens, presses = rights(address, row)
        named = row.of if row else table_of(address)
        if named not in world.foreign or not address.parameters:
            continue
        path = world.path(address, row, foreign=True)
        everything = row.all_of if row else EVERYBODY - HIDDEN_ELSEWHERE.get(named, set())
        for method, may in (("GET", who in opens & everything), ("POST", who in presses & everything)):
            if not may:
                visit.ask(method, path, address.name, may=False, may_write=False)
    visit.cells.close(at_least=4)


@pytest.mark.parametrize("address", KEYS, ids=lambda address: address.name)
def test_a_key_makes_the_calls_of_its_scopes_for_its_own_store(world: World, address: Address) -> None:
    row = ROWS[address.name]
    assert isinstance(row, KeyRow)
    cells = Cells(address.name)
    for method, scope in row.calls:
        others = [other for other in SCOPES if other != scope]
        callers = {"nobody": {}, "no scope": world.key(*others), "scope": world.key(scope)}
        for caller, headers in callers.items():
            for foreign in {False, row.of not in {"", "any member", "any hold"}}:
                before = written()
                answer = call(method, world.path(address, row, foreign=foreign), headers, row.body)
                told = f"{caller}: {method} {address.name} foreign={foreign} → {answer.status_code} {answer.content!r}"
                expected = {"nobody": {401}, "no scope": {403}}.get(caller, {404} if foreign else ANSWERED)
                cells.expect(answer.status_code in expected, told)
                if caller != "scope" or foreign or method == "GET":
                    cells.expect(written() == before, f"{told}, and wrote")
        for who in STAFF:
            answer = world.browser(who).generic(method, world.path(address, row))
            cells.expect(answer.status_code == 401, f"{who} without a key: {method} {address.name}")
    cells.close(at_least=10)


def call(method: str, path: str, headers: dict[str, str], body: Mapping[str, Any]) -> Any:
    """With a body that is one, a receipt and a key of its own."""
    if "receipt" in body:
        body = {**body, "receipt": uuid4().hex}
    more = {"data": json.dumps(body), "content_type": "application/json"} if method == "POST" else {}
    return Client(headers=headers | {"idempotency-key": uuid4().hex}).generic(method, path, **more)
