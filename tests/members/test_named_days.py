"""Days with a name come by the sun and by the moon, once or every year, for one day or several."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from members import moon, named_days
from members.models import NamedDay
from members.named_days import Calendar, Named, Span


def named(**said) -> Calendar:
    plain = {"key": "x", "calendar": "solar", "day": 1, "month": None, "year": None, "starts_before": 0, "lasts": 1}
    return Calendar((Named(**{**plain, "day_off": False, **said}),))


def days_of(calendar: Calendar, year: int) -> list[str]:
    first = date(year, 1, 1)
    every = (first + timedelta(days=n) for n in range(366 if year % 4 == 0 else 365))
    return [f"{day:%d/%m}" for day in every if calendar.on(day)]


def test_a_shop_begins_with_the_days_of_viet_nam(db):
    calendar = named_days.calendar()
    assert [day for day in range(14, 23) if "tet" in calendar.on(date(2026, 2, day))] == [16, 17, 18, 19, 20]
    assert calendar.on(date(2026, 2, 26)) == {"god-of-wealth"}
    assert calendar.on(date(2026, 9, 25)) == {"mid-autumn"}
    assert calendar.on(date(2026, 10, 20)) == {"vietnamese-women"}
    assert calendar.on(date(2026, 10, 5)) == {"payday"}
    assert calendar.on(date(2026, 11, 27)) == frozenset()


def test_the_days_off_of_a_year_are_those_of_the_law(db):
    calendar = named_days.calendar()
    every = (date(2026, 1, 1) + timedelta(days=n) for n in range(365))
    assert [day for day in every if calendar.off(day)] == [
        date(2026, 1, 1),
        *(date(2026, 2, day) for day in range(16, 21)),  # giao thừa to mùng 4
        date(2026, 4, 26),
        date(2026, 4, 30),
        date(2026, 5, 1),
        date(2026, 9, 2),
    ]


def test_a_day_that_staff_switch_off_or_add_is_gone_or_there(db):
    NamedDay.objects.filter(key="payday").update(active=False)
    NamedDay.objects.create(key="birthday", name_vi="Sinh nhật quán", name_en="Our birthday", day=7, month=6)
    NamedDay.objects.create(
        key="bridge", name_vi="Nghỉ bù", name_en="Day in lieu", day=4, month=5, year=2026, day_off=True
    )
    calendar = named_days.calendar()
    assert calendar.on(date(2026, 10, 5)) == frozenset()
    assert calendar.on(date(2027, 6, 7)) == {"birthday"}
    assert calendar.off(date(2026, 5, 4)) and not calendar.off(date(2027, 5, 4))


@pytest.mark.parametrize(
    ("said", "year", "days"),
    [
        ({"day": 29, "month": 2}, 2026, ["28/02"]),
        ({"day": 29, "month": 2}, 2028, ["29/02"]),
        (
            {"day": 31, "month": None},
            2026,
            ["31/01", "28/02", "31/03", "30/04", "31/05", "30/06"],
        ),
        ({"day": 31, "month": 12, "lasts": 3}, 2026, ["01/01", "02/01", "31/12"]),  # over the turn of the year
        ({"day": 1, "month": 1, "starts_before": 2, "lasts": 2}, 2026, ["30/12", "31/12"]),
        ({"day": 2, "month": 9, "year": 2027}, 2026, []),
        ({"calendar": "lunar", "day": 1, "month": 1}, 2026, ["17/02"]),
        ({"calendar": "lunar", "day": 30, "month": 12}, 2026, ["16/02"]),  # a short month: its 29th
    ],
)
def test_when_a_day_falls(said, year, days):
    assert days_of(named(**said), year)[:6] == days


@given(st.integers(1902, 2098), st.integers(1, 12), st.integers(1, 30))
def test_a_lunar_day_comes_once_in_a_lunar_year(year, month, day):
    falls = moon.falls_on(day=day, month=month, year=year)
    calendar = named(calendar="lunar", day=day, month=month)
    assert calendar.on(falls) == {"x"}
    assert calendar.next("x", after=falls) == Span("x", falls, falls)
    assert calendar.next("x", after=falls + timedelta(days=1)).first > falls + timedelta(days=350)


def test_the_next_time_of_a_day_that_is_going_on_is_now():
    tet = named(key="tet", calendar="lunar", day=1, month=1, starts_before=1, lasts=5)
    assert tet.next("tet", after=date(2026, 2, 18)) == Span("tet", date(2026, 2, 16), date(2026, 2, 20))
    assert tet.next("tet", after=date(2026, 2, 21)).first == date(2027, 2, 5)
    assert named(day=4, month=5, year=2026).next("x", after=date(2026, 5, 5)) is None
    assert tet.next("mid-autumn", after=date(2026, 2, 18)) is None


@pytest.mark.parametrize(
    "said",
    [
        {"day": 0, "month": 1},
        {"day": 31, "month": 1, "calendar": "lunar"},
        {"day": 1, "month": 13},
        {"day": 1, "calendar": "lunar"},
        {"day": 1, "year": 2026},
        {"day": 1, "month": 1, "lasts": 0},
        {"day": 1, "month": 1, "starts_before": 61},
        {"day": 1, "month": 1, "year": 2200},
    ],
)
def test_a_day_that_cannot_be_is_not_kept(db, said):
    with pytest.raises(IntegrityError), transaction.atomic():
        NamedDay.objects.create(key="y", name_vi="y", name_en="y", **said)
