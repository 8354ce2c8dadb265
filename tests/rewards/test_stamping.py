"""A stamp card: nine coffees give a voucher, once, however the coffees come, go, move and are keyed again."""

import itertools
import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from events.models import Delivery, Event
from loyalty import auditing, moving, reviewing
from loyalty.bill import Bill, BillLine
from loyalty.records import PurchaseRecord, ReturnedLine
from members.models import Member
from rewards import checkout, defining, filling, stamping, voiding
from rewards.claiming import Named
from rewards.defining import DefinitionEnded, DefinitionUnknown
from rewards.models import StampCard, StampCardGift, Voucher, VoucherDefinition
from rewards.queries import VoucherView
from rewards.stamping import CardBeginsInThePast, CardNeedsAnother
from tests.factories.shop import NOON, Shop
from tests.members.test_racing import at_once
from tests.rewards import wallets
from tests.rewards.wallets import bring_back, sell
from tests.running import ShopDatabase

_numbers = itertools.count(1)


@pytest.fixture
def lan(shop: Shop) -> Member:
    return shop.member()


@pytest.fixture
def card(shop: Shop) -> StampCard:
    return publish(shop)


def publish(shop: Shop, **terms: Any) -> StampCard:
    told = {
        "key": f"card-{next(_numbers)}",
        "valid_from": shop.at,
        "name_vi": "Thẻ cà phê",
        "name_en": "Coffee card",
        "categories": ["coffee"],
        "needed": 9,
    } | terms
    told.setdefault("gives", "" if "gives" in terms else wallets.kind(shop))
    return stamping.publish(StampCard(**told), by="user:1", at=shop.at)


def coffees(shop: Shop, *quantities: str | int, category: str = "coffee", **said: Any) -> Bill:
    lines = tuple(
        BillLine(sku="CF", category=category, quantity=Decimal(quantity), amount=40_000) for quantity in quantities
    )
    return shop.bill(lines=lines, **said)


def buy(shop: Shop, member: Member, *quantities: str | int, **said: Any) -> PurchaseRecord:
    return sell(shop, coffees(shop, *quantities, **said), member).purchase


def come_back(shop: Shop, bill: PurchaseRecord, quantity: str | int, *, line: int = 1) -> None:
    bring_back(shop, bill.id, ReturnedLine(line=line, quantity=Decimal(quantity), amount=0))


def move(shop: Shop, bill: PurchaseRecord, to: Member) -> None:
    key = f"k{uuid4().hex[:8]}"
    moving.move(purchase_id=bill.id, member_id=to.id, reason="bấm nhầm", key=key, till=shop.till, at=shop.at)


def heard(*, twice: bool = False) -> None:
    """Whatever the reader has to hear of, in order."""
    waiting = Delivery.objects.filter(reader="rewards.filling.hear", state="open")
    for delivery in waiting.select_related("event").order_by("event_id"):
        for _ in range(1 + twice):
            filling.hear(event=delivery.event)
    waiting.update(state="done", done_at=NOON)


def live(member: Member) -> list[Voucher]:
    return list(Voucher.objects.filter(member_id=member.id, voided_at=None).order_by("id"))


def progress(shop: Shop, member: Member, key: str = "") -> tuple[int, int]:
    found = stamping.progress(member_id=member.id, at=shop.at)
    (one,) = [one for one in found if key in ("", one.card.key)]
    return one.stamps, one.filled


def steps(member: Member) -> list[tuple[int, int]]:
    rows = StampCardGift.objects.filter(member_id=member.id).order_by("key", "number", "step")
    return list(rows.values_list("number", "step"))


def clean() -> bool:
    assert [finding for finding in auditing.run() if not finding.ok] == []
    return True


def view(voucher: Voucher, shop: Shop) -> VoucherView:
    return wallets.queries.by_ids([voucher.pk], at=shop.at)[voucher.pk]


def use(shop: Shop, member: Member, voucher: Voucher) -> None:
    sell(shop, coffees(shop, 3, category="cake"), member, Named(code=view(voucher, shop).code))


def test_nine_coffees_in_three_bills_give_one_voucher(shop: Shop, lan: Member, card: StampCard) -> None:
    buy(shop, lan, 4)
    buy(shop, lan, 1, 1)
    heard(twice=True)
    assert (progress(shop, lan), live(lan)) == ((6, 0), [])
    buy(shop, lan, 9, category="cake")
    last = buy(shop, lan, 4)
    heard(twice=True)

    assert progress(shop, lan) == (1, 1)
    (gift,) = live(lan)
    assert (gift.definition.key, gift.member_id, gift.by) == (card.gives, lan.id, "system")
    row = StampCardGift.objects.get()
    assert (row.card_id, row.number, row.step, row.voucher_id) == (card.pk, 1, 1, gift.pk)
    assert row.purchase_id == last.id
    assert Event.objects.filter(type="voucher.issued", subject_id=gift.pk).count() == 1
    assert clean()


