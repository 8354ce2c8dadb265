"""Many tills at one instant, on real connections: points, limits and budgets are given out once."""

from collections.abc import Callable

from loyalty import auditing
from loyalty.models import RuleBudget
from loyalty.sales import Recorded
from members.models import Member
from tests.factories.rules import in_force
from tests.factories.shop import Shop
from tests.members.test_racing import at_once
from tests.running import ShopDatabase

TILLS = 8


def seller(shop: Shop, member: Member, amount: int, spend: int = 0) -> Callable[[], Recorded]:
    bill = shop.bill(amount, points_to_spend=spend)
    return lambda: shop.sell(bill, member, proven=True)


def sold(answers: list[object]) -> list[Recorded]:
    return [answer for answer in answers if isinstance(answer, Recorded)]


def broken() -> list[str]:
    return [found.invariant.sentence for found in auditing.run() if not found.ok]


def test_points_are_spent_once_however_many_tills_ask(shop_db: ShopDatabase) -> None:
    shop = Shop()
    lan = shop.member()
    shop.sell(shop.bill(1_000_000), lan)

    answers = at_once(*(seller(shop, lan, 50_000, spend=60) for _till in range(TILLS)))

    # the bills earn nothing they could pay with: 60 of 100, and what is left is too little
    assert len(sold(answers)) == 1
    assert broken() == []


def test_a_members_limit_of_a_day_is_one_limit_at_all_tills(shop_db: ShopDatabase) -> None:
    shop = Shop()
    lan = shop.member()
    in_force(shop, "double", per_member=25)

    done = sold(at_once(*(seller(shop, lan, 100_000) for _till in range(TILLS))))

    assert len(done) == TILLS
    assert sum(one.purchase.earned for one in done) == TILLS * 10 + 25
    assert broken() == []


def test_a_budget_is_spent_to_the_point_and_never_beyond(shop_db: ShopDatabase) -> None:
    shop = Shop()
    people = [shop.member(f"Khách {n}") for n in range(TILLS)]
    version = in_force(shop, "double", budget=25)

    done = sold(at_once(*(seller(shop, one, 100_000) for one in people)))

    assert len(done) == TILLS
    assert sum(one.purchase.earned for one in done) == TILLS * 10 + 25
    assert RuleBudget.objects.get(version=version).spent == 25
    assert broken() == []
