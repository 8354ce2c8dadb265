import pytest
from django.contrib.auth.models import Group

from members import roles
from tests.factories.people import StaffFactory

pytestmark = pytest.mark.django_db


def test_the_five_roles_are_there_however_often_they_are_made():
    for _ in range(2):
        roles.ensure()
    assert set(Group.objects.values_list("name", flat=True)) >= {
        "admin",
        "marketer",
        "analyst",
        "store_manager",
        "cashier",
    }
    assert Group.objects.filter(name__in=roles.LABELS).count() == 5


def test_a_group_the_shop_made_itself_stays():
    Group.objects.create(name="thực tập")
    roles.ensure()
    assert Group.objects.filter(name="thực tập").exists()


def test_minh_becomes_a_cashier():
    minh = StaffFactory(username="minh")
    roles.give(user=minh, role=roles.CASHIER)
    roles.give(user=minh, role=roles.CASHIER)
    assert list(minh.groups.values_list("name", flat=True)) == ["cashier"]
    with pytest.raises(KeyError):
        roles.give(user=minh, role="king")