def test_one_bill_can_fill_two_cards(shop: Shop, lan: Member, card: StampCard) -> None:
    buy(shop, lan, 20)
    heard()
    assert (progress(shop, lan), len(live(lan)), steps(lan)) == ((2, 2), 2, [(1, 1), (2, 1)])
    assert clean()


def test_articles_count_beside_categories_and_each_line_once(shop: Shop, lan: Member) -> None:
    publish(shop, categories=["coffee"], skus=["CF"])
    buy(shop, lan, 2)
    buy(shop, lan, 3, category="drinks")
    assert progress(shop, lan) == (5, 0)


def test_half_a_piece_is_no_stamp_and_half_a_piece_that_came_back_takes_one(
    shop: Shop, lan: Member, card: StampCard
) -> None:
    buy(shop, lan, "0.5", "0.5")
    bill = buy(shop, lan, "2.5")
    assert progress(shop, lan) == (2, 0)
    come_back(shop, bill, "0.5")
    assert progress(shop, lan) == (2, 0)
    come_back(shop, bill, "0.5")
    assert progress(shop, lan) == (1, 0)


def test_what_comes_back_takes_an_unused_voucher_and_what_is_bought_again_gives_a_new_one(
    shop: Shop, lan: Member, card: StampCard
) -> None:
    bill = buy(shop, lan, 9)
    heard()
    (first,) = live(lan)
    come_back(shop, bill, 1)
    heard(twice=True)
    assert (progress(shop, lan), live(lan), steps(lan)) == ((8, 0), [], [(1, 1), (1, 2)])
    first.refresh_from_db()
    assert (first.voided_by, clean()) == ("system", True)

    buy(shop, lan, 1)
    heard(twice=True)
    (second,) = live(lan)
    assert second.pk != first.pk
    assert (steps(lan), clean()) == ([(1, 1), (1, 2), (1, 3)], True)


def test_a_used_voucher_stays_as_a_debt_and_the_next_full_card_gives_nothing(
    shop: Shop, lan: Member, card: StampCard
) -> None:
    bill = buy(shop, lan, 9)
    heard()
    (gift,) = live(lan)
    use(shop, lan, gift)
    come_back(shop, bill, 1)
    heard()
    assert (live(lan), steps(lan), clean()) == ([gift], [(1, 1)], True)
    buy(shop, lan, 9)
    heard()
    assert (progress(shop, lan), live(lan), clean()) == ((8, 1), [gift], True)
    buy(shop, lan, 1)
    heard()
    assert (progress(shop, lan), len(live(lan)), clean()) == ((0, 2), 2, True)


@pytest.mark.parametrize("gone", ["lapsed", "voided by staff"])
def test_a_voucher_that_lapsed_or_was_voided_by_staff_is_not_given_again(
    shop: Shop, lan: Member, card: StampCard, gone: str
) -> None:
    bill = buy(shop, lan, 9)
    heard()
    (gift,) = live(lan)
    if gone == "lapsed":
        shop.later(days=40)
    else:
        voiding.void(voucher_id=gift.pk, reason="phát nhầm", by="user:1", at=shop.at)
    come_back(shop, bill, 1)
    heard()
    buy(shop, lan, 1)
    heard()
    assert (Voucher.objects.filter(member_id=lan.id).count(), steps(lan), clean()) == (1, [(1, 1)], True)


def test_a_bill_that_moves_takes_its_stamps_along(shop: Shop, lan: Member, card: StampCard) -> None:
    mai = shop.member("Trần Thị Mai")
    buy(shop, mai, 4)
    bill = buy(shop, lan, 9)
    heard()
    move(shop, bill, mai)
    heard(twice=True)
    assert (progress(shop, lan), live(lan), steps(lan)) == ((0, 0), [], [(1, 1), (1, 2)])
    assert (progress(shop, mai), len(live(mai))) == ((4, 1), 1)
    come_back(shop, bill, 5)
    heard()
    assert (progress(shop, mai), live(mai), clean()) == ((8, 0), [], True)


