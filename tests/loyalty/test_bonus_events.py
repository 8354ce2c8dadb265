"""Points for what is no purchase: each occurrence is rewarded once, and every refusal says why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from events.models import Event
from events.refusals import Refusal
from loyalty import adjusting, auditing, bonus_events, returning, statements
from loyalty.bonus_events import Awarded
from loyalty.models import BonusEvent, Entry, EventAward
from loyalty.policies import PolicyInThePast
from members import closing
from members.models import Member
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of
from tests.members.test_racing import at_once

TABLES = (*LEDGER_TABLES, "events_command")


def offer(shop: Shop, key: str = "review", points: int = 50, often: str = "every", **more: Any) -> BonusEvent:
    """The shop gives points for an event from now on."""
    more = {"name_vi": "Viết đánh giá", "name_en": "A review", "valid_from": shop.at} | more
    version = BonusEvent(key=key, points=points, often=often, **more)
    return bonus_events.publish(version, by="user:1", at=shop.at)


def award(shop: Shop, member: Member, event: str = "review", reference: str = "r1", **more: Any) -> Awarded:
    more = {"occurred_at": shop.at, "by": shop.till.by, "at": shop.at, "store_id": shop.store.pk} | more
    return bonus_events.award(member_id=member.pk, event=event, reference=reference, **more)


def refused(shop: Shop, member: Member, *told: str, **more: Any) -> str:
    """The code of a refusal that left every row as it was."""
    before = rows_of(*TABLES)
    with pytest.raises(Refusal) as refusal:
        award(shop, member, *told, **more)
    assert rows_of(*TABLES) == before
    return refusal.value.code


def broken() -> list[str]:
    return [found.invariant.sentence for found in auditing.run() if not found.ok]


def test_a_review_brings_its_points_and_says_what_they_are_for(shop):
    offer(shop)
    lan = shop.member()
    given = award(shop, lan)
    assert (given.points, given.balance, given.names) == (50, 50, ("Viết đánh giá", "A review"))
    entry = Entry.objects.get(member_id=lan.pk)
    assert (entry.kind, entry.available, entry.reason, entry.store_id) == ("bonus", 50, "Viết đánh giá", shop.store.pk)
    one = EventAward.objects.get(pk=given.id)
    assert (one.entry_seq, one.occurrence, one.by, one.at) == (entry.seq, "r1", shop.till.by, shop.at)
    told = Event.objects.get(type="points.awarded")
    assert told.data == {"points": 50, "entry": entry.seq, "event": "review"} and told.subject_id == given.id
    (line,) = statements.told(lan.pk, language="en", at=shop.at)
    assert (line.title, line.why) == ("Bonus", ("A review",))
    assert not broken()


def test_points_of_an_event_repay_what_is_owed_first(shop):
    offer(shop, points=30)
    lan = shop.member()
    sold = shop.sell(shop.bill(1_000_000), lan)
    adjusting.adjust(member_id=lan.pk, points=-80, reason="nhầm", by="user:1", at=shop.at)
    returning.return_lines(
        purchase_id=sold.purchase.id, receipt="TH1", lines=None, till=shop.till, fingerprint=b"th1", at=shop.at
    )
    assert shop.balance(lan).debt == 80
    would = award(shop, lan, dry_run=True)
    assert would.balance == award(shop, lan).balance == -50
    assert not broken()


@pytest.mark.parametrize(
    ("often", "same", "next_one"),
    [
        ("once", {"days": 1100}, None),
        ("yearly", {"days": 30}, {"days": 60}),  # from 20 November: in December, and in January
        ("daily", {"hours": 11}, {"hours": 13}),  # from noon: tonight, and tomorrow
    ],
)
def test_how_often_a_member_is_rewarded(shop, often, same, next_one):
    offer(shop, "check_in", often=often)
    lan = shop.member()
    award(shop, lan, "check_in", "")
    begun = shop.at
    shop.at = begun + timedelta(**same)
    assert refused(shop, lan, "check_in", "anything else") == "event_already_rewarded"
    if next_one:
        shop.at = begun + timedelta(**next_one)
        assert award(shop, lan, "check_in", "").balance == 100
    assert not broken()


def test_every_review_counts_once_by_its_reference(shop):
    offer(shop)
    lan, huong = shop.member(), shop.member("Đặng Thu Hương")
    award(shop, lan, reference="order-1")
    assert refused(shop, lan, reference="order-1") == "event_already_rewarded"
    assert award(shop, lan, reference="order-2").balance == 100
    assert award(shop, huong, reference="order-1").balance == 50
    assert refused(shop, lan, reference="") == "reference_missing"


def test_a_limit_of_a_day_and_one_for_ever(shop):
    offer(shop, most_a_day=2, most_ever=3)
    lan = shop.member()
    award(shop, lan, reference="1")
    award(shop, lan, reference="2")
    assert refused(shop, lan, reference="3") == "limit_reached"
    shop.later(days=1)
    award(shop, lan, reference="3")
    with pytest.raises(bonus_events.EventLimitReached) as refusal:
        award(shop, lan, reference="4")
    assert refusal.value.details == {"limit": 3}


def test_nothing_is_given_for_what_nobody_offers_or_no_longer(shop):
    lan = shop.member()
    assert refused(shop, lan) == "event_unknown"
    version = offer(shop, valid_from=shop.at + timedelta(days=1))
    assert refused(shop, lan) == "event_unknown"
    shop.later(days=2)
    award(shop, lan)
    yesterday = shop.at
    shop.later(hours=1)
    bonus_events.end(id=version.pk, by="user:1", at=shop.at)
    assert refused(shop, lan, reference="2") == "event_ended"
    assert award(shop, lan, reference="2", occurred_at=yesterday).balance == 100, "it happened before the end"
    with pytest.raises(bonus_events.EventNotRunning):
        bonus_events.end(id=version.pk, by="user:1", at=shop.at)


def test_nothing_is_given_to_who_has_left_or_never_was(shop):
    offer(shop)
    lan = shop.member()
    closing.close(member_id=lan.pk, reason="unused", by="user:1", at=shop.at)
    assert refused(shop, lan) == "member_not_active"
    lan.pk = "00000000-0000-7000-8000-000000000000"
    assert refused(shop, lan) == "member_not_active"


def test_a_version_follows_another_and_one_that_never_began_leaves_it_alone(shop):
    offer(shop)
    later = offer(shop, points=80, valid_from=shop.at + timedelta(days=1))
    with pytest.raises(PolicyInThePast):
        offer(shop, points=90, valid_from=shop.at - timedelta(seconds=1))
    lan = shop.member()
    assert award(shop, lan, reference="1").points == 50
    assert bonus_events.state(later, at=shop.at) == "ahead"
    bonus_events.end(id=later.pk, by="user:1", at=shop.at)
    shop.later(days=2)
    assert award(shop, lan, reference="2").points == 50
    offer(shop, points=70)
    assert award(shop, lan, reference="3").points == 70
    assert bonus_events.state(BonusEvent.objects.get(points=50), at=shop.at) == "replaced"
    assert award(shop, lan, reference="4", occurred_at=shop.at - timedelta(hours=1)).points == 50


def test_a_dry_run_says_what_would_be_and_writes_nothing(shop):
    offer(shop)
    lan = shop.member()
    before = rows_of(*TABLES)
    would = award(shop, lan, dry_run=True)
    assert (would.id, would.points, would.balance, would.dry_run) == (None, 50, 50, True)
    assert rows_of(*TABLES) == before
    award(shop, lan)
    assert refused(shop, lan, dry_run=True) == "event_already_rewarded"


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"points": 0}, "an_event_gives_points_within_bounds"),
        ({"points": 1_000_001}, "an_event_gives_points_within_bounds"),
        ({"key": "Đánh giá"}, "an_event_has_a_plain_key"),
        ({"often": "weekly"}, "an_event_comes_in_a_known_rhythm"),
        ({"often": "every", "most_a_day": 0}, "a_limit_of_an_event_lets_one_through"),
        ({"often": "daily", "most_ever": 5}, "only_what_comes_every_time_has_a_limit"),
        ({"key": "joined", "often": "every"}, "nobody_joins_twice"),
        ({"key": "birthday", "often": "once"}, "a_birthday_comes_once_a_year"),
    ],
)
def test_an_event_that_makes_no_sense_is_not_kept(shop, wrong, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        offer(shop, **wrong)


@pytest.mark.parametrize("round", range(3))
def test_two_callers_at_once_are_one_award(shop_db, round):
    shop = Shop(at=datetime(2026, 11, 20, 5, tzinfo=UTC))
    offer(shop)
    lan = shop.member()
    answers = at_once(*[lambda: award(shop, lan)] * 4)
    assert sum(isinstance(one, Awarded) for one in answers) == 1
    assert sum(isinstance(one, bonus_events.EventAlreadyRewarded) for one in answers) == 3
    assert EventAward.objects.count() == Entry.objects.count() == 1
    assert shop.balance(lan).available == 50
    assert not broken()


def test_a_limit_holds_against_callers_at_once(shop_db):
    shop = Shop(at=datetime(2026, 11, 20, 5, tzinfo=UTC))
    offer(shop, most_a_day=2)
    lan = shop.member()
    answers = at_once(*(lambda number=number: award(shop, lan, reference=str(number)) for number in range(5)))
    assert sum(isinstance(one, Awarded) for one in answers) == 2
    assert not broken()
