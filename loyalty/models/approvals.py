"""Points by hand that one person may not move alone."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models import UUIDv7, no_truncate
from members.models.keeping import NEVER_DELETED


class AdjustmentRequest(models.Model):
    """Somebody asks to add or take more points than the programme's limit; somebody else says yes or no.

    Nothing moves until then. `entry_seq` is the ledger's entry that an approval wrote. The row is its own audit.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("chờ duyệt")
        APPROVED = "approved", _("đã duyệt")
        REFUSED = "refused", _("không duyệt")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member_id = models.UUIDField()
    points = models.BigIntegerField(_("số điểm"))
    reason = models.TextField(_("lý do"))
    asked_at = models.DateTimeField(_("yêu cầu lúc"))
    asked_by = models.TextField()
    token = models.UUIDField()
    state = models.TextField(_("trạng thái"), choices=State.choices, default=State.ASKED, db_default="asked")
    decided_at = models.DateTimeField(_("duyệt lúc"), null=True)
    decided_by = models.TextField(default="", db_default="")
    answer = models.TextField(_("trả lời"), default="", db_default="")
    entry_seq = models.IntegerField(null=True)

    class Meta:
        verbose_name = _("yêu cầu cộng/trừ điểm")
        verbose_name_plural = _("Điểm chờ duyệt")
        constraints = [
            models.UniqueConstraint(fields=["token"], name="a_form_asks_for_points_once"),
            models.CheckConstraint(condition=~Q(points=0), name="a_request_moves_points"),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True, entry_seq__isnull=True)
                | Q(state="approved", decided_at__isnull=False, entry_seq__isnull=False)
                | Q(state="refused", decided_at__isnull=False, entry_seq__isnull=True),
                name="a_request_is_decided_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("asked_by")), name="nobody_approves_their_own_request"
            ),
        ]
        indexes = [
            # what waits for somebody's yes, the oldest first
            models.Index(fields=["asked_at"], condition=Q(state="asked"), name="points_wait_for_approval")
        ]
        triggers = [NEVER_DELETED, no_truncate()]

    def __str__(self) -> str:
        return f"{self.points:+,d}".replace(",", ".")
