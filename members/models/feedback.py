import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import UUIDv7
from members.models.case import Case
from members.models.keeping import said_once
from members.models.member import Member


@pghistory.track()
class FeedbackTerms(models.Model):
    """What a low score sets going: one row."""

    id = models.SmallAutoField(primary_key=True)
    opens_case = models.BooleanField(_("tự mở phiếu khi khách chưa hài lòng"), default=True)
    opens_case_at_most = models.SmallIntegerField(_("khi điểm từ 0 đến"), default=6)

    class Meta:
        verbose_name = _("góp ý của khách: cài đặt")
        verbose_name_plural = _("Góp ý của khách: cài đặt")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="feedback_has_one_set_of_terms"),
            models.CheckConstraint(condition=Q(opens_case_at_most__range=(0, 10)), name="a_low_score_is_a_score"),
        ]

    def __str__(self) -> str:
        return str(_("Góp ý của khách"))


class Feedback(models.Model):
    """How likely a member is to recommend the shop, 0 to 10, with a comment: once per bill. Append-only.

    9 and 10 are promoters, 7 and 8 passives, 0 to 6 detractors. `case` is the case a low score has opened.
    """

    class Via(models.TextChoices):
        LINK = "link", _("liên kết sau hóa đơn")
        PORTAL = "portal", _("trang thành viên")
        COUNTER = "counter", _("tại quầy")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member = models.ForeignKey(
        Member, verbose_name=_("thành viên"), on_delete=models.PROTECT, db_index=False, related_name="feedback"
    )
    practice = models.BooleanField(default=False, db_default=False)
    purchase_id = models.UUIDField(null=True)
    store_id = models.IntegerField(null=True)
    score = models.SmallIntegerField(_("điểm 0–10"))
    comment = models.TextField(_("góp ý"), default="", db_default="")
    via = models.TextField(_("qua"), choices=Via.choices)
    at = models.DateTimeField(_("lúc"))
    by = models.TextField()
    case = models.OneToOneField(Case, null=True, on_delete=models.PROTECT, related_name="feedback")

    class Meta:
        verbose_name = _("góp ý")
        verbose_name_plural = _("Góp ý")
        constraints = [
            models.UniqueConstraint(fields=["purchase_id"], name="a_bill_is_judged_once"),
            models.CheckConstraint(condition=Q(score__range=(0, 10)), name="a_score_is_from_0_to_10"),
            models.CheckConstraint(condition=Q(via__in=["link", "portal", "counter"]), name="feedback_way_is_known"),
        ]
        indexes = [
            # a member's own, newest first
            models.Index(fields=["member", "-at"], name="feedback_of_a_member"),
            # a period's scores, and the list
            models.Index(fields=["-at"], include=["store_id", "score", "practice"], name="feedback_by_age"),
            # a store's list
            models.Index(fields=["store_id", "-at"], include=["score", "practice"], name="feedback_of_a_store"),
        ]
        triggers = said_once(("comment",))

    def __str__(self) -> str:
        return f"{self.score}/10"