def test_a_corrected_bill_counts_once_as_it_should_have_been(shop: Shop, lan: Member, card: StampCard) -> None:
    bill = buy(shop, lan, 9)
    heard()
    again = {"receipt": bill.receipt, "occurred_at": bill.occurred_at}
    right = shop.correct(bill.id, coffees(shop, 7, **again)).purchase
    heard(twice=True)
    assert (progress(shop, lan), live(lan), clean()) == ((7, 0), [], True)
    shop.correct(right.id, coffees(shop, 10, **again))
    heard()
    assert (progress(shop, lan), len(live(lan)), clean()) == ((1, 1), 1, True)


def test_a_cancelled_bill_gave_no_stamps(shop: Shop, lan: Member, card: StampCard) -> None:
    bill = buy(shop, lan, 9)
    heard()
    checkout.cancel(purchase_id=bill.id, key="c", till=shop.till, fingerprint=b"c", at=shop.at)
    heard()
    assert (progress(shop, lan), live(lan), clean()) == ((0, 0), [], True)


def test_a_bill_in_review_counts_once_it_is_approved(shop: Shop, lan: Member, card: StampCard) -> None:
    bill = buy(shop, lan, 9, occurred_at=shop.at + timedelta(hours=3))
    assert bill.status == "review"
    heard()
    assert (progress(shop, lan), live(lan)) == ((0, 0), [])
    reviewing.approve(purchase_id=bill.id, by="user:1", at=shop.at)
    heard()
    assert (progress(shop, lan), len(live(lan)), clean()) == ((0, 1), 1, True)


def test_a_guests_bill_gives_nothing(shop: Shop, card: StampCard) -> None:
    sell(shop, coffees(shop, 9), None)
    heard()
    assert not Voucher.objects.exists()


def test_only_what_is_bought_in_the_cards_time_counts(shop: Shop, lan: Member) -> None:
    buy(shop, lan, 5)
    shop.later(hours=1)
    publish(shop, valid_until=shop.at + timedelta(days=2))
    buy(shop, lan, 2)
    assert progress(shop, lan) == (2, 0)
    shop.later(days=2)
    buy(shop, lan, 7)
    heard()
    assert stamping.progress(member_id=lan.id, at=shop.at) == []
    assert live(lan) == []


def test_the_next_version_says_what_counts_from_then_on_and_stamps_stay(
    shop: Shop, lan: Member, card: StampCard
) -> None:
    buy(shop, lan, 5)
    shop.later(days=1)
    publish(shop, key=card.key, gives=card.gives, categories=["tea"])
    buy(shop, lan, 5)
    buy(shop, lan, 3, category="tea")
    assert progress(shop, lan) == (8, 0)
    shop.later(days=1)
    ended = publish(shop, key=card.key, gives=card.gives, active=False)
    buy(shop, lan, 5)
    heard()
    assert (ended.version, live(lan)) == (3, [])
    assert stamping.progress(member_id=lan.id, at=shop.at) == []


def test_what_may_not_be_published(shop: Shop, card: StampCard) -> None:
    with pytest.raises(CardBeginsInThePast):
        publish(shop, valid_from=shop.at - timedelta(seconds=1))
    with pytest.raises(CardNeedsAnother):
        publish(shop, key=card.key, needed=8)
    with pytest.raises(DefinitionUnknown):
        publish(shop, gives="nothing-like-it")


def test_a_card_waits_with_its_gift_while_its_kind_of_voucher_is_ended(
    shop: Shop, lan: Member, card: StampCard
) -> None:
    def kind(active: bool) -> None:
        terms = VoucherDefinition(
            key=card.gives, active=active, valid_from=shop.at, amount=1, name_vi="Quà", name_en="Gift"
        )
        defining.publish(terms, by="user:1", at=shop.at)

    shop.later(days=1)
    kind(active=False)
    with pytest.raises(DefinitionEnded):
        publish(shop, gives=card.gives)
    buy(shop, lan, 9)
    heard()
    assert (live(lan), clean()) == ([], True)
    shop.later(days=1)
    kind(active=True)
    buy(shop, lan, 1)
    heard()
    assert (progress(shop, lan), len(live(lan)), clean()) == ((1, 1), 1, True)


@pytest.mark.parametrize("round", range(3))
def test_events_heard_at_once_give_one_voucher(shop_db: ShopDatabase, round: int) -> None:
    shop = Shop()
    lan = shop.member()
    publish(shop)
    bills = [buy(shop, lan, 5), buy(shop, lan, 4), buy(shop, lan, 1)]
    events = list(Event.objects.filter(subject_id__in=[bill.id for bill in bills], type="purchase.recorded"))
    at_once(*[lambda event=event: filling.hear(event=event) for event in events * 2])
    assert (len(live(lan)), steps(lan)) == (1, [(1, 1)])


