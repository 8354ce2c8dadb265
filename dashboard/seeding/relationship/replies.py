"""Surveys, and what members answered."""

from datetime import timedelta
from typing import Any

from dashboard.seeding import sayings
from dashboard.seeding.questions import SURVEYS
from dashboard.seeding.relationship.telling import CHANCES, SCORES, Story, new_id
from members.models import Survey, SurveyReply, Tag
from members.relationship import questions, surveys

ASKED = 0.06


def write(story: Story) -> None:
    for days, (title_vi, title_en, asked) in zip((60, 20), SURVEYS, strict=True):
        at = story.ends - timedelta(days=days)
        survey = Survey.objects.create(
            title_vi=title_vi,
            title_en=title_en,
            questions=questions.written(asked),
            created_at=at,
            created_by="system",
        )
        version = surveys.publish(survey_id=survey.pk, by="system", at=at)
        replies, tags = [], []
        for member, _home, *_rest, joined in story.people:
            if story.chance.random() < ASKED and joined < at:
                said = questions.checked(asked, _answers(story, asked))
                moment = at + (story.ends - at) * float(story.chance.beta(1, 3))
                by = f"member:{member}"
                replies.append(
                    SurveyReply(
                        id=new_id(),
                        survey=survey,
                        version=version,
                        member_id=member,
                        answers=said.chosen,
                        words=said.words,
                        via="portal",
                        at=moment,
                        by=by,
                    )
                )
                tags += [Tag(member_id=member, key=key, from_at=moment, by=f"survey:{survey.pk}") for key in said.tags]
                data = {"survey": survey.pk, "version": 1, "tags": list(said.tags)}
                story.tell("survey.answered", member, replies[-1].pk, None, data, moment, by)
        SurveyReply.objects.bulk_create(replies)
        Tag.objects.bulk_create(tags, ignore_conflicts=True)


def _answers(story: Story, asked: Any) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for question in asked:
        if question.kind == "scale":
            said[question.key] = int(story.chance.choice(SCORES, p=CHANCES))
        elif question.kind == "text":
            said[question.key] = story.pick(sayings.COMMENTS["plain"]) if story.chance.random() < 0.3 else ""
        elif question.kind == "choices":
            said[question.key] = [o.key for o in question.options if story.chance.random() < 0.4]
        else:
            said[question.key] = story.pick(question.options).key
    return said
