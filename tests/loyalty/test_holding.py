"""Points put aside for an open bill: nobody spends them twice, and none are lost."""

from datetime import timedelta
from uuid import uuid4

import pytest

from events.commands import KeyConflict
from loyalty import adjusting, expiry, holding, queries, returning
from loyalty.ledger.posting import HoldLapsed, NotEnoughPoints
from loyalty.models import Entry, ExpiryPolicy, Hold
from loyalty.paying import ProofNeeded
from loyalty.sales import MemberUnknown, Who
from members import locking
from members.locking import SpendingLocked
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of


@pytest.fixture
def lan(shop: Shop):
    """Lan has a hundred points."""
    lan = shop.member()
    adjusting.adjust(member_id=lan.pk, points=100, reason="quà", by="user:1", at=shop.at)
    return lan


def put_aside(shop: Shop, member, points: int, *, key: str = "", proven: bool = True, **told) -> holding.Held:
    asked = {
        "who": Who("id", str(member.pk)),
        "points": points,
        "lasts": timedelta(minutes=10),
        "key": key or uuid4().hex,
        "till": shop.till,
        "fingerprint": b"h",
        "at": shop.at,
        "proven": lambda member_id: proven,
    }
    return holding.hold(**{**asked, **told})


def has(shop: Shop, member) -> tuple[int, int]:
    balance = shop.balance(member)
    return balance.available, balance.held


def kinds(member) -> list[str]:
    return list(Entry.objects.filter(member_id=member.pk).order_by("seq").values_list("kind", flat=True))


def test_points_put_aside_are_nobodys_to_spend_until_the_bill_takes_them(shop: Shop, lan) -> None:
    held = put_aside(shop, lan, 60)
    assert (held.points, held.balance) == (60, 40) and has(shop, lan) == (40, 60)
    with pytest.raises(NotEnoughPoints):
        shop.sell(shop.bill(900_000, points_to_spend=50), lan, proven=True)

    sold = shop.sell(shop.bill(900_000, points_to_spend=50, hold=held.id), lan).purchase

    assert (sold.spent, sold.earned, sold.available_after) == (50, 87, 137)
    assert has(shop, lan) == (137, 0)
    assert kinds(lan) == ["adjust", "hold", "release", "capture", "earn"]
    assert queries.purchase(sold.id) == sold


def test_a_bill_takes_no_more_than_its_hold_and_every_hold_once(shop: Shop, lan) -> None:
    held = put_aside(shop, lan, 30)
    before = rows_of(*LEDGER_TABLES)
    with pytest.raises(NotEnoughPoints):
        shop.sell(shop.bill(900_000, points_to_spend=31, hold=held.id), lan)
    with pytest.raises(HoldLapsed):
        shop.sell(shop.bill(900_000, points_to_spend=30, hold=held.id), shop.member("Trần Thị Mai"))
    with pytest.raises(HoldLapsed):
        shop.sell(shop.bill(900_000, points_to_spend=30, hold=uuid4()), lan)
    assert {name: now for name, now in rows_of(*LEDGER_TABLES).items() if name.startswith("loyalty")} == {
        name: then for name, then in before.items() if name.startswith("loyalty")
    }
    bill = shop.bill(900_000, points_to_spend=30, hold=held.id)
    assert shop.sell(bill, lan).purchase.spent == 30
    assert shop.sell(bill, lan).replayed
    with pytest.raises(HoldLapsed):
        shop.sell(shop.bill(900_000, points_to_spend=1, hold=held.id), lan)


def test_a_bill_that_spends_nothing_lets_its_hold_go(shop: Shop, lan) -> None:
    held = put_aside(shop, lan, 30)
    sold = shop.sell(shop.bill(900_000, hold=held.id), lan).purchase
    assert has(shop, lan) == (190, 0) and sold.available_after == 190


