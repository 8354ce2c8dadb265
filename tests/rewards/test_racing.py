"""Two at the same instant: one reason gives one voucher, and a voucher is used or voided, never both."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from events.refusals import Refusal
from loyalty import auditing
from members import one_time_codes, qr
from members.spending_proof import Screen, SentCode
from rewards import claiming, issuing, voiding
from rewards.claiming import Named
from rewards.issuing import Wanted
from rewards.models import Voucher, VoucherUse
from rewards.queries import VoucherView
from tests.factories.shop import Shop
from tests.rewards import wallets
from tests.running import ShopDatabase

CROWD = 6
ROUNDS = 10


@pytest.fixture
def shop(shop_db: ShopDatabase) -> Shop:
    return Shop()


def at_once(*commands: Callable[[], Any]) -> list[Any]:
    """What each command answered, or how it was refused."""
    answers: list[Any] = [None] * len(commands)
    start = threading.Barrier(len(commands))

    def run(place: int) -> None:
        try:
            start.wait()
            answers[place] = commands[place]()
        except Refusal as refusal:
            answers[place] = refusal.code
        finally:
            connection.close()

    crowd = [threading.Thread(target=run, args=[place]) for place in range(len(commands))]
    for member in crowd:
        member.start()
    for member in crowd:
        member.join()
    return answers


def test_one_reason_asked_for_by_many_at_once_is_one_voucher(shop: Shop) -> None:
    people = [shop.member(f"Bạn {n}") for n in range(5)]
    key = wallets.kind(shop)
    for number in range(ROUNDS):
        wanted = [Wanted(member.id, f"test:{number}:{member.id}") for member in people]

        def issue(asked: list[Wanted] = wanted) -> dict[str, Any]:
            return issuing.issue(key=key, wanted=asked, at=shop.at, by="user:1")

        told = at_once(*[issue] * CROWD)
        assert all(answer == told[0] for answer in told)
        assert len(told[0]) == len(people)
    assert Voucher.objects.count() == ROUNDS * len(people)
    assert [finding for finding in auditing.run() if not finding.ok] == []


def test_two_sets_in_opposite_order_do_not_wait_for_each_other_for_ever(shop: Shop) -> None:
    people = [shop.member(f"Bạn {n}") for n in range(40)]
    key = wallets.kind(shop)
    for number in range(ROUNDS):
        wanted = [Wanted(member.id, f"test:{number}:{member.id}") for member in people]
        forth, back = (
            lambda asked=list(order): issuing.issue(key=key, wanted=asked, at=shop.at, by="user:1")
            for order in (wanted, reversed(wanted))
        )
        told = at_once(forth, back)
        assert told[0] == told[1]
        assert len(told[0]) == len(people)


def test_two_tills_with_one_code_or_one_screen_one_of_them_spends(shop: Shop) -> None:
    lan = shop.member()
    shop.sell(shop.bill(50_000_000), lan)
    for number in range(ROUNDS):
        asked = one_time_codes.ask(purpose="spend", member_id=lan.pk, asker=f"till:{number}", at=shop.at)
        screen = Screen(qr.text(lan, shop.at))
        for proof, lost in ((SentCode(asked.code), "code_refused"), (screen, "qr_refused")):
            bills = [shop.bill(500_000, points_to_spend=200) for _ in range(2)]
            told = at_once(*[lambda b=bill, p=proof: wallets.sell(shop, b, lan, proof=p) for bill in bills])
            assert [answer for answer in told if isinstance(answer, str)] == [lost], "one of them, and only one"
        shop.later(minutes=5)
    assert [finding for finding in auditing.run() if not finding.ok] == []


def test_a_voucher_is_used_or_voided_never_both(shop: Shop) -> None:
    lan = shop.member()
    fates: Counter[str] = Counter()
    for number in range(3 * ROUNDS):
        gift = wallets.give(shop, lan)
        bill = shop.bill(90_000)

        def void(gift: VoucherView = gift, looks: int = number) -> None:
            for _ in range(looks):  # a little later each time: sometimes before the till, sometimes after it
                Voucher.objects.filter(pk=gift.id).exists()
            voiding.void(voucher_id=gift.id, reason="nhầm", by="user:1", at=shop.at)

        sold, voided = at_once(
            lambda bill=bill, gift=gift: wallets.sell(shop, bill, lan, Named(id=gift.id), proven=True), void
        )
        used = VoucherUse.objects.filter(voucher_id=gift.id).count()
        if voided is None:
            assert (used, sold) in ((0, claiming.VoucherVoid.code), (0, claiming.VoucherUsed.code))
        else:
            assert (used, voided) == (1, voiding.NothingToVoid.code)
        fates["voided" if voided is None else "used"] += 1
    assert [finding for finding in auditing.run() if not finding.ok] == []
    assert min(fates["used"], fates["voided"]) > 0, "both had their chance"
