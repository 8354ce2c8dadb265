"""A new table of tiers takes effect: by night, among everybody, without anyone having to buy first."""

from datetime import date as Date  # noqa: N812 - a step is told its `date`
from datetime import datetime

from django.db import transaction

from loyalty.ledger import posting
from loyalty.models import TierTable, TierTurn

# One transaction's accounts, over long before a till tires of waiting for one of them
CHUNK = 2_000


def apply_tables(*, date: Date, at: datetime) -> int:
    """Nightly: apply every table that has begun by `at` and was not applied; how many members rose.

    Each chunk commits with the place it has come to: a kill loses nothing, the next run goes on, twice is as once.
    Nobody falls: what was reached stays. The first table of all has nobody to change.
    """
    return sum(_apply(table, at=at) for table in _waiting(at))


def _waiting(at: datetime) -> list[TierTable]:
    begun = list(TierTable.objects.filter(valid_from__lte=at).order_by("valid_from"))
    done = set(TierTurn.objects.exclude(finished_at=None).values_list("table_id", flat=True))
    return [table for table in begun[1:] if table.pk not in done]


def _apply(table: TierTable, *, at: datetime) -> int:
    turn, _ = TierTurn.objects.get_or_create(table=table, defaults={"begun_at": at})
    before, more = turn.rose, True
    while more:
        with transaction.atomic():
            more = posting.turn_tiers(table_id=table.pk, most=CHUNK, at=at, by="system")
    turn.refresh_from_db(fields=["rose"])
    return turn.rose - before
