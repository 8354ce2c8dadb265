"""Above a small amount a day points leave with a proof only: the screen, a code that was sent, the PIN; each once."""

from datetime import timedelta
from typing import Any

import pytest

from events.refusals import Refusal
from loyalty.models import Purchase
from loyalty.sales import Who
from members import guessing, one_time_codes, qr, spending_pins, spending_proof
from members.models import Guess, Member
from members.spending_proof import Pin, Screen, ScreenSeen, SentCode
from rewards import checkout
from tests.factories.shop import Shop

PIN = "483920"


@pytest.fixture
def rich(shop: Shop) -> Member:
    """Lan with 1,000 points."""
    lan = shop.member()
    shop.sell(shop.bill(10_000_000), lan)
    return lan


def code_for(shop: Shop, lan: Member) -> str:
    asked = one_time_codes.ask(purpose="spend", member_id=lan.pk, asker=shop.till.by, at=shop.at)
    return asked.code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def spend(shop: Shop, lan: Member | Who, proof: spending_proof.Proof | None, *, points: int = 200, **told: Any) -> Any:
    bill = told.pop("bill", None) or shop.bill(500_000, points_to_spend=points)
    who = lan if isinstance(lan, Who) else Who("id", str(lan.pk))
    told.setdefault("fingerprint", bill.receipt.encode())
    return checkout.record_purchase(bill=bill, who=who, till=shop.till, at=shop.at, proof=proof, **told)


def refused(shop: Shop, lan: Member, proof: spending_proof.Proof | None, **told: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        spend(shop, lan, proof, **told)
    return refusal.value.code


def test_each_kind_of_proof_lets_points_leave_and_none_does_so_twice(shop: Shop, rich: Member) -> None:
    assert refused(shop, rich, None) == "proof_needed"
    spending_pins.choose(member_id=rich.pk, pin=PIN, by="member", at=shop.at)
    code, screen = code_for(shop, rich), qr.text(rich, shop.at)
    assert spend(shop, rich, SentCode(code)).purchase.spent == 200
    assert refused(shop, rich, SentCode(code)) == "code_refused"
    assert spend(shop, rich, Screen(screen)).purchase.spent == 200
    assert refused(shop, rich, Screen(screen)) == "qr_refused"
    assert refused(shop, rich, ScreenSeen(qr.trace(screen))) == "proof_needed", "a carried one counts as nothing shown"
    assert spend(shop, rich, Pin(PIN)).purchase.spent == 200
    assert spend(shop, rich, Pin(PIN)).purchase.spent == 200, "a PIN is what the member knows: it stays"


def test_a_replayed_receipt_asks_for_nothing_again_and_counts_nothing(shop: Shop, rich: Member) -> None:
    bill = shop.bill(500_000, points_to_spend=200)
    first = spend(shop, rich, SentCode(code_for(shop, rich)), bill=bill)
    for proof in (None, SentCode("000000"), Pin(PIN), Screen("LM1.x"), SentCode("12")):
        again = spend(shop, rich, proof, bill=bill)
        assert (again.replayed, again.purchase.id) == (True, first.purchase.id)
    assert not Guess.objects.filter(key__in=[guessing._key("pin in a row", str(rich.pk))]).exists()
    assert not Guess.objects.filter(key=guessing._key("one-time code by", shop.till.by)).exists()


def test_a_refused_bill_leaves_the_proof_for_the_next_one(shop: Shop, rich: Member) -> None:
    code, screen = code_for(shop, rich), qr.text(rich, shop.at)
    for proof in (SentCode(code), Screen(screen)):
        assert refused(shop, rich, proof, bill=shop.bill(9_000_000, points_to_spend=5_000)) == "not_enough_points"
        assert spend(shop, rich, proof).purchase.spent == 200


def test_a_bill_that_takes_nothing_leaves_the_proof_alone(shop: Shop, rich: Member) -> None:
    code = code_for(shop, rich)
    assert spend(shop, rich, SentCode(wrong(code)), points=0).purchase.spent == 0
    assert spend(shop, rich, SentCode(code), points=0).purchase.spent == 0
    assert spend(shop, rich, SentCode(code)).purchase.spent == 200


def test_a_wrong_proof_stops_the_bill_is_counted_and_limited(shop: Shop, rich: Member) -> None:
    spending_pins.choose(member_id=rich.pk, pin=PIN, by="member", at=shop.at)
    code = code_for(shop, rich)
    before = Purchase.objects.count()
    assert refused(shop, rich, SentCode(wrong(code)), points=1) == "code_refused", "also where none was needed"
    assert [refused(shop, rich, SentCode(wrong(code))) for _ in range(4)] == ["code_refused"] * 4
    assert refused(shop, rich, SentCode(code)) == "code_refused", "five tries in all"
    assert [refused(shop, rich, Pin("111222")) for _ in range(5)] == ["pin_refused"] * 5
    assert refused(shop, rich, Pin(PIN)) == "too_many_guesses"
    stranger = qr.text(shop.member("Trần Thị Mai"), shop.at)
    assert refused(shop, rich, Screen(stranger)) == "qr_refused"
    assert refused(shop, rich, SentCode("12345")) == "code_unreadable"
    assert Purchase.objects.count() == before
    shop.later(minutes=16)
    assert spend(shop, rich, Pin(PIN)).purchase.spent == 200


def test_wrong_screens_are_counted_for_the_till_and_the_member(
    shop: Shop, rich: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spending_proof, "WRONG_SCREENS", (3, timedelta(hours=1)))
    lapsed = Screen(qr.text(rich, shop.at - timedelta(minutes=5)))
    assert [refused(shop, rich, lapsed) for _ in range(4)] == ["qr_refused"] * 3 + ["too_many_guesses"]
    assert refused(shop, rich, Screen(qr.text(rich, shop.at))) == "too_many_guesses"


def test_a_proof_fits_whoever_is_named_by_phone_or_card_too(shop: Shop, rich: Member) -> None:
    phone = rich.identifiers.get(kind="phone").value
    assert spend(shop, Who("phone", phone), SentCode(code_for(shop, rich))).purchase.spent == 200
    card = rich.identifiers.get(kind="card").value
    assert spend(shop, Who("card", card), Screen(qr.text(rich, shop.at))).purchase.spent == 200
    mai = shop.member("Trần Thị Mai")
    assert refused(shop, mai, SentCode(code_for(shop, rich)), points=1) == "code_refused"
