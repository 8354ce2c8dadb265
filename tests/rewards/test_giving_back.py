"""A bill that comes back treats its voucher as the voucher's policy says, at the whole return and never before."""

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from events.models import Event
from loyalty import auditing
from loyalty.importing import purchases as importing
from loyalty.importing.purchases import PurchaseOptions
from loyalty.records import ReturnedLine
from loyalty.till import local_zone
from members.models import Member
from rewards import checkout, claiming, queries, voiding
from rewards.checkout import CheckedOut, Returned
from rewards.claiming import Named
from rewards.models import Voucher, VoucherUse
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of
from tests.rewards import wallets
from tests.rewards.wallets import bring_back, give, sell

TABLES = (*LEDGER_TABLES, "rewards_voucher", "rewards_voucheruse")


@pytest.fixture
def lan(shop: Shop) -> Member:
    return shop.member()


def whole(shop: Shop, sold: CheckedOut) -> Returned:
    return bring_back(shop, sold.purchase.id)


def cancelled(shop: Shop, sold: CheckedOut) -> Returned:
    return checkout.cancel(
        purchase_id=sold.purchase.id, key=f"c-{sold.purchase.receipt}", till=shop.till, fingerprint=b"c", at=shop.at
    )


def audit_is_clean() -> bool:
    return [finding for finding in auditing.run() if not finding.ok] == []


@pytest.mark.parametrize("come_back", [whole, cancelled])
@pytest.mark.parametrize(("policy", "state"), [("reinstate", "issued"), ("keep", "redeemed")])
def test_a_whole_return_follows_the_policy(
    shop: Shop, lan: Member, policy: str, state: str, come_back: Callable[[Shop, CheckedOut], Returned]
) -> None:
    gift = give(shop, lan, on_return=policy, valid_days=90)
    sold = sell(shop, shop.bill(105_000), lan, Named(code=gift.code))

    back = come_back(shop, sold)

    assert (back.record.amount, back.record.discount, back.record.due) == (105_000, 20_000, 85_000)
    assert wallets.state(shop, gift) == state
    (used,) = back.vouchers
    assert (used.return_id == back.record.id) == (policy == "reinstate")
    assert Event.objects.filter(type="voucher.given_back").count() == (policy == "reinstate")
    assert audit_is_clean()
    if policy == "reinstate":
        assert sell(shop, shop.bill(105_000), lan, Named(code=gift.code)).purchase.voucher_discount == 20_000
        assert VoucherUse.objects.filter(voucher_id=gift.id).count() == 2
        assert audit_is_clean()


@pytest.mark.parametrize("policy", ["reinstate", "keep"])
def test_a_partial_return_keeps_the_voucher_used_and_the_last_one_decides(shop: Shop, lan: Member, policy: str) -> None:
    gift = give(shop, lan, on_return=policy, valid_days=90)
    sold = sell(shop, shop.bill(60_000, 45_000), lan, Named(code=gift.code))
    part = bring_back(shop, sold.purchase.id, ReturnedLine(line=1, quantity=Decimal(1), amount=60_000), receipt="P1")

    assert wallets.state(shop, gift) == "redeemed"
    assert [used.return_id for used in part.vouchers] == [None]
    assert audit_is_clean()

    rest = whole(shop, sold)
    assert part.record.discount + rest.record.discount == 20_000
    assert part.record.due + rest.record.due == 85_000
    assert wallets.state(shop, gift) == ("issued" if policy == "reinstate" else "redeemed")
    assert audit_is_clean()
    again = bring_back(shop, sold.purchase.id, ReturnedLine(line=1, quantity=Decimal(1), amount=60_000), receipt="P1")
    assert again.replayed
    assert all(used.return_id != again.record.id for used in again.vouchers), "kept, as it was said the first time"


def test_a_replayed_return_gives_nothing_back_twice(shop: Shop, lan: Member) -> None:
    gift = give(shop, lan)
    sold = sell(shop, shop.bill(105_000), lan, Named(code=gift.code))
    first = bring_back(shop, sold.purchase.id, receipt="T")
    before = rows_of(*TABLES)

    again = bring_back(shop, sold.purchase.id, receipt="T")

    assert again.replayed
    assert (again.record, again.vouchers) == (first.record, first.vouchers)
    assert rows_of(*TABLES) == before


@pytest.mark.parametrize(("waits", "lasts"), [(0, 90), (61, 91), (95, 125)])
def test_what_comes_back_too_late_gets_the_days_of_points_that_come_back(
    shop: Shop, lan: Member, waits: int, lasts: int
) -> None:
    """A voucher of 90 days: it keeps its own end, unless less than 30 days are left of it."""
    gift = give(shop, lan, valid_days=90)
    sold = sell(shop, shop.bill(105_000), lan, Named(code=gift.code))
    began = shop.at
    shop.later(days=waits)

    whole(shop, sold)

    view = queries.by_ids([gift.id], at=shop.at)[gift.id]
    assert view.state == "issued"
    assert view.last_day == (began + timedelta(days=lasts)).date()
    assert audit_is_clean()


def test_a_voucher_voided_meanwhile_does_not_come_back(shop: Shop, lan: Member) -> None:
    twice = give(shop, lan, uses=2)
    sold = sell(shop, shop.bill(105_000), lan, Named(code=twice.code))
    voiding.void(voucher_id=twice.id, reason="phát nhầm", by="user:1", at=shop.at)

    back = whole(shop, sold)

    assert [used.return_id for used in back.vouchers] == [None]
    assert Voucher.objects.get(pk=twice.id).used == 1
    with pytest.raises(claiming.VoucherVoid):
        sell(shop, shop.bill(105_000), lan, Named(code=twice.code))
    assert audit_is_clean()


def test_a_bill_without_vouchers_comes_back_as_ever(shop: Shop, lan: Member) -> None:
    sold = sell(shop, shop.bill(105_000), lan)
    assert whole(shop, sold).vouchers == ()
    assert whole(shop, sell(shop, shop.bill(5_000), None)).vouchers == ()


def test_a_return_from_a_file_brings_the_voucher_back_too(shop: Shop, lan: Member) -> None:
    gift = give(shop, lan)
    sold = sell(shop, shop.bill(105_000), lan, Named(code=gift.code))
    shop.later(hours=2)
    local = f"{shop.at.astimezone(local_zone()):%Y-%m-%d %H:%M:%S}"
    rows = (
        "store,receipt,member,occurred_at,sku,quantity,amount,kind,original_receipt\n"
        f"{shop.store.code},R-1,,{local},SKU1,1,105000,return,{sold.purchase.receipt}\n"
    )

    done = importing.run(
        source=io.BytesIO(rows.encode()),
        at=shop.at + timedelta(days=1),
        by="system",
        options=PurchaseOptions(errors=io.StringIO(), take_back=checkout.return_purchase),
    )

    assert (done.returns, done.problems) == (1, {})
    assert wallets.state(shop, gift) == "issued"
    assert audit_is_clean()
