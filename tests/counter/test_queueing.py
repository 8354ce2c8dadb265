"""Bills keyed without a network come later, and each is booked once."""

from datetime import timedelta

import pytest

from loyalty.models import Account, Purchase, Return, Store
from rewards import checkout
from tests.counter.conftest import Counter


def kept(counter: Counter, user, **said):
    told = {
        "receipt": "D1-OFF1",
        "member": "0912 345 678",
        "amount": 185_000,
        "at": (counter.shop.at - timedelta(seconds=1)).isoformat(),
        "device": counter.device.pk,
        "person": user.pk,
    }
    return {**told, **said}


def test_a_kept_bill_is_booked_once_however_often_it_is_sent(at_work, minh, lan):
    first, again = (at_work.send(**kept(at_work, minh)) for _ in range(2))
    assert first.json()["state"] == "sent" and first.json()["points"] == "+18\u00a0điểm"
    assert again.json()["state"] == "replayed"
    bill = Purchase.objects.get()
    assert (bill.member_id, bill.earned) == (lan.pk, 18)
    assert bill.occurred_at == at_work.shop.at - timedelta(seconds=1)


def test_a_bill_whose_answer_was_lost_is_the_same_bill_from_the_queue(at_work, minh, lan):
    at_work.sell(lan)
    again = at_work.send(**kept(at_work, minh, receipt="D1-000001", member=str(lan.pk), at=at_work.shop.at.isoformat()))
    assert again.json()["state"] == "replayed"
    assert Purchase.objects.count() == 1


def test_one_number_with_two_amounts_is_a_question_and_either_answer_is_kept(at_work, minh, lan):
    at_work.send(**kept(at_work, minh))
    other = kept(at_work, minh, amount=158_000)
    asked = at_work.send(**other)
    assert asked.status_code == 409
    assert asked.json()["text"].replace("\u00a0", " ") == (
        "Hóa đơn trùng số nhưng khác số tiền (185.000 ₫ và 158.000 ₫). Giữ cái nào?"
    )
    done = at_work.send(**other, instead=True).json()
    assert done["state"] == "sent" and done["receipt"] == "D1-OFF1/2"
    assert at_work.send(**other, instead=True).json()["state"] == "replayed"
    # a second before midnight the bill was yesterday's
    assert Return.objects.get().kind in ("cancellation", "return")
    assert sorted(Purchase.objects.values_list("total", flat=True)) == [158_000, 185_000]


def test_a_bill_replaced_on_the_next_day_is_returned_whole_because_its_day_is_over(at_work, minh, lan):
    yesterday = (at_work.shop.at - timedelta(days=1)).isoformat()
    at_work.send(**kept(at_work, minh, at=yesterday))
    other = kept(at_work, minh, at=yesterday, amount=158_000)
    assert at_work.send(**other).status_code == 409
    assert at_work.send(**other, instead=True).json()["state"] == "sent"
    assert at_work.send(**other, instead=True).json()["state"] == "replayed"
    back = Return.objects.get()
    assert (back.kind, back.receipt, back.purchase.total) == ("return", "D1-OFF1/0", 185_000)
    assert Account.objects.get(pk=lan.pk).available == 15


def test_a_number_whose_bill_was_cancelled_is_no_question(at_work, minh, lan):
    at_work.send(**kept(at_work, minh))
    at_work.send(**kept(at_work, minh, amount=158_000), instead=True)
    # the answer was lost, or another tablet kept a third bill under this number
    assert at_work.send(**kept(at_work, minh, amount=158_000)).json()["state"] == "replayed"
    third = kept(at_work, minh, amount=99_000)
    assert at_work.send(**third).json()["booked"].replace("\u00a0", " ") == "158.000 ₫"
    done = [at_work.send(**third, instead=True).json() for _ in range(2)]
    assert [(one["state"], one["receipt"]) for one in done] == [("sent", "D1-OFF1/3"), ("replayed", "D1-OFF1/3")]
    assert Purchase.objects.count() == 3
    assert Account.objects.get(pk=lan.pk).available == 9


