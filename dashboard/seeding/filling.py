"""Writes the invented history into an empty shop, chapter by chapter; a kill half-way and a new start end as one run.

A month is written as it would come from an older till: who joined and what they bought by import, and before it, one by
one, the bills paid with points (a file cannot carry those). The last days come over today's tills, one by one. Every
chapter ends with the nightly booking of points that ended in it.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from django.db import connection, transaction
from django.utils import timezone

from analytics import holding, nightly, rebuilding
from campaigns import founding as campaigns_founding
from dashboard.seeding import bonus, first_steps, history, paying, relationship, returns, sheets, shop, tills
from dashboard.seeding.counter import Counter
from dashboard.seeding.history import History
from dashboard.seeding.people import Person
from dashboard.seeding.places import CHAIN, PLACES
from dashboard.seeding.returns import CameBack
from dashboard.seeding.shop import Shop
from events import commands
from loyalty import expiry
from loyalty import nightly as nights
from loyalty.importing import members as members_importing
from loyalty.importing import purchases as purchases_importing
from loyalty.importing.members import MemberOptions
from loyalty.importing.purchases import PurchaseOptions
from loyalty.models import Purchase, Store
from members.importing import consents as consents_importing
from members.importing.consents import ConsentOptions
from members.importing.report import ImportReport
from members.models import Member
from rewards import checkout

TILL_DAYS = 5
NIGHTS = 60
KIND = "seed_demo"
DONE = f"{KIND}/done"
CARED = f"{KIND}/relationship"


class ShopNotEmpty(Exception):
    """There are members or bills that the demo did not make: it is for an empty shop only."""


class OtherDemo(Exception):
    """The shop holds a demo made with other numbers; it is not mixed with a second one."""


@dataclass(frozen=True)
class Filled:
    """What stands in the books now; `before`: it stood there already when we came."""

    members: int
    bills: int
    before: bool


@dataclass(frozen=True)
class _Plan:
    """Everything that will be written, fixed by its four numbers."""

    past: History
    shop: Shop
    chapters: list[tuple[datetime, datetime]]
    wishes: dict[int, int]
    back: dict[int, CameBack]
    counter: Counter


def missing() -> bool:
    """Whether there is a demo to write: the shop is empty, or a first try was cut off."""
    first = Store.objects.filter(code=PLACES[0].code).first()
    if first is not None and commands.find(store_id=first.pk, key=KIND):
        return commands.find(store_id=first.pk, key=DONE) is None
    return not (Member.objects.exists() or Purchase.objects.exists())


def fill(
    *, members: int, months: int, seed: int, at: datetime, show: Callable[[float], None] = lambda share: None
) -> Filled:
    """Write the demo, or what is missing of it. Raises ShopNotEmpty or OtherDemo with nothing written.

    The campaigns run from `at` on: nobody is written to for what they did in the history.
    `show` hears the share that is done. The history ends at `at`, or where a first try that was cut off had begun.
    """
    numbers = tills.fingerprint(members, months, seed)
    first_steps.ensure(at, name=CHAIN)
    ends = _begin(numbers, at=at)
    plan = _plan(members=members, months=months, seed=seed, ends=ends)
    before = not missing()
    with _quick_commits():
        for start, end in plan.chapters:
            if not _written(plan, start):
                _write(plan, start, end, last=end == plan.chapters[-1][1])
            show(plan.past.bills_between(start, end).stop / max(1, len(plan.past.visits)))
        if not before and commands.find(store_id=plan.shop.stores[0].pk, key=CARED) is None:
            with transaction.atomic():
                relationship.write(shop=plan.shop, seed=seed, ends=ends)
                _remember(plan.shop.stores[0].pk, CARED, at=ends)
    if not before:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # the first pages are asked for before autovacuum has looked at the new tables
        _figures(at=at)
        bonus.write(at=at)
        campaigns_founding.start_all(at=at)
        _remember(plan.shop.stores[0].pk, DONE, at=ends)
    return Filled(members=Member.objects.count(), bills=Purchase.objects.count(), before=before)


def _plan(*, members: int, months: int, seed: int, ends: datetime) -> _Plan:
    past = history.invent(members=members, months=months, seed=seed, ends=ends)
    opened = shop.open_stores()
    chapters = past.chapters(till_days=TILL_DAYS)
    wishes = paying.planned(past, chapters=chapters)
    back = {back.bill: back for back in returns.invent(past)}
    counter = Counter(past, opened, wishes=wishes, back=back)
    return _Plan(past=past, shop=opened, chapters=chapters, wishes=wishes, back=back, counter=counter)


def _figures(*, at: datetime) -> None:
    """What the pages about these months show, as if the nights of the last weeks had been counted in their turn."""
    rebuilding.rebuild()
    last = nights.last_due(at=at)
    nightly.fill_in(last=last, nights=NIGHTS, at=at)
    holding.fill_in(last=last, at=at)
    nightly.count_revenue(date=last, at=at)


@contextmanager
def _quick_commits() -> Iterator[None]:
    """Do not wait for the disk at each commit: a crash may lose the last chapters, never a part of one, and the next
    start writes them again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
        try:
            yield
        finally:
            cursor.execute("RESET synchronous_commit")


