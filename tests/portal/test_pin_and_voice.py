"""A member's own PIN and a member's own words: given, changed, taken back, each by the member alone."""

from datetime import timedelta

import pytest

from events import clock
from loyalty.models import Tier
from members import consenting, spending_pins
from members.models import Voice
from members.relationship import feedback, voices
from tests.portal.conftest import code_for

PIN, OTHER = "483920", "719406"


def right(lan, pin: str) -> bool:
    return spending_pins.is_right(member_id=lan.pk, pin=pin)


def test_a_first_pin_needs_the_code_and_an_easy_one_does_not_use_it_up(lans, lan):
    assert "Đặt mã PIN" in lans.get("/me/safety").content.decode()
    assert lans.post("/me/safety/pin", {"new": PIN, "old": ""}).status_code == 422
    assert not spending_pins.has(member_id=lan.pk)
    lans.post("/me/safety/pin/code")
    code = code_for()
    easy = lans.post("/me/safety/pin", {"new": "123456", "code": code})
    assert easy.status_code == 422 and "dễ đoán" in easy.content.decode()
    assert lans.post("/me/safety/pin", {"new": PIN, "code": code})["Location"] == "/me/safety"
    assert right(lan, PIN)


def test_a_pin_is_changed_by_the_old_one_which_is_guessed_five_times_only(lans, lan):
    spending_pins.choose(member_id=lan.pk, pin=PIN, by="member", at=clock.now())
    for _ in range(5):
        assert "chưa đúng" in lans.post("/me/safety/pin", {"new": OTHER, "old": "000111"}).content.decode()
    locked = lans.post("/me/safety/pin", {"new": OTHER, "old": PIN})
    assert locked.status_code == 422 and "Sai nhiều lần quá" in locked.content.decode()
    spending_pins.forgive(member_id=lan.pk)
    assert lans.post("/me/safety/pin", {"new": OTHER, "old": PIN}).status_code == 302
    assert right(lan, OTHER) and not right(lan, PIN)
    assert lans.post("/me/safety/pin/drop").status_code == 302
    assert not spending_pins.has(member_id=lan.pk)


def written(lan) -> Voice | None:
    return voices.of_member(member_id=lan.pk)


def test_a_recommendation_is_kept_with_its_consent_only_and_taken_down_at_once(lans, lan):
    words = {"text": "Cà phê ngon, các bạn dễ thương", "signed": "Lan ở Q.3"}
    refused = lans.post("/me/voice", words)
    assert refused.status_code == 422 and "Cà phê ngon" in refused.content.decode()
    assert written(lan) is None
    assert lans.post("/me/voice", words | {"agree": "voice-1"}).status_code == 302
    own = written(lan)
    assert (own.state, own.signed) == (Voice.State.WAITING, "Lan ở Q.3")
    assert "Đang chờ cửa hàng đọc" in lans.get("/me/voice").content.decode()
    voices.decide(voice_id=own.pk, approve=True, user_id=None, by="user:1", at=clock.now())
    assert [one.pk for one in voices.shown(at=clock.now())] == [own.pk]
    assert "Đang được đăng" in lans.get("/me/voice").content.decode()
    lans.post("/me/voice/back")
    assert voices.shown(at=clock.now()) == []
    assert written(lan).state == Voice.State.TAKEN_BACK
    agreed = {one.purpose: one.granted for one in consenting.current(member_id=lan.pk, at=clock.now())}
    assert agreed["voice"] is False


@pytest.mark.parametrize(("score", "asked"), [(9, True), (8, False)])
def test_whoever_likes_the_shop_is_asked_for_a_word(lans, lan, score, asked):
    feedback.give(member_id=lan.pk, score=score, via="portal", by="member", at=clock.now())
    assert ("Viết vài lời giới thiệu" in lans.get("/me/").content.decode()) == asked
    lans.post("/me/voice", {"text": "Ngon", "agree": "voice-1"})
    assert "Viết vài lời giới thiệu" not in lans.get("/me/").content.decode()


def test_a_tier_that_was_bought_stays_and_the_card_says_so(lans, lan, shop):
    assert "bạn giữ hạng này" not in lans.get("/me/").content.decode(), "everybody has the first one"
    shop.sell(shop.bill(60_000_000, occurred_at=shop.at - timedelta(minutes=1)), lan)
    assert Tier.objects.count() > 1
    assert "bạn giữ hạng này, không cần chi thêm" in lans.get("/me/").content.decode()
