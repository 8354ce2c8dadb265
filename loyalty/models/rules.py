"""Bonus rules: what a bill earns beyond the base rule. Versions are never edited; steps say when one is in force."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models import APPEND_ONLY, no_truncate
from members.models.keeping import NEVER_DELETED


class Rule(models.Model):
    """A bonus rule as staff know it; its versions say what it does. Limits of a member are counted over all of them."""

    key = models.SlugField(_("mã"), max_length=40, unique=True)
    created_at = models.DateTimeField()
    created_by = models.TextField()

    class Meta:
        verbose_name = _("quy tắc thưởng điểm")
        verbose_name_plural = _("Quy tắc thưởng điểm")
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return self.key


class RuleVersion(models.Model):
    """What a rule asks and gives, and when it may run; a change is the next version.

    `condition` and `effect` are read by `loyalty.conditions.tree` and `loyalty.rules.effects`. It runs from the later
    of `valid_from` and its approval until `valid_until`, its end, or the next version; not while it is paused.
    """

    class Mode(models.TextChoices):
        STACK = "stack", _("cộng thêm vào các quy tắc khác")
        BEST = "best", _("trong nhóm chỉ lấy quy tắc lợi nhất")
        FIRST = "first", _("trong nhóm chỉ lấy quy tắc đứng trước")
        EXCLUSIVE = "exclusive", _("chỉ một mình quy tắc này")

    class Period(models.TextChoices):
        DAY = "day", _("mỗi ngày")
        WEEK = "week", _("mỗi tuần")
        MONTH = "month", _("mỗi tháng")
        YEAR = "year", _("mỗi năm")
        EVER = "ever", _("tất cả")

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions")
    number = models.SmallIntegerField(_("bản"))
    name_vi = models.CharField(_("tên"), max_length=80)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=80)
    condition = models.JSONField(_("điều kiện"), default=dict)
    effect = models.JSONField(_("thưởng"), default=dict)
    position = models.SmallIntegerField(_("thứ tự"), default=100)
    stack_group = models.CharField(_("nhóm"), max_length=40, default="", blank=True)
    stack_mode = models.TextField(_("khi nhiều quy tắc cùng đúng"), choices=Mode.choices, default=Mode.STACK)
    per_bill = models.IntegerField(_("nhiều nhất mỗi hóa đơn (điểm)"), null=True, blank=True)
    per_member = models.IntegerField(_("nhiều nhất mỗi thành viên (điểm)"), null=True, blank=True)
    times = models.SmallIntegerField(_("nhiều nhất mỗi thành viên (lần)"), null=True, blank=True)
    period = models.TextField(_("trong"), choices=Period.choices, default=Period.DAY)
    budget = models.BigIntegerField(_("ngân sách của bản này (điểm)"), null=True, blank=True)
    valid_from = models.DateTimeField(_("chạy từ"))
    valid_until = models.DateTimeField(_("đến"), null=True, blank=True)
    note = models.CharField(_("ghi chú"), max_length=200, default="", blank=True)
    created_at = models.DateTimeField(_("soạn lúc"))
    created_by = models.TextField()

    class Meta:
        verbose_name = _("bản quy tắc")
        verbose_name_plural = _("Quy tắc thưởng điểm")
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="a_version_has_its_number"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="a_rule_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(Q(per_bill__isnull=True) | Q(per_bill__gte=1))
                & Q(Q(per_member__isnull=True) | Q(per_member__gte=1))
                & Q(Q(times__isnull=True) | Q(times__gte=1))
                & Q(Q(budget__isnull=True) | Q(budget__gte=1)),
                name="a_limit_lets_something_through",
            ),
            models.CheckConstraint(
                condition=Q(stack_mode__in=("stack", "best", "first", "exclusive"))
                & Q(period__in=("day", "week", "month", "year", "ever")),
                name="a_rule_goes_with_others_in_a_known_way",
            ),
            models.CheckConstraint(
                condition=~Q(stack_mode__in=("best", "first")) | ~Q(stack_group=""), name="a_choice_is_made_in_a_group"
            ),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.name_vi} ({self.number})"


class RuleStep(models.Model):
    """What was decided about a version, and from when on: the steps of its life, in order."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("chờ duyệt")
        REFUSED = "refused", _("không duyệt")
        APPROVED = "approved", _("đã duyệt")
        PAUSED = "paused", _("tạm dừng")
        RESUMED = "resumed", _("chạy tiếp")
        ENDED = "ended", _("kết thúc")

    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="steps")
    kind = models.TextField(choices=Kind.choices)
    at = models.DateTimeField()
    by = models.TextField()
    reason = models.CharField(max_length=200, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("asked", "refused", "approved", "paused", "resumed", "ended")),
                name="a_step_of_a_rule_is_known",
            ),
            models.UniqueConstraint(
                fields=["version"], condition=Q(kind="approved"), name="a_version_is_approved_once"
            ),
            models.UniqueConstraint(fields=["version"], condition=Q(kind="ended"), name="a_version_ends_once"),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.kind}"


class RuleAward(models.Model):
    """What a rule gave a member for a bill, as its limits count it; what came back is a row below zero.

    `day`: of the sale, by the programme's clock. `subject_id`: the return, move or decision that wrote it, none for the
    sale itself. Written by the ledger's posting calls.
    """

    purchase_id = models.UUIDField()
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    version = models.ForeignKey(
        RuleVersion, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    member_id = models.UUIDField()
    day = models.DateField()
    points = models.BigIntegerField()
    times = models.SmallIntegerField(default=0)
    subject_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            # what is left of a member's limits, without touching the table
            models.Index(fields=["member_id", "rule", "day"], include=["points", "times"], name="awards_of_a_member"),
            # what the rules gave for one bill: its returns and moves
            models.Index(fields=["purchase_id"], name="awards_of_a_bill"),
            # what a rule gave over time: its page, its report
            models.Index(fields=["rule", "day"], include=["points", "times"], name="awards_of_a_rule"),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.purchase_id}: {self.points:+d}"


class RuleBudget(models.Model):
    """How much of a version's budget is spent; its row is locked for a moment by every bill that takes of it."""

    version = models.OneToOneField(RuleVersion, primary_key=True, on_delete=models.PROTECT, related_name="spent_of")
    budget = models.BigIntegerField()
    spent = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(spent__lte=F("budget")), name="a_budget_is_never_exceeded"),
            models.CheckConstraint(condition=Q(spent__gte=0), name="a_budget_is_spent_from_zero"),
        ]
        triggers = [NEVER_DELETED, no_truncate()]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.spent} / {self.budget}"
