"""Two stores and two members: what an address may name, one's own and somebody else's, and everybody's browser."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from campaigns import unsubscribing
from dashboard import access, signing_in
from events import clock
from loyalty import keys, returning
from loyalty.models import EntryRow, Store, Terminal
from loyalty.models.stores import SCOPES
from loyalty.till import Till
from members.models import Member, User
from tests.dashboard.conftest import PASSWORD
from tests.doors.addresses import Address
from tests.doors.rows.row import MEMBER, STAFF, STRANGER, KeyRow, Row
from tests.factories.shop import Shop

Arguments = dict[str, dict[str, Any]]


@dataclass
class World:
    """`own` and `foreign`: what an address names (`Row.of`, or a table of the admin) → what its parameters are."""

    own: Arguments
    foreign: Arguments
    address_of_table: Callable[[str], str]
    staff: dict[str, User]
    store: Store

    def browser(self, who: str) -> Client:
        """Somebody who has come in by the door of theirs."""
        client = Client()
        if who in STAFF:
            if not signing_in.has_second_factor(self.staff[who]):
                TOTP.activate(self.staff[who], generate_totp_secret())
            client.force_login(self.staff[who])
            # as somebody who has just been asked again who they are, as weighty pages do
            client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        else:
            assert who == STRANGER, who
        return client

    def path(self, address: Address, row: Row | KeyRow | None = None, *, foreign: bool = False) -> str:
        """Where it is: with what is one's own behind it, or with what is somebody else's."""
        if row is None:
            return self._path_of_table(address, foreign=foreign)
        if not address.parameters:
            return reverse(address.view_name)
        told = (self.foreign if foreign else self.own)[row.of]
        return reverse(address.view_name, kwargs={name: told[name] for name in address.parameters})

    def _path_of_table(self, address: Address, *, foreign: bool) -> str:
        table = "_".join(address.name.split("_")[:2])
        if foreign and "object_id" in address.parameters:
            return reverse(address.view_name, kwargs={"object_id": self.foreign[table]["object_id"]})
        return self.address_of_table(address.name)

    def key(self, *scopes: str) -> dict[str, str]:
        """The header of a POS system of the own store."""
        _key, text = keys.create(store=self.store, scopes=scopes or SCOPES, at=clock.now())
        return {"authorization": f"Bearer {text}", "accept-language": "en"}


@pytest.fixture
def world(shop: Store, staff: dict[str, User], lan: Member, till: Shop, addresses: Callable[[str], str]) -> World:
    other = Store.objects.exclude(pk=shop.pk).filter(practice_of=None).get()
    hoa = till.member("Trần Thị Hoa", phone="0987 654 321")
    bill = till.sell(till.bill(90_000), lan).purchase
    elsewhere, back = _a_day_elsewhere(till, hoa, other)
    for user in staff.values():
        RecoveryCodes.activate(user)
    link = unsubscribing.token(member_id=lan.pk, channel="sms", at=clock.now())
    own: Arguments = {
        "bill": {"purchase_id": bill.id},
        "link of a message": {"token": link},
        "passkey": {"pk": _passkey(_cashier_of(other))},
        "member": {"member_id": lan.pk},
    }
    foreign: Arguments = {
        "bill": {"purchase_id": elsewhere},
        "link of a message": {"token": link[:-2] + ("aa" if link[-2:] != "aa" else "bb")},
        # tables of the admin
        "loyalty_purchase": {"object_id": elsewhere},
        "loyalty_return": {"object_id": back},
        "loyalty_entryrow": {"object_id": EntryRow.objects.filter(store=other).latest("pk").pk},
        "loyalty_store": {"object_id": other.pk},
        "loyalty_terminal": {"object_id": Terminal.objects.create(store=other, code="POS9").pk},
        "members_user": {"object_id": _cashier_of(other).pk},
    }
    return World(own=own, foreign=foreign, address_of_table=addresses, staff=staff, store=shop)


def _a_day_elsewhere(till: Shop, member: Member, store: Store) -> tuple[Any, Any]:
    """A bill and a return of another store."""
    there = Till.of(store, by="terminal:9")
    # too old to be posted without a word of staff: there is something to approve
    late = till.bill(105_000, receipt="000999", occurred_at=till.at - timedelta(days=30))
    bill = till.sell(late, member, till=there).purchase.id
    sold = till.sell(till.bill(58_000), member, till=there).purchase
    back = returning.return_lines(
        purchase_id=sold.id, receipt="R9", lines=None, till=there, fingerprint=b"R9", at=till.at
    )
    return bill, back.record.id


def _cashier_of(store: Store) -> User:
    user, made = User.objects.get_or_create(username="tú", defaults={"store_ids": [store.pk]})
    if made:
        user.groups.add(Group.objects.get_or_create(name=access.CASHIER)[0])
    return user


def _passkey(user: User) -> int:
    data = {"name": "Máy", "credential": {}}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data).pk


__all__ = ["MEMBER", "World", "world"]
