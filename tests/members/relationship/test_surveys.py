from datetime import timedelta

import pytest
from django.db import InternalError, transaction

from events.models import Event
from members import founding, tagging
from members.models import Survey, SurveyReply, SurveyVersion
from members.relationship import questions, surveys
from members.relationship.questions import Option, Question
from tests.factories.people import JOINED_AT, MemberFactory
from tests.members.test_racing import at_once

NOON = JOINED_AT + timedelta(days=30)
DAY = timedelta(days=1)

DRINK = Question(
    key="drink",
    kind="choice",
    text_vi="Bạn hay uống gì?",
    text_en="What do you drink?",
    options=(
        Option(key="coffee", text_vi="Cà phê", text_en="Coffee", tag="likes:coffee"),
        Option(key="tea", text_vi="Trà", text_en="Tea"),
    ),
)
WHEN = Question(
    key="when",
    kind="choices",
    text_vi="Khi nào?",
    text_en="When?",
    required=False,
    options=tuple(Option(key=k, text_vi=k, text_en=k, tag=f"comes:{k}") for k in ("morning", "noon", "evening")),
)
HAPPY = Question(key="happy", kind="scale", text_vi="Hài lòng?", text_en="Happy?")
MORE = Question(key="more", kind="text", text_vi="Thêm gì?", text_en="What else?", required=False)
ALL = (DRINK, WHEN, HAPPY, MORE)
SAID = {"drink": "coffee", "when": ["evening", "morning"], "happy": "9", "more": "Thêm chỗ ngồi."}


def draft(asked=ALL, **told) -> Survey:
    return Survey.objects.create(
        title_vi="Gu của bạn",
        title_en="Your taste",
        questions=questions.written(asked),
        created_at=NOON,
        created_by="user:1",
        **told,
    )


@pytest.fixture
def survey(house) -> Survey:
    made = draft()
    surveys.publish(survey_id=made.pk, by="user:1", at=NOON)
    return made


def reply(survey, member, said=SAID, **told):
    told = {"via": "portal", "by": f"member:{member.pk}", "at": NOON + DAY} | told
    return surveys.answer(survey_id=survey.pk, member_id=member.pk, answers=said, **told)


def test_an_answer_is_kept_becomes_tags_and_is_told(survey, lan):
    given = reply(survey, lan)
    assert given.answers == {"drink": "coffee", "when": ["morning", "evening"], "happy": 9}
    assert given.words == {"more": "Thêm chỗ ngồi."}
    assert tagging.keys_of(member_id=lan.pk, at=NOON + DAY) == {"likes:coffee", "comes:morning", "comes:evening"}
    event = Event.objects.get(type="survey.answered")
    assert event.data == {
        "survey": survey.pk,
        "version": 1,
        "tags": ["likes:coffee", "comes:morning", "comes:evening"],
    }


def test_a_member_answers_a_survey_once_in_whatever_version(survey, lan):
    reply(survey, lan)
    surveys.publish(survey_id=survey.pk, by="user:1", at=NOON + DAY)
    with pytest.raises(surveys.AlreadyAnswered):
        reply(survey, lan, at=NOON + 2 * DAY)
    assert surveys.open_for(member_id=lan.pk, at=NOON + 2 * DAY) == []
    assert SurveyReply.objects.count() == Event.objects.filter(type="survey.answered").count() == 1


def test_a_survey_answered_from_two_phones_at_once_is_answered_once(shop_db):
    founding.found(at=JOINED_AT)
    lan, made = MemberFactory(), draft()
    surveys.publish(survey_id=made.pk, by="user:1", at=NOON)
    answers = at_once(*[lambda: reply(made, lan)] * 4)
    assert sum(isinstance(answer, SurveyReply) for answer in answers) == 1
    assert sum(isinstance(answer, surveys.AlreadyAnswered) for answer in answers) == 3


def test_members_see_the_published_version_and_never_the_draft(survey, lan):
    survey.title_vi, survey.questions = "Khác", questions.written([HAPPY])
    survey.save(update_fields=["title_vi", "questions"])
    [asked] = surveys.open_for(member_id=lan.pk, at=NOON)
    assert (asked.version.title_vi, asked.questions) == ("Gu của bạn", ALL)
    surveys.publish(survey_id=survey.pk, by="user:1", at=NOON + DAY)
    [asked] = surveys.open_for(member_id=lan.pk, at=NOON + DAY)
    assert (asked.version.version, asked.questions) == (2, (HAPPY,))
    with pytest.raises(InternalError), transaction.atomic():
        SurveyVersion.objects.update(title_vi="Khác nữa")


def test_a_survey_is_open_while_it_runs_to_those_it_is_for(lan, house):
    made = draft(for_tag="vip", ends_at=NOON + DAY)
    assert surveys.open_for(member_id=lan.pk, at=NOON) == [], "a draft asks nobody"
    surveys.publish(survey_id=made.pk, by="user:1", at=NOON)
    with pytest.raises(surveys.SurveyUnknown):
        reply(made, lan, at=NOON)
    tagging.bear(member_ids=[lan.pk], key="vip", by="user:1", at=NOON)
    assert len(surveys.open_for(member_id=lan.pk, at=NOON)) == 1
    assert surveys.open_for(member_id=lan.pk, at=NOON + DAY) == []
    surveys.stop(survey_id=made.pk, at=NOON)
    with pytest.raises(surveys.SurveyUnknown):
        reply(made, lan, at=NOON)


@pytest.mark.parametrize(
    "wrong",
    [
        {"drink": "beer"},
        {"drink": ["coffee", "tea"]},
        {"drink": ""},
        {"happy": 11},
        {"happy": "９"},
        {"happy": -1},
        {"when": ["morning", "night"]},
        {"more": ["a"]},
        {"colour": "red"},
    ],
)
def test_an_answer_the_question_does_not_offer_is_refused_whole(survey, lan, wrong):
    with pytest.raises(surveys.AnswerUnreadable):
        reply(survey, lan, SAID | wrong)
    assert not SurveyReply.objects.exists()
    assert not tagging.keys_of(member_id=lan.pk, at=NOON + DAY)


@pytest.mark.parametrize(
    "asked",
    [
        (),
        (HAPPY, HAPPY),
        tuple(Question(key=str(n), kind="scale", text_vi="?", text_en="?") for n in range(6)),
        (Question(key="a", kind="choice", text_vi="?", text_en="?", options=DRINK.options[:1]),),
        (Question(key="a", kind="scale", text_vi="?", text_en="?", options=DRINK.options),),
        (Question(key="a", kind="text", text_vi="", text_en="?"),),
        (Question(key="a", kind="song", text_vi="?", text_en="?"),),
    ],
)
def test_a_survey_that_cannot_be_asked_is_not_published(house, asked):
    with pytest.raises(surveys.SurveyUnready):
        questions.written(asked)


def test_results_count_every_option_and_leave_practice_out(survey, lan):
    reply(survey, lan)
    reply(survey, MemberFactory(), {"drink": "tea", "happy": 4})
    reply(survey, MemberFactory(practice=True), {"drink": "tea", "happy": 0})
    drink, when, happy, more = surveys.results(version_id=survey.versions.get().pk)
    assert (drink.answered, drink.counts) == (2, (("coffee", 1), ("tea", 1)))
    assert (when.answered, dict(when.counts)) == (1, {"morning": 1, "noon": 0, "evening": 1})
    assert (happy.answered, happy.mean, dict(happy.counts)["9"]) == (2, 6.5, 1)
    assert more.words == ("Thêm chỗ ngồi.",)
