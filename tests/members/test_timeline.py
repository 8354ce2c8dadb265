import pytest

from events import outbox
from events.models import Event
from members import timeline
from members.models import TimelineItem
from tests.factories.people import JOINED_AT, MemberFactory

pytestmark = pytest.mark.django_db


def test_what_happened_to_lan_stands_on_her_timeline_once():
    lan = MemberFactory()
    event = Event.objects.get(type="member.joined")
    for _ in range(3):
        timeline.absorb(event=event)
    line = TimelineItem.objects.get()
    assert (line.member, line.type, line.at, line.subject_id) == (lan, "member.joined", JOINED_AT, lan.pk)


def test_an_imported_chunk_belongs_to_nobodys_timeline():
    event_id = outbox.record(type="purchases.imported", data={"bills": 1000}, at=JOINED_AT, by="import:1")
    timeline.absorb(event=Event.objects.get(pk=event_id))
    assert not TimelineItem.objects.exists()


def test_the_timeline_is_built_again_from_the_events():
    MemberFactory(), MemberFactory()

    def lines() -> list[dict]:
        return list(TimelineItem.objects.order_by("event_id").values())

    for event in Event.objects.order_by("id"):
        timeline.absorb(event=event)
    before = lines()
    TimelineItem.objects.all().delete()
    for event in Event.objects.order_by("-id"):
        timeline.absorb(event=event)
    assert lines() == before
    assert len(before) == 2