def _clean(report: ImportReport) -> None:
    """The demo's own files have no bad rows; one is a fault of ours and must not pass in silence."""
    if report.problems:
        raise RuntimeError(f"the demo's file was refused in part: {report.problems}")


def _begin(numbers: bytes, *, at: datetime) -> datetime:
    """Open the first store and keep what this demo is made of; answers the moment at which its history ends."""
    with transaction.atomic():
        first = Store.objects.filter(code=PLACES[0].code).first()
        begun = commands.find(store_id=first.pk, key=KIND) if first else None
        if begun is not None:
            if bytes(begun.fingerprint) != numbers:
                raise OtherDemo
            return begun.recorded_at
        if Member.objects.exists() or Purchase.objects.exists():
            raise ShopNotEmpty
        opened = shop.open_stores()
        _remember(opened.stores[0].pk, KIND, numbers, at=at)
    return at


def _remember(store_id: int, key: str, fingerprint: bytes = b"", *, at: datetime) -> None:
    with transaction.atomic():
        commands.remember(
            store_id=store_id, key=key, kind=KIND, fingerprint=fingerprint, subject_id=uuid5(NAMESPACE_OID, key), at=at
        )


def _chapter_key(start: datetime) -> str:
    return f"{KIND}/{start:%Y-%m-%d}"


def _written(plan: _Plan, start: datetime) -> bool:
    return commands.find(store_id=plan.shop.stores[0].pk, key=_chapter_key(start)) is not None


def _write(plan: _Plan, start: datetime, end: datetime, *, last: bool) -> None:
    """One chapter. Each step finds what it wrote before, so a chapter that was cut off is simply written again."""
    bills = plan.past.bills_between(start, end)
    people = plan.past.joined_between(start, end)
    if last:
        plan.counter.work(bills=bills, people=people)
    else:
        plan.counter.work(bills=[bill for bill in bills if bill in plan.wishes], people=[])
        _from_files(plan, [bill for bill in bills if bill not in plan.wishes], people, at=end)
    expiry.book_due(date=timezone.localdate(end), at=end)
    _remember(plan.shop.stores[0].pk, _chapter_key(start), at=end)


def _from_files(plan: _Plan, bills: list[int], people: list[Person], *, at: datetime) -> None:
    back = [plan.back[bill] for bill in bills if bill in plan.back and plan.back[bill].at < at]
    _clean(
        members_importing.run(
            source=_file(sheets.members(people)), at=at, by="system", options=MemberOptions(errors=io.StringIO())
        )
    )
    _clean(
        consents_importing.run(
            source=_file(sheets.consents(people)),
            at=at,
            by="system",
            options=ConsentOptions(member_as="external", errors=io.StringIO()),
        )
    )
    _clean(
        purchases_importing.run(
            source=_file(sheets.purchases(plan.past, bills=bills, came_back=back)),
            at=at,
            by="system",
            options=PurchaseOptions(member_as="external", errors=io.StringIO(), take_back=checkout.return_purchase),
        )
    )


def _file(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())
