"""The vouchers of a bill that is keyed again: all of them come back, and may be used on the next revision."""

import pytest

from loyalty import auditing
from loyalty.paying import ProofNeeded
from members.models import Member
from rewards import checkout
from rewards.claiming import Named, VoucherUsed
from rewards.models import VoucherUse
from tests.factories.shop import Shop
from tests.rewards import wallets
from tests.rewards.wallets import give, sell


@pytest.fixture
def lan(shop: Shop) -> Member:
    return shop.member()


def audit() -> bool:
    return [finding for finding in auditing.run() if not finding.ok] == []


@pytest.mark.parametrize("on_return", ["reinstate", "keep"])
def test_a_voucher_of_the_bill_is_used_again_or_is_the_members_again(shop: Shop, lan: Member, on_return: str) -> None:
    gift = give(shop, lan, on_return=on_return)
    sold = sell(shop, shop.bill(105_000), lan, Named(code=gift.code)).purchase
    wanted = {"receipt": sold.receipt, "occurred_at": sold.occurred_at}

    used = shop.correct(sold.id, shop.bill(200_000, **wanted), vouchers=[Named(id=gift.id)])

    assert (used.purchase.voucher_discount, used.purchase.due) == (20_000, 180_000)
    assert [one.id for one in used.vouchers] == [gift.id]
    assert wallets.state(shop, gift) == "redeemed"
    with pytest.raises(VoucherUsed):
        sell(shop, shop.bill(105_000), lan, Named(code=gift.code))
    free = shop.correct(used.purchase.id, shop.bill(200_000, **wanted)).purchase
    assert (free.voucher_discount, free.earned, wallets.state(shop, gift)) == (0, 20, "issued")
    assert VoucherUse.objects.filter(state="given_back").count() == 2
    assert audit()


def test_only_what_had_not_left_before_is_proven(shop: Shop, lan: Member) -> None:
    first, second = give(shop, lan, amount=50_000), give(shop, lan, amount=50_000)
    sold = sell(shop, shop.bill(200_000), lan, Named(id=first.id)).purchase
    wanted = {"receipt": sold.receipt, "occurred_at": sold.occurred_at}
    same = shop.correct(sold.id, shop.bill(210_000, **wanted), vouchers=[Named(id=first.id)]).purchase
    other = shop.correct(same.id, shop.bill(210_000, **wanted), vouchers=[Named(id=second.id)]).purchase
    assert (wallets.state(shop, first), wallets.state(shop, second)) == ("issued", "redeemed")
    with pytest.raises(ProofNeeded):
        sell(shop, shop.bill(200_000), lan, Named(id=first.id))
    checkout.cancel(purchase_id=other.id, key="c", till=shop.till, fingerprint=b"c", at=shop.at)
    assert wallets.state(shop, second) == "issued"
    assert audit()
