"""A case: somebody is unhappy, wishes or asks something, and one of us owns it until it is closed with a reason."""

from datetime import time

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import UUIDv7, no_truncate
from members.models.keeping import NEVER_DELETED, said_once
from members.models.member import Member


class CaseKind(models.TextChoices):
    COMPLAINT = "complaint", _("khiếu nại")
    QUESTION = "question", _("câu hỏi")
    WISH = "wish", _("mong muốn")


@pghistory.track()
class CaseTerms(models.Model):
    """How soon a case of one kind is to be answered and closed, in hours between `opens` and `closes` of every day
    that is no public holiday; the same time twice: day and night."""

    kind = models.TextField(_("loại phiếu"), primary_key=True, choices=CaseKind.choices)
    answer_hours = models.SmallIntegerField(_("trả lời lần đầu trong (giờ làm việc)"))
    close_hours = models.SmallIntegerField(_("đóng phiếu trong (giờ làm việc)"))
    reopen_days = models.SmallIntegerField(
        _("khách mở lại được trong (ngày)"), default=30, help_text=_("Tính từ lúc đóng phiếu.")
    )
    opens = models.TimeField(_("giờ làm việc từ"), default=time(8), db_default=time(8))
    closes = models.TimeField(
        _("đến"),
        default=time(21),
        db_default=time(21),
        help_text=_("Thời hạn chỉ tính trong giờ này, không tính ngày lễ, Tết. Hai giờ bằng nhau: tính cả ngày đêm."),
    )

    class Meta:
        verbose_name = _("thời hạn phiếu hỗ trợ")
        verbose_name_plural = _("Thời hạn phiếu hỗ trợ")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CaseKind.values), name="case_terms_are_of_a_known_kind"),
            models.CheckConstraint(
                condition=Q(answer_hours__range=(1, 2160), close_hours__range=(1, 8760), reopen_days__range=(0, 3650)),
                name="case_terms_are_hours_and_days",
            ),
            models.CheckConstraint(
                condition=Q(close_hours__gte=models.F("answer_hours")), name="a_case_is_answered_before_it_is_closed"
            ),
            models.CheckConstraint(
                condition=Q(closes__gte=models.F("opens")), name="who_answers_cases_comes_before_they_go"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


@pghistory.track()
class CloseReason(models.Model):
    """Why cases are closed: a list of the shop's own, in both languages."""

    key = models.SlugField(_("mã"), primary_key=True, max_length=40)
    name_vi = models.CharField(_("lý do"), max_length=120)
    name_en = models.CharField(_("lý do (tiếng Anh)"), max_length=120)
    position = models.SmallIntegerField(_("thứ tự"), default=100)
    active = models.BooleanField(_("đang dùng"), default=True)

    class Meta:
        verbose_name = _("lý do đóng phiếu")
        verbose_name_plural = _("Lý do đóng phiếu")

    def __str__(self) -> str:
        return self.name_vi


@pghistory.track(exclude=["subject", "words", "token"])
class Case(models.Model):
    """A member's complaint, question or wish.

    `open`: the member waits for us until `answer_due_at`; `answered`: it is the member's turn, or ours to close it;
    `waiting`: it waits for something else that an answer told of. A closed case keeps its reason; opened again it has
    new times, and `reopened` counts that. Written through `members.relationship.cases` only.
    """

    class State(models.TextChoices):
        OPEN = "open", _("chờ trả lời")
        ANSWERED = "answered", _("đã trả lời")
        WAITING = "waiting", _("đang chờ xử lý")
        CLOSED = "closed", _("đã đóng")

    class Via(models.TextChoices):
        COUNTER = "counter", _("tại quầy")
        PORTAL = "portal", _("trang thành viên")
        DASHBOARD = "dashboard", _("trang quản trị")
        FEEDBACK = "feedback", _("góp ý")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member = models.ForeignKey(
        Member, verbose_name=_("thành viên"), on_delete=models.PROTECT, db_index=False, related_name="cases"
    )
    practice = models.BooleanField(default=False, db_default=False)
    kind = models.TextField(_("loại phiếu"), choices=CaseKind.choices)
    subject = models.CharField(_("tiêu đề"), max_length=120)
    words = models.TextField(_("nội dung"))
    via = models.TextField(_("mở từ"), choices=Via.choices)
    store_id = models.IntegerField(null=True)
    purchase_id = models.UUIDField(null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người xử lý"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        db_index=False,
        related_name="+",
    )
    state = models.TextField(_("trạng thái"), choices=State.choices, default=State.OPEN, db_default="open")
    opened_at = models.DateTimeField(_("mở lúc"))
    by = models.TextField()
    token = models.UUIDField(null=True)
    first_due_at = models.DateTimeField()
    first_answered_at = models.DateTimeField(null=True)
    answer_due_at = models.DateTimeField(_("hạn trả lời"), null=True)
    close_due_at = models.DateTimeField(_("hạn đóng"))
    closed_at = models.DateTimeField(_("đóng lúc"), null=True)
    closed_by = models.TextField(default="", db_default="")
    reason = models.ForeignKey(
        CloseReason, verbose_name=_("lý do đóng"), null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    reopened = models.SmallIntegerField(_("số lần mở lại"), default=0, db_default=0)

    class Meta:
        verbose_name = _("phiếu hỗ trợ")
        verbose_name_plural = _("Phiếu hỗ trợ")
        constraints = [
            models.UniqueConstraint(fields=["token"], name="a_form_opens_one_case"),
            models.CheckConstraint(condition=Q(kind__in=CaseKind.values), name="case_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "answered", "waiting", "closed"]), name="case_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(via__in=["counter", "portal", "dashboard", "feedback"]), name="case_came_by_a_known_way"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, reason__isnull=False)
                | ~Q(state="closed") & Q(closed_at__isnull=True, reason__isnull=True, closed_by=""),
                name="a_case_is_closed_exactly_when_it_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state="open", answer_due_at__isnull=False) | ~Q(state="open") & Q(answer_due_at=None),
                name="an_open_case_has_a_time_to_answer",
            ),
        ]
        indexes = [
            # a member's cases, newest first
            models.Index(fields=["member", "-opened_at"], name="cases_of_a_member"),
            # the list of all, and what was opened within a period
            models.Index(fields=["-opened_at"], name="cases_by_age"),
            # a store manager's list
            models.Index(fields=["store_id", "-opened_at"], name="cases_of_a_store"),
            # whose answer is overdue, and how many wait
            models.Index(fields=["answer_due_at"], condition=Q(state="open"), name="case_answer_due"),
            # which are not closed in time
            models.Index(fields=["close_due_at"], condition=~Q(state="closed"), name="case_close_due"),
            # somebody's own open cases
            models.Index(fields=["owner", "close_due_at"], condition=~Q(state="closed"), name="cases_of_an_owner"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="what_a_case_began_with_stays",
                fields=["id", "member", "kind", "via", "store_id", "purchase_id", "opened_at", "by", "first_due_at"],
            ),
            NEVER_DELETED,
            no_truncate(),
        ]

    def __str__(self) -> str:
        return self.subject or str(self.get_kind_display())

    @property
    def is_closed(self) -> bool:
        return self.state == Case.State.CLOSED


class CaseLine(models.Model):
    """One line of a case's thread, append-only: what was said to whom, who took it over, how it ended, what was given.

    Customers see `customer`, `answer`, `apology`, `closed` and `reopened`; `internal` and `owner` are for staff.
    """

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("khách nói")
        ANSWER = "answer", _("trả lời")
        INTERNAL = "internal", _("ghi chú nội bộ")
        OWNER = "owner", _("giao việc")
        APOLOGY = "apology", _("quà xin lỗi")
        CLOSED = "closed", _("đóng phiếu")
        REOPENED = "reopened", _("mở lại")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False, related_name="lines")
    kind = models.TextField(choices=Kind.choices)
    text = models.TextField(default="", db_default="")
    at = models.DateTimeField()
    by = models.TextField()
    token = models.UUIDField(null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        db_constraint=False,
    )
    reason = models.ForeignKey(CloseReason, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    points = models.IntegerField(null=True)
    entry_seq = models.IntegerField(null=True)
    voucher_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token"], name="a_form_says_one_line"),
            models.CheckConstraint(
                condition=Q(kind__in=["customer", "answer", "internal", "owner", "apology", "closed", "reopened"]),
                name="case_line_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="apology") & (Q(points__gte=1, entry_seq__isnull=False) | Q(voucher_id__isnull=False))
                | ~Q(kind="apology") & Q(points=None, entry_seq=None, voucher_id=None),
                name="an_apology_gives_points_or_a_voucher",
            ),
        ]
        indexes = [
            # a case's thread, in its order
            models.Index(fields=["case", "id"], name="lines_of_a_case")
        ]
        triggers = said_once(("text",))

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%d/%m/%Y}"
