"""A sale with vouchers: vouchers first, then points; claimed once, or nothing happened."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event
from loyalty import auditing, paying, policies
from loyalty.bill import BillLine, Discount
from loyalty.models import PurchaseLine, SpendingPolicy
from loyalty.sales import ReceiptConflict, Who
from members.guessing import TooManyGuesses
from members.models import Guess, Member
from rewards import checkout, claiming, codes, guesses, queries, voiding
from rewards.claiming import Named
from rewards.models import VoucherUse
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of
from tests.rewards import wallets
from tests.rewards.wallets import give, sell

TABLES = (*LEDGER_TABLES, "rewards_voucher", "rewards_voucheruse")


@pytest.fixture
def lan(shop: Shop) -> Member:
    return shop.member()


def audit_is_clean() -> bool:
    return [finding for finding in auditing.run() if not finding.ok] == []


def test_a_voucher_comes_off_first_and_the_rest_is_paid_and_earns(shop: Shop, lan: Member) -> None:
    gift = give(shop, lan)

    done = sell(shop, shop.bill(70_000, 35_000), lan, Named(code=gift.code))

    bill = done.purchase
    assert (bill.total, bill.voucher_discount, bill.points_value, bill.due) == (105_000, 20_000, 0, 85_000)
    assert [line.voucher_discount for line in bill.lines] == [13_333, 6_667]
    assert bill.earned == 8
    assert [(one.id, one.discount) for one in done.vouchers] == [(gift.id, 20_000)]
    assert wallets.state(shop, gift) == "redeemed"
    (told,) = Event.objects.filter(type="voucher.redeemed")
    assert (told.subject_id, told.data["purchase"], told.data["discount"]) == (gift.id, str(bill.id), 20_000)
    assert audit_is_clean()


def test_points_pay_for_what_the_voucher_left(shop: Shop, lan: Member) -> None:
    shop.sell(shop.bill(3_000_000), lan)
    gift = give(shop, lan, amount=80_000)
    bill = shop.bill(100_000, points_to_spend=40)

    done = sell(shop, bill, lan, Named(code=gift.code), proven=True).purchase

    assert (done.voucher_discount, done.points_value, done.due) == (80_000, 20_000, 0)
    with pytest.raises(paying.PointsExceedBill):
        other = give(shop, lan, amount=80_000)
        sell(shop, shop.bill(100_000, points_to_spend=41), lan, Named(code=other.code), proven=True)
    assert wallets.state(shop, other) == "issued"
    assert audit_is_clean()


@pytest.mark.parametrize(
    ("terms", "goods", "discount"),
    [
        ({"amount": 20_000}, 15_000, 15_000),
        ({"amount": 20_000, "minimum_basket": 50_000}, 50_000, 20_000),
        ({"percent": 20}, 99_999, 19_999),
        ({"percent": 20, "cap": 10_000}, 99_999, 10_000),
        ({"percent": 100}, 99_999, 99_999),
    ],
)
def test_what_a_voucher_is_worth(shop: Shop, lan: Member, terms: dict[str, int], goods: int, discount: int) -> None:
    gift = give(shop, lan, **terms)

    assert sell(shop, shop.bill(goods), lan, Named(code=gift.code)).purchase.voucher_discount == discount


def test_the_basket_is_the_goods_after_the_tills_own_discounts(shop: Shop, lan: Member) -> None:
    gift = give(shop, lan, minimum_basket=50_000)
    named = Named(code=gift.code)

    with pytest.raises(claiming.BasketTooSmall) as refused:
        sell(shop, shop.bill(60_000, discounts=(Discount(kind="manual", amount=10_001),)), lan, named)
    assert refused.value.details == {"minimum": 50_000}

    done = sell(shop, shop.bill(60_000, discounts=(Discount(kind="manual", amount=10_000),)), lan, named)
    assert done.purchase.due == 30_000


def test_a_bill_of_nothing_takes_no_voucher(shop: Shop, lan: Member) -> None:
    gift = give(shop, lan)
    with pytest.raises(claiming.BasketTooSmall):
        sell(shop, shop.bill(0), lan, Named(code=gift.code))


def test_a_replay_with_a_voucher_is_answered_alike_and_uses_nothing_twice(shop: Shop, lan: Member) -> None:
    gift = give(shop, lan)
    bill = shop.bill(105_000)
    first = sell(shop, bill, lan, Named(code=gift.code))
    before = rows_of(*TABLES)

    again = sell(shop, bill, lan, Named(code=gift.code))

    assert again.replayed
    assert (again.purchase, again.vouchers) == (first.purchase, first.vouchers)
    assert rows_of(*TABLES) == before
    with pytest.raises(ReceiptConflict):
        sell(shop, bill, lan, fingerprint=b"without the voucher")


def test_every_refusal_leaves_every_row_as_it_was(shop: Shop, lan: Member) -> None:
    mai = shop.member("Trần Thị Mai")
    used, over, void, hers, fresh = (give(shop, lan), give(shop, lan, valid_days=1), give(shop, lan),
                                     give(shop, mai), give(shop, lan))  # fmt: skip
    sell(shop, shop.bill(100_000), lan, Named(code=used.code))
    voiding.void(voucher_id=void.id, reason="phát nhầm", by="user:1", at=shop.at)
    shop.later(days=3)
    before = rows_of(*TABLES)
    for who, named, refusal in (
        (lan, [Named(code=used.code)], claiming.VoucherUsed),
        (lan, [Named(id=used.id)], claiming.VoucherUsed),
        (lan, [Named(code=over.code)], claiming.VoucherExpired),
        (lan, [Named(code=void.code)], claiming.VoucherVoid),
        (lan, [Named(code=hers.code)], claiming.VoucherUnknown),
        (lan, [Named(id=hers.id)], claiming.VoucherUnknown),
        (lan, [Named(id=uuid4())], claiming.VoucherUnknown),
        (lan, [Named(code=codes.of(uuid4()))], claiming.VoucherUnknown),
        (lan, [Named(code="mistyped")], claiming.VoucherUnknown),
        (lan, [Named(code=fresh.code), Named(id=fresh.id)], claiming.VouchersDoNotStack),
        (None, [Named(code=fresh.code)], paying.MemberNeeded),
    ):
        with pytest.raises(refusal):
            sell(shop, shop.bill(100_000), who, *named)
    assert rows_of(*TABLES) == before


def test_a_quote_says_what_the_purchase_then_does_and_writes_nothing(shop: Shop, lan: Member) -> None:
    gift = give(shop, lan)
    bill = shop.bill(105_000, 31_000)
    before = rows_of(*TABLES)

    quoted = checkout.quote(
        bill=bill, who=Who("id", str(lan.id)), vouchers=[Named(code=gift.code)], till=shop.till, at=shop.at
    )
    assert rows_of(*TABLES) == before

    done = sell(shop, bill, lan, Named(code=gift.code)).purchase
    composed = quoted.quote.composed
    assert (composed.due, composed.earned, composed.lines) == (done.due, done.earned, done.lines)


def test_a_quote_offers_the_vouchers_in_hand_and_names_the_best(shop: Shop, lan: Member) -> None:
    small = give(shop, lan, amount=5_000)
    percent = give(shop, lan, percent=20)
    late = give(shop, lan, minimum_basket=200_000, amount=90_000)
    used = give(shop, lan)
    sell(shop, shop.bill(50_000), lan, Named(code=used.code))

    said = checkout.quote(bill=shop.bill(100_000), who=Who("id", str(lan.id)), till=shop.till, at=shop.at)

    assert {one.voucher.id: (one.verdict.usable, one.verdict.discount, one.verdict.reason) for one in said.offered} == {
        small.id: (True, 5_000, ""),
        percent.id: (True, 20_000, ""),
        late.id: (False, 0, "voucher_basket_too_small"),
    }
    assert said.best == (percent.id,)
    assert said.quote.composed.voucher_discount == 0
    guest = checkout.quote(bill=shop.bill(100_000), who=None, till=shop.till, at=shop.at)
    assert (guest.offered, guest.best) == ((), ())


def test_a_voucher_by_id_counts_to_the_unproven_day_and_one_by_code_is_its_own_proof(shop: Shop, lan: Member) -> None:
    shop.sell(shop.bill(3_000_000), lan)
    by_id = [give(shop, lan, amount=20_000) for _ in range(4)]

    sell(shop, shop.bill(100_000), lan, Named(id=by_id[0].id))
    sell(shop, shop.bill(100_000, points_to_spend=20), lan, Named(id=by_id[1].id))
    with pytest.raises(paying.ProofNeeded):
        sell(shop, shop.bill(100_000), lan, Named(id=by_id[2].id))
    with pytest.raises(paying.ProofNeeded):
        sell(shop, shop.bill(100_000, points_to_spend=1), lan)
    assert wallets.state(shop, by_id[2]) == "issued"

    sell(shop, shop.bill(100_000), lan, Named(code=by_id[2].code))
    sell(shop, shop.bill(100_000), lan, Named(id=by_id[3].id), proven=True)
    assert list(VoucherUse.objects.order_by("id").values_list("proven", flat=True)) == [False, False, True, True]
    shop.later(days=1)
    sell(shop, shop.bill(100_000, points_to_spend=1), lan)
    assert audit_is_clean()


def test_a_bill_without_vouchers_is_four_round_trips_as_ever(shop: Shop, lan: Member) -> None:
    sell(shop, shop.bill(100_000), lan)
    with CaptureQueriesContext(
        connection,
    ) as sent:
        sell(shop, shop.bill(100_000), lan)
    # in a test BEGIN and COMMIT are a savepoint's
    assert len(sent) == 4, [query["sql"][:80] for query in sent]


def test_only_what_a_till_names_wrongly_is_counted_and_then_it_waits(shop: Shop, lan: Member) -> None:
    gift = give(shop, lan)
    hers = give(shop, shop.member("Trần Thị Mai"))
    for code in ("mistyped", gift.code):
        with pytest.raises((claiming.VoucherUnknown, claiming.BasketTooSmall)):
            sell(shop, shop.bill(0), lan, Named(code=code))
    assert Guess.objects.count() == 0

    for n in range(guesses.PER_TILL):
        with pytest.raises(claiming.VoucherUnknown):
            sell(shop, shop.bill(100_000), lan, Named(code=hers.code if n % 2 else codes.of(uuid4())))
    for code in (codes.of(uuid4()), gift.code):
        with pytest.raises(TooManyGuesses):
            sell(shop, shop.bill(100_000), lan, Named(code=code))
    sell(shop, shop.bill(100_000), lan)
    shop.later(minutes=16)
    assert sell(shop, shop.bill(100_000), lan, Named(code=gift.code)).vouchers


def test_a_replay_is_answered_even_where_the_till_guessed_too_often(shop: Shop, lan: Member) -> None:
    gift = give(shop, lan)
    bill = shop.bill(100_000)
    first = sell(shop, bill, lan, Named(code=gift.code))
    for _ in range(guesses.PER_TILL):
        with pytest.raises(claiming.VoucherUnknown):
            sell(shop, shop.bill(100_000), lan, Named(code=codes.of(uuid4())))

    assert sell(shop, bill, lan, Named(code=gift.code)).purchase == first.purchase


def test_a_voucher_of_two_uses_is_used_on_two_bills(shop: Shop, lan: Member) -> None:
    twice = give(shop, lan, uses=2)
    assert sell(shop, shop.bill(100_000), lan, Named(code=twice.code)).vouchers
    assert wallets.state(shop, twice) == "issued"
    assert sell(shop, shop.bill(100_000), lan, Named(code=twice.code)).vouchers
    with pytest.raises(claiming.VoucherUsed):
        sell(shop, shop.bill(100_000), lan, Named(code=twice.code))
    assert audit_is_clean()


def test_the_lines_in_the_books_bear_the_discount_to_the_unit(shop: Shop, lan: Member) -> None:
    gift = give(shop, lan, amount=10_001)
    lines = tuple(BillLine(sku=f"S{n}", quantity=Decimal(1), amount=33_333) for n in range(3))

    done = sell(shop, shop.bill(lines=lines), lan, Named(code=gift.code)).purchase

    kept = PurchaseLine.objects.filter(purchase_id=done.id).order_by("line")
    assert [line.voucher_discount for line in kept] == [3_334, 3_334, 3_333]


def test_excluded_goods_still_take_vouchers_but_no_points(shop: Shop, lan: Member) -> None:
    SpendingPolicy.objects.all()
    policies.publish(
        SpendingPolicy(valid_from=shop.at + timedelta(hours=1), point_value=500, excluded_categories=["card"]),
        by="user:1",
        at=shop.at,
    )
    shop.sell(shop.bill(3_000_000), lan)
    shop.later(hours=2)
    gift = give(shop, lan)
    lines = (
        BillLine(sku="CARD", quantity=Decimal(1), amount=50_000, category="card"),
        BillLine(sku="CF", quantity=Decimal(1), amount=50_000, category="coffee"),
    )
    bill = shop.bill(lines=lines, points_to_spend=80)

    done = sell(shop, bill, lan, Named(code=gift.code), proven=True).purchase

    assert [(line.voucher_discount, line.points_discount) for line in done.lines] == [(10_000, 0), (10_000, 40_000)]
    assert queries.on_bill(done.id)[0].discount == 20_000
