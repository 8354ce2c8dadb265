"""Every page of the four doors, with something on it: where it is, and the states that are reached by a button only.

A door's places are walked in their order, by a browser or by Django's client: what a place needs (a code that was
asked for, an account that was locked) has been done when it is yielded. An address with a page and without a place
fails `tests/doors/test_places.py`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import translation

from campaigns.models import CodeMessage
from dashboard.member_page import sections
from tests.dashboard.conftest import PASSWORD, hire
from tests.doors.addresses import walk
from tests.doors.rows import accounts, brand, counter, dashboard, portal
from tests.doors.rows.row import ADMIN, MEMBER, STRANGER, TILL_MANAGER, Row
from tests.doors.world import World

ROWS: dict[str, Row] = {**brand.ROWS, **counter.ROWS, **portal.ROWS, **accounts.ROWS}
ADDRESSES = {address.name: address for address in walk()}
# Answers that nobody looks at as a page, and why.
NO_PAGE = {
    **dict.fromkeys(brand.ROWS, "sheets and pictures"),
    **dict.fromkeys(("portal_manifest", "portal_worker", "counter:worker", "admin:jsi18n"), "for the browser"),
    "mfa_reauthenticate_webauthn": "asks for the password where there is no passkey",
    "counter:here": "says nothing",
    "front": "leads to the dashboard",
    "account_logout": "leads to the sign-in",
    "mfa_login_webauthn": "for the browser's own dialog",
    "mfa_download_recovery_codes": "codes are shown once, on the page",
    "import_errors": "a file",
}
# What a script of the dashboard puts into a page.
PARTS = {"admin:search", "beginning_payback", "members_member_section", "members_member_top", "admin:brand-preview"}
PARTS |= {"admin:rule-row", "admin:rule-reach"}
NEW = "0903 111 222"
WRONG_LINK = {"status": 404, "state": "forged"}


@dataclass(frozen=True)
class Place:
    """`answer`: what a button answered, where no address shows it again. `part`: what a script puts into a page."""

    name: str
    path: str
    state: str = ""
    answer: Any = None
    status: int = 200
    part: bool = False

    def __str__(self) -> str:
        return f"{self.name}{f' ({self.state})' if self.state else ''}"


Places = Iterator[Place]


def at(world: World, name: str, state: str = "", **known: Any) -> Place:
    """The page of an address, with one's own behind it."""
    query = known.pop("query", "")
    return Place(name, world.path(ADDRESSES[name], ROWS.get(name)) + query, state, **known)


def posted(world: World, client: Client, name: str, said: dict[str, Any] | None = None, **known: Any) -> Place:
    """What a button of an address answers."""
    place = at(world, name, known.pop("state", "pressed"))
    return replace(place, answer=client.post(place.path, said or {}), **known)


def code_for(ending: str) -> str:
    """The digits of the newest message to a number with that end."""
    told = CodeMessage.objects.filter(address__endswith=ending).exclude(text="").latest("created_at", "id")
    found = re.search(r"\b\d{6}\b", told.text)
    assert found, told.text
    return found[0]


# --- whoever passes


def strangers(world: World, client: Client) -> Places:
    yield at(world, "portal_sign_in")
    yield posted(world, client, "portal_sign_in", {"phone": "12"}, state="refused", status=422)
    yield at(world, "portal_join")
    yield at(world, "portal_join_store")
    yield posted(world, client, "portal_join_store", {"phone": "12", "name": "x"}, state="refused", status=422)
    yield at(world, "portal_offline", "nobody")
    yield at(world, "portal_bill")
    yield Place("portal_bill", reverse("portal_bill", args=["x"]), **WRONG_LINK)
    yield at(world, "unsubscribe")
    yield Place("unsubscribe", reverse("unsubscribe", args=["x"]), **WRONG_LINK)
    yield at(world, "account_invitation")
    yield Place("account_invitation", reverse("account_invitation", args=["x"]), **WRONG_LINK)
    yield at(world, "counter:home", "no device yet")
    yield at(world, "counter:device")
    yield Place("counter:device", reverse("counter:device", args=["AAAAA-11111"]), "unknown", status=422)
    yield at(world, "counter:offline")
    yield Place("404", "/nowhere/", "not there", status=404)
    yield from _joining(world, client)
    yield from _staff_sign_in(world, client)
    yield posted(world, client, "unsubscribe", state="done")


