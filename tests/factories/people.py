"""People for tests: they join by the shop's own door, so that everything a member has is there."""

from datetime import UTC, datetime
from typing import Any

import factory

from members import joining
from members.models import Member, User

JOINED_AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
NAMES = [
    "Nguyễn Thị Lan",
    "Trần Văn Minh",
    "Lê Ngọc Ánh",
    "Phạm Quốc Bảo",
    "Đặng Thu Hương",
    "Võ Gia Hân",
    "Bùi Đức Tài",
]


class MemberFactory(factory.Factory):
    """A member with a phone and a card: `MemberFactory(name="Nguyễn Thị Lan", phone="0912345678")`."""

    class Meta:
        model = Member

    name = factory.Iterator(NAMES)
    phone = factory.Sequence(lambda number: f"09{number + 10_000_000:08d}")
    joined_via = "counter"
    by = "system"
    at = JOINED_AT

    @classmethod
    def _create(cls, model_class: type[Member], *args: Any, **given: Any) -> Member:
        return joining.join(**given)


class StaffFactory(factory.django.DjangoModelFactory):
    """Somebody who works in the shop: `StaffFactory(username="minh")`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"staff{number}")
    is_staff = True
