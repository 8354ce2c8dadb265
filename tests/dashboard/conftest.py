"""A small shop and its staff: Hà the admin, Quân the marketer, Ánh the analyst, Mai the manager, Minh the cashier."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.test import Client

from dashboard import access
from events import clock
from loyalty.models import Store
from members.models import Member, User
from tests.factories.shop import Shop

PASSWORD = "cà phê sữa đá 2026"
SIGNS_IN = {
    "hà": access.ADMIN,
    "quân": access.MARKETER,
    "ánh": access.ANALYST,
    "mai": access.MANAGER,
    "minh": access.CASHIER,
}


@pytest.fixture(autouse=True)
def passwords_are_hashed_quickly(settings):
    """The real hasher takes a second of work per person on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def till(db) -> Shop:
    """A shop with bills in one line: `till.sell(till.bill(58_000), lan)`; now is now, as the pages see it."""
    till = Shop(at=clock.now())
    Store.objects.filter(pk=till.store.pk).update(name="Cà phê Phố Quận 1")
    return till


@pytest.fixture
def shop(till) -> Store:
    """The store of the till; beside it one in which Mai does not work."""
    Store.objects.create(code="Q3", name="Cà phê Phố Quận 3")
    return Store.objects.get(pk=till.store.pk)


@pytest.fixture
def staff(shop):
    """Everybody, by role."""
    return {
        role: hire(name, role, stores=[shop.id] if role == access.MANAGER else []) for name, role in SIGNS_IN.items()
    }


def hire(name: str, role: str, *, stores: list[int] | None = None, second_factor: bool = True) -> User:
    user = User.objects.create_user(
        username=name, password=PASSWORD, is_staff=access.signs_in_here([role]), store_ids=stores or []
    )
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    if second_factor:
        TOTP.activate(user, generate_totp_secret())
    return user


@pytest.fixture
def signed_in(staff):
    """`signed_in("marketer")`: a browser of somebody with that role, second factor done."""

    def sign_in(role: str) -> Client:
        client = Client()
        client.force_login(staff[role])
        return client

    return sign_in


@pytest.fixture
def admin(signed_in) -> Client:
    return signed_in(access.ADMIN)


@pytest.fixture
def lan(till) -> Member:
    """Lan the member."""
    return till.member("Nguyễn Thị Lan", phone="0912 345 678")


def second_factor_of(user: User) -> Authenticator:
    return Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
