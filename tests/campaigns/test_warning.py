"""The old number hears of a move, and an old owner of a passed number: the true owner is the best alarm."""

from datetime import timedelta

import pytest

from campaigns import codes, warning
from campaigns.models import CodeMessage, FakeMessage
from events.models import Delivery, Event
from members import birthdays, changing, moving_phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def lan(shop):
    return shop.member("Nguyễn Thị Lan", phone="0912345678", card="VIP71", birthday=birthdays.Birthday(day=20, month=5))


def move(shop, member, phone="0909090909"):
    begun = moving_phone.begin(member_id=member.pk, phone=phone, by="user:1", at=shop.at)
    moving_phone.vouch(move_id=begun.pk, told={"birthday": "20/5", "card": "VIP71"}, by="user:1", at=shop.at)
    moving_phone.finish(move_id=begun.pk, by="user:1", at=shop.at)


def hear(type):
    event = Event.objects.get(type=type)
    assert Delivery.objects.filter(event=event, reader="campaigns.warning.hear").exists()
    warning.hear(event=event)


def test_the_old_number_is_told(shop, lan):
    move(shop, lan)
    hear("member.phone_moved")
    for id in codes.claim(at=shop.at, limit=10, lease=timedelta(seconds=60)):
        codes.send(id=id, at=shop.at)
    message = FakeMessage.objects.get()
    assert message.address == "+84912345678"
    assert "chuyen sang so khac" in message.body


def test_who_lost_the_number_is_told_by_the_email_that_was_proved(shop, lan):
    changing.move_email(member_id=lan.pk, email="lan@example.vn", verified=True, by="user:1", at=shop.at)
    moving_phone.pass_on(phone="0912345678", by="portal", at=shop.at)
    hear("member.phone_passed")
    assert list(CodeMessage.objects.values_list("channel", "address")) == [("email", "lan@example.vn")]


def test_without_another_way_nobody_is_told(shop, lan):
    changing.move_email(member_id=lan.pk, email="lan@example.vn", verified=False, by="user:1", at=shop.at)
    moving_phone.pass_on(phone="0912345678", by="portal", at=shop.at)
    hear("member.phone_passed")
    assert not CodeMessage.objects.exists()
