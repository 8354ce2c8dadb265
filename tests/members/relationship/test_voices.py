from datetime import timedelta

import pytest
from django.db import InternalError, transaction

from events.models import Event
from members import birthdays, consenting
from members.models import Case, CaseLine, Feedback, Member, Note, Voice
from members.relationship import cases, feedback, forgetting, notes, voices
from tests.factories.people import JOINED_AT, MemberFactory

NOON = JOINED_AT + timedelta(days=30)
DAY = timedelta(days=1)


def praise(member: Member, **told) -> Voice:
    told = {"text": "Cà phê ngon nhất phố.", "consent_text": "voice-1", "at": NOON} | told
    return voices.give(member_id=member.pk, by=f"member:{member.pk}", **told)


def approve(voice: Voice, user, **told) -> Voice:
    told = {"approve": True, "at": NOON + DAY} | told
    return voices.decide(voice_id=voice.pk, user_id=user.pk, by=f"user:{user.pk}", **told)


def shown(at=NOON + 2 * DAY) -> list[str]:
    return [voice.text for voice in voices.shown(at=at)]


def test_a_voice_is_shown_when_somebody_has_looked_at_it(lan, quân):
    voice = praise(lan)
    assert (voice.signed, voice.consent.purpose, voice.consent.text_id) == ("Bạn Lan", "voice", "voice-1")
    assert shown() == []
    approve(voice, quân)
    assert shown() == ["Cà phê ngon nhất phố."]
    approve(voice, quân, approve=False, reason="Nhắc tên người khác")
    assert shown() == []
    with pytest.raises(voices.VoiceDecided):
        approve(voice, quân)
    assert set(Event.objects.filter(type__startswith="voice.").values_list("type", flat=True)) == {
        "voice.given",
        "voice.approved",
        "voice.refused",
    }


def test_consent_to_advertising_is_not_consent_to_be_quoted(lan):
    with pytest.raises(consenting.ConsentTextUnknown):
        praise(lan, consent_text="marketing-1")
    assert not Voice.objects.exists()


def test_a_voice_disappears_the_instant_the_consent_is_withdrawn_by_any_door(lan, quân):
    approve(praise(lan), quân)
    consenting.withdraw(member_id=lan.pk, purpose="voice", how="counter", by="user:1", at=NOON + 2 * DAY)
    assert shown(at=NOON + 2 * DAY) == []


def test_who_takes_a_voice_back_may_give_another(lan, quân):
    approve(praise(lan), quân)
    with pytest.raises(voices.VoiceStands):
        praise(lan, at=NOON + DAY)
    voices.take_back(member_id=lan.pk, by=f"member:{lan.pk}", at=NOON + DAY)
    assert voices.of_member(member_id=lan.pk).state == "taken_back"
    approve(praise(lan, text="Bánh cũng ngon.", signed="Lan ở phố", at=NOON + 2 * DAY), quân, at=NOON + 3 * DAY)
    assert shown(at=NOON + 3 * DAY) == ["Bánh cũng ngon."]


def test_nobody_below_16_is_quoted(house):
    child = MemberFactory(birthday=birthdays.Birthday(day=1, month=6, year=2015))
    with pytest.raises(voices.VoiceTooYoung):
        praise(child)


def test_nobody_changes_a_members_words(lan):
    praise(lan)
    with pytest.raises(InternalError), transaction.atomic():
        Voice.objects.update(text="Tuyệt vời!")


def test_erasing_a_member_blanks_the_words_and_keeps_the_figures(lan, quân):
    cases.answer(
        case_id=cases.open(
            member_id=lan.pk, kind="wish", words="Thêm sữa hạt", via="portal", by=f"member:{lan.pk}", at=NOON
        ).pk,
        words="Chào chị Lan",
        by="user:1",
        at=NOON,
    )
    feedback.give(member_id=lan.pk, score=9, comment="Ngon", via="link", by=f"member:{lan.pk}", at=NOON)
    notes.add(member_id=lan.pk, text="Vợ anh Minh", author_id=quân.pk, by="user:1", at=NOON)
    approve(praise(lan), quân)
    forgetting.forget(member_id=lan.pk)
    case, line, note, said, voice = (
        Case.objects.get(),
        CaseLine.objects.get(),
        Note.objects.get(),
        Feedback.objects.get(),
        Voice.objects.get(),
    )
    assert [case.subject, case.words, line.text, note.text, said.comment, voice.text, voice.signed] == [""] * 7
    assert (case.kind, said.score) == ("wish", 9)
    assert shown() == []
