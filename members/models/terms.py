from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import APPEND_ONLY, UUIDv7, no_truncate
from members.models.member import Member


class TermsText(models.Model):
    """One version of the programme's terms (thể lệ), in both languages. The newest in force is accepted."""

    code = models.SlugField(_("mã"), primary_key=True, max_length=64)
    body_vi = models.TextField(_("nội dung tiếng Việt"))
    body_en = models.TextField(_("nội dung tiếng Anh"))
    changes_vi = models.TextField(_("điểm mới so với bản trước"), default="", blank=True)
    changes_en = models.TextField(_("điểm mới so với bản trước (tiếng Anh)"), default="", blank=True)
    valid_from = models.DateTimeField(_("có hiệu lực từ"), unique=True)
    published_by = models.TextField(editable=False, default="system", db_default="system")

    class Meta:
        verbose_name = _("thể lệ")
        verbose_name_plural = _("Thể lệ chương trình")
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return self.code


class TermsAccepted(models.Model):
    """A member accepted one version of the terms: when, how and where."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="terms_accepted")
    text = models.ForeignKey(TermsText, on_delete=models.PROTECT, related_name="+")
    how = models.TextField()
    store_id = models.IntegerField(null=True)
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "text"], name="a_version_is_accepted_once")]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.text_id} {self.at:%d/%m/%Y}"
