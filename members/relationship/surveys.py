"""Short surveys: written, published as a fixed version, answered once by each member, counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q

from events import outbox
from events.refusals import Conflict, Missing
from members import joining, tagging
from members.models import QuestionKind, Survey, SurveyReply, SurveyVersion
from members.relationship import questions, saying
from members.relationship.questions import AnswerUnreadable, Question, SurveyUnready

__all__ = ["AlreadyAnswered", "AnswerUnreadable", "SurveyUnknown", "SurveyUnready"]


class SurveyUnknown(Missing):
    """No such survey, or it is not open to this member now."""

    code = "survey_unknown"


class AlreadyAnswered(Conflict):
    """This member has answered this survey."""

    code = "already_answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A survey as a member is asked it: the published version, its questions read."""

    survey_id: int
    version: SurveyVersion
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one question: how often each option, the mean of a scale, some of the words."""

    question: Question
    answered: int
    counts: tuple[tuple[str, int], ...]
    mean: float | None
    words: tuple[str, ...]


def publish(*, survey_id: int, by: str, at: datetime) -> SurveyVersion:
    """Makes what stands in the draft the next version members are asked. Raises SurveyUnknown, SurveyUnready."""
    with transaction.atomic():
        survey = _locked(survey_id)
        asked = questions.written(questions.read(survey.questions))
        survey.version = survey.version + 1  # under the lock
        survey.stopped_at = None
        survey.save(update_fields=["version", "stopped_at"])
        return SurveyVersion.objects.create(
            survey=survey,
            version=survey.version,
            title_vi=survey.title_vi,
            title_en=survey.title_en,
            intro_vi=survey.intro_vi,
            intro_en=survey.intro_en,
            questions=asked,
            for_tag=survey.for_tag,
            published_at=at,
            published_by=by,
        )


def stop(*, survey_id: int, at: datetime) -> None:
    """Nobody is asked any more; what was answered stays. Raises SurveyUnknown."""
    with transaction.atomic():
        survey = _locked(survey_id)
        if survey.stopped_at is None:
            survey.stopped_at = at
            survey.save(update_fields=["stopped_at"])


def open_for(*, member_id: UUID, at: datetime) -> list[Asked]:
    """The surveys this member may answer now, newest first: published, not ended, not answered, meant for them."""
    answered = SurveyReply.objects.filter(survey_id=OuterRef("survey_id"), member_id=member_id)
    versions = (
        _asked_now(at).filter(Q(for_tag="") | Q(for_tag__in=tagging.keys_of(member_id=member_id, at=at)))
    ).filter(~Exists(answered))
    return [_asked(version) for version in versions.order_by("-published_at")[:10]]


def answer(
    *,
    survey_id: int,
    member_id: UUID,
    answers: Mapping[str, Any],
    via: str,
    by: str,
    at: datetime,
    request_id: str = "",
) -> SurveyReply:
    """Keeps a member's answers (question key → option key, list of keys, number or text) and gives them the tags.

    Raises SurveyUnknown, AlreadyAnswered, AnswerUnreadable, WordsTooLong, MemberGone.
    """
    try:
        with transaction.atomic():
            saying.member(member_id)
            version = _asked_now(at).filter(survey_id=survey_id).first()
            if version is None or (version.for_tag and version.for_tag not in _keys(member_id, at)):
                raise SurveyUnknown
            said = questions.checked(questions.read(version.questions), answers)
            reply = SurveyReply.objects.create(
                survey_id=survey_id,
                version=version,
                member_id=member_id,
                answers=said.chosen,
                words=said.words,
                via=via,
                at=at,
                by=by,
            )
            for key in said.tags:
                tagging.bear(member_ids=[member_id], key=key, by=f"survey:{survey_id}", at=at)
            outbox.record(
                type="survey.answered",
                member_id=member_id,
                subject_id=reply.pk,
                data={"survey": survey_id, "version": version.version, "tags": list(said.tags)},
                at=at,
                by=by,
                request_id=request_id,
            )
            return reply
    except IntegrityError as conflict:
        if joining.constraint_of(conflict) != "a_member_answers_a_survey_once":
            raise
        raise AlreadyAnswered from None


def results(*, version_id: int, words: int = 20) -> list[Result]:
    """Each question of a version with what was answered. Practice members are left out."""
    version = SurveyVersion.objects.filter(pk=version_id).first()
    if version is None:
        raise SurveyUnknown
    counts: dict[str, Counter[str]] = {}
    replies = SurveyReply.objects.filter(version_id=version_id, member__practice=False)
    for chosen in replies.values_list("answers", flat=True).iterator(chunk_size=2000):
        for key, value in chosen.items():
            counts.setdefault(key, Counter()).update(
                str(one) for one in (value if isinstance(value, list) else [value])
            )
    return [
        _result(question, replies, counts.get(question.key, Counter()), words)
        for question in questions.read(version.questions)
    ]


def _result(question: Question, replies: Any, counted: Counter[str], most: int) -> Result:
    if question.kind == QuestionKind.TEXT:
        path = f"words__{question.key}"
        said = replies.filter(words__has_key=question.key)
        newest: Sequence[str] = said.order_by("-id").values_list(path, flat=True)[:most]
        return Result(question=question, answered=said.count(), counts=(), mean=None, words=tuple(newest))
    if question.kind == QuestionKind.SCALE:
        n = sum(counted.values())
        mean = sum(int(score) * times for score, times in counted.items()) / n if n else None
        scores = tuple((str(score), counted.get(str(score), 0)) for score in range(11))
        return Result(question=question, answered=n, counts=scores, mean=mean, words=())
    options = tuple((option.key, counted.get(option.key, 0)) for option in question.options)
    answered = replies.filter(answers__has_key=question.key).count()
    return Result(question=question, answered=answered, counts=options, mean=None, words=())


def _asked_now(at: datetime) -> Any:
    """The newest version of every survey that takes answers at a moment."""
    versions = SurveyVersion.objects.filter(version=F("survey__version"), published_at__lte=at)
    open_ones = versions.filter(Q(survey__ends_at__isnull=True) | Q(survey__ends_at__gt=at))
    return open_ones.filter(survey__stopped_at__isnull=True)


def _asked(version: SurveyVersion) -> Asked:
    return Asked(survey_id=version.survey_id, version=version, questions=questions.read(version.questions))


def _keys(member_id: UUID, at: datetime) -> set[str]:
    return tagging.keys_of(member_id=member_id, at=at)


def _locked(survey_id: int) -> Survey:
    survey = Survey.objects.select_for_update(no_key=True).filter(pk=survey_id).first()
    if survey is None:
        raise SurveyUnknown
    return survey
