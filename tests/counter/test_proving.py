"""Points and numbers that leave only with a word of the customer or a manager: codes, PINs, facts, locks."""

import re
from datetime import timedelta

from campaigns.models import CodeMessage
from loyalty.models import Purchase
from members import finding, locking, spending_pins
from tests.counter.conftest import PIN, text


def rich(shop, lan) -> None:
    """300 points in Lan's account."""
    shop.sell(shop.bill(3_000_000, occurred_at=shop.at - timedelta(days=1)), lan)


def test_a_code_that_was_sent_lets_points_leave_once(at_work, shop, lan):
    rich(shop, lan)
    sent = at_work.post(f"members/{lan.pk}/code")
    assert "Đã gửi mã đến 091•••5678" in text(sent) and 'name="sent" value="1"' in text(sent)
    code = re.search(r"[0-9]{6}", CodeMessage.objects.get().text)[0]
    wrong = "000000" if code != "000000" else "111111"
    refused = at_work.sell(lan, "500k", points="200", shown=wrong, sent="1")
    assert refused.status_code == 422 and "Mã xác thực chưa đúng" in text(refused)
    assert at_work.sell(lan, "500k", points="200", shown=code, sent="1").status_code == 200
    again = at_work.sell(lan, "500k", points="200", shown=code, sent="1")
    assert "đã tích lúc" in text(again)
    assert Purchase.objects.get(spent=200).points_value == 100_000


def test_the_customers_own_pin_lets_points_leave(at_work, shop, lan):
    rich(shop, lan)
    spending_pins.choose(member_id=lan.pk, pin="483920", by="member", at=shop.at)
    assert "PIN của khách chưa đúng" in text(at_work.sell(lan, "500k", points="200", shown="483921"))
    assert at_work.sell(lan, "500k", points="200", shown="483920").status_code == 200


def test_a_locked_account_earns_and_spends_nothing_and_the_page_says_so(at_work, shop, lan):
    rich(shop, lan)
    locking.lock_spending(member_id=lan.pk, by="member", at=shop.at)
    assert "Đang khóa dùng điểm: chỉ tích được." in text(at_work.post("find", q="0912345678"))
    refused = at_work.sell(lan, "100k", points="10")
    assert refused.status_code == 422 and "chỉ tích được" in text(refused)
    assert "+10 điểm" in text(at_work.sell(lan, "100k"))


def test_a_number_moves_with_a_managers_pin_and_two_facts(at_work, shop, lan, mai):
    rich(shop, lan)
    card = lan.identifiers.get(kind="card").value
    path = f"members/{lan.pk}/phone"
    assert "Mai" in text(at_work.get(path))
    told = {"phone": "0987654321", "manager": mai.pk, "pin": PIN, "card": card, "last_bill_amount": "3000000"}
    for change in ({"pin": "0001"}, {"manager": "1"}, {"card": ""}, {"card": "LM000000000000"}):
        refused = at_work.post(path, **{**told, **change})
        assert refused.status_code == 422, change
    assert finding.by_phone("0987654321") is None
    done = at_work.post(path, **told)
    assert "Số mới: 098•••4321" in text(done)
    assert finding.by_phone("0987654321") == lan and finding.by_phone("0912345678") is None
    assert locking.is_locked(member_id=lan.pk, at=shop.at)
