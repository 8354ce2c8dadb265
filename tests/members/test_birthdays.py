from datetime import date

import pytest

from members import birthdays
from members.birthdays import Birthday, BirthdayImpossible


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("1990-05-20", Birthday(day=20, month=5, year=1990)),
        ("20/5/1990", Birthday(day=20, month=5, year=1990)),
        ("20-05-1990", Birthday(day=20, month=5, year=1990)),
        (" 20.05.1990 ", Birthday(day=20, month=5, year=1990)),
        ("--05-20", Birthday(day=20, month=5)),
        ("20/05", Birthday(day=20, month=5)),
        ("29/02", Birthday(day=29, month=2)),
        ("2000-02-29", Birthday(day=29, month=2, year=2000)),
    ],
)
def test_a_birthday_is_read_as_people_write_it(told, kept):
    assert birthdays.read(told) == kept


@pytest.mark.parametrize(
    "told",
    ["", "1990", "31/04", "29/02/1900", "2023-02-29", "00/01", "01/13", "1850-01-02", "0001-01-01", "２０/05", "x"],
)
def test_no_such_day_is_refused(told):
    with pytest.raises(BirthdayImpossible):
        birthdays.read(told)


def test_the_moon_has_thirty_days_in_any_month():
    assert birthdays.read("30/12", calendar="lunar").day == 30
    assert birthdays.read("30/2", calendar="lunar").month == 2
    for told in ("31/12", "0/1"):
        with pytest.raises(BirthdayImpossible):
            birthdays.read(told, calendar="lunar")
    with pytest.raises(BirthdayImpossible):
        Birthday(day=1, month=1, calendar="mayan")


def test_the_first_of_january_is_doubted_only_in_bulk():
    assert birthdays.read("1990-01-01", bulk=True).unsure
    assert birthdays.read("01/01", bulk=True).unsure
    assert not birthdays.read("1990-01-01").unsure
    assert not birthdays.read("1990-01-02", bulk=True).unsure


def test_nobody_is_born_tomorrow():
    today = date(2026, 11, 21)
    birthdays.must_be_past(Birthday(day=21, month=11, year=2026), on=today)
    birthdays.must_be_past(Birthday(day=31, month=12), on=today)
    for later in (Birthday(day=22, month=11, year=2026), Birthday(day=1, month=1, year=2027, calendar="lunar")):
        with pytest.raises(BirthdayImpossible):
            birthdays.must_be_past(later, on=today)
