"""A guest's bill is claimed once, within few days, by who has the receipt in hand, and not by who works here."""

from datetime import timedelta
from uuid import uuid4

import pytest

from events.commands import KeyConflict
from events.models import Event
from loyalty import auditing, claiming, policies, queries, returning
from loyalty.claiming import AlreadyClaimed, ClaimUnknown, TooLateToClaim, TooManyClaims
from loyalty.models import StaffPhone, Store
from loyalty.moving import Moved, OwnBill
from loyalty.records import PurchaseRecord
from loyalty.returning import NothingLeft
from loyalty.sales import MemberUnknown
from loyalty.till import Till
from members.guessing import TooManyGuesses
from members.models import Member
from tests.factories.people import StaffFactory
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of


def claim(shop: Shop, to: Member, bill: PurchaseRecord | None = None, **told: object) -> Moved:
    """By the receipt of `bill`, unless something else is told."""
    said: dict = {"key": f"k{uuid4().hex[:8]}", "till": shop.till, "at": shop.at}
    if bill is not None:
        said |= {"receipt": bill.receipt, "date": bill.business_date, "amount": bill.total}
    return claiming.claim(member_id=to.id, **said | told)


def broken() -> list[str]:
    return [found.invariant.sentence for found in auditing.run() if not found.ok]


@pytest.mark.parametrize("by_code", [True, False])
def test_a_guests_bill_earns_for_who_claims_it(shop: Shop, by_code: bool) -> None:
    bill = shop.sell(shop.bill(2_105_000)).purchase
    shop.later(days=3)
    lan = shop.member()

    typed = claiming.code_of(bill.id).lower().replace("-", " ")
    done = claim(shop, lan, code=typed) if by_code else claim(shop, lan, bill)

    assert (done.purchase.member_id, done.purchase.earned, shop.balance(lan).available) == (lan.id, 210, 210)
    assert (done.purchase.tier_code, done.purchase.tier_changed) == ("silver", True)
    assert Event.objects.get(type="purchase.claimed").member_id == lan.id
    assert broken() == []
    assert queries.statement(lan.id)[0].cause == "claim"


def test_once(shop: Shop) -> None:
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    bill = shop.sell(shop.bill(105_000)).purchase
    first = claim(shop, lan, bill, key="k")
    before = rows_of(*LEDGER_TABLES)
    for member in (lan, mai):
        with pytest.raises(AlreadyClaimed):
            claim(shop, member, bill)
        with pytest.raises(AlreadyClaimed):
            claim(shop, member, code=claiming.code_of(bill.id))
    again = claim(shop, lan, bill, key="k")
    assert (again.purchase, again.replayed) == (first.purchase, True)
    with pytest.raises(KeyConflict):
        claim(shop, mai, bill, key="k")
    assert rows_of(*LEDGER_TABLES) == before


def test_the_till_that_sends_the_guests_sale_again_hears_of_the_member(shop: Shop) -> None:
    lan, sent = shop.member(), shop.bill(105_000)
    bill = shop.sell(sent).purchase
    claimed = claim(shop, lan, bill).purchase
    for named in (None, lan):
        again = shop.sell(sent, named)
        assert (again.purchase, again.replayed) == (claimed, True)


def test_what_came_back_is_not_claimed_and_the_rest_goes_back_from_the_member(shop: Shop) -> None:
    lan = shop.member()
    bill, whole = shop.sell(shop.bill(105_000)).purchase, shop.sell(shop.bill(50_000)).purchase
    for sold in (whole,):
        returning.cancel(purchase_id=sold.id, key="c", till=shop.till, fingerprint=b"c", at=shop.at)
    with pytest.raises(NothingLeft):
        claim(shop, lan, whole)
    claim(shop, lan, bill)
    back = returning.cancel(purchase_id=bill.id, key="d", till=shop.till, fingerprint=b"d", at=shop.at).record
    assert (back.member_id, back.clawed_back, shop.balance(lan).available) == (lan.id, 10, 0)
    assert broken() == []


