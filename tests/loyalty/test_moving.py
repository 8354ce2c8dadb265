"""A bill moves from the member it was keyed for to the one whose it is, with its points, its spend and its returns."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from events.commands import KeyConflict
from events.models import Event
from loyalty import auditing, moving, owning, policies, queries, returning
from loyalty.adjusting import ReasonMissing
from loyalty.models import Purchase, StaffPhone, Store
from loyalty.moving import GuestsBill, InReview, Moved, OwnBill, PaidByMember, SameMember, TooLateToMove
from loyalty.queries import PurchaseUnknown
from loyalty.records import PurchaseRecord, ReturnedLine, ReturnRecord
from loyalty.returning import NothingLeft
from loyalty.sales import MemberUnknown, ReceiptConflict
from loyalty.till import Till
from members.models import Member
from tests.factories.people import StaffFactory
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of


def move(shop: Shop, bill: PurchaseRecord, to: Member, **told: object) -> Moved:
    said = {"reason": "bấm nhầm số", "key": f"k{uuid4().hex[:8]}", "till": shop.till, "at": shop.at} | told
    return moving.move(purchase_id=bill.id, member_id=to.id, **said)


def give_back(shop: Shop, bill: PurchaseRecord, amount: int | None = None) -> ReturnRecord:
    lines = None if amount is None else [ReturnedLine(line=1, quantity=Decimal("0.1"), amount=amount)]
    return returning.return_lines(
        purchase_id=bill.id, receipt=f"T{uuid4().hex[:8]}", lines=lines, till=shop.till, fingerprint=b"T", at=shop.at
    ).record


def available(shop: Shop, *members: Member) -> tuple[int, ...]:
    return tuple(shop.balance(member).available - shop.balance(member).debt for member in members)


def tier(shop: Shop, member: Member) -> str:
    return queries.standing(member.id, at=shop.at, tier_id=shop.balance(member).tier_id).tier.code


def broken() -> list[str]:
    return [found.invariant.sentence for found in auditing.run() if not found.ok]


def test_the_points_the_spend_and_the_bill_go_along(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    bill = shop.sell(shop.bill(105_000), lan).purchase
    shop.later(days=2)

    done = move(shop, bill, mai)

    assert available(shop, lan, mai) == (0, 10)
    assert (done.purchase.member_id, done.purchase.earned, done.purchase.available_after) == (mai.id, 10, 10)
    assert done.purchase.reasons["matched"][0]["base"] == 105_000
    assert [list(owning.bills_of(member.id)) for member in (lan, mai)] == [[], [Purchase.objects.get(pk=bill.id)]]
    assert owning.owner_of(bill.id) == mai.id
    assert owning.owners(Purchase.objects.all()) == {bill.id: mai.id}
    assert Event.objects.get(type="purchase.moved_away").member_id == lan.id
    event = Event.objects.get(type="purchase.moved")
    assert (event.member_id, event.subject_id, event.data["from"]) == (mai.id, bill.id, str(lan.id))
    assert broken() == []


def test_the_bills_own_row_stays_as_it_was(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    bill = shop.sell(shop.bill(105_000), lan).purchase
    tables = ("loyalty_purchase", "loyalty_purchaseline")
    before = rows_of(*tables)
    move(shop, bill, mai)
    assert rows_of(*tables) == before


def test_the_till_that_sends_the_sale_again_hears_whose_it_is_now(shop: Shop) -> None:
    lan, mai, tai = shop.member(), shop.member("Trần Thị Mai"), shop.member("Bùi Đức Tài")
    sent = shop.bill(105_000)
    bill = shop.sell(sent, lan).purchase
    moved = move(shop, bill, mai).purchase

    for named in (lan, mai):
        again = shop.sell(sent, named)
        assert again.replayed
        assert again.purchase == moved
    with pytest.raises(ReceiptConflict):
        shop.sell(sent, tai)
    assert available(shop, lan, mai) == (0, 10)


def test_points_spent_already_become_debt(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    bill = shop.sell(shop.bill(105_000), lan).purchase
    shop.sell(shop.bill(50_000, points_to_spend=8), lan, proven=True)
    left = shop.balance(lan).available

    move(shop, bill, mai)

    assert (shop.balance(lan).available, shop.balance(lan).debt) == (0, 10 - left)
    assert shop.balance(mai).available == 10
    assert broken() == []


def test_or_the_house_bears_them_where_that_is_the_policy(shop: Shop) -> None:
    policies.change_programme(changes={"debt_on_return": False})
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    bill = shop.sell(shop.bill(105_000), lan).purchase
    shop.sell(shop.bill(4_000, points_to_spend=8), lan, proven=True)

    done = move(shop, bill, mai)

    assert (shop.balance(lan).debt, done.purchase.moves[0].absorbed) == (0, 8)
    assert broken() == []


def test_a_part_that_came_back_before_stays_back(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    bill = shop.sell(shop.bill(105_000), lan).purchase
    give_back(shop, bill, 50_000)

    moved = move(shop, bill, mai).purchase

    assert (moved.earned, available(shop, lan, mai)) == (5, (0, 5))
    rest = give_back(shop, bill)
    assert (rest.member_id, rest.clawed_back, rest.due) == (mai.id, 5, 55_000)
    assert available(shop, lan, mai) == (0, 0)
    assert broken() == []


def test_what_comes_back_afterwards_is_the_new_owners_and_adds_up(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    bill = shop.sell(shop.bill(105_000), lan).purchase
    give_back(shop, bill, 11_111)
    move(shop, bill, mai)
    for amount in (22_222, 1, 33_333):
        assert give_back(shop, bill, amount).member_id == mai.id
        assert broken() == []
    give_back(shop, bill)
    assert available(shop, lan, mai) == (0, 0)
    assert queries.purchase(bill.id).returns[-1].whole


def test_a_moved_bill_is_cancelled_at_the_new_owner(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    bill = shop.sell(shop.bill(2_500_000), lan).purchase
    move(shop, bill, mai)
    assert (tier(shop, lan), tier(shop, mai)) == ("member", "silver")

    back = returning.cancel(purchase_id=bill.id, key="c", till=shop.till, fingerprint=b"c", at=shop.at).record

    assert (back.member_id, back.clawed_back) == (mai.id, 250)
    assert available(shop, lan, mai) == (0, 0)
    assert tier(shop, mai) == "member"
    assert broken() == []
    with pytest.raises(NothingLeft):
        move(shop, bill, lan)


def test_a_bill_may_go_on_and_come_home(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    bill = shop.sell(shop.bill(105_000), lan).purchase
    first = move(shop, bill, mai, key="there")
    give_back(shop, bill, 50_000)
    move(shop, bill, lan, key="back")
    assert available(shop, lan, mai) == (5, 0)
    assert [one.step for one in queries.purchase(bill.id).moves] == [1, 2]
    give_back(shop, bill)
    assert available(shop, lan, mai) == (0, 0)
    assert broken() == []
    # the first command again: as it was answered, but for what came back since
    again = move(shop, bill, mai, key="there")
    assert again.replayed
    assert (again.purchase.member_id, again.purchase.earned) == (first.purchase.member_id, first.purchase.earned)


def test_both_tiers_follow_across_a_border(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    shop.sell(shop.bill(1_200_000), mai)
    shop.sell(shop.bill(1_500_000), lan)
    bill = shop.sell(shop.bill(1_000_000), lan).purchase
    assert (tier(shop, lan), tier(shop, mai)) == ("silver", "member")

    done = move(shop, bill, mai).purchase

    assert (tier(shop, lan), tier(shop, mai)) == ("member", "silver")
    assert (done.tier_code, done.tier_changed) == ("silver", True)
    assert broken() == []
    # a late bill before it counts with it
    shop.sell(shop.bill(2_900_000, occurred_at=shop.at - timedelta(days=3)), mai)
    assert tier(shop, mai) == "gold"
    assert broken() == []


def test_the_rules_are_those_of_the_day_of_the_sale(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    bill = shop.sell(shop.bill(100_000), lan).purchase
    rule = policies.at(shop.at).earning
    shop.later(days=1)
    policies.publish(type(rule)(valid_from=shop.at, points=5, per_amount=10_000), by="user:1", at=shop.at)
    shop.later(days=1)

    assert move(shop, bill, mai).purchase.earned == 10
    assert shop.balance(mai).next_expiry_on == date(2027, 11, 20)


def test_what_may_not_move_and_why(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    bill = shop.sell(shop.bill(105_000), lan).purchase
    guests = shop.sell(shop.bill(105_000)).purchase
    paid = shop.sell(shop.bill(50_000, points_to_spend=3), lan, proven=True).purchase
    waits = shop.sell(shop.bill(50_000, occurred_at=shop.at - timedelta(days=20)), lan).purchase
    other = Store.objects.create(code="q2", name="Quận 2")
    before = rows_of(*LEDGER_TABLES)
    for refusal, attempt in (
        (GuestsBill, lambda: move(shop, guests, mai)),
        (PaidByMember, lambda: move(shop, paid, mai)),
        (InReview, lambda: move(shop, waits, mai)),
        (SameMember, lambda: move(shop, bill, lan)),
        (ReasonMissing, lambda: move(shop, bill, mai, reason="  ")),
        (PurchaseUnknown, lambda: move(shop, bill, mai, till=Till.of(other, by="terminal:9"))),
        (TooLateToMove, lambda: move(shop, bill, mai, at=shop.at + timedelta(days=31))),
        (MemberUnknown, lambda: move(shop, bill, Member(id=uuid4()))),
    ):
        with pytest.raises(refusal):
            attempt()
        assert rows_of(*LEDGER_TABLES) == before


def test_the_same_key_is_the_same_move_and_no_other(shop: Shop) -> None:
    lan, mai, tai = shop.member(), shop.member("Trần Thị Mai"), shop.member("Bùi Đức Tài")
    bill = shop.sell(shop.bill(105_000), lan).purchase
    first = move(shop, bill, mai, key="k")
    before = rows_of(*LEDGER_TABLES)
    again = move(shop, bill, mai, key="k")
    assert (again.purchase, again.replayed, first.replayed) == (first.purchase, True, False)
    for to, reason in ((tai, "bấm nhầm số"), (mai, "lý do khác")):
        with pytest.raises(KeyConflict):
            move(shop, bill, to, key="k", reason=reason)
    assert rows_of(*LEDGER_TABLES) == before


@pytest.mark.parametrize("how", ["by code", "signed in", "asks for it"])
def test_nobody_gives_themselves_a_bill_they_keyed(shop: Shop, how: str) -> None:
    minh = StaffFactory(username="minh")
    StaffPhone.objects.create(user=minh, phone="+84911111111", staff_code="M1")
    lan, me = shop.member(), shop.member("Trần Văn Minh", phone="+84911111111")
    mine = Till.of(shop.store, by=f"user:{minh.pk}")
    told = {"staff": "M1"} if how == "by code" else {}
    bill = shop.sell(shop.bill(105_000, **told), lan, till=mine if how == "signed in" else shop.till).purchase
    with pytest.raises(OwnBill):
        move(shop, bill, me, till=mine if how == "asks for it" else shop.till)


def test_a_colleague_may(shop: Shop) -> None:
    minh, hoa = StaffFactory(username="minh"), StaffFactory(username="hoa")
    StaffPhone.objects.create(user=minh, phone="+84911111111", staff_code="M1")
    lan, member = shop.member(), shop.member("Trần Văn Minh", phone="+84911111111")
    bill = shop.sell(shop.bill(105_000, staff="H1"), lan).purchase
    move(shop, bill, member, till=Till.of(shop.store, by=f"user:{hoa.pk}"))
    assert shop.balance(member).available == 10


def test_who_is_signed_in_earns_nothing_on_a_bill_keyed_for_themselves(shop: Shop) -> None:
    minh, hoa = StaffFactory(username="minh"), StaffFactory(username="hoa")
    StaffPhone.objects.create(user=minh, phone="+84911111111")
    me = shop.member("Trần Văn Minh", phone="+84911111111")
    own = shop.sell(shop.bill(105_000), me, till=Till.of(shop.store, by=f"user:{minh.pk}")).purchase
    theirs = shop.sell(shop.bill(105_000), me, till=Till.of(shop.store, by=f"user:{hoa.pk}")).purchase
    assert (own.earned, theirs.earned) == (0, 10)
    assert own.reasons["refused"] == [{"rule": "base", "reason": "own_bill"}]
