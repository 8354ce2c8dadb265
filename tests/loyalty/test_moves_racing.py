"""Two tills, one bill: real connections that meet at the same instant. Whatever wins, the books hold."""

import random
from collections.abc import Callable
from uuid import uuid4

import pytest

from events.refusals import Refusal
from loyalty import auditing, claiming, moving, owning, queries, returning
from loyalty.claiming import AlreadyClaimed, TooManyClaims
from loyalty.ledger.posting import BillMoved
from loyalty.models import BillMove
from loyalty.moving import Moved, SameMember
from loyalty.records import PurchaseRecord
from loyalty.returning import NothingLeft
from members.models import Member
from tests.factories.shop import Shop
from tests.members.test_racing import at_once
from tests.running import ShopDatabase

TILLS = 6


def mover(shop: Shop, bill: PurchaseRecord, to: Member, key: str = "") -> Callable[[], Moved]:
    key = key or uuid4().hex
    return lambda: moving.move(purchase_id=bill.id, member_id=to.id, reason="nhầm", key=key, till=shop.till, at=shop.at)


def claimer(shop: Shop, bill: PurchaseRecord, to: Member, key: str = "") -> Callable[[], Moved]:
    key, code = key or uuid4().hex, claiming.code_of(bill.id)
    return lambda: claiming.claim(member_id=to.id, code=code, key=key, till=shop.till, at=shop.at)


def canceller(shop: Shop, bill: PurchaseRecord) -> Callable[[], returning.Returned]:
    key = uuid4().hex
    return lambda: returning.cancel(purchase_id=bill.id, key=key, till=shop.till, fingerprint=b"c", at=shop.at)


def broken() -> list[str]:
    return [found.invariant.sentence for found in auditing.run() if not found.ok]


@pytest.mark.parametrize("round", range(3))
def test_one_guests_bill_claimed_by_everybody_at_once_is_one_members(shop_db: ShopDatabase, round: int) -> None:
    shop = Shop()
    people = [shop.member(f"Khách {n}") for n in range(TILLS)]
    bill = shop.sell(shop.bill(105_000)).purchase

    answers = at_once(*(claimer(shop, bill, one) for one in people))

    won = [answer for answer in answers if isinstance(answer, Moved)]
    assert len(won) == 1
    assert all(isinstance(answer, AlreadyClaimed) for answer in answers if answer not in won)
    assert owning.owner_of(bill.id) == won[0].purchase.member_id
    assert sum(shop.balance(one).available for one in people) == 10
    assert broken() == []


def test_one_key_sent_by_several_threads_is_one_move(shop_db: ShopDatabase) -> None:
    shop = Shop()
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    bill, guests = shop.sell(shop.bill(105_000), lan).purchase, shop.sell(shop.bill(105_000)).purchase
    for command in (mover(shop, bill, mai, key="m"), claimer(shop, guests, mai, key="c")):
        answers = at_once(*[command] * TILLS)
        assert all(isinstance(answer, Moved) for answer in answers)
        assert sum(not answer.replayed for answer in answers) == 1
        assert len({answer.purchase.earned for answer in answers}) == 1
    assert BillMove.objects.count() == 2
    assert broken() == []


def test_the_fourth_claim_of_a_month_does_not_slip_through(shop_db: ShopDatabase) -> None:
    shop = Shop()
    lan = shop.member()
    bills = [shop.sell(shop.bill(50_000)).purchase for _ in range(TILLS - 1)]
    answers = at_once(*(claimer(shop, bill, lan) for bill in bills))
    assert sum(isinstance(answer, Moved) for answer in answers) == 3
    assert sum(isinstance(answer, TooManyClaims) for answer in answers) == len(bills) - 3
    assert broken() == []


@pytest.mark.parametrize("round", range(3))
def test_a_bill_that_is_moved_to_and_fro_and_cancelled_at_once_is_somebodys(shop_db: ShopDatabase, round: int) -> None:
    shop = Shop()
    people = [shop.member(f"Khách {n}") for n in range(3)]
    owned, guests = shop.sell(shop.bill(105_000), people[0]).purchase, shop.sell(shop.bill(99_000)).purchase
    commands: list[Callable[[], object]] = [
        *(mover(shop, owned, people[n % 3]) for n in range(4)),
        canceller(shop, owned),
        *(claimer(shop, guests, one) for one in people[:2]),
        canceller(shop, guests),
        lambda: shop.sell(shop.bill(50_000), people[1]),
    ]
    random.Random(round).shuffle(commands)

    answers = at_once(*commands)

    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert all(isinstance(one, SameMember | NothingLeft | AlreadyClaimed | BillMoved) for one in refused), refused
    for bill in (owned, guests):
        assert queries.purchase(bill.id).returns[-1].whole
    assert sum(shop.balance(one).available for one in people) == 5
    assert broken() == []
