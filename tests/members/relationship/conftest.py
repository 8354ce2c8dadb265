import pytest

from members import founding, roles
from members.models import Member, User
from tests.factories.people import JOINED_AT, MemberFactory, StaffFactory


@pytest.fixture
def house(db) -> None:
    """Texts, terms and reasons of a first day."""
    founding.found(at=JOINED_AT)


@pytest.fixture
def lan(house) -> Member:
    return MemberFactory(name="Nguyễn Thị Lan", phone="0912345678")


@pytest.fixture
def quân(house) -> User:
    return hire("quân", roles.MARKETER)


def hire(name: str, role: str) -> User:
    user = StaffFactory(username=name)
    roles.give(user=user, role=role)
    return user
