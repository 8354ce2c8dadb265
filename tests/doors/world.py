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
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from campaigns import enrolling, unsubscribing
from campaigns.models import Campaign, InboxMessage, Turn
from dashboard import access, signing_in
from events import clock
from loyalty import devices, keys, receipt_links, returning, sitting
from loyalty.look import changing
from loyalty.models import EntryRow, Store, Terminal
from loyalty.models.stores import SCOPES
from loyalty.till import Till
from members import inviting, pins
from members.models import Member, Survey, User
from members.relationship import cases, surveys
from portal import access as entrance
from portal import sessions
from rewards import issuing
from rewards.issuing import Wanted
from tests.dashboard.conftest import PASSWORD
from tests.doors.addresses import Address
from tests.doors.rows.row import MEMBER, STAFF, STRANGER, TILL_CASHIER, TILL_MANAGER, KeyRow, Row
from tests.factories.shop import Shop
from tests.look.test_logos import picture

Arguments = dict[str, dict[str, Any]]
# Who sits at the counter with a PIN: the same people who have a password.
SEATS = {TILL_CASHIER: access.CASHIER, TILL_MANAGER: access.MANAGER}
PIN = "4826"


@dataclass
class World:
    """`own` and `foreign`: what an address names (`Row.of`, or a table of the admin) → what its parameters are."""

    own: Arguments
    foreign: Arguments
    address_of_table: Callable[[str], str]
    staff: dict[str, User]
    store: Store
    member: Member

    def browser(self, who: str) -> Client:
        """Somebody who has come in by the door of theirs."""
        client = Client()
        if who == MEMBER:
            enter_the_portal(client, self.member)
        elif who in SEATS:
            sit_down(client, self.staff[SEATS[who]], store=self.store)
        elif who in STAFF:
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
        told = {"store": self.store.code, "size": 192}
        if row.of:
            known = self.foreign if foreign else self.own
            assert row.of in known, f"{address.name} names a {row.of}: say in tests/doors/world.py what that is"
            told |= known[row.of]
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
def world(
    shop: Store, staff: dict[str, User], lan: Member, till: Shop, addresses: Callable[[str], str], settings: Any
) -> World:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 24 * 3600  # a slow machine walks longer than five minutes
    other = Store.objects.exclude(pk=shop.pk).filter(practice_of=None).get()
    hoa = till.member("Trần Thị Hoa", phone="0987 654 321")
    User.objects.filter(pk=staff[access.CASHIER].pk).update(store_ids=[shop.pk])
    for user in staff.values():
        RecoveryCodes.activate(user)
        pins.choose(user_id=user.pk, pin=PIN, by="system", at=till.at)
    minhs = Till.of(shop, by=f"user:{staff[access.CASHIER].pk}")
    bill = till.sell(till.bill(90_000, staff="minh"), lan, till=minhs).purchase.id
    elsewhere, back = _a_day_elsewhere(till, hoa, other)
    passkey = {"pk": _passkey(_cashier_of(other))}
    own = _of(lan, till, bill) | {"passkey": passkey, "link to a device": {"code": _invited(shop)}}
    foreign = _of(hoa, till, elsewhere) | {
        # tables of the admin
        "loyalty_purchase": {"object_id": elsewhere},
        "loyalty_return": {"object_id": back},
        "loyalty_entryrow": {"object_id": EntryRow.objects.filter(store=other).latest("pk").pk},
        "loyalty_store": {"object_id": other.pk},
        "loyalty_terminal": {"object_id": Terminal.objects.create(store=other, code="POS9").pk},
        "members_user": {"object_id": _cashier_of(other).pk},
    }
    changing.put_logo(upload=picture(), by="user:1", at=clock.now())
    own["link of an invitation"] = {"token": inviting.invite(role=access.ANALYST, by=None, at=clock.now()).token}
    for link in ("link of a message", "link of a bill", "link of an invitation"):
        foreign[link] = {"token": f"{own[link]['token'][:-4]}AAAA"}
    return World(own=own, foreign=foreign, address_of_table=addresses, staff=staff, store=shop, member=lan)


def _of(member: Member, till: Shop, bill: Any) -> Arguments:
    """What belongs to a member, by the names the rows give it."""
    now = clock.now()
    reason = f"world:{member.pk}"
    gift = issuing.issue(key="welcome", wanted=[Wanted(member.pk, reason)], at=till.at, by="user:1")[reason]
    letter = _letter(member)
    case = cases.open(member_id=member.pk, kind="complaint", words="Cà phê nguội", via="portal", by="user:1", at=now)
    return {
        "member": {"member_id": member.pk},
        "any member": {"member_id": member.pk},
        "any hold": {"hold_id": member.pk},
        "bill": {"purchase_id": bill},
        "voucher": {"voucher_id": gift},
        "message of the inbox": {"letter_id": letter.pk},
        "case": {"case_id": case.pk},
        "survey": {"survey_id": _survey()},
        "link of a message": {"token": unsubscribing.token(member_id=member.pk, channel="sms", at=now)},
        "link of a bill": {"token": receipt_links.token(bill)},
    }


def enter_the_portal(client: Client, member: Member) -> None:
    """As the code of six digits lets somebody in."""
    request = HttpRequest()
    request.session = sessions.MemberSession()
    entrance.enter(request, member=member, own_phone=True)
    request.session.save()
    client.cookies[sessions.COOKIE] = request.session.session_key


def sit_down(client: Client, user: User, *, store: Store) -> None:
    """At a device of the store, with the right PIN."""
    now = clock.now()
    made = devices.create(store=store, name="Quầy 1", by=None, at=now)
    client.cookies["counter_device"] = made.token
    client.cookies["counter_person"] = sitting.begin(device=made.device, user_id=user.pk, pin=PIN, at=now).token


def _invited(store: Store) -> str:
    return devices.invite(store=store, name="Quầy 2", by=None, at=clock.now())[1]


def _letter(member: Member) -> InboxMessage:
    now = clock.now()
    campaign = Campaign.objects.get(key="welcome")
    enrolling.joined(campaign=campaign, member_id=member.pk, at=now)
    turn = Turn.objects.get(campaign=campaign, member=member)
    known = {"message_class": "service", "language": "vi", "subject": "Chào chị", "body": "Quà của chị đây", "at": now}
    return InboxMessage.objects.get_or_create(turn=turn, defaults={"member": member, **known})[0]


def _survey() -> int:
    """One that every member may answer."""
    known = Survey.objects.first()
    if known is None:
        asked = {"key": "taste", "kind": "scale", "text_vi": "Vị thế nào?", "text_en": "How is the taste?"}
        asked |= {"required": True, "options": []}
        known = Survey.objects.create(
            title_vi="Vị cà phê", title_en="Taste", questions=[asked], created_at=clock.now(), created_by="user:1"
        )
        surveys.publish(survey_id=known.pk, by="user:1", at=clock.now())
    return known.pk


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
