"""An apology is given whole or not at all."""

from uuid import uuid4

import pytest

from events.models import Event
from loyalty import adjusting
from loyalty.models import Entry, Programme
from members.models import CaseLine
from members.relationship import cases, threads
from members.relationship.saying import WordsMissing
from rewards import apologising, defining, granting
from rewards.models import Voucher
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of
from tests.members.test_racing import at_once
from tests.rewards import wallets

BY = "user:7"
TABLES = (*LEDGER_TABLES, "rewards_voucher", "members_case", "members_caseline")


def complaint(shop: Shop, member):
    return cases.open(member_id=member.pk, kind="complaint", words="Cà phê nguội.", via="counter", by=BY, at=shop.at)


def sorry(shop: Shop, case, **told):
    told = {"words": "Xin lỗi chị vì ly nguội.", "token": uuid4(), "by": BY, "at": shop.at} | told
    return apologising.apologise(case_id=case.pk, **told)


def test_an_apology_gives_points_and_a_voucher_and_stands_in_the_thread(shop):
    lan = shop.member()
    case = complaint(shop, lan)
    line = sorry(shop, case, points=50, voucher=wallets.kind(shop))
    assert shop.balance(lan).available == 50
    entry = Entry.objects.get(member_id=lan.pk, seq=line.entry_seq)
    assert (entry.kind, entry.reason, entry.by) == ("adjust", "Xin lỗi chị vì ly nguội.", BY)
    assert Voucher.objects.get().pk == line.voucher_id
    case.refresh_from_db()
    assert (case.state, case.first_answered_at) == ("answered", shop.at)
    [shown] = threads.lines(case_id=case.pk)
    assert (shown.kind, shown.points) == ("apology", 50)
    assert Event.objects.filter(type="case.answered").count() == 1


@pytest.mark.parametrize("failing", ["ended", "unknown", "spent"])
def test_where_the_voucher_fails_nothing_at_all_was_given(shop, failing):
    lan = shop.member()
    case = complaint(shop, lan)
    key = "no-such-kind"
    if failing == "ended":
        key = wallets.kind(shop, active=False)
    if failing == "spent":
        key = wallets.kind(shop)
        for _ in range(granting.MOST_A_DAY):
            granting.grant(member_id=lan.pk, key=key, reason="quà", token=uuid4(), by=BY, at=shop.at)
    before = rows_of(*TABLES)
    with pytest.raises((defining.DefinitionEnded, defining.DefinitionUnknown, granting.TooManyByHand)):
        sorry(shop, case, points=50, voucher=key)
    assert rows_of(*TABLES) == before


def test_a_closed_case_gets_no_apology_and_no_points(shop):
    lan = shop.member()
    case = complaint(shop, lan)
    cases.close(case_id=case.pk, reason="solved", by=BY, at=shop.at)
    before = rows_of(*TABLES)
    with pytest.raises(cases.CaseClosed):
        sorry(shop, case, points=50)
    assert rows_of(*TABLES) == before


def test_one_case_gets_no_more_points_than_one_hand_may_give(shop):
    Programme.objects.update(manual_limit=100)
    shop = Shop(at=shop.at)
    lan = shop.member()
    case = complaint(shop, lan)
    with pytest.raises(adjusting.AboveLimit):
        sorry(shop, case, points=101)
    sorry(shop, case, points=60)
    with pytest.raises(adjusting.AboveLimit):
        sorry(shop, case, points=41)
    sorry(shop, case, points=40)
    assert shop.balance(lan).available == 100


def test_an_apology_without_words_or_gift_is_none(shop):
    case = complaint(shop, shop.member())
    with pytest.raises(apologising.NothingGiven):
        sorry(shop, case)
    with pytest.raises(apologising.NothingGiven):
        sorry(shop, case, points=-5)
    with pytest.raises(WordsMissing):
        sorry(shop, case, points=5, words=" ")


def test_the_same_form_sent_many_times_at_once_gives_once(shop_db):
    shop = Shop()
    lan = shop.member()
    case, kind, token = complaint(shop, lan), wallets.kind(shop), uuid4()
    answers = at_once(*[lambda: sorry(shop, case, points=50, voucher=kind, token=token)] * 4)
    assert len({answer.pk for answer in answers}) == 1
    assert shop.balance(lan).available == 50
    assert Voucher.objects.count() == CaseLine.objects.count() == 1
