"""Above the programme's limit points move by two hands, or not at all."""

from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from events.models import Event
from loyalty import adjusting, approving
from loyalty.ledger.posting import NotEnoughPoints
from loyalty.models import Account, AdjustmentRequest, Entry
from tests.factories.shop import Shop


@pytest.fixture
def lan(shop):
    return shop.member("Lan", phone="0912 345 678")


def available(lan) -> int:
    return sum(Account.objects.filter(pk=lan.pk).values_list("available", flat=True))


def ask(lan, shop, points=5_000, **said):
    told = {"token": uuid4(), "reason": "đền bù cả năm", "by": "user:1", "at": shop.at, **said}
    return approving.ask(member_id=lan.pk, points=points, **told)


def test_nothing_moves_until_somebody_else_says_yes(shop, lan):
    asked = ask(lan, shop)
    assert available(lan) == 0
    seq = approving.approve(id=asked.pk, by="user:2", at=shop.at)
    entry = Entry.objects.get(member_id=lan.pk, seq=seq)
    assert (entry.kind, entry.available, entry.by, entry.reason) == ("adjust", 5_000, "user:2", "đền bù cả năm")
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by, asked.entry_seq) == ("approved", "user:2", seq)
    assert Event.objects.filter(type="adjustment.asked", subject_id=asked.pk).count() == 1


def test_nobody_approves_their_own_request(shop, lan):
    asked = ask(lan, shop)
    with pytest.raises(approving.OwnRequest):
        approving.approve(id=asked.pk, by="user:1", at=shop.at)
    with pytest.raises(IntegrityError, match="nobody_approves_their_own_request"), transaction.atomic():
        AdjustmentRequest.objects.filter(pk=asked.pk).update(
            state="approved", decided_by="user:1", decided_at=shop.at, entry_seq=1
        )
    assert available(lan) == 0


def test_a_request_is_decided_once(shop, lan):
    asked = ask(lan, shop)
    approving.approve(id=asked.pk, by="user:2", at=shop.at)
    with pytest.raises(approving.RequestDecided):
        approving.approve(id=asked.pk, by="user:3", at=shop.at)
    with pytest.raises(approving.RequestDecided):
        approving.refuse(id=asked.pk, answer="nhầm", by="user:3", at=shop.at)
    assert available(lan) == 5_000


def test_a_refusal_says_why_and_moves_nothing(shop, lan):
    asked = ask(lan, shop)
    with pytest.raises(adjusting.ReasonMissing):
        approving.refuse(id=asked.pk, answer="  ", by="user:2", at=shop.at)
    approving.refuse(id=asked.pk, answer="chưa có biên bản", by="user:2", at=shop.at)
    asked.refresh_from_db()
    assert (asked.state, asked.answer, asked.entry_seq) == ("refused", "chưa có biên bản", None)
    assert Event.objects.filter(type="adjustment.refused", subject_id=asked.pk).count() == 1
    assert not Entry.objects.filter(member_id=lan.pk).exists()


def test_points_that_are_not_there_are_not_taken_and_the_request_waits(shop, lan):
    asked = ask(lan, shop, points=-5_000)
    with pytest.raises(NotEnoughPoints):
        approving.approve(id=asked.pk, by="user:2", at=shop.at)
    asked.refresh_from_db()
    assert asked.state == "asked"


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"points": 0}, adjusting.NothingToAdjust),
        ({"points": approving.HIGHEST + 1}, adjusting.AboveLimit),
        ({"points": 5_000, "reason": " "}, adjusting.ReasonMissing),
    ],
)
def test_a_request_without_sense_is_not_kept(shop, lan, said, refusal):
    with pytest.raises(refusal):
        ask(lan, shop, **said)
    assert not AdjustmentRequest.objects.exists()


def test_a_form_sent_twice_asks_once(shop, lan):
    token = uuid4()
    assert ask(lan, shop, token=token).pk == ask(lan, shop, token=token).pk
    assert Event.objects.filter(type="adjustment.asked").count() == 1


def test_two_approvers_at_once_move_the_points_once(shop_db):
    shop = Shop()
    lan = shop.member("Lan", phone="0912 345 678")
    asked = ask(lan, shop)
    together, outcomes = Barrier(2), []

    def approve(by: str) -> None:
        try:
            together.wait(10)
            approving.approve(id=asked.pk, by=by, at=shop.at)
            outcomes.append("yes")
        except approving.RequestDecided:
            outcomes.append("decided")
        finally:
            connection.close()

    threads = [Thread(target=approve, args=[f"user:{n}"]) for n in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["decided", "yes"]
    assert available(lan) == 5_000
