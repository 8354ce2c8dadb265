"""Devices and PINs in the dashboard: who invites, who resets, and that nothing secret is shown twice."""

import re

from dashboard import access
from events import clock
from loyalty import devices
from loyalty.models import Device, DeviceInvitation, Store
from members import pins
from members.models import StaffPin
from tests.dashboard.conftest import hire

MANAGER = access.MANAGER


def invite(browser, store, name="Quầy 1"):
    return browser.post("/admin/loyalty/device/add/", {"store": store.pk, "terminal": "", "name": name})


def test_an_invitation_shows_a_qr_code_of_an_address_that_works_once(admin, shop, client):
    page = invite(admin, shop)
    said = page.content.decode()
    code = re.search(r'id="device-code"[^>]*value="([^"]+)"', said)[1]
    assert 'src="data:image/svg+xml' in said and f"/counter/device/{code.replace('-', '')}" in said
    assert "no-store" in page["Cache-Control"]
    assert not Device.objects.exists()
    assert client.post("/counter/device", {"code": code}).status_code == 302
    assert Device.objects.get().store == shop
    assert client.post("/counter/device", {"code": code}).status_code == 422


def test_a_manager_has_the_devices_of_the_own_stores_and_no_others(signed_in, shop):
    elsewhere = Store.objects.get(code="Q3")
    theirs = devices.create(store=elsewhere, name="Quầy Quận 3", by=None, at=clock.now()).device
    own = devices.create(store=shop, name="Quầy Quận 1", by=None, at=clock.now()).device
    mai = signed_in(MANAGER)
    page = mai.get("/admin/loyalty/device/").content.decode()
    assert own.name in page and theirs.name not in page
    assert invite(mai, elsewhere).status_code == 200 and not DeviceInvitation.objects.exists()
    invite(mai, shop)
    assert DeviceInvitation.objects.get().store == shop
    for device, refused in ((theirs, True), (own, False)):
        mai.post(f"/admin/loyalty/device/{device.pk}/revoke/")
        device.refresh_from_db()
        assert (device.revoked_at is None) is refused


def test_a_reset_pin_is_shown_once_and_has_to_be_changed(admin, shop):
    minh = hire("minh2", access.CASHIER, stores=[shop.pk])
    asked = admin.get(f"/admin/members/user/{minh.pk}/reset_pin/")
    assert asked.status_code == 200 and not StaffPin.objects.exists()
    page = admin.post(f"/admin/members/user/{minh.pk}/reset_pin/")
    pin = re.search(r'id="new-pin">(\d+)<', page.content.decode())[1]
    assert pins.prove(user_id=minh.pk, pin=pin, device="1", at=clock.now()) is True
    assert "no-store" in page["Cache-Control"]


def test_a_manager_resets_the_pins_of_the_own_cashiers_only(signed_in, staff, shop):
    own = hire("lan", access.CASHIER, stores=[shop.pk])
    other = hire("an", access.CASHIER, stores=[Store.objects.get(code="Q3").pk])
    mai = signed_in(MANAGER)
    for user, may in ((own, True), (other, False), (staff[access.ADMIN], False)):
        mai.post(f"/admin/members/user/{user.pk}/reset_pin/")
        assert StaffPin.objects.filter(user=user).exists() is may