def test_a_bill_that_came_back_is_replaced_without_coming_back_twice(at_work, minh, lan):
    at_work.send(**kept(at_work, minh))
    booked = Purchase.objects.get()
    checkout.return_purchase(
        purchase_id=booked.pk, receipt="R-1", lines=None, till=at_work.shop.till, fingerprint=b"R-1", at=at_work.shop.at
    )
    other = kept(at_work, minh, amount=158_000)
    assert at_work.send(**other).status_code == 409
    assert at_work.send(**other, instead=True).json()["state"] == "sent"
    assert (Return.objects.count(), Account.objects.get(pk=lan.pk).available) == (1, 15)


def test_a_bill_of_another_till_is_replaced_by_a_manager_only(at_work, minh, mai, lan):
    at_work.shop.sell(at_work.shop.bill(185_000, receipt="D1-OFF1"), lan)
    other = kept(at_work, minh, amount=158_000)
    assert at_work.send(**other, instead=True).json()["code"] == "not_yours"
    assert not Return.objects.exists()
    at_work.sit(mai)
    assert at_work.send(**other, instead=True).json()["state"] == "sent"


def test_a_number_that_began_again_asks_about_the_bill_of_its_own_day(at_work, minh, lan):
    Store.objects.update(receipt_restart="daily")
    for days, amount in ((1, 70_000), (0, 185_000)):
        at_work.send(**kept(at_work, minh, at=(at_work.shop.at - timedelta(days=days)).isoformat(), amount=amount))
    yesterday = kept(at_work, minh, at=(at_work.shop.at - timedelta(days=1)).isoformat(), amount=60_000)
    assert at_work.send(**yesterday).json()["booked"].replace("\u00a0", " ") == "70.000 ₫"


def test_a_bill_for_nobody_known_is_a_question_and_may_go_as_a_guests(at_work, minh):
    asked = at_work.send(**kept(at_work, minh, member="0999999999"))
    assert asked.status_code == 422 and asked.json()["code"] == "member_unknown"
    assert at_work.send(**kept(at_work, minh, member="0999999999"), guest=True).json()["state"] == "sent"
    assert Purchase.objects.get().member_id is None


def test_a_bill_belongs_to_its_device_and_its_person_and_a_manager_may_send_it(at_work, minh, mai, lan):
    assert at_work.send(**kept(at_work, mai)).json()["code"] == "not_yours"
    assert at_work.send(**kept(at_work, minh, device=at_work.device.pk + 1)).json()["code"] == "not_yours"
    at_work.sit(mai)
    assert at_work.send(**kept(at_work, minh)).json()["state"] == "sent"
    at_work.sit(minh)
    assert at_work.send(**kept(at_work, minh)).json()["state"] == "replayed"
    bill = Purchase.objects.get()
    assert (bill.staff, bill.by) == ("minh", f"user:{mai.pk}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": -1},
        {"amount": 1.5},
        {"amount": "185000"},
        {"amount": True},
        {"receipt": ""},
        {"receipt": "x" * 65},
        {"receipt": "a\nb"},
        {"receipt": None},
        {"at": "yesterday"},
        {"at": "2026-11-25T10:00:00"},
        {"at": "0001-01-01T00:00:00Z"},
        {"at": None},
        {"member": None},
        {"member": "\x00"},
        {"member": "9" * 81},
    ],
)
def test_what_is_no_bill_is_refused_and_nothing_is_written(at_work, minh, wrong):
    answer = at_work.send(**{**kept(at_work, minh), **wrong})
    assert answer.status_code == 400 and answer.json()["state"] == "refused"
    assert not Purchase.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b'"x"', b"[" * 3000, b"{" + b" " * 5000 + b"}", b"\xff"])
def test_what_is_no_json_is_refused_alike(at_work, body):
    answer = at_work.client.post("/counter/queue", body, content_type="application/json")
    assert answer.status_code == 400


def test_the_page_for_no_network_has_nobody_on_it(at_work, counter, minh, lan):
    for path in ("offline", "worker.js"):
        page = at_work.client.get(f"/counter/{path}").content.decode()
        assert "Minh" not in page and "Lan" not in page and "csrf" not in page.lower()