def test_a_hold_lapses_by_itself_even_where_nobody_looks(shop: Shop, lan) -> None:
    held = put_aside(shop, lan, 60)
    shop.later(minutes=10)
    assert has(shop, lan) == (100, 0)
    with pytest.raises(HoldLapsed):
        shop.sell(shop.bill(900_000, points_to_spend=50, hold=held.id), lan)
    assert expiry.book_due(date=shop.at.date(), at=shop.at) == 1
    assert has(shop, lan) == (100, 0) and kinds(lan) == ["adjust", "hold", "release"]
    assert Hold.objects.get().ended_at == held.expires_at


def test_points_whose_end_came_while_they_were_held_end_when_they_are_let_go(shop: Shop) -> None:
    shop.publish(ExpiryPolicy(months=None, days=1))
    lan = shop.member()
    shop.at = shop.at.replace(hour=16, minute=55)  # 23:55
    adjusting.adjust(member_id=lan.pk, points=100, reason="quà", by="user:1", at=shop.at)
    shop.later(days=1)
    held = put_aside(shop, lan, 60)
    shop.later(minutes=6)
    assert has(shop, lan) == (0, 60)
    assert holding.let_go(hold_id=held.id, till=shop.till, at=shop.at)
    assert has(shop, lan) == (0, 0)
    assert kinds(lan) == ["adjust", "hold", "release", "expire"]


def test_letting_go_twice_or_of_another_stores_hold_does_nothing(shop: Shop, lan) -> None:
    held = put_aside(shop, lan, 60)
    elsewhere = Shop(at=shop.at)
    assert not holding.let_go(hold_id=held.id, till=elsewhere.till, at=shop.at)
    assert has(shop, lan) == (40, 60)
    assert holding.let_go(hold_id=held.id, till=shop.till, at=shop.at)
    assert not holding.let_go(hold_id=held.id, till=shop.till, at=shop.at)
    assert not holding.let_go(hold_id=uuid4(), till=shop.till, at=shop.at)
    assert has(shop, lan) == (100, 0)


def test_the_same_key_is_one_hold_and_another_body_conflicts(shop: Shop, lan) -> None:
    first = put_aside(shop, lan, 60, key="k")
    again = put_aside(shop, lan, 60, key="k", proven=False)
    assert (again.id, again.balance, again.replayed) == (first.id, 40, True)
    with pytest.raises(KeyConflict):
        put_aside(shop, lan, 61, key="k", fingerprint=b"other")
    assert has(shop, lan) == (40, 60)


def test_much_needs_a_proof_and_what_is_held_counts_to_the_day(shop: Shop, lan) -> None:
    adjusting.adjust(member_id=lan.pk, points=100, reason="quà", by="user:1", at=shop.at)
    put_aside(shop, lan, 60, proven=False)  # 30,000 of 50,000
    with pytest.raises(ProofNeeded):
        put_aside(shop, lan, 41, proven=False)
    put_aside(shop, lan, 41)
    assert has(shop, lan) == (99, 101)


def test_nobody_known_or_locked_or_with_too_few_puts_nothing_aside(shop: Shop, lan) -> None:
    with pytest.raises(NotEnoughPoints):
        put_aside(shop, lan, 101)
    with pytest.raises(MemberUnknown):
        put_aside(shop, lan, 1, who=None)
    locking.lock_spending(member_id=lan.pk, by=f"member:{lan.pk}", at=shop.at)
    with pytest.raises(SpendingLocked):
        put_aside(shop, lan, 1)


def test_points_captured_come_back_with_the_bill_to_the_lots_they_left(shop: Shop, lan) -> None:
    held = put_aside(shop, lan, 60)
    sold = shop.sell(shop.bill(900_000, points_to_spend=50, hold=held.id), lan).purchase
    returning.cancel(purchase_id=sold.id, key="c", till=shop.till, fingerprint=b"c", at=shop.at)
    assert has(shop, lan) == (100, 0)
    assert shop.balance(lan).next_expiry_points == 100
