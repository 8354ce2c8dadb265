"""A member's timeline: one line per thing that happened to them, absorbed from the events and rebuildable from them."""

from events.models import Event
from members.models import TimelineItem


def absorb(*, event: Event) -> None:
    """Adds the event to its member's timeline, once however often it is told.

    Events without a member (an import's chunk of a thousand bills) have no place here: an imported history is read from
    the purchases themselves.
    """
    if event.member_id is None:
        return
    line = TimelineItem(
        event_id=event.pk,
        member_id=event.member_id,
        type=event.type,
        at=event.occurred_at,
        subject_id=event.subject_id,
        store_id=event.store_id,
        data=event.data,
    )
    TimelineItem.objects.bulk_create([line], ignore_conflicts=True)
