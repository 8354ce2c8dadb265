"""What the loaded shop is completed with before its pages are measured: cases, notes, vouchers, events, rollups."""

import time
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from analytics import holding, rebuilding
from benchmarks import shop
from events.models import Delivery
from members.models import Consent, User
from rewards import founding as rewards_founding

FILLED = (
    "members_tag", "members_note", "members_consent", "members_case", "members_caseline", "members_feedback",
    "rewards_voucher", "events_event", "members_timelineitem",
)  # fmt: skip


def complete(*, staff: User, at: datetime) -> None:
    """Fill what is empty, once; then count what no worker has heard of yet, as the platform itself counts."""
    began = time.monotonic()
    if not Consent.objects.exists():
        rewards_founding.found(at=at)
        with transaction.atomic(), connection.cursor() as cursor, shop.filling(cursor, FILLED):
            cursor.execute((shop.SQL / "life.sql").read_text(), {"staff": staff.pk, "at": at})
    elif not _unheard().exists():
        return
    _count(at=at)
    shop.settle()
    print(f"completed with all that pages read in {time.monotonic() - began:.0f} s", flush=True)


def _count(*, at: datetime) -> None:
    """Every rollup from the books, and the nights that the first page compares."""
    rebuilding.rebuild()
    _unheard().update(state=Delivery.State.DONE, done_at=at)
    yesterday = timezone.localdate(at) - timedelta(days=1)
    for last in (yesterday - timedelta(days=holding.DAYS), yesterday):
        holding.fill_in(last=last, at=at)


def _unheard() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=Delivery.State.OPEN)
