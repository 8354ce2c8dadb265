"""What is asked before a turn goes, each question with its reason."""

from datetime import UTC, date, datetime, timedelta

import pytest

from campaigns import codes, holding_out
from campaigns.models import (
    CampaignStep,
    CodeMessage,
    FakeMessage,
    InboxMessage,
    ListedPhone,
    SendingPolicy,
    Suppression,
    Turn,
)
from members import birthdays, changing
from members.models import Member
from rewards.models import Voucher
from tests.campaigns.conftest import sent_to, turn_of

SMS_FIRST = ["sms", "email"]


@pytest.fixture
def by_sms(shop):
    CampaignStep.objects.update(channels=SMS_FIRST)


def reason_of(member, **which) -> tuple[str, str]:
    turn = turn_of(member, **which)
    return turn.state, turn.reason


def test_advertising_goes_to_who_said_yes(shop):
    lan = shop.reachable()
    shop.winback(lan)
    assert shop.dispatch() == ["sent"]
    turn = turn_of(lan)
    assert (turn.channel, turn.language, turn.sent_at, turn.ended_at) == ("email", "vi", shop.at, shop.at)
    assert turn.provider_id.startswith("fake-")
    [message] = sent_to(lan)
    assert message.address == "lan1@example.com"
    assert InboxMessage.objects.get(turn=turn).subject == "Chị Lan ơi, lâu rồi chưa gặp"


def test_nobody_who_did_not_say_yes_gets_advertising_not_even_in_the_inbox(shop):
    lan = shop.reachable(consents=())
    shop.winback(lan)
    shop.dispatch()
    assert reason_of(lan) == ("skipped", "no_consent")
    assert turn_of(lan).closed_channels == {"email": "no_consent", "sms": "no_consent"}
    assert not InboxMessage.objects.exists()
    assert not FakeMessage.objects.exists()


def test_a_yes_on_one_channel_is_no_yes_on_another(shop):
    lan = shop.reachable(consents=("sms",))
    shop.winback(lan)
    shop.dispatch()
    turn = turn_of(lan)
    assert (turn.state, turn.channel) == ("sent", "sms")
    assert turn.closed_channels == {"email": "no_consent"}


def test_who_changed_their_mind_before_the_message_went_does_not_get_it(shop):
    lan = shop.reachable()
    shop.winback(lan)
    shop.to(12, 1)
    shop.refuse(lan)
    shop.dispatch()
    assert reason_of(lan) == ("skipped", "no_consent")


def test_a_child_gets_no_advertising(shop):
    """A child's own yes is refused at once; one given before the birthday was known is worth nothing either."""
    young = shop.reachable()
    told = birthdays.Birthday(day=1, month=5, year=2014)
    changing.change_birthday(member_id=young.pk, birthday=told, by="user:1", at=shop.at)
    shop.winback(young)
    shop.dispatch()
    assert reason_of(young) == ("skipped", "no_consent")


def test_without_an_address_there_is_no_advertising(shop):
    lan = shop.reachable(phone=None, email=None)
    shop.winback(lan)
    shop.dispatch()
    assert reason_of(lan) == ("skipped", "no_address")


def test_a_channel_without_a_provider_is_closed(shop, settings):
    settings.MESSAGE_PROVIDERS = {**settings.MESSAGE_PROVIDERS, "email": ""}
    lan = shop.reachable()
    shop.winback(lan)
    shop.dispatch()
    assert turn_of(lan).closed_channels == {"email": "no_provider"}
    assert turn_of(lan).channel == "sms"


def test_a_suppressed_address_gets_neither_advertising_nor_service(shop):
    lan = shop.reachable()
    for channel, address in (("email", "lan1@example.com"), ("sms", lan.identifiers.get(kind="phone").value)):
        Suppression.objects.create(channel=channel, address=address, since=shop.at, by="user:1")
    shop.welcome(lan)
    shop.bought(lan, days_ago=61)
    shop.night()
    shop.dispatch()
    assert reason_of(lan, campaign__key="winback") == ("skipped", "suppressed")
    welcome = turn_of(lan, campaign__key="welcome")
    assert (welcome.state, welcome.channel) == ("sent", "inbox")
    assert Voucher.objects.get(pk=welcome.voucher_id).member_id == lan.pk
    assert not FakeMessage.objects.exists()


def test_a_suppression_that_ended_suppresses_nothing(shop):
    lan = shop.reachable()
    Suppression.objects.create(
        channel="email", address="lan1@example.com", since=shop.at - timedelta(days=9), until=shop.at, by="user:1"
    )
    shop.winback(lan)
    assert shop.dispatch() == ["sent"]
    assert turn_of(lan).channel == "email"


