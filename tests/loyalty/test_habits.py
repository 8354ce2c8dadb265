"""What a member mostly buys, told to the person at the counter."""

from decimal import Decimal

from loyalty import habits, moving, returning
from loyalty.bill import BillLine
from loyalty.records import ReturnedLine
from members.models import Member
from tests.factories.shop import Shop

NAMES = {"CF": "Cà phê sữa", "BM": "Bánh mì", "TR": "Trà đào"}


def buy(shop: Shop, member: Member, *skus: str):
    shop.later(days=1)
    lines = tuple(BillLine(sku=sku, name=NAMES.get(sku, ""), quantity=Decimal(1), amount=30_000) for sku in skus)
    return shop.sell(shop.bill(lines=lines), member).purchase


def usual(shop: Shop, member: Member) -> str | None:
    found = habits.usual_order(member.id, shop.at)
    return found.words if found else None


def test_from_the_third_visit_on_what_repeats_itself(shop: Shop, django_assert_num_queries) -> None:
    lan = shop.member()
    assert (usual(shop, lan), habits.last_visit(lan.id, shop.at)) == (None, None)
    buy(shop, lan, "CF", "BM")
    buy(shop, lan, "CF")
    assert usual(shop, lan) is None
    last = buy(shop, lan, "CF", "BM", "TR")
    with django_assert_num_queries(1):
        found = habits.usual_order(lan.id, shop.at)
    assert found is not None
    assert (found.words, found.visits, [item.times for item in found.items]) == ("Cà phê sữa, Bánh mì", 3, [3, 2])
    assert found.items[0].share == 1
    with django_assert_num_queries(1):
        visit = habits.last_visit(lan.id, shop.at)
    assert visit is not None
    assert (visit.purchase_id, visit.store_name, visit.at, visit.due) == (last.id, "Quận 1", shop.at, 90_000)


def test_a_new_habit_takes_over_from_an_old_one(shop: Shop) -> None:
    lan = shop.member()
    for _ in range(9):
        buy(shop, lan, "TR")
    for _ in range(7):
        buy(shop, lan, "CF")
    assert usual(shop, lan) == "Cà phê sữa, Trà đào"


def test_somebody_who_never_takes_the_same_has_no_usual_order(shop: Shop) -> None:
    lan = shop.member()
    for sku in "ABCDE":
        buy(shop, lan, sku)
    assert usual(shop, lan) is None


def test_what_came_back_or_belongs_to_somebody_else_says_nothing(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    bills = [buy(shop, lan, "CF", "BM") for _ in range(4)]
    common = {"till": shop.till, "at": shop.at, "fingerprint": b"r"}
    returning.return_lines(purchase_id=bills[3].id, receipt="T", lines=None, **common)
    part = [ReturnedLine(line=2, quantity=Decimal(1), amount=30_000)]
    for number, bill in enumerate(bills[:2]):
        returning.return_lines(purchase_id=bill.id, receipt=f"P{number}", lines=part, **common)
    assert usual(shop, lan) == "Cà phê sữa"
    assert habits.last_visit(lan.id, shop.at).purchase_id == bills[2].id

    for bill in bills[:3]:
        moving.move(purchase_id=bill.id, member_id=mai.id, reason="nhầm", key=bill.receipt, till=shop.till, at=shop.at)
    assert (usual(shop, lan), usual(shop, mai)) == (None, "Cà phê sữa")
    assert habits.last_visit(lan.id, shop.at) is None


def test_an_article_without_a_name_is_called_by_its_number(shop: Shop) -> None:
    lan = shop.member()
    for _ in range(3):
        buy(shop, lan, "8934567")
    assert usual(shop, lan) == "8934567"
