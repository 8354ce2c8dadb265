"""Who joined on which day, where they were asked and at which store."""

from django.conf import settings
from django.db import connection, transaction

from analytics import moving
from analytics.models import JoinedDay
from events.models import Event

TYPES = ("member.joined", "members.imported")
# Spaces of PostgreSQL's advisory locks are shared by the whole database; this one is for counting who joined.
_SPACE = 7011
_ONE_MORE = """
INSERT INTO analytics_joinedday AS j (day, via, store_id, members)
SELECT (joined_at AT TIME ZONE %(zone)s)::date, joined_via, coalesce(joined_store_id, 0), 1
FROM members_member WHERE id = %(member)s AND NOT practice
ON CONFLICT (day, via, store_id) DO UPDATE SET members = j.members + 1
"""


def alone() -> None:
    """Till the end of the transaction nobody else counts who joined. Taken before anything else is locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SPACE])


def beside_others() -> None:
    """Till the end of the transaction nobody counts everybody anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_SPACE])


def wait_for(event: Event) -> None:
    """What `event` does to these days may be done now."""
    if event.type == "members.imported":
        alone()
    else:
        beside_others()


def absorb(event: Event, *, reader: str) -> None:
    """One more on the day of somebody who joined; after a file, which tells no days, everybody is counted again."""
    if event.type == "members.imported":
        recount(reader=reader, heard=event.pk)
        return
    with connection.cursor() as cursor:
        cursor.execute(_ONE_MORE, {"member": event.member_id, "zone": settings.TIME_ZONE})


@transaction.atomic
def recount(*, reader: str, heard: int = 0) -> None:
    """Count all days anew from the members, `alone`. `heard`: the event whose delivery asks for it."""
    with connection.cursor() as cursor:
        JoinedDay.objects.all().delete()
        values = {"reader": reader, "types": list(TYPES), "heard": heard, "zone": settings.TIME_ZONE}
        cursor.execute(moving.text("joined.sql"), values)
