"""A sale is recorded once, earns what the rule says, and a refused one leaves nothing behind."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from loyalty import clocks, earning, paying, queries, returning
from loyalty.bill import BillLine, Charge, Discount, TotalMismatch
from loyalty.earning import BatchItem, OnlineOnly
from loyalty.ledger.posting import NotEnoughPoints
from loyalty.models import Lot, Purchase, StaffPhone, Store, TierBeginning
from loyalty.sales import MemberUnknown, ReceiptConflict, Who
from loyalty.till import Till
from members.models import Member, User
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of


def test_one_point_for_each_full_ten_thousand(shop: Shop) -> None:
    lan = shop.member()

    recorded = shop.sell(shop.bill(105_000), lan)

    assert (recorded.purchase.earned, recorded.purchase.available_after, recorded.replayed) == (10, 10, False)
    assert shop.balance(lan).available == 10
    # the last day the points can be used: twelve months later
    assert str(shop.balance(lan).next_expiry_on) == "2027-11-20"


def test_points_that_end_first_are_spent_first(shop: Shop) -> None:
    lan = shop.member()
    shop.sell(shop.bill(100_000), lan)
    shop.later(days=40)
    shop.sell(shop.bill(300_000), lan)

    shop.sell(shop.bill(20_000, points_to_spend=15), lan)

    left = Lot.objects.filter(member_id=lan.pk).order_by("seq").values_list("remaining", flat=True)
    assert list(left)[:2] == [0, 25]


def test_a_replayed_receipt_earns_nothing_twice_and_is_answered_from_the_books(shop: Shop) -> None:
    lan = shop.member()
    bill = shop.bill(105_000, 20_000)
    first = shop.sell(bill, lan)
    before = rows_of(*LEDGER_TABLES)

    again = shop.sell(bill, lan)

    assert again.replayed
    assert again.purchase == first.purchase
    assert rows_of(*LEDGER_TABLES) == before


def test_the_same_receipt_with_another_body_or_member_conflicts(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    bill = shop.bill(105_000)
    shop.sell(bill, lan)
    before = rows_of(*LEDGER_TABLES)

    with pytest.raises(ReceiptConflict):
        shop.sell(bill, lan, fingerprint=b"another body")
    with pytest.raises(ReceiptConflict):
        shop.sell(bill, mai)

    assert rows_of(*LEDGER_TABLES) == before


def test_a_replay_whose_member_no_longer_resolves_is_still_a_replay(shop: Shop) -> None:
    lan = shop.member()
    bill = shop.bill(105_000)
    shop.sell(bill, lan)

    again = earning.record_purchase(
        bill=bill, who=Who("phone", "+84999999999"), till=shop.till, fingerprint=bill.receipt.encode(), at=shop.at
    )

    assert again.replayed


def test_a_guests_bill_is_kept_and_earns_nothing(shop: Shop) -> None:
    recorded = shop.sell(shop.bill(80_000))

    assert recorded.purchase.member_id is None
    assert recorded.purchase.earned == 0
    assert Purchase.objects.get().total == 80_000


def test_a_guests_quote_says_what_a_member_would_earn(shop: Shop) -> None:
    before = rows_of(*LEDGER_TABLES)

    quote = earning.quote(bill=shop.bill(80_000), who=None, till=shop.till, at=shop.at)

    assert quote.composed.earned == 8
    assert rows_of(*LEDGER_TABLES) == before


def test_a_quote_says_what_the_purchase_then_does(shop: Shop) -> None:
    lan = shop.member()
    shop.sell(shop.bill(3_000_000), lan)
    bill = shop.bill(120_000, points_to_spend=40)

    quote = earning.quote(bill=bill, who=Who("id", str(lan.id)), till=shop.till, at=shop.at)
    done = shop.sell(bill, lan).purchase

    assert (quote.composed.earned, quote.composed.due, quote.available_after) == (
        done.earned,
        done.due,
        done.available_after,
    )


def test_a_bill_with_discount_tax_service_rounding_and_half_a_kilo_is_kept_to_the_unit(shop: Shop) -> None:
    lan = shop.member()
    bill = shop.bill(
        lines=(
            BillLine(sku="BEANS", quantity=Decimal("0.535"), unit="kg", amount=160_501, category="beans"),
            BillLine(sku="CAKE", quantity=Decimal(2), amount=59_999, category="cake"),
            BillLine(sku="BAG", quantity=Decimal(1), amount=5_000, earns=False),
        ),
        discounts=(Discount(kind="manual", amount=10_000),),
        charges=(Charge(kind="service", amount=10_775), Charge(kind="shipping", amount=15_000)),
        tax=18_102,
        tax_included=False,
        rounding=-377,
    )

    done = shop.sell(bill, lan).purchase

    assert done.total == 160_501 + 59_999 + 5_000 - 10_000 + 10_775 + 15_000 + 18_102 - 377
    assert sum(line.goods for line in done.lines) == bill.goods == 215_123
    assert sum(line.gross for line in done.lines) == done.total - 15_000
    # what earns: the goods of the two lines that earn
    assert done.earned == sum(line.goods for line in done.lines if line.earns) // 10_000
    assert queries.purchase(done.id) == done


def test_a_total_that_does_not_add_up_is_refused_with_both_sums(shop: Shop) -> None:
    bill = replace(shop.bill(50_000), total=49_000)

    with pytest.raises(TotalMismatch) as refused:
        shop.sell(bill, shop.member())

    assert refused.value.details == {"total": 49_000, "expected": 50_000}


def test_an_unknown_member_is_refused_and_nothing_is_written(shop: Shop) -> None:
    before = rows_of(*LEDGER_TABLES)

    with pytest.raises(MemberUnknown):
        earning.record_purchase(
            bill=shop.bill(50_000), who=Who("card", "LM999"), till=shop.till, fingerprint=b"f", at=shop.at
        )

    assert rows_of(*LEDGER_TABLES) == before


class TestPayingWithPoints:
    def test_points_pay_first_and_the_rest_earns(self, shop: Shop) -> None:
        lan = shop.member()
        shop.sell(shop.bill(2_000_000), lan)

        done = shop.sell(shop.bill(120_000, points_to_spend=100), lan).purchase

        assert (done.points_value, done.due, done.earned, done.available_after) == (50_000, 70_000, 7, 200 - 100 + 7)
        assert [line.net for line in done.lines] == [70_000]

    def test_more_than_the_member_has_is_refused(self, shop: Shop) -> None:
        lan = shop.member()
        shop.sell(shop.bill(100_000), lan)
        before = rows_of(*LEDGER_TABLES)

        with pytest.raises(NotEnoughPoints):
            shop.sell(shop.bill(500_000, points_to_spend=11), lan)

        assert rows_of(*LEDGER_TABLES) == before

    def test_more_than_the_bill_takes_is_refused_with_the_reason(self, shop: Shop) -> None:
        lan = shop.member()
        shop.sell(shop.bill(5_000_000), lan)

        with pytest.raises(paying.PointsExceedBill) as refused:
            shop.sell(shop.bill(30_000, points_to_spend=61), lan)

        assert refused.value.details == {"spendable": 60, "limited_by": "bill"}

    def test_above_a_small_daily_amount_the_member_proves_themselves(self, shop: Shop) -> None:
        lan = shop.member()
        shop.sell(shop.bill(9_000_000), lan)
        shop.sell(shop.bill(60_000, points_to_spend=60), lan)
        before = rows_of(*LEDGER_TABLES)

        with pytest.raises(paying.ProofNeeded):
            shop.sell(shop.bill(60_000, points_to_spend=41), lan)
        assert rows_of(*LEDGER_TABLES) == before

        assert shop.sell(shop.bill(60_000, points_to_spend=41), lan, proven=True).purchase.spent == 41
        shop.later(days=1)
        assert shop.sell(shop.bill(60_000, points_to_spend=100), lan).purchase.spent == 100

    def test_expired_points_are_gone_before_the_night_books_them(self, shop: Shop) -> None:
        lan = shop.member()
        shop.sell(shop.bill(1_000_000), lan)
        shop.later(days=366)

        assert shop.balance(lan).available == 0
        with pytest.raises(NotEnoughPoints):
            shop.sell(shop.bill(1_000_000, points_to_spend=10), lan)

    def test_points_that_end_first_are_spent_first(self, shop: Shop) -> None:
        lan = shop.member()
        shop.sell(shop.bill(200_000), lan)
        shop.later(days=200)
        shop.sell(shop.bill(300_000), lan)

        shop.sell(shop.bill(100_000, points_to_spend=15), lan)
        shop.later(days=166)

        # 5 of the first lot ended; 30 of the second and 8 of the third are left
        assert shop.balance(lan).available == 30 + (100_000 - 7_500) // 10_000


class TestClock:
    def test_a_bill_older_than_the_tills_window_waits_for_staff(self, shop: Shop) -> None:
        lan = shop.member()

        done = shop.sell(shop.bill(100_000, occurred_at=shop.at - timedelta(days=8)), lan).purchase

        assert (done.status, done.earned) == ("review", 0)
        assert done.reasons["refused"] == [{"rule": "base", "reason": "waits_for_staff"}]
        assert shop.balance(lan).available == 0

    @pytest.mark.parametrize(
        ("ahead", "refusal"),
        [(timedelta(days=1, seconds=1), clocks.OccurredInFuture), (timedelta(days=-401), clocks.OccurredTooOld)],
    )
    def test_beyond_the_outer_bounds_it_is_refused(self, shop: Shop, ahead: timedelta, refusal: type) -> None:
        with pytest.raises(refusal):
            shop.sell(shop.bill(100_000, occurred_at=shop.at + ahead), shop.member())

    def test_a_till_whose_numbers_restart_daily_sells_0001_on_two_days(self, shop: Shop) -> None:
        Store.objects.filter(id=shop.store.id).update(receipt_restart="daily")
        till = Till.of(Store.objects.get(id=shop.store.id), by="terminal:1")
        lan = shop.member()

        first = shop.sell(shop.bill(50_000, receipt="0001"), lan, till=till)
        shop.later(days=1)
        second = shop.sell(shop.bill(50_000, receipt="0001"), lan, till=till)

        assert first.purchase.id != second.purchase.id
        assert shop.balance(lan).available == 10


def test_staff_earn_nothing_on_a_bill_they_keyed_for_themselves(shop: Shop) -> None:
    minh = shop.member("Lê Văn Minh", phone="+84901234567")
    cashier = User.objects.create(username="minh")
    StaffPhone.objects.create(user=cashier, phone="+84901234567", staff_code="NV01")

    own = shop.sell(shop.bill(100_000, staff="NV01"), minh).purchase
    others = shop.sell(shop.bill(100_000, staff="NV02"), minh).purchase

    assert (own.earned, own.reasons["refused"]) == (0, [{"rule": "base", "reason": "own_bill"}])
    assert others.earned == 10


class TestTiers:
    def test_spend_within_a_year_lifts_at_once(self, shop: Shop) -> None:
        lan = shop.member()
        shop.sell(shop.bill(1_500_000), lan)

        done = shop.sell(shop.bill(500_000), lan).purchase

        assert (done.tier_code, done.tier_changed) == ("silver", True)
        assert TierBeginning.objects.get(member_id=lan.id).tier.code == "silver"

    def test_spend_that_left_the_window_does_not_count(self, shop: Shop) -> None:
        lan = shop.member()
        shop.sell(shop.bill(1_500_000), lan)
        shop.later(days=366)

        assert shop.sell(shop.bill(500_000), lan).purchase.tier_code == "member"

    def test_a_late_bill_completes_the_window_of_the_bills_after_it(self, shop: Shop) -> None:
        lan = shop.member()
        shop.sell(shop.bill(1_500_000), lan)

        late = shop.sell(shop.bill(500_000, occurred_at=shop.at - timedelta(days=5)), lan).purchase

        assert late.tier_code == "silver"
        assert queries.purchase(late.id).tier_code == "silver"


class TestBatch:
    def test_each_bill_has_its_own_fate_in_the_order_sent(self, shop: Shop) -> None:
        lan = shop.member()
        good, again, guest = shop.bill(100_000), shop.bill(30_000), shop.bill(70_000)
        wrong = replace(shop.bill(10_000), total=9)
        who = Who("id", str(lan.id))
        items = [
            BatchItem(bill=good, who=who, fingerprint=b"1"),
            BatchItem(bill=wrong, who=who, fingerprint=b"2"),
            BatchItem(bill=again, who=who, fingerprint=b"3"),
            BatchItem(bill=guest, who=None, fingerprint=b"4"),
            BatchItem(bill=good, who=who, fingerprint=b"1"),
            BatchItem(bill=good, who=who, fingerprint=b"other"),
            BatchItem(bill=shop.bill(10_000, points_to_spend=1), who=who, fingerprint=b"5"),
            BatchItem(bill=shop.bill(10_000), who=Who("card", "nobody"), fingerprint=b"6"),
        ]

        results = earning.record_batch(items=items, till=shop.till, at=shop.at)

        assert [result.receipt for result in results] == [item.bill.receipt for item in items]
        fates = [
            result.refusal.code if result.refusal else (result.recorded.replayed, result.recorded.purchase.earned)
            for result in results
            if result.refusal or result.recorded
        ]
        assert fates == [
            (False, 10),
            "total_mismatch",
            (False, 3),
            (False, 0),
            (True, 10),
            ReceiptConflict.code,
            OnlineOnly.code,
            MemberUnknown.code,
        ]
        assert shop.balance(lan).available == 13

    def test_one_member_under_phone_and_card_is_one_account(self, shop: Shop) -> None:
        lan = shop.member(phone="+84901112223")
        items = [
            BatchItem(bill=shop.bill(100_000), who=Who("phone", "+84901112223"), fingerprint=b"1"),
            BatchItem(bill=shop.bill(100_000), who=Who("id", str(lan.id)), fingerprint=b"2"),
        ]

        results = earning.record_batch(items=items, till=shop.till, at=shop.at)

        assert [r.recorded.purchase.available_after for r in results if r.recorded] == [10, 20]

    def test_a_batch_writes_the_same_rows_as_one_sale_after_the_other(self, shop: Shop) -> None:
        """Debt to repay, a tier to enter, a late bill, a bill that earns nothing: each member beside a twin."""
        twins = [(shop.member(), shop.member()) for _ in range(4)]
        for (lan, twin), before in zip(twins, (100_000, 1_900_000, 1_900_000, 100_000), strict=True):
            for member in (lan, twin):
                first = shop.sell(shop.bill(before), member).purchase
                if member in twins[0]:
                    _spend_and_return(shop, member, first.id)
        amounts = (60_000, 200_000, 200_000, 9_000)
        late = shop.at - timedelta(days=2)
        moments = (shop.at, shop.at, late, shop.at)

        for (lan, _), amount, moment in zip(twins, amounts, moments, strict=True):
            shop.sell(shop.bill(amount, occurred_at=moment), lan)
        items = [
            BatchItem(bill=shop.bill(amount, occurred_at=moment), who=Who("id", str(twin.id)), fingerprint=b"1")
            for (_, twin), amount, moment in zip(twins, amounts, moments, strict=True)
        ]
        results = earning.record_batch(items=items, till=shop.till, at=shop.at)

        assert [result.refusal for result in results] == [None] * 4
        for lan, twin in twins:
            assert _kept(twin) == _kept(lan)
        assert [shop.balance(twin).available for _, twin in twins] == [3, 210, 210, 10]
        assert [TierBeginning.objects.filter(member_id=twin.id).count() for _, twin in twins] == [0, 1, 1, 0]


def _spend_and_return(shop: Shop, member: Member, purchase_id: UUID) -> None:
    """Spend what a bill earned, then bring the bill back: the points are owed."""
    shop.sell(shop.bill(50_000, points_to_spend=7), member)
    returning.return_lines(
        purchase_id=purchase_id,
        receipt=f"back-{member.id}",
        lines=None,
        occurred_at=shop.at,
        till=shop.till,
        fingerprint=b"1",
        at=shop.at,
    )


def _kept(member: Member) -> list[dict[str, Any]]:
    """All rows of a member's points and bills, without the ids that differ from one member to the next."""
    own = "{member_id,id,purchase_id,subject_id,return_id,event_id,receipt,fingerprint}"
    tables = ("account", "entry", "lot", "lotuse", "tierbeginning", "purchase", "purchaseline")
    rows: list[dict[str, Any]] = []
    with connection.cursor() as cursor:
        for table in (*(f"loyalty_{table}" for table in tables), "events_event", "events_delivery"):
            cursor.execute(f"SELECT to_jsonb(t) - %s::text[] FROM {table} t WHERE member_id = %s", [own, member.id])
            rows += sorted((json.loads(row) if isinstance(row, str) else row for (row,) in cursor), key=str)
    for row in rows:
        row.get("data", {}).pop("return", None)
    return rows
