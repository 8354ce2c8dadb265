"""What must never happen, made to happen by hand in the database: `audit_ledger` names each of it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from loyalty import adjusting, auditing, bonus_events, holding, moving, returning
from loyalty.bill import BillLine
from loyalty.models import BonusEvent
from loyalty.records import ReturnedLine
from loyalty.sales import Who
from tests.factories.rules import in_force
from tests.factories.shop import Shop


@pytest.fixture
def lived(shop: Shop) -> Shop:
    """Lan and Mai buy, spend, bring back, pass a bill on, put points aside, are given some; a rule gives."""
    lan, mai = shop.member("Nguyễn Thị Lan"), shop.member("Trần Thị Mai")
    in_force(shop, "double", per_member=40, budget=500)
    shop.later(minutes=1)
    first = shop.sell(shop.bill(300_000, 200_000), lan).purchase
    shop.sell(shop.bill(5_000_000), lan)
    shop.later(days=1)
    shop.sell(shop.bill(200_000, points_to_spend=20), lan)
    half = [ReturnedLine(line=1, quantity=Decimal("0.5"), amount=150_000)]
    returning.return_lines(
        purchase_id=first.id, receipt="B1", lines=half, till=shop.till, fingerprint=b"b1", at=shop.at
    )
    moved = shop.sell(shop.bill(lines=(BillLine(sku="A", quantity=Decimal(1), amount=90_000),)), lan).purchase
    moving.move(purchase_id=moved.id, member_id=mai.pk, reason="nhầm số", key="m1", till=shop.till, at=shop.at)
    holding.hold(
        who=Who("id", str(lan.pk)),
        points=5,
        lasts=timedelta(hours=1),
        key="h1",
        till=shop.till,
        fingerprint=b"h",
        at=shop.at,
        proven=lambda member_id: True,
    )
    adjusting.adjust(member_id=mai.pk, points=30, reason="quà", by="user:1", at=shop.at)
    review = BonusEvent(key="review", name_vi="Đánh giá", name_en="Review", points=8, often="once", valid_from=shop.at)
    bonus_events.publish(review, by="user:1", at=shop.at)
    bonus_events.award(member_id=mai.pk, event="review", occurred_at=shop.at, by="user:1", at=shop.at)
    shop.at += timedelta(days=400)
    shop.sell(shop.bill(40_000), mai)
    return shop


def broken() -> set[str]:
    return {found.invariant.sentence for found in auditing.run() if not found.ok}


CORRUPTIONS = {
    "a balance is raised": (
        "UPDATE loyalty_account SET available = available + 1 WHERE available > 0",
        "buckets of an account are the sums of its entries; positions have no gap",
    ),
    "an entry is deleted": (
        "DELETE FROM loyalty_entry WHERE kind = 'adjust'",
        "buckets of an account are the sums of its entries; positions have no gap",
    ),
    "an entry's balance after is wrong": (
        "UPDATE loyalty_entry SET available_after = available_after + 7 WHERE kind = 'spend'",
        "balance after = balance before + change",
    ),
    "an account is deleted": ("DELETE FROM loyalty_account WHERE available > 0", "every entry belongs to an account"),
    "a lot has less left than nobody used": (
        "UPDATE loyalty_lot SET remaining = remaining - 3 WHERE remaining > 3",
        "available and pending = what remains of the lots; held = the open holds",
    ),
    "a use of a lot is lost": (
        "DELETE FROM loyalty_lotuse WHERE points > 0",
        "remaining = points - uses + given back, between 0 and points",
    ),
    "an account forgets when something is due": (
        "UPDATE loyalty_account SET next_due_at = NULL WHERE available > 0",
        "nothing is due before its account is",
    ),
    "a hold is closed without its points": (
        "UPDATE loyalty_hold SET ended_at = expires_at",
        "a hold ends whole, captured or let go",
    ),
    "points and debt at once": (
        "ALTER TABLE loyalty_account DROP CONSTRAINT available_and_debt_are_not_both_above_zero;"
        "UPDATE loyalty_account SET debt = 4 WHERE available > 0",
        "no bucket below zero; available and debt are not both above zero",
    ),
    "an expired lot was spent": (
        "UPDATE loyalty_lot SET expires_at = opened_at + interval '1 hour'"
        " WHERE (member_id, seq) IN (SELECT u.member_id, u.lot_seq FROM loyalty_lotuse u"
        "  JOIN loyalty_entry e ON e.member_id = u.member_id AND e.seq = u.entry_seq WHERE e.kind = 'spend')",
        "nothing expired was used, nothing alive expired",
    ),
    "a newer lot was spent before an older one": (
        "UPDATE loyalty_lotuse u SET lot_seq = (SELECT max(l.seq) FROM loyalty_lot l WHERE l.member_id = u.member_id)"
        " FROM loyalty_entry e WHERE e.member_id = u.member_id AND e.seq = u.entry_seq AND e.kind = 'spend'",
        "lots were spent by expiry, age, number",
    ),
    "more came back than was sold": (
        "UPDATE loyalty_returnline SET amount = amount * 9",
        "no more of a line came back than was sold, and a whole return left nothing",
    ),
    "a claw-back is not what its return says": (
        "UPDATE loyalty_return SET clawed_back = clawed_back + 1",
        "a return's entries are what it says",
    ),
    "an earn has the sign of a spend": (
        "UPDATE loyalty_entry SET kind = 'spend' WHERE kind = 'earn' AND seq = 1",
        "each kind of entry has its sign",
    ),
    "a bill earned something else than it says": (
        "UPDATE loyalty_purchase SET earned = earned + 5 WHERE earned > 0",
        "a bill's points are its entries'",
    ),
    "a moved bill goes back by itself": (
        "UPDATE loyalty_billmove SET from_member_id = uuidv7()",
        "a bill moves on from its owner, with what is kept",
    ),
    "a line of a bill is lost": ("DELETE FROM loyalty_purchaseline WHERE line = 2", "lines add up to their bill"),
    "a bill of nobody": (
        "DELETE FROM members_identifier; DELETE FROM members_nametoken; DELETE FROM members_member",
        "no bill or account of an unknown member or store",
    ),
    "a tier nobody entered": (
        "UPDATE loyalty_account SET tier_id = (SELECT max(id) FROM loyalty_tier)",
        "an account's tier is the last that began",
    ),
    "a tier was entered without the spend": (
        "INSERT INTO loyalty_tierbeginning (member_id, since, tier_id, cause, recorded_at, by)"
        " SELECT member_id, max(since) + interval '1 hour', (SELECT max(id) FROM loyalty_tier), 'purchase',"
        "        max(since), '' FROM loyalty_tierbeginning GROUP BY member_id;"
        "UPDATE loyalty_account a SET tier_id = (SELECT max(id) FROM loyalty_tier)"
        " WHERE member_id IN (SELECT member_id FROM loyalty_tierbeginning)",
        "tiers follow from bills, returns, moves, tables and overrides",
    ),
    "an award is not what its entry gave": (
        "UPDATE loyalty_eventaward SET points = points + 1",
        "each award for an event names its entry, with the same points",
    ),
    "points for an event that nobody remembers": (
        "DELETE FROM loyalty_eventaward",
        "each award for an event names its entry, with the same points",
    ),
    "a rule counted more than a day allows": (
        "UPDATE loyalty_ruleaward SET points = points + 100 WHERE points > 0",
        "no member gets more of a rule in a day than it allows",
    ),
    "a budget forgot what was spent": (
        "UPDATE loyalty_rulebudget SET spent = 0",
        "a rule's budget is spent as its bills say, and never beyond",
    ),
    "a rule is given back twice": (
        "INSERT INTO loyalty_ruleaward (purchase_id, rule_id, version_id, member_id, day, points, times, at)"
        " SELECT purchase_id, rule_id, version_id, member_id, day, -points, -1, at FROM loyalty_ruleaward",
        "what a rule gave for a bill is given back once",
    ),
    "the reasons do not add up": (
        "UPDATE loyalty_purchase SET reasons = jsonb_set(reasons, '{matched,0,points}', '999')"
        " WHERE reasons ? 'seen' AND earned > 0",
        "the reasons of a bill add up to what it earned",
    ),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_what_is_broken_by_hand_is_named(lived: Shop, name: str) -> None:
    statements, sentence = CORRUPTIONS[name]
    assert broken() == set(), "sound before"

    with transaction.atomic(), connection.cursor() as cursor:
        # as somebody with the password could: past every trigger and key
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statements)
        assert cursor.rowcount, "nothing was broken"
        found = broken()
        transaction.set_rollback(True)

    assert sentence in found, found
    assert broken() == set(), "sound again"
