"""The make-believe provider of tests and demonstrations: what it took, and how it is told to behave."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FakeMessage(models.Model):
    """What the fake provider accepted. It takes a key once, as real ones do; `asked` counts how often it was asked."""

    key = models.TextField(unique=True)
    channel = models.TextField(_("kênh"))
    address = models.TextField(_("người nhận"))
    subject = models.TextField(_("tiêu đề"), default="")
    body = models.TextField(_("nội dung"))
    headers = models.JSONField(default=dict)
    at = models.DateTimeField(_("lúc"))
    asked = models.IntegerField(_("số lần hỏi"), default=1)

    class Meta:
        verbose_name = _("tin đã gửi (giả lập)")
        verbose_name_plural = _("Tin đã gửi (giả lập)")

    def __str__(self) -> str:
        return self.key


class FakeBehaviour(models.Model):
    """How the fake provider treats a channel; a channel without a row is treated well."""

    class Mode(models.TextChoices):
        WELL = "well", _("nhận ngay")
        SLOW = "slow", _("nhận, rồi trả lời chậm")
        REFUSE = "refuse", _("từ chối")
        DOWN = "down", _("không liên lạc được")
        LOST = "lost", _("nhận, rồi mất câu trả lời")

    channel = models.TextField(_("kênh"), primary_key=True)
    mode = models.TextField(_("cách cư xử"), choices=Mode.choices, default=Mode.WELL)
    seconds = models.FloatField(_("chậm (giây)"), default=0)

    class Meta:
        verbose_name = _("cách cư xử của kênh giả lập")
        verbose_name_plural = _("Kênh giả lập")
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=["well", "slow", "refuse", "down", "lost"]), name="mode_is_known"
            ),
            models.CheckConstraint(condition=Q(seconds__range=(0, 60)), name="slowness_has_an_end"),
        ]

    def __str__(self) -> str:
        return self.channel
