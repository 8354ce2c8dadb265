import pytest

from events import checks

WITH_NAMES = {
    "EVENT_READERS": lambda name: [(name, ("*",))],
    "AUDIT_QUERIES": lambda name: [name],
    "NIGHTLY_STEPS": lambda name: [name],
    "JOB_KINDS": lambda name: {"night": name},
    "DUE_WORK": lambda name: [(name, "events.deliver", "events")],
}


def test_the_shops_own_lists_lead_somewhere():
    assert checks.dotted_names(None) == checks.taken_types(None) == checks.told_tasks(None) == []


@pytest.mark.parametrize(
    "name", ["nowhere.at_all", "members.timeline.absorbed", "events.relaying.MOST_WAITING", "plain"]
)
@pytest.mark.parametrize("setting", WITH_NAMES)
def test_a_name_that_leads_nowhere_stops_the_start_and_is_said(settings, setting, name):
    setattr(settings, setting, WITH_NAMES[setting](name))

    [error] = checks.dotted_names(None)

    assert setting in error.msg
    assert name in error.msg


@pytest.mark.parametrize("types", ["purchase.recorded", (), ""])
def test_a_reader_takes_a_tuple_of_types(settings, types):
    settings.EVENT_READERS = [("members.timeline.absorb", types)]

    assert [error.id for error in checks.taken_types(None)] == ["events.E002"]


@pytest.mark.parametrize(("task", "queue"), [("events.nothing", "events"), ("events.deliver", "celery")])
def test_due_work_is_told_to_a_task_in_a_queue_with_a_worker(settings, task, queue):
    settings.DUE_WORK = [("events.delivering.claim", task, queue)]

    assert [error.id for error in checks.told_tasks(None)] == ["events.E003"]
