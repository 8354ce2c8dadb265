"""The notice to the Sở Công Thương is thought of in time."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from loyalty import notifying, policies
from loyalty.models import Programme

ENDS = date(2027, 6, 30)


def note(**fields):
    told = {"notice_number": "123/TB-SCT", "notice_on": date(2026, 6, 1), "runs_until": ENDS} | fields
    policies.change_programme(changes=told)


def test_a_programme_without_its_notice_is_reminded_of_it(shop):
    assert notifying.reminder(on=ENDS).why == "missing"


def test_the_reminder_comes_so_many_days_ahead_and_stays(shop):
    note(remind_days=45)
    assert notifying.reminder(on=ENDS - timedelta(days=46)) is None
    assert notifying.reminder(on=ENDS - timedelta(days=45)) == notifying.Reminder(why="ending", on=ENDS)
    assert notifying.reminder(on=ENDS).why == "ending"
    assert notifying.reminder(on=ENDS + timedelta(days=1)).why == "over"


def test_a_programme_without_an_end_is_left_in_peace(shop):
    note(runs_until=None)
    assert notifying.reminder(on=ENDS) is None


def test_a_programme_ends_after_it_begins(shop):
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.update(runs_from=ENDS, runs_until=ENDS - timedelta(days=1))


def test_a_shop_without_a_programme_has_nothing_to_notify(db):
    assert notifying.reminder(on=ENDS) is None
