"""Sending: the row is the queue, the provider may do what it likes, and nothing goes twice."""

from datetime import timedelta

import pytest

from campaigns import codes, dispatching, inbox, steering
from campaigns.models import CampaignStep, CodeMessage, FakeMessage, InboxMessage, Turn
from rewards import queries as vouchers
from rewards.models import Voucher, VoucherDefinition
from tests.campaigns.conftest import LEASE, behave, sent_to, turn_of


def test_a_welcome_brings_voucher_inbox_and_message_in_one(shop):
    lan = shop.reachable()
    shop.welcome(lan)
    assert shop.dispatch() == ["sent"]
    turn = turn_of(lan)
    [voucher] = vouchers.of_member(member_id=lan.pk, at=shop.at)
    assert turn.voucher_id == voucher.id
    [message] = sent_to(lan)
    assert voucher.code in message.body
    [shown] = inbox.of_member(member_id=lan.pk, at=shop.at)
    assert voucher.code in shown.body
    assert shown.unread


def test_the_code_of_a_voucher_is_stored_nowhere_in_the_house(shop):
    lan = shop.reachable()
    shop.welcome(lan)
    shop.dispatch()
    [voucher] = vouchers.of_member(member_id=lan.pk, at=shop.at)
    kept = InboxMessage.objects.get(member=lan)
    assert voucher.code not in kept.body + kept.subject
    assert voucher.code.replace("-", "") not in kept.body


def test_who_has_no_open_channel_finds_a_service_message_in_the_inbox(shop):
    lan = shop.reachable(phone=None, email=None)
    shop.welcome(lan)
    assert shop.dispatch() == ["sent"]
    assert turn_of(lan).channel == "inbox"
    assert InboxMessage.objects.filter(member=lan).count() == 1
    assert not FakeMessage.objects.exists()


# --- claiming --------------------------------------------------------------------------------------------------------


def test_what_one_has_claimed_nobody_else_gets_until_the_lease_ends(shop):
    for _ in range(3):
        shop.welcome(shop.reachable())
    first = dispatching.claim(at=shop.at, limit=100, lease=LEASE)
    assert len(first) == 3
    assert dispatching.claim(at=shop.at, limit=100, lease=LEASE) == []
    assert dispatching.held(ids=first, until=shop.at + LEASE) == first
    shop.later(seconds=60)
    assert dispatching.claim(at=shop.at, limit=100, lease=LEASE) == first
    assert dispatching.held(ids=first, until=shop.at) == []


def test_what_is_given_back_is_claimed_again_at_once(shop):
    shop.welcome(shop.reachable())
    ids = dispatching.claim(at=shop.at, limit=100, lease=LEASE)
    dispatching.release(ids=ids)
    assert dispatching.claim(at=shop.at, limit=100, lease=LEASE) == ids


def test_a_claim_made_before_the_clock_was_set_back_counts_as_lapsed(shop):
    shop.welcome(shop.reachable())
    ahead = shop.at + timedelta(days=3)
    ids = dispatching.claim(at=ahead, limit=100, lease=LEASE)
    assert dispatching.claim(at=shop.at, limit=100, lease=LEASE) == ids


def test_nothing_is_claimed_before_it_is_due(shop):
    shop.to(2, 30)
    shop.born(24, 11)
    shop.night()
    assert dispatching.claim(at=shop.at, limit=100, lease=LEASE) == []
    shop.to(9)
    assert len(dispatching.claim(at=shop.at, limit=100, lease=LEASE)) == 1


def test_a_welcome_does_not_wait_behind_a_crowd_of_others(shop):
    for _ in range(20):
        shop.bought(shop.reachable(), days_ago=61)
    shop.night()
    lan = shop.reachable()
    shop.to(12, 1)
    shop.welcome(lan)
    claimed = dispatching.claim(at=shop.at, limit=6, lease=LEASE)
    assert len(claimed) <= 6
    assert turn_of(lan).pk in claimed


def test_sending_the_same_turn_twice_sends_it_once(shop):
    lan = shop.reachable()
    turn = shop.welcome(lan)
    assert dispatching.send(id=turn.pk, at=shop.at) == "sent"
    assert dispatching.send(id=turn.pk, at=shop.at) == ""
    [message] = sent_to(lan)
    assert message.asked == 1


# --- pausing ---------------------------------------------------------------------------------------------------------


def test_a_pause_neither_loses_nor_repeats(shop):
    members = [shop.reachable() for _ in range(4)]
    welcome = shop.campaign("welcome")
    shop.welcome(members[0])
    assert shop.dispatch() == ["sent"]
    shop.welcome(members[1])
    assert steering.pause(campaign_id=welcome.pk)
    assert shop.dispatch() == []
    shop.welcome(members[2])
    shop.later(hours=5)
    assert shop.dispatch() == []
    assert steering.start(campaign_id=welcome.pk, at=shop.at)
    assert not steering.start(campaign_id=welcome.pk, at=shop.at)
    shop.welcome(members[3])
    assert shop.dispatch() == ["sent"] * 3
    assert [len(sent_to(member)) for member in members] == [1, 1, 1, 1]
    assert shop.campaign("welcome").since == welcome.since


def test_a_turn_claimed_before_the_pause_waits_too(shop):
    turn = shop.welcome(shop.reachable())
    [id] = dispatching.claim(at=shop.at, limit=10, lease=LEASE)
    steering.pause(campaign_id=turn.campaign_id)
    assert dispatching.send(id=id, at=shop.at) == "due"
    turn.refresh_from_db()
    assert (turn.state, turn.claimed_until) == ("due", None)


def test_a_campaign_without_steps_is_not_started(shop):
    empty = type(shop.campaign("welcome")).objects.create(
        key="empty", name_vi="Trống", name_en="Empty", trigger="joined"
    )
    with pytest.raises(steering.CampaignEmpty):
        steering.start(campaign_id=empty.pk, at=shop.at)


