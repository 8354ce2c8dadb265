import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import UUIDv7, no_truncate
from members.models.keeping import NEVER_DELETED
from members.models.member import Member


@pghistory.track(exclude=["words", "answer"])
class DataRequest(models.Model):
    """What a person asked of their data (Law 91/2025): answered in two working days, done in fifteen days."""

    class Kind(models.TextChoices):
        SEE = "see", _("xem dữ liệu")
        CORRECT = "correct", _("sửa dữ liệu")
        EXPORT = "export", _("nhận bản sao")
        ERASE = "erase", _("xóa dữ liệu")
        STOP = "stop", _("ngừng xử lý")

    class State(models.TextChoices):
        ASKED = "asked", _("chờ trả lời")
        ANSWERED = "answered", _("đã trả lời")
        DONE = "done", _("đã thực hiện")
        REFUSED = "refused", _("từ chối")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member = models.ForeignKey(
        Member, verbose_name=_("thành viên"), on_delete=models.PROTECT, related_name="data_requests"
    )
    kind = models.TextField(_("yêu cầu"), choices=Kind.choices)
    words = models.TextField(_("lời yêu cầu"), default="", blank=True)
    via = models.TextField(_("qua"))
    asked_at = models.DateTimeField(_("yêu cầu lúc"))
    asked_by = models.TextField()
    answer_due_at = models.DateTimeField(_("hạn trả lời"))
    done_due_at = models.DateTimeField(_("hạn thực hiện"))
    state = models.TextField(_("trạng thái"), choices=State.choices, default=State.ASKED, db_default="asked")
    answer = models.TextField(_("trả lời"), default="", db_default="")
    answered_at = models.DateTimeField(_("trả lời lúc"), null=True)
    answered_by = models.TextField(default="", db_default="")
    ended_at = models.DateTimeField(_("xong lúc"), null=True)
    ended_by = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = _("yêu cầu về dữ liệu")
        verbose_name_plural = _("Yêu cầu về dữ liệu")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind"],
                condition=Q(state__in=["asked", "answered"]),
                name="a_member_asks_for_a_thing_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["see", "correct", "export", "erase", "stop"]), name="data_request_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "answered"], ended_at__isnull=True)
                | Q(state__in=["done", "refused"], ended_at__isnull=False),
                name="a_data_request_ends_done_or_refused",
            ),
        ]
        indexes = [
            # what has to be answered or done, the most urgent first
            models.Index(
                fields=["answer_due_at"], condition=Q(state__in=["asked", "answered"]), name="data_requests_open"
            )
        ]
        triggers = [NEVER_DELETED, no_truncate()]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.asked_at:%d/%m/%Y}"


class Closing(models.Model):
    """A member closed the account: why, and until when there is a way back. Then the data are erased."""

    class Reason(models.TextChoices):
        MESSAGES = "messages", _("nhận quá nhiều tin")
        UNUSED = "unused", _("không còn mua ở đây")
        BENEFITS = "benefits", _("quyền lợi không đáng")
        PRIVACY = "privacy", _("lo ngại về dữ liệu cá nhân")
        SERVICE = "service", _("không hài lòng với cửa hàng")
        OTHER = "other", _("lý do khác")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="closings")
    reason = models.TextField(_("lý do"), choices=Reason.choices)
    words = models.TextField(default="", db_default="")
    closed_at = models.DateTimeField()
    closed_by = models.TextField()
    back_until = models.DateTimeField()
    came_back_at = models.DateTimeField(null=True)
    came_back_by = models.TextField(default="", db_default="")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(came_back_at__isnull=True, erased_at__isnull=True),
                name="an_account_is_closed_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["messages", "unused", "benefits", "privacy", "service", "other"]),
                name="reason_of_closing_is_known",
            ),
            models.CheckConstraint(
                condition=Q(came_back_at__isnull=True) | Q(erased_at__isnull=True),
                name="who_came_back_is_not_erased_for_having_closed",
            ),
        ]
        indexes = [
            # the night: whose way back has ended
            models.Index(
                fields=["back_until"],
                condition=Q(came_back_at__isnull=True, erased_at__isnull=True),
                name="closings_to_erase",
            )
        ]
        triggers = [NEVER_DELETED, no_truncate()]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.closed_at:%d/%m/%Y}"
