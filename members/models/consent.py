from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import APPEND_ONLY, UUIDv7, no_truncate
from members.models.member import Member


class Purpose(models.TextChoices):
    PROGRAMME = "programme", _("tham gia chương trình")
    MARKETING = "marketing", _("nhận tin quảng cáo")
    PROFILING = "profiling", _("phân tích thói quen mua")
    VOICE = "voice", _("đăng lời giới thiệu của tôi")


# What people are asked when they join, by tills, files and forms. The others are asked where their use begins.
ASKED_AT_JOINING = (Purpose.PROGRAMME, Purpose.MARKETING, Purpose.PROFILING)


CHANNELS = ("sms", "zalo", "email", "push", "call", "any")


class ConsentText(models.Model):
    """One version of the words a person agreed to. Its code is what the API calls `text`."""

    code = models.SlugField(_("mã"), primary_key=True, max_length=64)
    purpose = models.TextField(_("mục đích"), choices=Purpose.choices)
    body_vi = models.TextField(_("nội dung tiếng Việt"))
    body_en = models.TextField(_("nội dung tiếng Anh"))
    valid_from = models.DateTimeField(_("có hiệu lực từ"))

    class Meta:
        verbose_name = _("văn bản đồng ý")
        verbose_name_plural = _("Văn bản đồng ý")
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return self.code


class Consent(models.Model):
    """One yes or no of a member, for a purpose on a channel, with its proof. The latest row counts."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="consents")
    purpose = models.TextField(choices=Purpose.choices)
    channel = models.TextField(default="any")
    granted = models.BooleanField()
    text = models.ForeignKey(ConsentText, null=True, on_delete=models.PROTECT)
    how = models.TextField()
    store_id = models.IntegerField(null=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="consent_channel_is_known"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="consent_purpose_is_known"),
            # the same imported row twice is one consent
            models.UniqueConstraint(
                fields=["member", "purpose", "channel", "at", "granted"], name="a_consent_is_recorded_once"
            ),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.member_id} {self.purpose}/{self.channel}: {'yes' if self.granted else 'no'}"


class ConsentEvidence(models.Model):
    """What proves a consent: a form's number, a recording, an address. Apart from the consent so that it can be erased.

    A consent that needs proof and has none (an import without evidence) allows no advertising.
    """

    consent = models.OneToOneField(Consent, primary_key=True, on_delete=models.PROTECT, related_name="evidence")
    text = models.TextField()

    def __str__(self) -> str:
        return f"evidence of {self.consent_id}"
