"""The audit is silent about a shop that did right, and speaks when somebody writes past the rules."""

from datetime import timedelta

import pytest
from django.db import connection

from campaigns import invariants
from campaigns.models import FakeMessage, InboxMessage, Turn
from rewards.models import Voucher
from tests.campaigns.conftest import turn_of


def broken() -> set[str]:
    found = set()
    with connection.cursor() as cursor:
        for invariant in invariants.queries():
            cursor.execute(invariant.sql)
            if cursor.fetchall():
                found.add(invariant.code)
    return found


@pytest.fixture
def lived(shop):
    """A shop in which everything happened once, rightly."""
    lan = shop.reachable()
    shop.welcome(lan)
    shop.bought(lan, days_ago=61)
    shop.bought(shop.reachable(consents=()), days_ago=61)
    shop.night()
    shop.dispatch()
    shop.to(9, days=14)
    shop.dispatch()
    return lan


def test_the_audit_knows_the_invariants_of_campaigns(settings):
    assert "campaigns.invariants.queries" in settings.AUDIT_QUERIES


def test_a_shop_that_did_right_is_clean(lived):
    assert Turn.objects.filter(state="sent").count() == 3
    assert broken() == set()


WRONGS = {
    "C1a": "DELETE FROM campaigns_inboxmessage USING campaigns_turn AS t WHERE t.id = turn_id AND t.id = {first};"
    "DELETE FROM campaigns_turn WHERE id = {first}",
    "C1b": "UPDATE campaigns_turn SET step_id = (SELECT step_id FROM campaigns_turn WHERE id = {welcome})"
    " WHERE id = {first}",
    "C1c": "UPDATE campaigns_turn SET voucher_id = uuidv7() WHERE id = {second}",
    "C1d": "DELETE FROM campaigns_inboxmessage WHERE turn_id = {first}",
    "C2b": "UPDATE campaigns_turn SET channel = 'sms', sent_at = '2026-12-04 23:10+07' WHERE id = {second}",
    "C2d": "UPDATE campaigns_turn SET state = 'held_out', ended_at = sent_at WHERE id = {first}",
    "C2e": "UPDATE members_member SET practice = true WHERE id = '{lan}'",
    "C3": "UPDATE campaigns_fakemessage SET asked = 2",
}


@pytest.mark.parametrize("code", WRONGS)
def test_the_audit_finds(lived, code):
    first, second = turn_of(lived, campaign__key="winback"), turn_of(lived, position=2)
    welcome = turn_of(lived, campaign__key="welcome")
    with connection.cursor() as cursor:
        wrong = WRONGS[code].format(first=first.pk, second=second.pk, welcome=welcome.pk, lan=lived.pk)
        cursor.execute(wrong)
    assert code in broken()


def test_the_audit_finds_advertising_after_a_no(lived, shop):
    shop.at = turn_of(lived, position=2).sent_at - timedelta(minutes=1)
    shop.refuse(lived, "email")
    assert broken() == {"C2a"}


def test_the_audit_finds_a_fourth_message_in_a_day(lived):
    first = turn_of(lived, campaign__key="winback")
    for number in range(3):
        Turn.objects.create(
            campaign_id=first.campaign_id, step_id=first.step_id, position=1, member=lived, trigger_key=str(number),
            occasion_on=first.occasion_on, state="sent", message_class="advertising", enrolled_at=first.enrolled_at,
            due_at=first.due_at, stale_at=first.stale_at, channel="email", language="vi",
            sent_at=first.sent_at + timedelta(hours=number), ended_at=first.ended_at,
        )  # fmt: skip
    assert "C2c" in broken()


def test_the_audit_finds_what_the_provider_took_of_a_turn_that_was_skipped(lived, shop):
    skipped = Turn.objects.filter(state="skipped").first()
    FakeMessage.objects.create(key=skipped.key, channel="email", address="x", body="x", at=shop.at)
    assert broken() == {"C3"}


def test_every_voucher_of_a_campaign_has_its_turn(lived):
    assert Voucher.objects.count() == Turn.objects.filter(voucher_id__isnull=False).count() == 2
    assert InboxMessage.objects.count() == 3
