"""A term runs while somebody is there: from opening to closing, and not on a public holiday."""

from datetime import datetime, time
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps

from members import named_days
from members.models import CaseTerms
from members.relationship import hours, terms

pytestmark = pytest.mark.django_db
SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING, EVENING = time(8), time(21)


def due(begins: str, *, many: int, opens: time = MORNING, closes: time = EVENING, zone: ZoneInfo = SAIGON) -> str:
    at = datetime.fromisoformat(begins).replace(tzinfo=zone)
    off = named_days.calendar().off
    return f"{hours.after(at, hours=many, opens=opens, closes=closes, off=off).astimezone(zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("begins", "many", "ends"),
    [
        ("2026-11-27 09:30", 4, "2026-11-27 13:30"),
        ("2026-11-27 17:00", 4, "2026-11-27 21:00"),  # to the minute of closing
        ("2026-11-27 20:00", 4, "2026-11-28 11:00"),  # the hour before closing, then three of a Saturday
        ("2026-11-27 20:59", 1, "2026-11-28 08:59"),
        ("2026-11-27 21:00", 1, "2026-11-28 09:00"),  # nobody is there any more
        ("2026-11-27 23:59", 1, "2026-11-28 09:00"),
        ("2026-11-28 03:00", 1, "2026-11-28 09:00"),  # nor yet
        ("2026-11-27 12:00", 26, "2026-11-29 12:00"),  # two days, Sundays among them
        ("2026-11-27 08:00", 13, "2026-11-27 21:00"),
        ("2026-12-31 20:30", 1, "2027-01-02 08:30"),  # 1/1
        ("2026-04-25 20:00", 14, "2026-04-27 21:00"),  # Giỗ Tổ, 10/3 by the moon, is the 26th of April
        ("2026-04-29 20:00", 2, "2026-05-02 09:00"),  # 30/4 and 1/5
        ("2026-09-01 20:00", 2, "2026-09-03 09:00"),
        ("2027-02-04 20:00", 2, "2027-02-10 09:00"),  # Tết: mùng 1 is the 6th of February
        ("2027-02-07 10:00", 4, "2027-02-10 12:00"),  # asked on mùng 2
    ],
)
def test_a_term_ends_when_its_hours_have_been_worked(begins, many, ends):
    assert due(begins, many=many) == ends


def test_whoever_is_there_day_and_night_has_holidays_only():
    around = {"opens": time(0), "closes": time(0)}
    assert due("2026-11-27 20:00", many=24, **around) == "2026-11-28 20:00"
    assert due("2026-12-31 20:00", many=5, **around) == "2027-01-02 01:00"


def test_a_zone_that_changes_its_clocks_has_days_of_fewer_and_more_hours(settings):
    """Viet Nam never does; a shop elsewhere may."""
    settings.TIME_ZONE = "Europe/Berlin"
    berlin, around = ZoneInfo("Europe/Berlin"), {"opens": time(0), "closes": time(0)}
    assert due("2026-03-28 12:00", many=24, zone=berlin, **around) == "2026-03-29 13:00"
    assert due("2026-10-24 12:00", many=24, zone=berlin, **around) == "2026-10-25 11:00"
    assert due("2026-03-28 20:00", many=2, zone=berlin) == "2026-03-29 09:00"
    assert due("2026-11-27 20:00", many=2, zone=SAIGON) != "2026-11-28 09:00"


def test_however_little_is_worked_a_term_ends():
    assert due("2026-11-27 08:00", many=8760, opens=time(8), closes=time(8, 1)) == "2037-11-09 08:00"


def test_terms_that_nobody_set_promise_the_same_as_before_in_working_hours():
    terms.found()
    CaseTerms.objects.filter(kind="complaint").update(answer_hours=4, close_hours=48)
    CaseTerms.objects.filter(kind="question").update(answer_hours=6, close_hours=72)
    CaseTerms.objects.filter(kind="wish").update(answer_hours=48, close_hours=240)
    import_module("members.migrations.0018_terms_in_working_hours").count_working_hours(apps, None)
    kept = {row.kind: (row.answer_hours, row.close_hours) for row in CaseTerms.objects.all()}
    assert kept == {**terms.FIRST_TERMS, "question": (6, 72)}
