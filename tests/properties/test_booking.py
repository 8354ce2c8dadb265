"""What time does to many accounts at once is what it does to each: the same rows, and events in the same order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from loyalty import adjusting, auditing, expiry, returning
from loyalty.ledger import posting
from loyalty.models import Account, PendingPolicy
from loyalty.rules.ends import LotTerms
from members.models import Member
from tests.factories.shop import Shop

TOWNS = 60
NIGHT = 3  # the day on which the books are looked at; what is due lies before it, on it, and behind it
DAYS = st.integers(1, NIGHT + 1)
OLD_BILL = 130_000

ROWS = {
    "account": "SELECT * FROM loyalty_account ORDER BY member_id",
    "entry": "SELECT * FROM loyalty_entry ORDER BY member_id, seq",
    "lot": "SELECT * FROM loyalty_lot ORDER BY member_id, seq",
    "lotuse": "SELECT * FROM loyalty_lotuse ORDER BY member_id, entry_seq, lot_seq",
    "hold": "SELECT * FROM loyalty_hold ORDER BY member_id, id",
    # ids of events differ, their order does not
    "events": "SELECT member_id, row_number() OVER (PARTITION BY member_id ORDER BY id), type, subject_id, store_id, "
    "data, occurred_at, recorded_at, by, request_id FROM events_event ORDER BY 1, 2",
    "deliveries": "SELECT d.member_id, row_number() OVER (PARTITION BY d.member_id ORDER BY d.id), e.type, e.data, "
    "e.occurred_at, e.member_id, reader, state, attempts, due_at, claimed_until, lapses, done_at, last_error "
    "FROM events_delivery d JOIN events_event e ON e.id = d.event_id ORDER BY 1, 2",
}


@dataclass(frozen=True)
class Person:
    """`lots`: points and the days on which they end, ripen and are given up; `holds`: points and their last day."""

    lots: tuple[tuple[int, int | None, int | None, int | None, bool], ...]
    orders: tuple[int, ...]
    owes: bool
    spends: int
    holds: tuple[tuple[int, int], ...]


def some(strategy: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=most).map(tuple)


POINTS = st.integers(1, 40)
LOTS = st.one_of(
    st.tuples(POINTS, DAYS, st.none(), st.none(), st.booleans()),  # ends
    st.tuples(POINTS, st.none() | DAYS, DAYS, st.none(), st.booleans()),  # ripens
    st.tuples(POINTS, st.none() | DAYS, st.none() | DAYS, st.none() | DAYS, st.just(False)),
)
PEOPLE = st.builds(
    Person,
    lots=some(LOTS, 6),
    orders=some(st.integers(10_000, 400_000), 2),
    owes=st.integers(0, 3).map(lambda n: n == 0),
    spends=st.just(0) | st.integers(0, 60),
    holds=some(st.tuples(st.integers(1, 20), st.just(NIGHT + 1) | DAYS), 2),
)


def person(*lots: tuple[int, int | None, int | None, int | None], **known: Any) -> Person:
    lives: dict[str, Any] = {"orders": (), "owes": False, "spends": 0, "holds": (), **known}
    return Person(lots=tuple((*lot, False) for lot in lots), **lives)


# each the one thing of its kind, which chance brings seldom
CORNERS = [
    person((10, NIGHT + 1, None, 1)),  # given up, and its end is yet to come
    person((10, None, None, None), holds=((4, NIGHT),)),  # a hold lapses at the very moment
    person((10, 1, None, None), (10, None, None, None), holds=((15, NIGHT + 1),)),  # a hold goes on
    person((10, NIGHT, NIGHT, None), (10, NIGHT, None, None)),  # ripens and ends at one moment, beside another
    person((10, 1, 2, None)),  # ripens after its end
    person((20, None, 1, None), owes=True),  # repays a debt
]


@settings(max_examples=TOWNS, deadline=None, suppress_health_check=list(HealthCheck))
@example(town=CORNERS, waits="days")
@given(town=st.lists(PEOPLE, min_size=2, max_size=6), waits=st.sampled_from(["days", "event"]))
def test_many_accounts_are_booked_as_each_alone(db: None, town: list[Person], waits: str) -> None:
    with transaction.atomic():
        shop = Shop()
        waiting = PendingPolicy(wait=waits, channels=["online"], days=NIGHT - 1, event="delivered", give_up_days=NIGHT)
        shop.publish(waiting)
        for person in town:
            move_in(shop, person)
        at = shop.at + timedelta(days=NIGHT)

        alone = undone(lambda: book_each(at))
        together = undone(lambda: expiry.book_due(date=at.date(), at=at), audited=True)

        assert together == alone
        transaction.set_rollback(True)


def move_in(shop: Shop, person: Person) -> None:
    member = shop.member()
    if person.owes:
        owe(shop, member)
    for points, ends, ripens, given_up, slides in person.lots:
        terms = LotTerms(
            expires=day(shop, ends),
            matures=day(shop, ripens),
            lapses=day(shop, given_up),
            slides=slides and ends is not None,
        )
        note = {"at": shop.at, "by": "user:1", "reason": "quà"}
        posting.lock(member_id=member.pk)
        posting.credit(member_id=member.pk, kind="adjust", points=points, effective_at=shop.at, lot=terms, note=note)
    for amount in person.orders:
        shop.sell(shop.bill(amount, channel="online"), member)
    if spends := min(person.spends, shop.balance(member).available):
        adjusting.adjust(member_id=member.pk, points=-spends, reason="đổi quà", by="user:1", at=shop.at)
    for points, until in person.holds:
        if available := shop.balance(member).available:
            put_aside(shop, member, min(points, available), until)


def owe(shop: Shop, member: Member) -> None:
    """The points of a bill were spent before it was brought back."""
    sold = shop.sell(shop.bill(OLD_BILL), member).purchase
    adjusting.adjust(member_id=member.pk, points=-sold.earned, reason="đổi quà", by="user:1", at=shop.at)
    returning.cancel(purchase_id=sold.id, key=f"K{member.pk}", till=shop.till, fingerprint=b"c", at=shop.at)
    assert shop.balance(member).debt == sold.earned


def put_aside(shop: Shop, member: Member, points: int, until: int) -> None:
    """Longer than a till may: what is put aside lapses in the midst of all the rest."""
    columns = {
        "id": uuid4(),
        "member_id": member.pk,
        "points": points,
        "expires_at": day(shop, until),
        "store_id": shop.store.pk,
        "at": shop.at,
        "by": "terminal:1",
        "request_id": "",
    }
    posting.hold(columns)


def day(shop: Shop, number: int | None) -> datetime | None:
    return None if number is None else shop.at + timedelta(days=number)


def book_each(at: datetime) -> None:
    due = Account.objects.filter(next_due_at__lte=at).order_by("member_id").values_list("member_id", flat=True)
    for member_id in list(due):
        posting.book_due(member_id=member_id, at=at, by="system")


def undone(book: Callable[[], object], *, audited: bool = False) -> dict[str, list[tuple]]:
    """All rows as they stand once this is booked; it is taken back."""
    with transaction.atomic():
        book()
        if audited:
            assert [found for found in auditing.run() if not found.ok] == []
        rows = {}
        with connection.cursor() as cursor:
            for table, query in ROWS.items():
                cursor.execute(query)
                rows[table] = cursor.fetchall()
        transaction.set_rollback(True)
    return rows
