"""Short surveys: up to five questions, fixed when published; one answer per member."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import APPEND_ONLY, UUIDv7, no_truncate
from members.models.keeping import said_once
from members.models.member import Member


class QuestionKind(models.TextChoices):
    CHOICE = "choice", _("chọn một")
    CHOICES = "choices", _("chọn nhiều")
    SCALE = "scale", _("thang 0–10")
    TEXT = "text", _("tự viết")


@pghistory.track()
class Survey(models.Model):
    """A survey as staff write it. What members see is the last published version.

    `questions` is a list of `{key, kind, text_vi, text_en, required, options: [{key, text_vi, text_en, tag}]}`
    (`members.relationship.questions` reads and checks it).
    """

    id = models.AutoField(primary_key=True)
    title_vi = models.CharField(_("tên"), max_length=120)
    title_en = models.CharField(_("tên (tiếng Anh)"), max_length=120)
    intro_vi = models.TextField(_("lời mời"), default="", blank=True)
    intro_en = models.TextField(_("lời mời (tiếng Anh)"), default="", blank=True)
    questions = models.JSONField(_("câu hỏi"), default=list)
    for_tag = models.CharField(
        _("chỉ hỏi người có nhãn"), max_length=64, default="", blank=True, help_text=_("Để trống: mọi thành viên.")
    )
    ends_at = models.DateTimeField(_("nhận trả lời đến"), null=True, blank=True)
    version = models.SmallIntegerField(_("bản đã đăng"), default=0, editable=False)
    stopped_at = models.DateTimeField(_("dừng lúc"), null=True, editable=False)
    created_at = models.DateTimeField(_("tạo lúc"), editable=False)
    created_by = models.TextField(editable=False)

    class Meta:
        verbose_name = _("khảo sát")
        verbose_name_plural = _("Khảo sát")

    def __str__(self) -> str:
        return self.title_vi


class SurveyVersion(models.Model):
    """What members were asked: fixed when published, so that an answer always knows its question."""

    id = models.AutoField(primary_key=True)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, db_index=False, related_name="versions")
    version = models.SmallIntegerField()
    title_vi = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    intro_vi = models.TextField(default="")
    intro_en = models.TextField(default="")
    questions = models.JSONField()
    for_tag = models.CharField(max_length=64, default="")
    published_at = models.DateTimeField()
    published_by = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "version"], name="a_survey_has_one_of_each_version")]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.title_vi} ({self.version})"


class SurveyReply(models.Model):
    """One member's answers to one survey, append-only: question key → option key, list of them, or number.

    `words` holds what was written freely: it may name people, and is blanked when the member is erased.
    """

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, db_index=False, related_name="replies")
    version = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, db_index=False, related_name="replies")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, db_index=False, related_name="survey_replies")
    answers = models.JSONField(default=dict)
    words = models.JSONField(default=dict)
    via = models.TextField()
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "member"], name="a_member_answers_a_survey_once"),
            models.CheckConstraint(condition=Q(via__in=["portal", "link", "counter"]), name="survey_way_is_known"),
        ]
        indexes = [
            # a version's results
            models.Index(fields=["version", "id"], name="replies_to_a_version"),
            # what a member has answered
            models.Index(fields=["member", "-at"], name="replies_of_a_member"),
        ]
        triggers = said_once({"words": "'{}'::jsonb"})

    def __str__(self) -> str:
        return f"{self.survey_id} {self.at:%d/%m/%Y}"
