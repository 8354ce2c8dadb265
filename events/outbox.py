"""What happened, written in the transaction in which it happened. Calls go down, events go up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection


def readers_of(type: str) -> list[str]:
    """The dotted names of those who hear events of this type, in the order of settings.EVENT_READERS."""
    return [reader for reader, types in settings.EVENT_READERS if "*" in types or type in types]


def record(
    *,
    type: str,
    member_id: UUID | None = None,
    subject_id: UUID | None = None,
    store_id: int | None = None,
    data: Mapping[str, Any],
    at: datetime,
    by: str,
    occurred_at: datetime | None = None,
    request_id: str = "",
) -> int:
    """Writes one event and its deliveries; answers the event's id. `data` holds ids and numbers, no personal data.

    Call it inside the transaction of what it tells about: both are kept or neither is.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT events_record(%s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s::text[])",
            [
                type,
                member_id,
                subject_id,
                store_id,
                orjson.dumps(data).decode(),
                occurred_at or at,
                at,
                by,
                request_id,
                readers_of(type),
            ],
        )
        return int(cursor.fetchone()[0])
