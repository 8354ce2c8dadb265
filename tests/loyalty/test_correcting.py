"""A bill keyed again: what waits, what the house bears, what staff approved, and how its day is counted."""

from datetime import date, timedelta
from typing import Any

import pytest

from events.models import Event
from loyalty import auditing, correcting, ordering, policies, receipt_links, reviewing, today
from loyalty.ledger import posting
from loyalty.models import Correction, Entry, PendingPolicy, Purchase, TierBeginning
from loyalty.records import PurchaseRecord
from members.models import Member
from rewards import checkout
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of


@pytest.fixture
def lan(shop: Shop) -> Member:
    return shop.member()


def again(shop: Shop, sold: PurchaseRecord, *amounts: int, **said: Any) -> PurchaseRecord:
    """The bill sold, keyed again with other lines."""
    told = {"receipt": sold.receipt, "occurred_at": sold.occurred_at, "channel": sold.channel} | said
    return shop.correct(sold.id, shop.bill(*amounts, **told)).purchase


def has(shop: Shop, member: Member) -> tuple[int, int, int]:
    balance = shop.balance(member)
    return balance.available, balance.pending, balance.debt


def audit() -> list[Any]:
    return [finding for finding in auditing.run() if not finding.ok]


def test_a_correction_is_three_rows_and_tells_ids_only(shop: Shop, lan: Member) -> None:
    sold = shop.sell(shop.bill(105_000), lan).purchase
    new = again(shop, sold, 200_000)
    row = Correction.objects.get()
    assert (row.purchase_id, row.next_id, row.reason, row.by) == (sold.id, new.id, "bấm nhầm", shop.till.by)
    told = Event.objects.filter(type="purchase.corrected").get()
    assert (told.subject_id, told.member_id) == (sold.id, lan.id)
    assert told.data == {"return": str(row.back_id), "next": str(new.id), "business_date": "2026-11-20"}
    types = list(Event.objects.filter(member_id=lan.id).order_by("pk").values_list("type", flat=True))
    assert types[-3:] == ["purchase.recorded", "purchase.recorded", "purchase.corrected"], "and no return is told"
    assert audit() == []


def test_what_a_refused_correction_leaves_is_nothing(shop: Shop, lan: Member) -> None:
    sold = shop.sell(shop.bill(105_000), lan).purchase
    before = rows_of(*LEDGER_TABLES)
    with pytest.raises(correcting.NotEnoughPoints):
        again(shop, sold, 105_000, points_to_spend=5)
    assert rows_of(*LEDGER_TABLES) == before


