import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import UUIDv7, no_truncate
from members.models.consent import Consent
from members.models.keeping import NEVER_DELETED
from members.models.member import Member


@pghistory.track(exclude=["text", "signed"])
class Voice(models.Model):
    """A member recommends the shop in public, having agreed to exactly this (`consent`, purpose `voice`).

    Shown only when approved and while the agreement stands; one at a time per member.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("chờ duyệt")
        APPROVED = "approved", _("đang hiển thị")
        REFUSED = "refused", _("không đăng")
        TAKEN_BACK = "taken_back", _("đã gỡ")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member = models.ForeignKey(
        Member, verbose_name=_("thành viên"), on_delete=models.PROTECT, db_index=False, related_name="voices"
    )
    text = models.TextField(_("lời giới thiệu"))
    signed = models.CharField(_("ký tên"), max_length=60)
    store_id = models.IntegerField(null=True)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, db_index=False, related_name="+")
    state = models.TextField(_("trạng thái"), choices=State.choices, default=State.WAITING, db_default="waiting")
    at = models.DateTimeField(_("gửi lúc"))
    by = models.TextField()
    decided_at = models.DateTimeField(_("duyệt lúc"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người duyệt"),
        null=True,
        on_delete=models.SET_NULL,
        db_index=False,
        related_name="+",
    )
    decision = models.CharField(_("lý do"), max_length=240, default="", db_default="", blank=True)

    class Meta:
        verbose_name = _("lời giới thiệu")
        verbose_name_plural = _("Lời giới thiệu")
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(state__in=["waiting", "approved"]),
                name="a_member_has_one_voice_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "approved", "refused", "taken_back"]), name="voice_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_at__isnull=False),
                name="a_voice_waits_until_somebody_decides",
            ),
        ]
        indexes = [
            # what the portal shows, newest first; and what waits for somebody
            models.Index(fields=["state", "-at"], name="voices_by_state"),
            # a member's own
            models.Index(fields=["member", "-at"], name="voices_of_a_member"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="a_voice_stays_as_given",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__text__df=pgtrigger.F("new__text")) & ~pgtrigger.Q(new__text=""),
            ),
            NEVER_DELETED,
            no_truncate(),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y}"