def history(shop: Shop, lan: Member, mai: Member, *, seed: int) -> None:
    """Some weeks in the life of two members, everything recorded, nothing heard yet."""
    luck = random.Random(seed)
    kept: list[PurchaseRecord] = []
    for _ in range(8):
        shop.later(minutes=luck.randrange(1, 500))
        what = luck.random()
        if what < 0.6 or not kept:
            kept.append(buy(shop, luck.choice([lan, mai]), luck.randrange(1, 7)))
        elif what < 0.75:
            bring_back(shop, kept.pop(luck.randrange(len(kept))).id)
        elif what < 0.9:
            bill = kept.pop(luck.randrange(len(kept)))
            move(shop, bill, mai if bill.member_id == lan.id else lan)
        else:
            bill = kept.pop(luck.randrange(len(kept)))
            again = {"receipt": bill.receipt, "occurred_at": bill.occurred_at}
            shop.correct(bill.id, coffees(shop, luck.randrange(1, 7), **again))


def rows(key: str) -> Sequence[tuple[UUID, int, int, UUID | None]]:
    found = StampCardGift.objects.filter(key=key).order_by("member_id", "number", "step")
    return list(found.values_list("member_id", "number", "step", "purchase_id"))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=some.integers(0, 10_000), order=some.randoms(use_true_random=False))
def test_the_order_and_number_of_deliveries_do_not_matter(db: None, seed: int, order: random.Random) -> None:
    """Once all has happened, any shuffle of the events with each heard up to five times gives the same rows; and heard
    on the way or afterwards, the same cards have given."""
    shop = Shop()
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    card = publish(shop, needed=3)
    history(shop, lan, mai, seed=seed)
    events = list(Event.objects.filter(member_id__in=[lan.id, mai.id], type__in=filling.TYPES))
    lately = [event for event in events for _ in range(order.randrange(6))] + [
        Event.objects.filter(member_id=member.id).latest("id") for member in (lan, mai)
    ]
    order.shuffle(lately)
    for event in lately:
        filling.hear(event=event)
    first = rows(card.key)
    for event in order.sample(events, len(events)):
        filling.hear(event=event)
    assert rows(card.key) == first
    cards = stamping.all_terms()
    want = [
        (member.id, number, 1, one.bill.purchase_id)
        for member in sorted((lan, mai), key=lambda one: one.id)
        for number, one in enumerate(stamping.filled(cards[card.key], member_id=member.id)[1], 1)
    ]
    assert first == want


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=some.integers(0, 10_000))
def test_what_is_heard_on_the_way_ends_where_the_books_end(db: None, seed: int) -> None:
    shop = Shop()
    lan, mai = shop.member(), shop.member("Trần Thị Mai")
    card = publish(shop, needed=3)
    for part in range(3):
        history(shop, lan, mai, seed=seed + part)
        heard()
    for member in (lan, mai):
        given = [voucher for voucher in live(member) if voucher.definition.key == card.gives]
        assert len(given) == progress(shop, member, card.key)[1]
    assert clean()


@pytest.mark.parametrize("type", filling.TYPES)
def test_the_reader_is_told_of_all_that_changes_a_members_bills(type: str, settings: Any) -> None:
    assert dict(settings.EVENT_READERS)["rewards.filling.hear"] == filling.TYPES
    assert type in filling.TYPES


def broken() -> set[str]:
    return {finding.invariant.sentence for finding in auditing.run() if not finding.ok}


def test_the_audit_finds_a_voucher_of_a_card_that_is_not_full(shop: Shop, lan: Member, card: StampCard) -> None:
    buy(shop, lan, 8)
    heard()
    gift = wallets.give(shop, lan)
    terms = {"card": card, "key": card.key, "number": 1, "at": shop.at, "voucher_id": gift.id}
    StampCardGift.objects.create(member_id=lan.id, step=1, **terms)
    assert broken() == {"no unused voucher of a card that is not full"}
    buy(shop, lan, 1)
    heard()
    assert broken() == set()


def test_the_audit_finds_a_voucher_that_is_somebody_elses(shop: Shop, lan: Member, card: StampCard) -> None:
    buy(shop, lan, 9)
    heard()
    gift = wallets.give(shop, shop.member("Trần Thị Mai"))
    terms = {"card": card, "key": card.key, "number": 2, "at": shop.at, "voucher_id": gift.id}
    StampCardGift.objects.create(member_id=lan.id, step=1, **terms)
    assert "a card's voucher is its member's, given and lost in turn" in broken()
    assert "no unused voucher of a card that is not full" in broken()
