"""The form of a survey: its titles, and five places for questions, of which the filled ones count."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from events.refusals import Refusal
from members.models import QuestionKind, Survey
from members.relationship import questions
from members.relationship.questions import Option, Question
from members.tagging import TagUnreadable

PLACES = range(1, questions.MOST_QUESTIONS + 1)
PARTS = ("kind", "vi", "en", "required", "options")


class SurveyForm(forms.ModelForm):
    """Options stand one on a line: Vietnamese | English | tag."""

    class Meta:
        model = Survey
        fields = ["title_vi", "title_en", "intro_vi", "intro_en", "for_tag", "ends_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {}
        if self.instance.pk:
            known = dict(zip(PLACES, questions.read(self.instance.questions), strict=False))
        for place in PLACES:
            question = known.get(place)
            if question is not None:
                self.initial.update({f"q{place}_{part}": value for part, value in _told(question).items()})

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        asked = [question for place in PLACES if (question := self._question(place, said)) is not None]
        if self.errors:
            return said
        try:
            self.instance.questions = questions.written(asked)
        except TagUnreadable:
            self.add_error(None, _("Nhãn chỉ gồm chữ thường không dấu, số và . : _ -"))
        except Refusal as refusal:
            self._unready(refusal.details.get("question"))
        return said

    def _question(self, place: int, said: dict[str, Any]) -> Question | None:
        words = said.get(f"q{place}_vi") or ""
        if not words:
            return None
        kind = said.get(f"q{place}_kind") or QuestionKind.CHOICE
        offers = kind in (QuestionKind.CHOICE, QuestionKind.CHOICES)
        return Question(
            key=f"q{place}",
            kind=kind,
            text_vi=words,
            text_en=said.get(f"q{place}_en") or words,
            required=bool(said.get(f"q{place}_required")),
            options=options(said.get(f"q{place}_options") or "") if offers else (),
        )

    def _unready(self, key: str | None) -> None:
        if key is None:
            self.add_error(None, _("Khảo sát cần từ một đến năm câu hỏi."))
        else:
            self.add_error(f"{key}_options", _("Câu này cần từ 2 đến 12 lựa chọn, mỗi dòng một lựa chọn khác nhau."))


def _fields() -> dict[str, forms.Field]:
    """The fields of every place, made once for the class: the admin asks it for them."""
    made: dict[str, forms.Field] = {}
    for place in PLACES:
        made[f"q{place}_kind"] = forms.ChoiceField(
            label=gettext_lazy("Cách trả lời"),
            choices=QuestionKind.choices,
            required=False,
            widget=UnfoldAdminSelectWidget,
        )
        for language, label in (("vi", gettext_lazy("Câu hỏi")), ("en", gettext_lazy("Câu hỏi (tiếng Anh)"))):
            made[f"q{place}_{language}"] = forms.CharField(
                label=label, max_length=questions.LONGEST_TEXT, required=False, widget=UnfoldAdminTextInputWidget
            )
        made[f"q{place}_required"] = forms.BooleanField(
            label=gettext_lazy("Bắt buộc trả lời"), required=False, initial=True, widget=UnfoldBooleanSwitchWidget
        )
        made[f"q{place}_options"] = forms.CharField(
            label=gettext_lazy("Các lựa chọn"),
            required=False,
            widget=UnfoldAdminTextareaWidget({"rows": 4}),
            help_text=gettext_lazy("Mỗi dòng một lựa chọn: tiếng Việt | tiếng Anh | nhãn gắn cho người chọn."),
        )
    return made


SurveyForm.base_fields |= _fields()
SurveyForm.declared_fields |= _fields()


def options(text: str) -> tuple[Option, ...]:
    """`Cà phê | Coffee | likes:coffee`, one on a line; without English the Vietnamese stands for both."""
    made = []
    for line in text.splitlines():
        parts = [part.strip() for part in line.split("|")]
        if parts[0]:
            vietnamese, english, tag = (*parts, "", "")[:3]
            made.append(
                Option(key=questions.named(vietnamese), text_vi=vietnamese, text_en=english or vietnamese, tag=tag)
            )
    return tuple(made)


def _told(question: Question) -> dict[str, Any]:
    return {
        "kind": question.kind,
        "vi": question.text_vi,
        "en": question.text_en,
        "required": question.required,
        "options": "\n".join(
            " | ".join(part for part in (option.text_vi, option.text_en, option.tag) if part)
            for option in question.options
        ),
    }