# --- the provider ----------------------------------------------------------------------------------------------------


def test_a_clear_no_fails_and_the_voucher_stays_in_the_inbox(shop):
    behave("email", "refuse")
    lan = shop.reachable()
    shop.welcome(lan)
    assert shop.dispatch() == ["failed"]
    turn = turn_of(lan)
    assert (turn.reason, turn.ended_at) == ("provider_refused", shop.at)
    assert inbox.of_member(member_id=lan.pk, at=shop.at)


def test_a_lost_answer_is_unknown_and_never_sent_again(shop):
    behave("email", "lost")
    lan = shop.reachable()
    shop.welcome(lan)
    assert shop.dispatch() == ["unknown"]
    behave("email", "well")
    shop.later(days=1)
    assert shop.dispatch() == []
    [message] = sent_to(lan)
    assert message.asked == 1
    assert turn_of(lan).reason == "no_answer"


def test_a_provider_that_is_down_is_asked_again_later_and_takes_it_once(shop):
    behave("email", "down")
    lan = shop.reachable()
    shop.welcome(lan)
    assert shop.dispatch() == ["due"]
    assert shop.dispatch() == []
    turn = turn_of(lan)
    assert (turn.attempts, turn.reason, turn.due_at) == (1, "provider_down", shop.at + timedelta(minutes=1))
    behave("email", "well")
    shop.later(minutes=2)
    assert shop.dispatch() == ["sent"]
    turn.refresh_from_db()
    assert (turn.attempts, turn.reason) == (2, "")
    assert Voucher.objects.count() == InboxMessage.objects.count() == FakeMessage.objects.count() == 1


def test_a_provider_that_stays_down_fails_in_the_end(shop):
    behave("email", "down")
    lan = shop.reachable()
    shop.welcome(lan)
    for _ in range(dispatching.MOST_ATTEMPTS):
        shop.dispatch()
        shop.later(hours=3)
    turn = turn_of(lan)
    assert (turn.state, turn.reason, turn.attempts) == ("failed", "provider_down", dispatching.MOST_ATTEMPTS)


def test_a_voucher_that_is_no_longer_given_holds_nobody_else_up(shop):
    VoucherDefinition.objects.create(
        key="welcome", version=2, active=False, amount=1, valid_from=shop.at, name_vi="x", name_en="x",
        published_at=shop.at, published_by="user:1",
    )  # fmt: skip
    lan, hoa = shop.reachable(), shop.born(24, 11)
    shop.welcome(lan)
    shop.night()
    shop.dispatch()
    assert turn_of(hoa).state == "sent"
    turn = turn_of(lan)
    assert (turn.state, turn.attempts) == ("due", 1)
    assert "DefinitionEnded" in turn.reason
    assert not sent_to(lan)
    assert not InboxMessage.objects.filter(member=lan).exists()


def test_a_turn_whose_worker_died_is_unknown_and_never_sent_again(shop):
    turn = shop.welcome(shop.reachable())
    Turn.objects.filter(pk=turn.pk).update(
        state="sending", channel="email", language="vi", sent_at=shop.at, claimed_until=shop.at + timedelta(minutes=3)
    )
    shop.later(minutes=2)
    assert shop.dispatch() == []
    shop.later(minutes=1)
    assert shop.dispatch() == []
    turn.refresh_from_db()
    assert (turn.state, turn.reason) == ("unknown", "worker_died")


def test_an_answer_that_comes_after_all_is_believed(shop):
    turn = shop.welcome(shop.reachable())
    Turn.objects.filter(pk=turn.pk).update(
        state="unknown", reason="worker_died", channel="email", language="vi", sent_at=shop.at, ended_at=shop.at
    )
    dispatching._note(turn.pk, Turn.State.SENT, reason="", at=shop.at, provider_id="fake-1")
    turn.refresh_from_db()
    assert (turn.state, turn.reason) == ("sent", "")


# --- codes -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def code(shop):
    return codes.request(
        text="Mã xác thực của bạn: 482913", channel="sms", address="+84912345678", language="vi",
        expires_at=shop.at + timedelta(minutes=5), at=shop.at,
    )  # fmt: skip


def test_a_code_whose_answer_was_lost_is_sent_again_under_the_same_key(shop, code):
    behave("sms", "lost")
    assert codes.claim(at=shop.at, limit=10, lease=LEASE) == [str(code)]
    assert codes.send(id=code, at=shop.at) == "due"
    assert codes.claim(at=shop.at, limit=10, lease=LEASE) == []
    behave("sms", "well")
    shop.later(seconds=6)
    assert codes.claim(at=shop.at, limit=10, lease=LEASE) == [str(code)]
    assert codes.held(ids=[code], until=shop.at + LEASE) == [code]
    assert codes.send(id=code, at=shop.at) == "sent"
    message = FakeMessage.objects.get()
    assert message.asked == 2  # the provider knew it again and took it once


def test_a_code_that_went_is_forgotten(shop, code):
    codes.send(id=code, at=shop.at)
    row = CodeMessage.objects.get()
    assert (row.state, row.text, row.sent_at) == ("sent", "", shop.at)
    assert codes.send(id=code, at=shop.at) == ""


def test_a_code_that_the_provider_refuses_has_failed(shop, code):
    behave("sms", "refuse")
    assert codes.send(id=code, at=shop.at) == "failed"


def test_steps_go_to_the_channels_in_their_order(shop):
    CampaignStep.objects.update(channels=["zalo", "sms", "email"])
    lan = shop.reachable()
    shop.welcome(lan)
    shop.dispatch()
    assert turn_of(lan).channel == "zalo"
