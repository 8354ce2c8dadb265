"""Booking what has come to its end: points and tier overrides. Balances are right without it; the books want it."""

from datetime import date as Date  # noqa: N812 - a step is told its `date`
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from loyalty.ledger import posting
from loyalty.models import Account, TierOverride

# One transaction's accounts: so many that its commit costs little, over long before a till tires of waiting for one
CHUNK = 2_000


def book_due(*, date: Date, at: datetime) -> int:
    """Nightly: book all that came due by `at`, whatever the `date`; answers how many accounts. Safe to run twice.

    Each chunk commits for itself: a kill loses nothing and the next run goes on. Accounts that a till or an import held
    when it was their turn are waited for at the end, one by one and with no other lock in hand.
    """
    booked = 0
    last: UUID | None = UUID(int=0)
    while last:
        with transaction.atomic():
            more, last = posting.book_due_many(after=last, most=CHUNK, at=at, by="system")
        booked += more
    in_use = Account.objects.filter(next_due_at__lte=at).order_by("member_id").values_list("member_id", flat=True)
    for member_id in list(in_use):
        with transaction.atomic():
            posting.book_due(member_id=member_id, at=at, by="system")
        booked += 1
    return booked


def end_overrides(*, date: Date, at: datetime) -> int:
    """Nightly: review the tier of every member whose override ended by `at` and still shows; how many changed."""
    ended = list(
        TierOverride.objects.filter(until_at__lte=at)
        .order_by("member_id")
        .values_list("member_id", "until_at")
        .distinct()
    )
    changed = 0
    for member_id, until_at in ended:
        with transaction.atomic():
            posting.lock(member_id=member_id)
            before = Account.objects.get(member_id=member_id).tier_id
            note = {"at": at, "by": "system"}
            after = posting.review_tier(
                member_id=member_id, since=until_at or at, cause="override", subject_id=None, note=note
            )
            changed += before != after
    return changed


def oldest_due(*, at: datetime) -> datetime | None:
    """Since when the oldest unbooked lot has been due; None where the books are up to date."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(next_due_at) FROM loyalty_account WHERE next_due_at <= %s", [at])
        found: datetime | None = cursor.fetchone()[0]
        return found
