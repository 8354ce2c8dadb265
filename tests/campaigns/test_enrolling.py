"""Who has a turn when they join or fall silent, and that nobody has it twice."""

from datetime import timedelta

import pytest
from django.db import connection

from campaigns import holding_out, nightly, reacting
from campaigns.models import CampaignStep, SendingPolicy, Turn
from events import outbox
from events.models import Event
from members.models import Member
from tests.campaigns.conftest import turn_of


def test_who_joins_has_a_welcome_at_once_and_once(shop):
    lan = shop.member()
    shop.hear(lan)
    shop.hear(lan)
    turn = turn_of(lan)
    assert (turn.trigger_key, turn.state, turn.due_at) == ("once", "due", shop.at)


def test_joining_is_heard_through_the_settings(shop, settings):
    assert ("campaigns.reacting.react", ("member.joined",)) in settings.EVENT_READERS


def test_who_joined_before_the_campaign_began_is_not_welcomed(shop):
    shop.campaign("welcome", since=shop.at + timedelta(seconds=1))
    lan = shop.member()
    shop.hear(lan)
    assert not Turn.objects.exists()


def test_a_campaign_that_never_began_or_has_ended_takes_up_nobody(shop):
    lan = shop.member()
    shop.campaign("welcome", since=None, running=False)
    shop.hear(lan)
    shop.campaign("welcome", since=shop.at, until=shop.at - timedelta(hours=1))
    shop.hear(lan)
    assert not Turn.objects.exists()


def test_imported_and_practice_members_are_not_welcomed(shop):
    lan = shop.member()
    number = outbox.record(type="member.joined", member_id=lan.pk, data={}, at=shop.at, by="import:0190")
    reacting.react(event=Event.objects.get(pk=number))
    shop.hear(shop.member("Khách Thử", practice=True))
    assert not Turn.objects.exists()


def test_silence_begins_with_the_days_of_the_setting(shop):
    lan = shop.member()
    shop.bought(lan, days_ago=60)  # yesterday the 59th day ended
    assert shop.night() == 0
    shop.to(2, 30, days=1)
    assert shop.night() == 2
    first, second = turn_of(lan), turn_of(lan, position=2)
    assert first.trigger_key == second.trigger_key
    assert first.due_at == shop.moment(9)
    assert second.due_at == shop.moment(9, days=14)
    assert shop.night() == 0


def test_a_new_purchase_and_a_new_silence_are_another_occasion(shop):
    lan = shop.member()
    shop.bought(lan, days_ago=61)
    assert shop.night() == 2
    shop.to(12, days=5)
    shop.bought(lan, days_ago=0)
    shop.to(2, 30, days=61)
    assert shop.night() == 2
    assert Turn.objects.filter(member=lan).values("trigger_key").distinct().count() == 2


def test_a_returned_bill_does_not_begin_the_same_silence_again(shop):
    """The last purchase moves back to an older one: that silence was answered a while ago already."""
    lan = shop.member()
    older = shop.bought(lan, days_ago=90).last_purchase_id
    shop.bought(lan, days_ago=61)
    shop.night()
    state = shop.bought(lan, days_ago=90)
    state.last_purchase_id = older
    state.save()
    shop.to(2, 30, days=1)
    assert shop.night() == 0


def test_switching_on_does_not_write_to_those_silent_for_long(shop):
    for days in (62, 90, 400, 1500):
        shop.bought(shop.member(), days_ago=days)
    lately = shop.member("Lê Thị Mai")
    shop.bought(lately, days_ago=60)
    shop.to(2, 30, days=1)
    assert shop.night() == 2
    assert turn_of(lately)


def test_a_silence_that_nobody_looked_at_for_long_is_left(shop):
    lan = shop.member()
    shop.bought(lan, days_ago=60)
    shop.to(2, 30, days=62)  # 122 days: beyond silence_at_most_days
    assert shop.night() == 0


def test_practice_closed_and_erased_members_are_left_in_peace(shop):
    shop.bought(shop.member("Khách Thử", practice=True), days_ago=61)
    for status in ("closed", "erased"):
        gone = shop.member()
        shop.bought(gone, days_ago=61)
        Member.objects.filter(pk=gone.pk).update(status=status)
    assert shop.night() == 0


def test_more_silent_members_than_a_chunk_are_all_found(shop, monkeypatch):
    monkeypatch.setattr("campaigns.enrolling.CHUNK", 3)
    for _ in range(8):
        shop.bought(shop.member(), days_ago=61)
    assert nightly.silences(date=shop.today - timedelta(days=1), at=shop.at) == 16


# --- the holdout -----------------------------------------------------------------------------------------------------


def test_python_and_the_database_hold_out_the_same_people(shop):
    members = [shop.member() for _ in range(40)]
    salt = SendingPolicy.objects.get().salt
    with connection.cursor() as cursor:
        sql = holding_out.PLACE_SQL.format(salt="%s", member="id")
        cursor.execute(f"SELECT id, {sql} FROM members_member", [salt])
        places = dict(cursor.fetchall())
    assert places == {member.pk: holding_out.place(member.pk, salt=salt) for member in members}


def test_the_share_held_out_is_the_share_asked_for():
    from uuid import uuid4

    held = sum(holding_out.is_held_out(uuid4(), salt="muối", percent=5) for _ in range(20_000))
    assert 860 < held < 1140  # five standard deviations around 1,000


def test_a_larger_share_keeps_those_who_were_held_out():
    from uuid import uuid4

    for member_id in (uuid4() for _ in range(2_000)):
        if holding_out.is_held_out(member_id, salt="muối", percent=5):
            assert holding_out.is_held_out(member_id, salt="muối", percent=6)


def test_advertising_holds_people_out_and_gifts_of_the_programme_do_not(shop):
    shop.limits(holdout_percent=50)
    members = [shop.born(22, 11) for _ in range(30)]
    for member in members:
        shop.bought(member, days_ago=61)
    shop.night()
    salt = SendingPolicy.objects.get().salt
    for member in members:
        held = holding_out.is_held_out(member.pk, salt=salt, percent=50)
        assert turn_of(member, campaign__key="winback").state == ("held_out" if held else "due")
        assert turn_of(member, campaign__key="winback", position=2).state == ("held_out" if held else "due")
        assert turn_of(member, campaign__key="birthday").state == "due"
    assert 0 < Turn.objects.filter(state="held_out", position=1).count() < 30


def test_a_campaign_can_hold_out_a_share_of_its_own(shop):
    shop.campaign("birthday", holdout_percent=50)
    for _ in range(30):
        shop.born(22, 11)
    shop.night()
    assert 0 < Turn.objects.filter(state="held_out").count() < 30


# --- what the database refuses ---------------------------------------------------------------------------------------


def test_an_offer_cannot_be_called_service(shop):
    from django.db import IntegrityError, transaction

    step = CampaignStep.objects.get(campaign__key="winback", position=2)
    step.message_class = "service"
    with pytest.raises(IntegrityError, match="advertising"), transaction.atomic():
        step.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignStep.objects.filter(campaign__key="welcome").update(message_class="code")


def test_a_campaign_keeps_its_trigger(shop):
    from django.db import InternalError, transaction

    with pytest.raises(InternalError), transaction.atomic():
        shop.campaign("welcome", trigger="silence")
