"""A small shop and its staff: Hà the admin, Quân the marketer, Ánh the analyst, Mai the manager, Minh the cashier."""

from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.test import Client

from dashboard import access
from loyalty import founding, policies
from loyalty.models import Store
from members import founding as member_founding
from members import joining
from members.models import User

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
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
def shop(db):
    """A programme with one store, and one in which Mai does not work."""
    policies.forget()
    founding.found(name="Cà phê Phố", at=NOON)
    member_founding.found(at=NOON)
    Store.objects.create(code="Q3", name="Cà phê Phố Quận 3")
    return Store.objects.create(code="Q1", name="Cà phê Phố Quận 1")


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
def lan(shop):
    """Lan the member."""
    return joining.join(
        name="Nguyễn Thị Lan", phone="0912 345 678", joined_via="counter", store_id=shop.id, by="system", at=NOON
    )


def second_factor_of(user: User) -> Authenticator:
    return Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
