"""A store manager has the own cashiers and nobody else; whoever leaves is out at every door at once."""

import re

import pytest
from django.test import Client

from dashboard import access
from events import clock
from loyalty import devices
from loyalty.models import Store
from members import pins
from members.models import User
from tests.dashboard.conftest import hire

MANAGER, CASHIER = access.MANAGER, access.CASHIER
ADD = "/admin/cashiers/add/"
PIN = "4826"


def said(*stores, **more):
    return {"name": "Trần An", "code": "NV07", "phone": "", "stores": [store.pk for store in stores], **more}


@pytest.fixture
def elsewhere(shop) -> Store:
    return Store.objects.get(code="Q3")


def at_the_counter(user: User, store: Store) -> Client:
    """Somebody who sits at a device of the store."""
    pins.choose(user_id=user.pk, pin=PIN, by="system", at=clock.now())
    browser = Client()
    browser.cookies["counter_device"] = devices.create(store=store, name="Quầy 1", by=None, at=clock.now()).token
    assert browser.post("/counter/sign-in", {"person": user.pk, "pin": PIN}).status_code < 400
    assert browser.get("/counter/today").status_code == 200
    return browser


def test_a_manager_takes_on_a_cashier_of_the_own_store_who_can_work_at_once(signed_in, shop):
    page = signed_in(MANAGER).post(ADD, said(shop))
    pin = re.search(r'id="new-pin">(\d+)<', page.content.decode())[1]
    assert "no-store" in page["Cache-Control"]
    an = User.objects.get(username="NV07")
    assert pins.prove(user_id=an.pk, pin=pin, device="1", at=clock.now()) is True
    assert an.store_ids == [shop.pk] and list(an.groups.values_list("name", flat=True)) == [CASHIER]


def test_a_manager_takes_on_nobody_for_another_store(signed_in, shop, elsewhere):
    mai = signed_in(MANAGER)
    assert elsewhere.name not in mai.get(ADD).content.decode()
    for stores in ([elsewhere], [shop, elsewhere], []):
        assert mai.post(ADD, said(*stores)).status_code == 200
    assert not User.objects.filter(username="NV07").exists()


def test_neither_marketers_nor_analysts_take_on_anybody(signed_in, shop):
    for role in (access.MARKETER, access.ANALYST):
        assert signed_in(role).post(ADD, said(shop)).status_code == 403


def test_a_manager_sends_away_the_own_cashiers_and_nobody_else(signed_in, staff, shop, elsewhere):
    own = hire("lan", CASHIER, stores=[shop.pk])
    promoted = hire("phó", CASHIER, stores=[shop.pk])
    promoted.groups.add(*staff[MANAGER].groups.all())
    others = [promoted, hire("an", CASHIER, stores=[elsewhere.pk]), hire("tú", CASHIER), *staff.values()]
    mai = signed_in(MANAGER)
    for user in others:
        for button in ("deactivate", "reset_pin", "change"):
            for answer in (
                mai.get(f"/admin/members/user/{user.pk}/{button}/"),
                mai.post(f"/admin/members/user/{user.pk}/{button}/"),
            ):
                gone = answer.status_code == 404 or (button == "change" and answer.status_code in {302, 403})
                assert gone, (user, button, answer.status_code)
    assert User.objects.filter(is_active=False).count() == 0
    mai.post(f"/admin/members/user/{own.pk}/deactivate/")
    own.refresh_from_db()
    assert not own.is_active
    mai.post(f"/admin/members/user/{own.pk}/reactivate/")
    own.refresh_from_db()
    assert own.is_active


def test_a_manager_of_all_stores_still_has_cashiers_only(signed_in, staff, shop):
    User.objects.filter(pk=staff[MANAGER].pk).update(store_ids=[])
    page = signed_in(MANAGER).get("/admin/members/user/").content.decode()
    assert "minh" in page and "quân" not in page and "hà</" not in page


def test_whoever_leaves_is_signed_out_of_dashboard_and_counter_at_once_and_stays_out(admin, signed_in, staff, shop):
    mai, seat = signed_in(MANAGER), at_the_counter(staff[MANAGER], shop)
    address = f"/admin/members/user/{staff[MANAGER].pk}/"
    assert mai.get("/admin/").status_code == 200
    assert admin.get(f"{address}deactivate/").status_code == 200
    assert mai.get("/admin/").status_code == 200, "asking alone sends nobody away"

    admin.post(f"{address}deactivate/")
    assert mai.get("/admin/")["Location"].startswith(("/accounts/login/", "/admin/login/"))
    assert seat.get("/counter/today", headers={"HX-Request": "true"}).status_code == 401
    assert seat.post("/counter/sign-in", {"person": staff[MANAGER].pk, "pin": PIN}).status_code >= 400

    admin.post(f"{address}reactivate/")
    assert mai.get("/admin/")["Location"].startswith(("/accounts/login/", "/admin/login/")), (
        "a session never comes back"
    )
    assert seat.get("/counter/today", headers={"HX-Request": "true"}).status_code == 401


def test_nobody_sends_themselves_away(admin, staff):
    hà = staff[access.ADMIN]
    page = admin.post(f"/admin/members/user/{hà.pk}/deactivate/", follow=True)
    assert "Không ai tự cho mình" in page.content.decode()
    hà.refresh_from_db()
    assert hà.is_active


def test_a_revoked_device_ends_its_sitting_at_once(admin, staff, shop):
    seat = at_the_counter(staff[CASHIER], shop)
    device = shop.devices.get()
    admin.post(f"/admin/loyalty/device/{device.pk}/revoke/")
    assert seat.get("/counter/today", headers={"HX-Request": "true"}).status_code == 401
    assert device.sittings.get().ended_at is not None