def test_one_whose_write_was_overtaken_begins_anew_and_doubles_nothing(
    shop: Shop, lan: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold = shop.sell(shop.bill(105_000), lan).purchase
    written = posting.post_purchase
    overtaken = iter([False])
    monkeypatch.setattr(posting, "post_purchase", lambda body: next(overtaken, None) is None and written(body))
    new = again(shop, sold, 200_000)
    assert (new.revision, new.earned, has(shop, lan)) == (2, 20, (20, 0, 0))
    assert Purchase.objects.count() == 2
    assert audit() == []


def test_points_of_the_wrong_bill_cannot_pay_for_the_right_one(shop: Shop, lan: Member) -> None:
    sold = shop.sell(shop.bill(1_000_000), lan).purchase
    shop.sell(shop.bill(100_000), lan)
    shop.sell(shop.bill(50_000, points_to_spend=60), lan, proven=True)
    with pytest.raises(correcting.NotEnoughPoints):
        again(shop, sold, 30_000, points_to_spend=20)
    assert audit() == []


def test_the_house_bears_what_stays_owed_where_it_bears_that_of_returns(shop: Shop, lan: Member) -> None:
    policies.change_programme(changes={"debt_on_return": False})
    sold = shop.sell(shop.bill(1_000_000), lan).purchase
    shop.sell(shop.bill(40_000, points_to_spend=80), lan, proven=True)
    same = again(shop, sold, 1_000_000)
    assert (has(shop, lan), same.available_after) == ((20, 0, 0), 20)
    less = again(shop, same, 500_000)
    assert (has(shop, lan), less.available_after, less.debt_after) == ((0, 0, 0), 0, 0)
    assert Entry.objects.get(kind="absorb").debt == -30
    assert audit() == []


def test_points_that_were_owed_before_are_owed_no_more_and_no_less(shop: Shop, lan: Member) -> None:
    gone = shop.sell(shop.bill(500_000), lan).purchase
    shop.sell(shop.bill(25_000, points_to_spend=50), lan, proven=True)
    sold = shop.sell(shop.bill(0), lan).purchase
    checkout.cancel(purchase_id=gone.id, key="c", till=shop.till, fingerprint=b"c", at=shop.at)
    assert has(shop, lan) == (0, 0, 50)
    mended = again(shop, sold, 300_000)
    assert (has(shop, lan), mended.debt_after) == ((0, 0, 20), 20)
    again(shop, mended, 0)
    assert has(shop, lan) == (0, 0, 50)
    assert audit() == []


def test_an_order_that_arrived_does_not_wait_again(shop: Shop, lan: Member) -> None:
    shop.publish(PendingPolicy(wait="event", channels=["online"], event="delivered", give_up_days=30))
    sold = shop.sell(shop.bill(105_000, channel="online"), lan).purchase
    waits = again(shop, sold, 200_000)
    assert (waits.pending, has(shop, lan)) == (20, (0, 20, 0))
    said: dict[str, Any] = {"type": "delivered", "occurred_at": shop.at, "till": shop.till, "at": shop.at}
    with pytest.raises(ordering.PurchaseCorrected):
        ordering.tell(purchase_id=sold.id, key="o1", fingerprint=b"o", **said)
    assert ordering.tell(purchase_id=waits.id, key="o2", fingerprint=b"o", **said).matured
    shop.sell(shop.bill(50_000, points_to_spend=15), lan, proven=True)
    arrived = again(shop, waits, 300_000)
    assert (arrived.pending, arrived.available_after, has(shop, lan)) == (0, 19, (19, 0, 0))
    last = again(shop, arrived, 100_000)
    assert (last.available_after, has(shop, lan)) == (0, (0, 0, 1))
    assert audit() == []


def test_a_bill_that_staff_approved_is_posted_when_it_is_corrected(shop: Shop, lan: Member) -> None:
    late = shop.bill(105_000, occurred_at=shop.at - timedelta(days=30))
    sold = shop.sell(late, lan).purchase
    with pytest.raises(correcting.InReview):
        again(shop, sold, 200_000)
    reviewing.approve(purchase_id=sold.id, by="user:1", at=shop.at)
    shop.later(days=40)
    new = again(shop, sold, 200_000)
    assert (new.status, new.earned, has(shop, lan)) == ("posted", 20, (20, 0, 0))
    assert audit() == []


def test_a_tier_that_was_never_reached_goes_and_one_that_stays_is_not_left_meanwhile(shop: Shop, lan: Member) -> None:
    shop.sell(shop.bill(100_000), lan)
    sold = shop.sell(shop.bill(9_000_000), lan).purchase
    shop.later(minutes=5)
    same = again(shop, sold, 9_500_000)
    assert (same.tier_code, same.tier_changed) == (sold.tier_code, True)
    assert TierBeginning.objects.filter(member_id=lan.id).count() == 1
    fallen = again(shop, same, 90_000)
    assert (fallen.tier_code, fallen.tier_changed) == ("member", False)
    assert TierBeginning.objects.filter(member_id=lan.id).count() == 2
    assert audit() == []


def test_a_bill_of_another_day_is_mended_on_its_own_day(shop: Shop, lan: Member) -> None:
    sold = shop.sell(shop.bill(105_000), lan).purchase
    shop.later(days=3)
    new = again(shop, sold, 200_000)
    assert new.business_date == date(2026, 11, 20)
    (back,) = Correction.objects.get().purchase.returns.all()
    assert (back.business_date, back.recorded_at) == (date(2026, 11, 20), shop.at)
    assert receipt_links.open(receipt_links.token(sold.id), at=shop.at).purchase.id == new.id


def test_the_days_list_shows_a_corrected_bill_once(shop: Shop, lan: Member) -> None:
    sold = shop.sell(shop.bill(105_000), lan).purchase
    new = again(shop, sold, 200_000)
    (row,) = today.bills_of(till=shop.till, at=shop.at)
    assert (row.id, row.total, row.keeps) == (new.id, 200_000, "")
    with pytest.raises(today.NotUndoable) as refused:
        today.must_be_undoable(purchase_id=sold.id, till=shop.till, at=shop.at)
    assert refused.value.details == {"reason": "corrected"}


def test_where_numbers_begin_again_each_day_a_bill_keeps_its_day(shop: Shop, lan: Member) -> None:
    shop.store.receipt_restart = "daily"
    shop.store.save(update_fields=["receipt_restart"])
    till = type(shop.till).of(shop.store, by="terminal:1")
    sold = shop.sell(shop.bill(105_000, receipt="1"), lan, till=till).purchase
    other = shop.bill(105_000, receipt="1", occurred_at=shop.at, business_date=date(2026, 11, 19))
    with pytest.raises(correcting.OtherReceipt):
        shop.correct(sold.id, other, till=till)
    new = shop.correct(sold.id, shop.bill(50_000, receipt="1"), till=till).purchase
    assert Purchase.objects.get(pk=new.id).period == "2026-11-20"
    assert audit() == []
