from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class NightlyStep(models.Model):
    """One step of the nightly run of one business date. Written by `loyalty.nightly` only.

    A done step is not run again for its date; one that was begun and not done (its process was killed) is run again
    from its beginning.
    """

    class State(models.TextChoices):
        BEGUN = "begun"
        DONE = "done"
        FAILED = "failed"

    date = models.DateField(_("ngày bán hàng"))
    step = models.TextField(_("bước"))
    state = models.TextField(choices=State.choices, default=State.BEGUN)
    begun = models.SmallIntegerField(_("số lần chạy"), default=1)
    started_at = models.DateTimeField(_("bắt đầu lúc"))
    finished_at = models.DateTimeField(_("xong lúc"), null=True)
    seconds = models.FloatField(_("số giây"), null=True)
    rows = models.BigIntegerField(_("số dòng"), null=True)
    error = models.TextField(_("lỗi gần nhất"), default="", db_default="")

    class Meta:
        verbose_name = _("bước đêm")
        verbose_name_plural = _("Chạy đêm")
        constraints = [
            models.UniqueConstraint(fields=["date", "step"], name="a_step_is_done_once_for_a_date"),
            models.CheckConstraint(condition=Q(state__in=["begun", "done", "failed"]), name="step_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished_at__isnull=False, seconds__isnull=False, rows__isnull=False),
                name="a_done_step_says_when_and_how_much",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.step}"
