"""Leaving addresses in peace: suppressing one, lifting it again, and the national do-not-advertise list."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice

from django.db import transaction

from campaigns.models import ListedPhone, Suppression
from events.refusals import Refusal
from members import identifying

BATCH = 5_000


def normal(address: str, *, channel: str) -> str:
    """An address as identifiers spell it. Raises PhoneUnreadable, EmailUnreadable."""
    return identifying.email(address) if channel == "email" else identifying.phone(address)


def is_suppressed(*, address: str, channel: str) -> bool:
    return Suppression.objects.filter(address=address, channel=channel, until__isnull=True).exists()


def suppress(*, channel: str, address: str, cause: str, by: str, at: datetime) -> Suppression:
    """Nothing but codes goes to this address on this channel from now on. Raises PhoneUnreadable, EmailUnreadable."""
    made, _ = Suppression.objects.get_or_create(
        channel=channel,
        address=normal(address, channel=channel),
        until=None,
        defaults={"cause": cause, "since": at, "by": by},
    )
    return made


def lift(*, ids: Sequence[int], at: datetime) -> int:
    """These addresses may be written to again; answers how many were not."""
    return Suppression.objects.filter(pk__in=ids, until__isnull=True).update(until=at)


@transaction.atomic
def import_list(*, phones: Iterable[str], listed_on: date, at: datetime) -> tuple[int, int]:
    """The national list as of a day, whole: who is no longer on it is taken off. Answers (phones, unreadable lines)."""
    readable = unreadable = 0
    lines = iter(phones)
    while batch := list(islice(lines, BATCH)):
        found = set()
        for line in batch:
            try:
                found.add(identifying.phone(line.partition(",")[0].strip().strip('"')))
            except Refusal:
                unreadable += bool(line.strip())
        readable += len(found)
        ListedPhone.objects.bulk_create(
            [ListedPhone(phone=phone, listed_on=listed_on, imported_at=at) for phone in sorted(found)],
            update_conflicts=True,
            unique_fields=["phone"],
            update_fields=["listed_on", "imported_at"],
        )
    ListedPhone.objects.filter(imported_at__lt=at).delete()
    return readable, unreadable