def test_a_listed_phone_gets_no_advertising_and_still_its_own_service(shop, by_sms):
    lan = shop.reachable(email=None)
    phone = lan.identifiers.get(kind="phone").value
    ListedPhone.objects.create(phone=phone, listed_on=date(2026, 11, 1), imported_at=shop.at)
    shop.welcome(lan)
    shop.bought(lan, days_ago=61)
    shop.night()
    shop.dispatch()
    assert reason_of(lan, campaign__key="winback") == ("skipped", "listed")
    assert turn_of(lan, campaign__key="welcome").channel == "sms"


def test_who_is_held_out_gets_nothing_and_counts_as_held_out(shop):
    """Also somebody enrolled before the share was raised."""
    lan = shop.reachable()
    shop.winback(lan)
    salt = SendingPolicy.objects.get().salt
    place = holding_out.place(lan.pk, salt=salt)
    SendingPolicy.objects.update(holdout_percent=50, salt=salt)
    shop.dispatch()
    assert turn_of(lan).state == ("held_out" if place < 5000 else "sent")
    everyone = shop.campaign("winback", holdout_percent=50)
    own = holding_out.campaign_salt(salt, everyone.key)
    held = next(m for m in (shop.reachable() for _ in range(60)) if holding_out.is_held_out(m.pk, salt=own, percent=50))
    shop.campaign("winback", holdout_percent=0)
    SendingPolicy.objects.update(holdout_percent=0)
    shop.winback(held)
    shop.campaign("winback", holdout_percent=50)
    shop.dispatch()
    assert turn_of(held).state == "held_out"
    assert not sent_to(held)


# --- quiet hours -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "minute", "opens_in_days"), [(23, 30, 1), (22, 0, 1), (21, 59, 1), (6, 59, 0), (0, 5, 0)]
)
def test_an_advertising_sms_waits_for_the_morning(shop, by_sms, hour, minute, opens_in_days):
    lan = shop.reachable()
    shop.winback(lan)
    shop.to(hour, minute, days=1)
    shop.dispatch()
    turn = turn_of(lan)
    assert (turn.state, turn.due_at) == ("due", shop.moment(7, days=opens_in_days))
    assert not sent_to(lan)
    assert not InboxMessage.objects.exists()
    shop.to(7, days=opens_in_days)
    assert shop.dispatch() == ["sent"]


@pytest.mark.parametrize(("hour", "minute"), [(7, 0), (12, 0), (21, 57)])
def test_by_day_it_goes(shop, by_sms, hour, minute):
    lan = shop.reachable()
    shop.winback(lan)
    shop.to(hour, minute, days=1)
    assert shop.dispatch() == ["sent"]


def test_a_service_message_goes_at_night(shop, by_sms):
    shop.to(23, 30)
    lan = shop.reachable()
    shop.welcome(lan)
    assert shop.dispatch() == ["sent"]
    assert turn_of(lan).channel == "sms"


def test_a_code_at_half_past_eleven_goes_an_advert_does_not_and_service_reaches_who_refused_advertising(shop, by_sms):
    """The line of the issue, whole."""
    lan, hoa = shop.reachable(email=None), shop.reachable("Trần Thị Hoa", email=None)
    shop.winback(lan)
    shop.to(23, 30)
    shop.refuse(hoa)
    shop.welcome(hoa)
    code = code_for(lan, shop)
    assert codes.send(id=code, at=shop.at) == "sent"
    assert sorted(shop.dispatch()) == ["due", "sent"]
    assert turn_of(lan).state == "due"
    assert turn_of(hoa).state == "sent"
    assert {message.key for message in FakeMessage.objects.all()} == {f"code:{code}", turn_of(hoa).key}
    assert FakeMessage.objects.get(key=f"code:{code}").body == "CAPHEPHO: Ma xac thuc cua ban: 482913"


def test_no_list_and_no_suppression_stops_a_code(shop):
    lan = shop.reachable(consents=())
    phone = lan.identifiers.get(kind="phone").value
    Suppression.objects.create(channel="sms", address=phone, since=shop.at, by="user:1")
    ListedPhone.objects.create(phone=phone, listed_on=shop.today, imported_at=shop.at)
    assert codes.send(id=code_for(lan, shop), at=shop.at) == "sent"


def code_for(member: Member, shop):
    return codes.request(
        text="Mã xác thực của bạn: 482913",
        channel="sms",
        address=member.identifiers.get(kind="phone").value,
        language="vi",
        expires_at=shop.at + timedelta(minutes=5),
        at=shop.at,
    )


