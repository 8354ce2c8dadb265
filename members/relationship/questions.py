"""The questions of a survey, read from and written to JSON, and what counts as an answer to each."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from events.refusals import Refusal
from members import identifying
from members.models import QuestionKind
from members.relationship import saying
from members.tagging import TagUnreadable, must_be_readable

MOST_QUESTIONS = 5
MOST_OPTIONS = 12
LONGEST_TEXT = 200
LONGEST_ANSWER = 1000


class SurveyUnready(Refusal):
    """A survey wants one to five questions, each with its text, choices with two to twelve options."""

    code = "survey_unready"


class AnswerUnreadable(Refusal):
    """`question` was not answered, or with something it does not offer."""

    code = "answer_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing to choose; `tag`: who chooses it bears this key from then on."""

    key: str
    text_vi: str
    text_en: str
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    key: str
    kind: str
    text_vi: str
    text_en: str
    required: bool = True
    options: tuple[Option, ...] = ()

    @property
    def offers(self) -> bool:
        """Whether one chooses among options."""
        return self.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES)


def read(rows: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Questions as `Survey.questions` and `SurveyVersion.questions` keep them."""
    return tuple(
        Question(
            key=row["key"],
            kind=row["kind"],
            text_vi=row["text_vi"],
            text_en=row["text_en"],
            required=row.get("required", True),
            options=tuple(Option(**option) for option in row.get("options", ())),
        )
        for row in rows
    )


def written(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """The questions as JSON keeps them. Raises SurveyUnready, TagUnreadable."""
    if not 1 <= len(questions) <= MOST_QUESTIONS or len({question.key for question in questions}) != len(questions):
        raise SurveyUnready
    for question in questions:
        _must_be_ready(question)
    return [asdict(question) for question in questions]


def _must_be_ready(question: Question) -> None:
    texts = [question.text_vi, question.text_en, *(t for o in question.options for t in (o.text_vi, o.text_en))]
    if question.kind not in QuestionKind.values or any(not 1 <= len(text) <= LONGEST_TEXT for text in texts):
        raise SurveyUnready(question=question.key)
    if question.offers != (2 <= len(question.options) <= MOST_OPTIONS) or (not question.offers and question.options):
        raise SurveyUnready(question=question.key)
    if len({option.key for option in question.options}) != len(question.options):
        raise SurveyUnready(question=question.key)
    for option in question.options:
        if option.tag:
            must_be_readable(option.tag)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a member answered: choices and numbers, free words apart, and the keys they bear from now on."""

    chosen: dict[str, Any]
    words: dict[str, str]
    tags: tuple[str, ...]


def checked(questions: Sequence[Question], given: Mapping[str, Any]) -> Answers:
    """The answers by question key, as each question takes them. Raises AnswerUnreadable."""
    if not set(given) <= {question.key for question in questions}:
        raise AnswerUnreadable
    chosen: dict[str, Any] = {}
    words: dict[str, str] = {}
    tags: list[str] = []
    for question in questions:
        said = given.get(question.key)
        if said in (None, "", []):
            if question.required:
                raise AnswerUnreadable(question=question.key)
            continue
        if question.kind == QuestionKind.TEXT:
            words[question.key] = _words(question, said)
        elif question.kind == QuestionKind.SCALE:
            chosen[question.key] = _number(question, said)
        else:
            picked = _picked(question, said)
            tags += [option.tag for option in question.options if option.key in picked and option.tag]
            chosen[question.key] = picked if question.kind == QuestionKind.CHOICES else picked[0]
    return Answers(chosen=chosen, words=words, tags=tuple(dict.fromkeys(tags)))


def _words(question: Question, said: Any) -> str:
    if not isinstance(said, str):
        raise AnswerUnreadable(question=question.key)
    return saying.kept(said, longest=LONGEST_ANSWER, required=question.required)


def _number(question: Question, said: Any) -> int:
    text = str(said)
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= 10):
        raise AnswerUnreadable(question=question.key)
    return int(text)


def _picked(question: Question, said: Any) -> list[str]:
    many = question.kind == QuestionKind.CHOICES
    picked = list(said) if isinstance(said, list | tuple) else [said]
    offered = [option.key for option in question.options]
    if (not many and len(picked) != 1) or any(key not in offered for key in picked):
        raise AnswerUnreadable(question=question.key)
    return [key for key in offered if key in picked]  # in the order asked, each once


def named(text: str) -> str:
    """A key made of a text, for options and questions written by people: `Cà phê sữa` → `ca-phe-sua`."""
    return "-".join(identifying.words(text))[:40] or "x"


__all__ = ["Answers", "AnswerUnreadable", "Option", "Question", "SurveyUnready", "TagUnreadable", "checked", "read"]
