"""A counter in Quận 1: a device, Minh the cashier, Mai the manager, and what they press."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from counter.desk import DEVICE_COOKIE
from events import clock
from loyalty import devices
from loyalty.models import Device
from members import pins, roles
from members.models import User
from tests.factories.people import StaffFactory
from tests.factories.shop import Shop

PIN = "4826"


def hire(name: str, role: str, *, stores: list[int] | None = None, pin: str = PIN) -> User:
    user = StaffFactory(username=name, first_name=name.title(), store_ids=stores or [], is_staff=False)
    roles.give(user=user, role=role)
    pins.choose(user_id=user.pk, pin=pin, by="system", at=clock.now())
    return user


@dataclass
class Counter:
    """A browser at an enrolled device; `sit(minh)` taps the name and types the PIN."""

    shop: Shop
    client: Client = field(default_factory=Client)
    device: Device = field(init=False)
    token: str = field(init=False)

    def __post_init__(self) -> None:
        made = devices.create(store=self.shop.store, name="Quầy 1", by=None, at=self.shop.at)
        self.device, self.token = made.device, made.token
        self.client.cookies[DEVICE_COOKIE] = self.token

    def sit(self, user: User, pin: str = PIN) -> Any:
        return self.post("sign-in", person=user.pk, pin=pin)

    def get(self, path: str, **sent: Any) -> Any:
        return self.client.get(f"/counter/{path}", sent, headers={"HX-Request": "true"})

    def post(self, path: str, **sent: Any) -> Any:
        return self.client.post(f"/counter/{path}", sent, headers={"HX-Request": "true"})

    def send(self, **bill: Any) -> Any:
        """A bill of the queue that a browser kept."""
        return self.client.post(
            "/counter/queue", bill, content_type="application/json", headers={"Accept": "application/json"}
        )

    def sell(self, member: Any = None, amount: str = "185k", **said: Any) -> Any:
        told = {"member": str(member.pk) if member else "", "amount": amount, "own_receipt": "D1-000001"}
        return self.post("sales", **{**told, "occurred_at": self.shop.at.isoformat(), **said})


@pytest.fixture
def shop(db) -> Shop:
    return Shop(at=clock.now())


@pytest.fixture
def counter(shop) -> Counter:
    return Counter(shop)


@pytest.fixture
def minh(shop) -> User:
    return hire("minh", roles.CASHIER, stores=[shop.store.pk])


@pytest.fixture
def mai(shop) -> User:
    return hire("mai", roles.STORE_MANAGER, stores=[shop.store.pk])


@pytest.fixture
def at_work(counter, minh) -> Counter:
    """Minh sits at the counter."""
    counter.sit(minh)
    return counter


@pytest.fixture
def lan(shop):
    return shop.member("Nguyễn Thị Lan", phone="0912345678", gender="female")


def text(answer: Any) -> str:
    """What the page says, its blanks made one."""
    return " ".join(answer.content.decode().replace("\u00a0", " ").split())