# --- how often -------------------------------------------------------------------------------------------------------


def had(member: Member, *, count: int, ago: timedelta, at: datetime) -> None:
    step = CampaignStep.objects.get(campaign__key="winback", position=1)
    for number in range(count):
        Turn.objects.create(
            campaign_id=step.campaign_id, step=step, position=1, member=member, trigger_key=f"{ago}{number}",
            occasion_on=at.date(), state="sent", message_class="advertising", enrolled_at=at - timedelta(days=90),
            due_at=at - ago, stale_at=at, channel="email", language="vi", sent_at=at - ago, ended_at=at - ago,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("count", "ago", "goes"),
    [
        (2, timedelta(hours=23), True),
        (3, timedelta(hours=23), False),
        (4, timedelta(days=6, hours=23), True),
        (5, timedelta(days=6, hours=23), False),
        (5, timedelta(days=7, seconds=1), True),
    ],
)
def test_nobody_gets_more_than_the_cap(shop, count, ago, goes):
    lan = shop.reachable()
    had(lan, count=count, ago=ago, at=shop.at)
    shop.bought(lan, days_ago=61)
    shop.night()
    shop.dispatch()
    turn = Turn.objects.get(member=lan, position=1, enrolled_at=shop.at)
    assert (turn.state, turn.reason) == (("sent", "") if goes else ("skipped", "frequency_cap"))


# --- the occasion ----------------------------------------------------------------------------------------------------


def test_who_bought_before_the_second_step_gets_no_second(shop):
    lan = shop.reachable()
    shop.winback(lan)
    assert shop.dispatch() == ["sent"]
    shop.to(15, days=7)
    shop.bought(lan, days_ago=0)
    shop.to(9, days=7)
    shop.dispatch()
    assert reason_of(lan, position=2) == ("skipped", "purchased")
    assert not Voucher.objects.exists()


def test_who_stays_silent_gets_the_second_step_with_its_voucher(shop):
    lan = shop.reachable()
    shop.winback(lan)
    shop.dispatch()
    assert turn_of(lan).voucher_id is None
    shop.to(9, days=14)
    assert shop.dispatch() == ["sent"]
    second = turn_of(lan, position=2)
    voucher = Voucher.objects.get(pk=second.voucher_id)
    assert (voucher.member_id, voucher.issued_for, voucher.by) == (
        lan.pk,
        f"campaign:{second.pk}",
        f"campaign:{second.campaign_id}",
    )


def test_a_returned_bill_leaves_the_silence_as_it_was(shop):
    lan = shop.reachable()
    shop.winback(lan)
    state = shop.bought(lan, days_ago=90)  # what she bought last came back
    assert state.last_on < turn_of(lan).occasion_on
    assert shop.dispatch() == ["sent"]


@pytest.mark.parametrize("status", ["closed", "erased"])
def test_who_left_meanwhile_gets_nothing(shop, status):
    lan = shop.reachable()
    shop.welcome(lan)
    Member.objects.filter(pk=lan.pk).update(status=status)
    shop.dispatch()
    assert reason_of(lan) == ("skipped", "member_gone")


def test_what_grew_stale_is_left(shop):
    lan = shop.reachable()
    shop.welcome(lan)
    shop.to(13, days=14)
    shop.dispatch()
    assert reason_of(lan) == ("skipped", "too_late")


def test_a_campaign_that_is_over_sends_nothing_more(shop):
    lan = shop.reachable()
    shop.welcome(lan)
    shop.campaign("welcome", until=shop.at)
    shop.to(13)
    shop.dispatch()
    assert reason_of(lan) == ("skipped", "campaign_over")


# --- codes -----------------------------------------------------------------------------------------------------------


def test_a_code_too_old_to_help_is_not_sent_and_forgotten(shop):
    code = codes.request(
        text="Mã: 1", channel="sms", address="+84912345678", language="vi", expires_at=shop.at, at=shop.at
    )
    assert codes.send(id=code, at=shop.at) == "failed"
    row = CodeMessage.objects.get(pk=code)
    assert (row.reason, row.text) == ("too_late", "")
    assert not FakeMessage.objects.exists()


def test_a_code_is_refused_where_nobody_could_send_it(shop, settings):
    settings.MESSAGE_PROVIDERS = {}
    with pytest.raises(codes.ChannelClosed):
        codes.request(
            text="1", channel="sms", address="+84912345678", language="vi", expires_at=datetime.now(UTC), at=shop.at
        )