def _joining(world: World, client: Client) -> Places:
    client.post(reverse("portal_join_store", args=[world.store.code]), {"phone": NEW, "name": "zq900q Mai"})
    yield at(world, "portal_code")
    yield posted(world, client, "portal_code", {"code": "12"}, state="refused", status=422)
    client.post(reverse("portal_code"), {"code": code_for("903111222")})
    yield at(world, "portal_joining")
    yield posted(world, client, "portal_joining", {"name": "", "birthday": "x"}, state="refused", status=422)
    client.post(reverse("portal_join"), {"phone": "0912 345 678", "name": "Lan"})
    client.post(reverse("portal_code"), {"code": code_for("912345678")})
    yield at(world, "portal_joining", "somebody's already")


def _staff_sign_in(world: World, client: Client) -> Places:
    admin = world.staff[ADMIN]
    admin.refresh_from_db()
    yield at(world, "account_login")
    yield posted(world, client, "account_login", {"login": "nobody", "password": "x"}, state="refused")
    yield at(world, "account_inactive")
    client.post(reverse("account_login"), {"login": admin.username, "password": PASSWORD})
    yield at(world, "mfa_authenticate")
    yield posted(world, client, "mfa_authenticate", {"code": "000000"}, state="refused")


# --- members


def members(world: World, client: Client) -> Places:
    plain = (
        *("home", "card", "points", "vouchers", "voucher", "letters", "letter", "welcome", "you", "profile"),
        *("consents", "terms", "data", "leave", "safety", "pin", "number", "help", "case", "feedback", "survey"),
        *("voice", "offline"),
    )
    for name in plain:
        yield at(world, f"portal_{name}")
    yield at(world, "portal_terms", "in full", query="?all=1")
    yield at(world, "portal_card_code", part=True)
    yield at(world, "portal_gift", part=True)
    for name in ("profile", "number", "help", "feedback", "survey"):
        status = 200 if name in {"profile", "help"} else 422
        yield posted(world, client, f"portal_{name}", state="nothing said", status=status)
    client.post(reverse("portal_number"), {"phone": NEW})
    yield at(world, "portal_number_codes")
    yield posted(world, client, "portal_number_codes", {"code_old": "1", "code_new": "2"}, state="refused", status=422)
    client.post(reverse("portal_lock"))
    yield at(world, "portal_safety", "locked")
    yield at(world, "portal_card", "locked")
    yield at(world, "portal_unlock")
    client.post(reverse("portal_unlock"))
    yield at(world, "portal_unlock", "asked for a code")
    client.post(reverse("portal_leave"))
    yield at(world, "portal_leave", "asked for a code")
    yield Place("404", "/me/inbox/999999", "somebody else's letter", status=404)


# --- the counter


