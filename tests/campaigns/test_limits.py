"""What the shop's SMS are sent as."""

import pytest

from campaigns import limits
from campaigns.models import SendingPolicy
from loyalty import founding
from loyalty.models import Programme
from tests.factories.shop import NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "brand"),
    [("Hiên Cà Phê", "HIENCAPHE"), ("Đá Quý Phương Nam", "DAQUYPHUONG"), ("☕", "CUAHANG"), ("O'7", "CUAHANG")],
)
def test_the_sender_is_the_shops_name_in_plain_capitals(name: str, brand: str) -> None:
    founding.found(name="tên khác", at=NOON)
    Programme.objects.update(name=name)
    SendingPolicy.objects.all().delete()

    assert limits.policy().brand == brand
