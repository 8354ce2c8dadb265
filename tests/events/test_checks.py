import pytest

from events import checks


def test_the_shops_own_lists_lead_somewhere():
    assert checks.dotted_names(None) == checks.taken_types(None) == []


@pytest.mark.parametrize(
    "name", ["nowhere.at_all", "members.timeline.absorbed", "events.relaying.MOST_WAITING", "plain"]
)
@pytest.mark.parametrize("setting", ["EVENT_READERS", "AUDIT_QUERIES", "NIGHTLY_STEPS"])
def test_a_name_that_leads_nowhere_stops_the_start_and_is_said(settings, setting, name):
    setattr(settings, setting, [(name, ("*",)) if setting == "EVENT_READERS" else name])

    [error] = checks.dotted_names(None)

    assert setting in error.msg
    assert name in error.msg


@pytest.mark.parametrize("types", ["purchase.recorded", (), ""])
def test_a_reader_takes_a_tuple_of_types(settings, types):
    settings.EVENT_READERS = [("members.timeline.absorb", types)]

    assert [error.id for error in checks.taken_types(None)] == ["events.E002"]