def counter_places(world: World, client: Client) -> Places:
    lan = world.member
    yield at(world, "counter:home")
    yield at(world, "counter:pin")
    yield posted(world, client, "counter:pin", {"old": "1111", "new": "1234"}, state="refused", status=422)
    yield posted(world, client, "counter:find", {"q": "0912345678 185k"}, state="the member")
    yield posted(world, client, "counter:find", {"q": "0999 999 999"}, state="nobody")
    yield posted(world, client, "counter:find", {"q": "LM1.x.y"}, state="a false code", status=422, part=True)
    for name in ("member", "claim", "card", "phone", "case", "note"):
        yield at(world, f"counter:{name}")
    yield at(world, "counter:gift", part=True)
    yield at(world, "counter:enrol")
    yield at(world, "counter:today")
    yield at(world, "counter:move")
    yield posted(world, client, "counter:enrol", {"sent": "1", "phone": "12"}, state="refused", status=422)
    yield posted(world, client, "counter:guest", {"amount": "185k"})
    yield posted(world, client, "counter:quote", {"member": lan.pk, "amount": "185k", "points": "1"})
    yield posted(world, client, "counter:quote", {"member": lan.pk, "amount": "1x"}, state="unclear")
    yield posted(world, client, "counter:claim", {"code": "AAAA-1111", "key": "1"}, state="refused", status=422)
    yield posted(world, client, "counter:phone", {"phone": "12"}, state="refused", status=422)
    yield posted(world, client, "counter:case", {"kind": "wish", "words": "zq901q", "token": uuid4()}, state="written")
    yield posted(world, client, "counter:note", {"words": "zq902q", "token": uuid4()}, state="written")
    yield posted(world, client, "counter:card", state="a new one")
    yield from _a_sale(world, client)
    client.post(reverse("counter:practice"))
    yield at(world, "counter:home", "practice")
    yield posted(world, client, "counter:find", {"q": "0"}, state="practice, nobody")
    client.post(reverse("counter:practice"))
    client.post(reverse("counter:lock"))
    yield at(world, "counter:home", "locked")
    person = {"person": world.staff[ADMIN].pk, "pin": "000000"}
    yield posted(world, client, "counter:sign_in", person, state="refused", status=422)


def _a_sale(world: World, client: Client) -> Places:
    said = {"member": world.member.pk, "amount": "185k", "own_receipt": "D1-000001"}
    yield posted(world, client, "counter:sell", said, state="sold")
    yield posted(world, client, "counter:sell", said | {"amount": "158k"}, state="another amount", status=409)
    yield posted(world, client, "counter:cancel", state="undone")
    yield at(world, "counter:today", "after a sale")


# --- the dashboard


def dashboard_places(world: World, client: Client) -> Places:
    for name, roles in dashboard.PAGES.items():
        if ADMIN in roles and name not in NO_PAGE:
            yield Place(name, world.address_of_table(name), part=name in PARTS)
    for name, row in accounts.ROWS.items():
        if ADMIN in row.get and STRANGER not in row.get and name not in NO_PAGE:
            yield at(world, name)
    lan = world.address_of_table("members_member_change")
    for tab in sections.TITLES:
        yield Place("members_member_change", f"{lan}?tab={tab}", tab)
    many = reverse("admin:members_member_changelist")
    yield Place("members_member_changelist", f"{many}?q=nobody+at+all", "nobody found")
    yield from _first_sign_in(world)


def _first_sign_in(world: World) -> Places:
    """Somebody of the staff who has no second factor yet."""
    world.staff["new"] = hire("mới", ADMIN, second_factor=False)
    client = Client()
    client.force_login(world.staff["new"])
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.cookies["django_language"] = translation.get_language()
    address = reverse("mfa_activate_totp")
    yield Place("mfa_activate_totp", address, answer=client.get(address, follow=True))
    yield Place("mfa_activate_totp", address, "refused", client.post(address, {"code": "000000"}))


@dataclass(frozen=True)
class Door:
    who: str
    places: Callable[[World, Client], Places]


DOORS = {
    "stranger": Door(STRANGER, strangers),
    "counter": Door(TILL_MANAGER, counter_places),
    "portal": Door(MEMBER, members),
    "dashboard": Door(ADMIN, dashboard_places),
}


def wanting_a_place() -> set[str]:
    """The addresses that somebody may open in a browser."""
    found = {name for name, roles in dashboard.PAGES.items() if ADMIN in roles}
    found |= {name for name, row in ROWS.items() if row.get}
    return found - set(NO_PAGE)