def test_a_wrong_number_date_or_amount_are_answered_alike(shop: Shop) -> None:
    lan = shop.member()
    bill = shop.sell(shop.bill(105_000)).purchase
    members = shop.sell(shop.bill(105_000), shop.member("Trần Thị Mai")).purchase
    other = Till.of(Store.objects.create(code="q2", name="Quận 2"), by="terminal:9")
    yesterday = bill.business_date - timedelta(days=1)
    for wrong in (
        {"receipt": "R-none"},
        {"date": yesterday},
        {"amount": 105_001},
        {"receipt": members.receipt, "amount": 1},
        {"till": other},
    ):
        with pytest.raises(ClaimUnknown) as refused:
            claim(shop, shop.member("Bùi Đức Tài"), bill, **wrong)
        assert refused.value.details == {}
    with pytest.raises(AlreadyClaimed):
        claim(shop, lan, members)
    with pytest.raises(MemberUnknown):
        claim(shop, Member(id=uuid4()), bill)
    assert claim(shop, lan, bill).purchase.earned == 10


def test_what_was_paid_is_as_good_as_the_total(shop: Shop) -> None:
    bill = shop.sell(shop.bill(105_000)).purchase
    assert claim(shop, shop.member(), bill, amount=bill.due).purchase.earned == 10


@pytest.mark.parametrize("code", ["", "ÀÀÀÀÀÀÀÀ", "0000-0000", "x" * 40, "\x00"])
def test_a_code_that_is_none_is_unknown(shop: Shop, code: str) -> None:
    shop.sell(shop.bill(105_000))
    with pytest.raises(ClaimUnknown):
        claim(shop, shop.member(), code=code)


def test_after_the_days_it_is_too_late_and_the_programme_says_how_many(shop: Shop) -> None:
    lan = shop.member()
    bill = shop.sell(shop.bill(105_000)).purchase
    shop.later(days=4)
    for named in ({"bill": bill}, {"code": claiming.code_of(bill.id)}):
        with pytest.raises(TooLateToClaim) as refused:
            claim(shop, lan, **named)
        assert refused.value.details == {"days": 3}
    policies.change_programme(changes={"claim_days": 0})
    today = shop.sell(shop.bill(105_000)).purchase
    with pytest.raises(TooLateToClaim):
        claim(shop, lan, today)
    policies.change_programme(changes={"claim_days": 7})
    assert claim(shop, lan, bill).purchase.earned == 10


def test_three_a_month(shop: Shop) -> None:
    lan = shop.member()
    bills = [shop.sell(shop.bill(50_000 + n)).purchase for n in range(4)]
    for bill in bills[:3]:
        claim(shop, lan, bill)
    with pytest.raises(TooManyClaims) as refused:
        claim(shop, lan, bills[3])
    assert refused.value.details == {"limit": 3}
    assert claim(shop, shop.member("Trần Thị Mai"), bills[3]).purchase.earned == 5
    shop.later(days=11)  # December
    late = shop.sell(shop.bill(50_000)).purchase
    assert claim(shop, lan, late).purchase.earned == 5


def test_guesses_end_per_person_and_per_till(shop: Shop) -> None:
    lan = shop.member()
    bill = shop.sell(shop.bill(105_000)).purchase
    for n in range(claiming.MEMBER_LIMIT):
        with pytest.raises(ClaimUnknown):
            claim(shop, lan, bill, amount=n)
    with pytest.raises(TooManyGuesses):
        claim(shop, lan, bill)
    mai = shop.member("Trần Thị Mai")
    done = claim(shop, mai, bill, key="k")  # a right one counts for nothing
    for n in range(claiming.TILL_LIMIT - claiming.MEMBER_LIMIT):
        with pytest.raises(ClaimUnknown):
            claim(shop, shop.member(f"Khách {n}"), bill, amount=n)
    with pytest.raises(TooManyGuesses):
        claim(shop, shop.member("Khách"), bill)
    assert claim(shop, mai, bill, key="k").purchase == done.purchase, "a replay is no guess"


def test_who_works_here_claims_nothing_at_a_till_where_nobody_is_signed_in(shop: Shop) -> None:
    minh, hoa = StaffFactory(username="minh"), StaffFactory(username="hoa")
    StaffPhone.objects.create(user=minh, phone="+84911111111", staff_code="M1")
    me = shop.member("Trần Văn Minh", phone="+84911111111")
    bill, keyed = shop.sell(shop.bill(105_000)).purchase, shop.sell(shop.bill(105_000, staff="M1")).purchase
    hoas, minhs = (Till.of(shop.store, by=f"user:{user.pk}") for user in (hoa, minh))
    for till, sold in ((shop.till, bill), (minhs, bill), (hoas, keyed)):
        with pytest.raises(OwnBill):
            claim(shop, me, sold, till=till)
    assert claim(shop, me, bill, till=hoas).purchase.earned == 10
