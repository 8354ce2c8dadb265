"""A shop whose members sign in at the portal: Lan has a card, and the code that was sent to a phone can be read."""

import re

import pytest
from django.test import Client

from campaigns.models import CodeMessage
from events import clock
from loyalty.models import Store
from members.models import Member
from tests.campaigns.conftest import Marketing

PHONE = "0912 345 678"
E164 = "+84912345678"


@pytest.fixture
def shop(db) -> Marketing:
    """A shop with a store that has a name, campaigns that run, and a clock that is the pages' own."""
    shop = Marketing(at=clock.now())
    Store.objects.filter(pk=shop.store.pk).update(name="Cà phê Phố Quận 1")
    return shop


@pytest.fixture
def lan(shop) -> Member:
    """Lan the member."""
    return shop.member("Nguyễn Thị Lan", phone=PHONE)


@pytest.fixture
def hoa(shop) -> Member:
    """Hoa, another member, whose things are none of Lan's business."""
    return shop.member("Trần Thị Hoa", phone="0987 654 321")


def code_for(phone: str = E164) -> str:
    """The six digits in the message that was sent last."""
    message = CodeMessage.objects.filter(address=phone).latest("created_at", "id")
    return re.search(r"\b\d{6}\b", message.text)[0]


def sign_in(phone: str = E164, *, client: Client | None = None, **said) -> Client:
    """Signs somebody in by the pages themselves: the phone, the code."""
    client = client or Client()
    assert client.post("/me/sign-in", {"phone": phone, "own_phone": "yes", **said}).status_code == 302
    assert client.post("/me/code", {"code": code_for(phone)}).status_code == 302
    return client


@pytest.fixture
def lans(lan) -> Client:
    """Lan's browser, signed in."""
    return sign_in()
