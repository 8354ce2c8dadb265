"""Refusing advertising by the link in a message, without signing in."""

from datetime import timedelta
from uuid import uuid4

import pytest
import requests
from django.test import Client

from campaigns import unsubscribing
from campaigns.models import FakeMessage
from events import clock
from events.models import Event
from members import consenting
from members.models import Consent, Member
from tests.campaigns.conftest import Marketing, turn_of
from tests.running import ShopDatabase, Web


@pytest.fixture
def shop(db) -> Marketing:
    return Marketing(at=clock.now())


@pytest.fixture
def lan(shop) -> Member:
    return shop.reachable()


def link(member: Member, channel: str = "email", *, at=None) -> str:
    return f"/u/{unsubscribing.token(member_id=member.pk, channel=channel, at=at or clock.now())}"


def allowed(member: Member, channel: str = "email") -> bool:
    return consenting.allows_advertising(member=member, channel=channel, at=clock.now())


def test_opening_the_link_changes_nothing(client, lan):
    before = Consent.objects.count(), Event.objects.count()
    for ask in (client.get, client.head):
        answer = ask(link(lan))
        assert answer.status_code == 200
    assert "Từ chối nhận tin quảng cáo?" in client.get(link(lan)).content.decode()
    assert (Consent.objects.count(), Event.objects.count()) == before
    assert allowed(lan)


def test_the_button_refuses_this_channel_and_no_other(client, lan):
    answer = client.post(link(lan))
    assert answer.status_code == 200
    assert "Đã từ chối nhận tin" in answer.content.decode()
    assert not allowed(lan)
    assert allowed(lan, "sms")
    said = Consent.objects.get(member=lan, granted=False)
    assert (said.channel, said.how, said.by) == ("email", "unsubscribe", f"member:{lan.pk}")
    assert Event.objects.filter(type="consent.withdrawn", member_id=lan.pk).count() == 1


def test_the_button_of_the_mail_program_does_it_in_one_click(lan):
    """RFC 8058: no cookie, no form token, no redirect."""
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(link(lan), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert not answer.cookies
    assert not allowed(lan)


def test_the_same_refusal_many_times_is_one(client, lan):
    for _ in range(3):
        assert client.post(link(lan)).status_code == 200
    assert Consent.objects.filter(member=lan, granted=False).count() == 1


def test_a_new_yes_and_a_new_refusal_are_both_heard(client, lan, shop):
    client.post(link(lan))
    yes = consenting.ConsentGiven(purpose="marketing", channel="email", text="marketing-1")
    consenting.give(member_id=lan.pk, consents=[yes], by="user:1", at=clock.now())
    assert allowed(lan)
    client.post(link(lan))
    assert not allowed(lan)
    assert Consent.objects.filter(member=lan, granted=False).count() == 2


def test_who_never_said_yes_may_still_say_no(client, shop):
    hoa = shop.reachable("Trần Thị Hoa", consents=())
    assert client.post(link(hoa)).status_code == 200
    assert Consent.objects.filter(member=hoa, granted=False, channel="email").exists()


def test_the_page_speaks_the_members_language(client, shop):
    paul = shop.reachable("Paul Smith", locale="en")
    page = client.get(link(paul))
    assert 'lang="en"' in page.content.decode()
    assert "Refuse advertising?" in page.content.decode()


def wrong_links(member: Member) -> list[str]:
    good = link(member).removeprefix("/u/")
    other = unsubscribing.token(member_id=uuid4(), channel="email", at=clock.now())
    return [
        "",
        "x",
        good[:-1],
        good + "A",
        "A" * 40,
        "=" * 40,
        good[:22] + ("A" if good[22] != "A" else "B") + good[23:],
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        other,
        "đ" * 40,
        "%00" * 40,
        "A" * 4000,
    ]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_does_nothing_and_says_so(client, lan, method):
    for wrong in wrong_links(lan):
        answer = getattr(client, method)(f"/u/{wrong}")
        assert answer.status_code == 404, wrong
        if wrong:
            assert "Liên kết không đúng" in answer.content.decode(), wrong
    assert not Consent.objects.filter(granted=False).exists()


def test_a_link_of_another_channel_cannot_be_made_from_one(lan):
    email = unsubscribing.token(member_id=lan.pk, channel="email", at=clock.now())
    assert unsubscribing.read(email, at=clock.now()).channel == "email"
    assert len(email) == 40


def test_an_old_link_has_expired(client, lan):
    old = link(lan, at=clock.now() - timedelta(days=732))
    for ask in (client.get, client.post):
        answer = ask(old)
        assert answer.status_code == 400
        assert "Liên kết đã hết hạn" in answer.content.decode()
    assert allowed(lan)
    assert client.get(link(lan, at=clock.now() - timedelta(days=729))).status_code == 200


def test_the_page_is_strict_and_keeps_its_address_to_itself(client, lan):
    answer = client.get(link(lan))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert "<script" not in answer.content.decode()


def test_other_methods_are_refused(client, lan):
    for method in ("put", "patch", "delete"):
        assert getattr(client, method)(link(lan)).status_code == 405
    assert allowed(lan)


@pytest.mark.slow
def test_over_the_wire_a_refusal_stops_the_next_message(shop_db: ShopDatabase, web: Web):
    """From the link in a message that went to the message that does not go, over real HTTP."""
    shop = Marketing(at=clock.now())
    lan = shop.reachable()
    shop.to(12, days=1)  # at noon, whatever the hour of the test: campaigns write to nobody before their hour
    shop.winback(lan)
    shop.dispatch()
    sent = FakeMessage.objects.get(key=turn_of(lan).key)
    address = sent.headers["List-Unsubscribe"].strip("<>").replace("http://localhost:8000", web.url)

    assert requests.get(address, timeout=10).status_code == 200
    assert allowed(lan)
    began = clock.now()
    answer = requests.post(address, data="List-Unsubscribe=One-Click", timeout=10, allow_redirects=False)
    assert answer.status_code == 200
    assert "set-cookie" not in {name.lower() for name in answer.headers}
    assert not allowed(lan)
    assert clock.now() - began < timedelta(minutes=1)

    shop.to(12, days=15)
    shop.dispatch()
    second = turn_of(lan, position=2)
    assert (second.state, second.closed_channels["email"]) == ("sent", "no_consent")
    assert second.channel == "sms"
