"""PINs: what is refused, what is kept, and how often anybody may guess, one after the other and all at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from hypothesis import given
from hypothesis import strategies as st

from members import pins
from members.guessing import TooManyGuesses
from members.models import StaffPin, User
from members.pins import PinWeak, PinWrong
from tests.factories.people import JOINED_AT, StaffFactory

AT = JOINED_AT


@pytest.fixture
def minh(db) -> User:
    minh = StaffFactory(username="minh")
    pins.choose(user_id=minh.pk, pin="4826", by="user:1", at=AT)
    return minh


def prove(user: User, pin: str, *, device: str = "1", at=AT) -> bool:
    return pins.prove(user_id=user.pk, pin=pin, device=device, at=at)


def test_the_right_pin_is_known_and_no_other(minh):
    assert prove(minh, "4826") is False
    for wrong in ("4827", "", "482", "48266", "４８２６", "4826 ", "\x00" * 4):
        with pytest.raises(PinWrong):
            prove(minh, wrong)
        prove(minh, "4826")


@pytest.mark.parametrize(
    "pin", ["1234", "4321", "0000", "777777", "1990", "2026", "2580", "012345", "98765", "123", "1234567", "12a4", ""]
)
def test_a_pin_that_everybody_tries_first_is_refused(pin):
    with pytest.raises(PinWeak):
        pins.must_be_strong(pin)


@given(st.from_regex(r"[3-8][0-9]{3,5}", fullmatch=True))
def test_what_is_accepted_has_four_to_six_digits_and_no_plain_pattern(pin):
    try:
        pins.must_be_strong(pin)
    except PinWeak:
        assert len(set(pin)) == 1 or pin in "0123456789098765432101234567890" or pin in pins._OFTEN
    else:
        assert 4 <= len(pin) <= 6 and len(set(pin)) > 1


def test_the_pin_stands_nowhere_in_the_database(minh):
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text FROM members_staffpin p UNION ALL SELECT e::text FROM members_staffpinevent e")
        assert not any("4826" in row[0] for row in cursor.fetchall())
    assert len(bytes(StaffPin.objects.get().hash)) == 32


def test_equal_pins_of_two_people_look_different(minh):
    lan = StaffFactory(username="lan")
    pins.choose(user_id=lan.pk, pin="4826", by="user:1", at=AT)
    one, other = StaffPin.objects.all()
    assert bytes(one.hash) != bytes(other.hash)


def test_after_five_wrong_tries_at_a_device_the_right_pin_waits_too(minh):
    for _ in range(pins.PER_DEVICE):
        with pytest.raises(PinWrong):
            prove(minh, "0001")
    with pytest.raises(TooManyGuesses) as refused:
        prove(minh, "4826")
    assert 0 < refused.value.details["retry_after"] <= pins.WITHIN.total_seconds() + 1
    assert prove(minh, "4826", device="2") is False
    assert prove(minh, "4826", at=AT + pins.WITHIN + timedelta(seconds=1)) is False


def test_ten_devices_do_not_make_ten_times_as_many_tries(minh):
    for n in range(pins.PER_PERSON):
        with pytest.raises(PinWrong):
            prove(minh, "0001", device=str(n))
    with pytest.raises(TooManyGuesses):
        prove(minh, "4826", device="another")


def test_a_reset_pin_works_once_the_person_was_locked_out_and_wants_to_be_changed(minh):
    for n in range(pins.PER_PERSON):
        with pytest.raises(PinWrong):
            prove(minh, "0001", device=str(n))
    told = pins.reset(user_id=minh.pk, by="user:1", at=AT)
    assert prove(minh, told, device="another") is True
    pins.change(user_id=minh.pk, old=told, new="7305", device="another", at=AT)
    assert prove(minh, "7305", device="another") is False


def test_a_change_wants_the_old_pin_and_another_new_one(minh):
    with pytest.raises(PinWrong):
        pins.change(user_id=minh.pk, old="0001", new="7305", device="1", at=AT)
    with pytest.raises(PinWeak):
        pins.change(user_id=minh.pk, old="4826", new="4826", device="1", at=AT)
    assert prove(minh, "4826") is False


def test_tries_at_the_same_instant_are_counted_each(shop_db):
    minh = StaffFactory(username="minh")
    pins.choose(user_id=minh.pk, pin="4826", by="user:1", at=AT)
    answers: list[str] = []

    def guess() -> None:
        try:
            prove(minh, "0001")
        except (PinWrong, TooManyGuesses) as refused:
            answers.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("pin_wrong") == pins.PER_DEVICE
    assert answers.count("too_many_guesses") == 12 - pins.PER_DEVICE
