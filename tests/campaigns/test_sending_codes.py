from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import codes, sending_codes
from campaigns.channels import letters
from campaigns.models import CodeMessage, FakeMessage, MessageClass
from members import changing, guessing, one_time_codes
from members.models import Identifier, OneTimeCode

pytestmark = pytest.mark.django_db
LEASE = timedelta(seconds=60)


@pytest.fixture
def lan(shop):
    return shop.member("Nguyễn Thị Lan", phone="0912345678")


def deliver(*, at):
    for id in codes.claim(at=at, limit=10, lease=LEASE):
        codes.send(id=id, at=at)


def test_a_code_goes_out_and_what_arrives_signs_her_in(shop, lan):
    sent = sending_codes.send(purpose="sign_in", phone="0912345678", asker="203.0.113.7", language="vi", at=shop.at)
    assert (sent.channel, sent.masked) == ("sms", "091•••5678")
    deliver(at=shop.at)
    message = FakeMessage.objects.get()
    assert message.address == "+84912345678"
    code = message.body.split(" ")[1]
    proved = one_time_codes.prove(purpose="sign_in", phone="0912345678", code=code, asker="203.0.113.7", at=shop.at)
    assert proved.member_id == lan.pk
    assert CodeMessage.objects.get().text == ""


def test_known_and_unknown_phones_cost_the_same_statements(shop, lan):
    seen = []
    for phone in ("0912345678", "0977777777"):
        with CaptureQueriesContext(connection) as queries:
            sending_codes.send(purpose="sign_in", phone=phone, asker="203.0.113.7", language="vi", at=shop.at)
        seen.append([query["sql"].split("_x")[0][:40] for query in queries])
    assert seen[0] == seen[1]
    assert CodeMessage.objects.count() == 2


# what a screen shows is never sent
@pytest.mark.parametrize("purpose", [one for one in OneTimeCode.Purpose.values if one != OneTimeCode.Purpose.SCREEN])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_purpose_has_its_words_and_fits_one_message(purpose, language):
    said = sending_codes.text(purpose, code="012345", language=language)
    assert said.startswith("012345 ")
    assert letters.segments(letters.sms(said, message_class=MessageClass.CODE, brand="CAPHEPHO")) == 1


def test_without_a_provider_for_phones_a_member_is_written_to(shop, lan, settings):
    settings.MESSAGE_PROVIDERS = {**settings.MESSAGE_PROVIDERS, "sms": "", "zalo": ""}
    told = {"purpose": "confirm", "asker": "203.0.113.7", "language": "en", "at": shop.at}
    with pytest.raises(one_time_codes.NowhereToSend):
        sending_codes.send(member_id=lan.pk, **told)
    changing.move_email(member_id=lan.pk, email="lan@example.vn", verified=True, by="user:1", at=shop.at)
    assert sending_codes.send(member_id=lan.pk, **told).channel == "email"
    with pytest.raises(codes.ChannelClosed):
        sending_codes.send(phone="0912345678", **told)
    assert CodeMessage.objects.get().address == "lan@example.vn"


def test_practice_people_are_sent_nothing(shop):
    sent = sending_codes.send(
        purpose="spend", phone="0912345678", asker="device:1", language="vi", practice=True, at=shop.at
    )
    assert len(sent.code) == 6
    assert not CodeMessage.objects.exists()


def test_a_code_that_may_not_be_asked_for_is_not_sent(shop, lan):
    told = {"purpose": "sign_in", "phone": "0912345678", "asker": "a", "language": "vi", "at": shop.at}
    for _ in range(3):
        sending_codes.send(**told)
    with pytest.raises(guessing.TooManyGuesses):
        sending_codes.send(**told)
    assert CodeMessage.objects.count() == 3
    assert Identifier.objects.filter(value="+84912345678").count() == 1
