from datetime import timedelta

import pytest
from django.db import connection

from members import birthdays, changing, guessing, spending_pins
from members.models import Member, SpendingPin
from tests.factories.people import JOINED_AT, MemberFactory
from tests.members.test_racing import at_once

AT = JOINED_AT + timedelta(days=30)
PIN = "482915"


@pytest.fixture(autouse=True)
def _quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def lan(db) -> Member:
    return MemberFactory(phone="0912345678", birthday=birthdays.Birthday(day=20, month=5, year=1990))


def choose(member, pin=PIN, at=AT):
    spending_pins.choose(member_id=member.pk, pin=pin, by=f"member:{member.pk}", at=at)


def prove(member, pin=PIN, at=AT):
    spending_pins.prove(member_id=member.pk, pin=pin, at=at)


def test_the_pin_she_chose_proves_her_and_another_does_not(lan):
    choose(lan)
    assert spending_pins.has(member_id=lan.pk)
    prove(lan)
    with pytest.raises(spending_pins.PinRefused):
        prove(lan, "482916")
    choose(lan, "739104")
    with pytest.raises(spending_pins.PinRefused):
        prove(lan)
    spending_pins.drop(member_id=lan.pk, by=f"member:{lan.pk}", at=AT)
    with pytest.raises(spending_pins.PinRefused):
        prove(lan, "739104")


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "48291a", "４８２９１５", "48 915", None])
def test_a_pin_is_six_digits(lan, pin):
    for command in (choose, prove):
        with pytest.raises(spending_pins.PinUnreadable):
            command(lan, pin)


@pytest.mark.parametrize(
    "pin", ["111111", "123456", "654321", "890123", "123123", "200590", "900520", "052090", "051990", "345678"]
)
def test_a_pin_a_thief_tries_first_is_refused(lan, pin):
    with pytest.raises(spending_pins.PinTooEasy):
        choose(lan, pin)


def test_five_wrong_in_a_row_make_even_the_right_one_wait(lan):
    choose(lan)
    for _ in range(5):
        with pytest.raises(spending_pins.PinRefused):
            prove(lan, "000001")
    with pytest.raises(guessing.TooManyGuesses):
        prove(lan)
    prove(lan, at=AT + timedelta(minutes=16))


def test_ten_wrong_in_a_day_end_the_day(lan):
    choose(lan)
    at = AT
    for number in range(10):
        at += timedelta(minutes=4)
        with pytest.raises(spending_pins.PinRefused):
            prove(lan, f"00000{number}", at=at)
    with pytest.raises(guessing.TooManyGuesses):
        prove(lan, at=at + timedelta(hours=2))
    prove(lan, at=AT + timedelta(days=1, minutes=41))


def test_who_has_no_pin_is_answered_like_a_wrong_one_and_counted(lan):
    for _ in range(5):
        with pytest.raises(spending_pins.PinRefused):
            prove(lan)
    with pytest.raises(guessing.TooManyGuesses):
        prove(lan)


def test_the_table_holds_no_pin_and_no_member_who_left_has_one(lan):
    choose(lan)
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text FROM members_spendingpin p")
        assert PIN not in cursor.fetchone()[0]
    Member.objects.filter(pk=lan.pk).update(status="closed")
    with pytest.raises(spending_pins.PinRefused):
        prove(lan)
    with pytest.raises(changing.MemberGone):
        choose(lan)
    assert SpendingPin.objects.count() == 1


def test_parallel_guesses_have_five_tries_together(shop_db):
    lan = MemberFactory()
    choose(lan)
    answers = at_once(*(lambda pin=f"10000{n}": prove(lan, pin) for n in range(8)))
    assert sum(isinstance(answer, guessing.TooManyGuesses) for answer in answers) == 3
