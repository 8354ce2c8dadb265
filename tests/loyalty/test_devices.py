"""A device from its invitation to its end, and who may sit at it."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from loyalty import devices, sitting
from loyalty.devices import DeviceUnknown, InvitationRefused
from loyalty.models import Device, Store
from loyalty.sitting import Locked
from members import pins, roles
from members.guessing import TooManyGuesses
from members.models import User
from members.pins import PinWrong
from tests.factories.people import StaffFactory
from tests.factories.shop import NOON, Shop

PIN = "4826"


def hire(name: str, role: str, *, stores: list[int] | None = None) -> User:
    user = StaffFactory(username=name, first_name=name.title(), store_ids=stores or [], is_staff=False)
    roles.give(user=user, role=role)
    pins.choose(user_id=user.pk, pin=PIN, by="system", at=NOON)
    return user


@pytest.fixture
def device(shop) -> Device:
    return devices.create(store=shop.store, name="Quầy 1", by=None, at=shop.at).device


def test_an_invitation_makes_one_browser_a_device_and_no_second_one(shop):
    invitation, code = devices.invite(store=shop.store, name="Quầy 1", by=None, at=shop.at)
    made = devices.enrol(code=f" {code[:5].lower()}-{code[5:]} ", address="a", at=shop.at)
    assert devices.verify(made.token, at=shop.at) == made.device
    assert made.device.store_id == shop.store.pk
    with pytest.raises(InvitationRefused):
        devices.enrol(code=code, address="a", at=shop.at)


def test_an_invitation_is_good_for_a_quarter_of_an_hour(shop):
    _, code = devices.invite(store=shop.store, name="Quầy 1", by=None, at=shop.at)
    devices.invited(code, address="a", at=shop.at + timedelta(minutes=14, seconds=59))
    with pytest.raises(InvitationRefused):
        devices.enrol(code=code, address="a", at=shop.at + timedelta(minutes=15))


def test_guesses_at_invitations_are_counted(shop):
    _, code = devices.invite(store=shop.store, name="Quầy 1", by=None, at=shop.at)
    for _ in range(devices.TRIES):
        with pytest.raises(InvitationRefused):
            devices.enrol(code="0000000000", address="a", at=shop.at)
    with pytest.raises(TooManyGuesses):
        devices.enrol(code=code, address="a", at=shop.at)
    devices.enrol(code=code, address="b", at=shop.at)


def test_two_browsers_race_for_an_invitation_and_one_gets_it(shop_db):
    shop = Shop()
    _, code = devices.invite(store=shop.store, name="Quầy 1", by=None, at=shop.at)
    outcomes: list[str] = []

    def enrol(address: str) -> None:
        try:
            devices.enrol(code=code, address=address, at=shop.at)
            outcomes.append("enrolled")
        except InvitationRefused as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=enrol, args=[str(n)]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("enrolled") == 1
    assert Device.objects.count() == 1


def test_a_revoked_device_opens_nothing_and_sends_its_person_away(shop, device):
    made = devices.create(store=shop.store, name="Quầy 2", by=None, at=shop.at)
    minh = hire("minh", roles.CASHIER)
    begun = sitting.begin(device=made.device, user_id=minh.pk, pin=PIN, at=shop.at)
    devices.revoke(device=made.device, at=shop.at)
    with pytest.raises(DeviceUnknown):
        devices.verify(made.token, at=shop.at)
    with pytest.raises(Locked):
        sitting.of(begun.token, device=made.device, at=shop.at)
    assert device.revoked_at is None


def test_only_people_of_the_store_with_a_role_for_the_counter_sit_down(shop, device):
    elsewhere = Store.objects.create(code="q3", name="Quận 3")
    welcome = [
        hire("minh", roles.CASHIER, stores=[shop.store.pk]),
        hire("mai", roles.STORE_MANAGER),
        hire("ha", roles.ADMIN),
    ]
    away = [
        hire("an", roles.CASHIER, stores=[elsewhere.pk]),
        hire("quan", roles.MARKETER),
        hire("anh", roles.ANALYST),
    ]
    assert {user.pk for user in devices.people_of(device)} == {user.pk for user in welcome}
    for user in welcome:
        assert sitting.begin(device=device, user_id=user.pk, pin=PIN, at=shop.at).sitting.user == user
    for user in away:
        with pytest.raises(PinWrong):
            sitting.begin(device=device, user_id=user.pk, pin=PIN, at=shop.at)


def test_the_screen_locks_itself_when_nobody_touches_it(shop, device):
    minh = hire("minh", roles.CASHIER)
    begun = sitting.begin(device=device, user_id=minh.pk, pin=PIN, at=shop.at)
    minutes = timedelta(minutes=device.idle_minutes)
    assert sitting.of(begun.token, device=device, at=shop.at + minutes).user == minh
    assert sitting.of(begun.token, device=device, at=shop.at + minutes * 2).user == minh
    with pytest.raises(Locked):
        sitting.of(begun.token, device=device, at=shop.at + minutes * 3 + timedelta(seconds=1))
    with pytest.raises(Locked):
        sitting.of(begun.token, device=device, at=shop.at + minutes * 2)


def test_whoever_sits_down_next_sends_the_one_before_away(shop, device):
    minh, mai = hire("minh", roles.CASHIER), hire("mai", roles.STORE_MANAGER)
    first = sitting.begin(device=device, user_id=minh.pk, pin=PIN, at=shop.at)
    second = sitting.begin(device=device, user_id=mai.pk, pin=PIN, at=shop.at)
    with pytest.raises(Locked):
        sitting.of(first.token, device=device, at=shop.at)
    assert sitting.of(second.token, device=device, at=shop.at).user == mai


def test_a_seat_belongs_to_its_device_and_to_a_person_who_still_works_here(shop, device):
    other = devices.create(store=shop.store, name="Quầy 2", by=None, at=shop.at).device
    minh = hire("minh", roles.CASHIER)
    begun = sitting.begin(device=device, user_id=minh.pk, pin=PIN, at=shop.at)
    with pytest.raises(Locked):
        sitting.of(begun.token, device=other, at=shop.at)
    User.objects.filter(pk=minh.pk).update(is_active=False)
    with pytest.raises(Locked):
        sitting.of(begun.token, device=device, at=shop.at)


def test_a_device_numbers_its_own_bills_and_never_twice(shop, device):
    numbers = {devices.next_receipt(device) for _ in range(3)}
    assert numbers == {f"D{device.pk}-00000{n}" for n in (1, 2, 3)}


def test_practice_goes_to_the_twin_of_the_store(shop, device):
    assert devices.till_of(device, by="user:1", practice=True).practice
    assert not devices.till_of(device, by="user:1").practice
