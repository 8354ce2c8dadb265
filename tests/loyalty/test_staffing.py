"""Cashiers are taken on by their own store; whoever leaves is shut out of every door at once."""

from datetime import timedelta

import pytest

from loyalty import devices, sitting, staffing
from loyalty.devices import InvitationRefused
from loyalty.models import StaffPhone, Store
from loyalty.sitting import Locked
from loyalty.staffing import CodeTaken, CodeUnreadable, NotOneself, PhoneTaken, ShutOut, StoreElsewhere
from members import inviting, pins, roles
from members.identifying import PhoneUnreadable
from members.models import User
from tests.factories.people import StaffFactory

PIN = "4826"


def hire(name, *named, stores=()):
    user = StaffFactory(username=name, store_ids=list(stores))
    for role in named:
        roles.give(user=user, role=role)
    pins.choose(user_id=user.pk, pin=PIN, by="system", at=user.date_joined)
    return user


@pytest.fixture
def hà(db) -> User:
    """Hà the admin."""
    return hire("hà", roles.ADMIN)


def take_on(shop, **told):
    said = {"name": "Lê Thị  An", "code": "NV07", "store_ids": [shop.store.pk], "within": [shop.store.pk]}
    return staffing.take_on_cashier(**{**said, **told}, by="user:1", at=shop.at)


def test_a_new_cashier_sits_down_with_the_pin_that_was_told_and_has_to_choose_another(shop):
    made = take_on(shop, phone="0912 000 111")
    device = devices.create(store=shop.store, name="Quầy 1", by=None, at=shop.at).device
    begun = sitting.begin(device=device, user_id=made.user.pk, pin=made.pin, at=shop.at)
    assert begun.must_change
    assert (made.user.last_name, made.user.first_name) == ("Lê Thị", "An")
    assert not made.user.has_usable_password() and not made.user.is_staff, "no page of the dashboard opens"
    phone = StaffPhone.objects.get()
    assert (phone.user, phone.phone, phone.staff_code) == (made.user, "+84912000111", "NV07")


def test_nobody_takes_on_cashiers_for_other_stores_or_for_none(shop):
    other = Store.objects.create(code="Q3", name="Quận 3")
    for wrong in ([], [other.pk], [shop.store.pk, other.pk]):
        with pytest.raises(StoreElsewhere):
            take_on(shop, store_ids=wrong)
    assert take_on(shop, store_ids=[other.pk], within=None).user.store_ids == [other.pk]


def test_a_code_and_a_phone_belong_to_one_person(shop):
    take_on(shop, phone="0912 000 111")
    for code in ("NV07", "nv07"):
        with pytest.raises(CodeTaken):
            take_on(shop, code=code)
    with pytest.raises(PhoneTaken):
        take_on(shop, code="NV08", phone="+84912000111")
    for wrong, refusal in (({"code": "x y"}, CodeUnreadable), ({"code": "NV09", "phone": "12"}, PhoneUnreadable)):
        with pytest.raises(refusal):
            take_on(shop, **wrong)
    assert User.objects.filter(groups__name=roles.CASHIER).count() == 1, "what was refused leaves nobody behind"


def test_own_cashiers_are_cashiers_and_nothing_else_in_the_own_stores_and_no_others(db):
    own = hire("own", roles.CASHIER, stores=[1])
    hire("elsewhere", roles.CASHIER, stores=[2])
    hire("both", roles.CASHIER, stores=[1, 2])
    hire("everywhere", roles.CASHIER)
    hire("manager", roles.STORE_MANAGER, stores=[1])
    hire("promoted", roles.CASHIER, roles.STORE_MANAGER, stores=[1])
    assert list(staffing.cashiers_of([1])) == [own]
    assert {user.username for user in staffing.cashiers_of(None)} == {"own", "elsewhere", "both", "everywhere"}


def test_whoever_leaves_sits_nowhere_and_no_link_of_theirs_works(shop, hà):
    mai = hire("mai", roles.STORE_MANAGER)
    device = devices.create(store=shop.store, name="Quầy 1", by=None, at=shop.at).device
    begun = sitting.begin(device=device, user_id=mai.pk, pin=PIN, at=shop.at)
    link = inviting.invite(role=roles.ANALYST, by=mai, at=shop.at)
    _invitation, code = devices.invite(store=shop.store, name="Quầy 2", by=mai, at=shop.at)
    before = mai.get_session_auth_hash()

    staffing.deactivate(user_id=mai.pk, by=hà, at=shop.at)

    begun.sitting.refresh_from_db()
    assert begun.sitting.ended_at == shop.at
    with pytest.raises(Locked):
        sitting.of(begun.token, device=device, at=shop.at)
    with pytest.raises(inviting.InvitationRefused):
        inviting.look(link.token, at=shop.at)
    with pytest.raises(InvitationRefused):
        devices.enrol(code=code, address="a", at=shop.at)
    mai.refresh_from_db()
    assert not mai.is_active and mai.get_session_auth_hash() != before


def test_coming_back_opens_no_seat_and_no_session_of_before(shop, hà):
    minh = hire("minh", roles.CASHIER)
    device = devices.create(store=shop.store, name="Quầy 1", by=None, at=shop.at).device
    begun = sitting.begin(device=device, user_id=minh.pk, pin=PIN, at=shop.at)
    before = minh.get_session_auth_hash()
    staffing.deactivate(user_id=minh.pk, by=hà, at=shop.at)
    staffing.reactivate(user_id=minh.pk)
    minh.refresh_from_db()
    assert minh.is_active and minh.get_session_auth_hash() != before
    with pytest.raises(Locked):
        sitting.of(begun.token, device=device, at=shop.at + timedelta(seconds=1))


def test_the_last_admin_cannot_be_shut_out(shop, hà):
    with pytest.raises(NotOneself):
        staffing.deactivate(user_id=hà.pk, by=hà, at=shop.at)
    tú = hire("tú", roles.ADMIN)
    staffing.deactivate(user_id=tú.pk, by=hà, at=shop.at)
    with pytest.raises(ShutOut):  # Tú asked in the same moment
        staffing.deactivate(user_id=hà.pk, by=tú, at=shop.at)
    hà.refresh_from_db()
    assert hà.is_active
