"""What a shop gives for something that is no purchase, and to whom it was given. Nothing here is ever edited."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import APPEND_ONLY, UUIDv7, no_truncate
from loyalty.models.stores import Store

KEY = r"^[a-z][a-z0-9_]{0,39}$"


class BonusEvent(models.Model):
    """Points for an event, from `valid_from` until the next version of the same key begins, or this one ends.

    `key`: one that the house sees by itself (joined, profile_completed, birthday), or one that a till or a shop's own
    software tells us. A change is the next version.
    """

    class Often(models.TextChoices):
        ONCE = "once", _("một lần duy nhất")
        YEARLY = "yearly", _("mỗi năm một lần")
        DAILY = "daily", _("mỗi ngày một lần")
        EVERY = "every", _("mỗi lần")

    key = models.CharField(
        _("mã sự kiện"),
        max_length=40,
        help_text=_(
            "joined, profile_completed, birthday: hệ thống tự ghi nhận. review, check_in hoặc mã riêng: gửi qua API."
        ),
    )
    name_vi = models.CharField(_("tên"), max_length=80)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=80)
    points = models.IntegerField(_("số điểm"))
    often = models.TextField(_("mỗi thành viên được thưởng"), choices=Often.choices, default=Often.ONCE)
    most_a_day = models.SmallIntegerField(
        _("nhiều nhất mỗi ngày (lần)"), null=True, blank=True, help_text=_("Chỉ khi thưởng mỗi lần.")
    )
    most_ever = models.IntegerField(
        _("nhiều nhất tất cả (lần)"), null=True, blank=True, help_text=_("Chỉ khi thưởng mỗi lần.")
    )
    valid_from = models.DateTimeField(_("có hiệu lực từ"))
    published_at = models.DateTimeField(editable=False)
    published_by = models.TextField(editable=False)
    note = models.CharField(_("ghi chú"), max_length=200, default="", blank=True)

    class Meta:
        verbose_name = _("điểm thưởng sự kiện")
        verbose_name_plural = _("Điểm thưởng sự kiện")
        constraints = [
            models.UniqueConstraint(
                fields=["key", "valid_from"],
                name="an_event_has_one_version_at_a_time",
                violation_error_message=_("Sự kiện này đã có một bản bắt đầu đúng lúc đó."),
            ),
            models.CheckConstraint(
                condition=Q(key__regex=KEY),
                name="an_event_has_a_plain_key",
                violation_error_message=_("Mã chỉ có chữ thường không dấu, số và gạch dưới, bắt đầu bằng chữ."),
            ),
            models.CheckConstraint(
                condition=Q(points__range=(1, 1_000_000)),
                name="an_event_gives_points_within_bounds",
                violation_error_message=_("Từ 1 đến 1.000.000 điểm."),
            ),
            models.CheckConstraint(
                condition=Q(often__in=("once", "yearly", "daily", "every")), name="an_event_comes_in_a_known_rhythm"
            ),
            models.CheckConstraint(
                condition=(Q(most_a_day__isnull=True) | Q(most_a_day__gte=1))
                & (Q(most_ever__isnull=True) | Q(most_ever__gte=1)),
                name="a_limit_of_an_event_lets_one_through",
                violation_error_message=_("Giới hạn ít nhất là 1 lần; để trống nếu không giới hạn."),
            ),
            models.CheckConstraint(
                condition=Q(often="every") | Q(most_a_day__isnull=True, most_ever__isnull=True),
                name="only_what_comes_every_time_has_a_limit",
                violation_error_message=_("Chỉ đặt giới hạn khi thưởng mỗi lần."),
            ),
            models.CheckConstraint(
                condition=~Q(key__in=("joined", "profile_completed")) | Q(often="once"),
                name="nobody_joins_twice",
                violation_error_message=_("Tham gia và điền đủ hồ sơ chỉ thưởng một lần duy nhất."),
            ),
            models.CheckConstraint(
                condition=~Q(key="birthday") | Q(often="yearly"),
                name="a_birthday_comes_once_a_year",
                violation_error_message=_("Sinh nhật thưởng mỗi năm một lần."),
            ),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.name_vi}: {self.points}"


class BonusEventEnd(models.Model):
    """From this moment on a version gives nothing; what it gave stays."""

    version = models.OneToOneField(BonusEvent, primary_key=True, on_delete=models.PROTECT, related_name="ended")
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.at}"


class EventAward(models.Model):
    """Points given to a member for one occurrence of an event, by the entry that gave them.

    `occurrence` is what makes it one: "once", the year (a birthday's: of its own calendar), the local day, or the
    reference of whoever told us. `day`: the local day it happened on. Written by the ledger.
    """

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    member_id = models.UUIDField()
    event = models.TextField()
    occurrence = models.TextField()
    version = models.ForeignKey(
        BonusEvent, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    entry_seq = models.IntegerField()
    points = models.IntegerField()
    day = models.DateField()
    occurred_at = models.DateTimeField()
    at = models.DateTimeField()
    by = models.TextField()
    store = models.ForeignKey(
        Store, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )

    class Meta:
        constraints = [
            # its index also answers how often a member was rewarded for an event
            models.UniqueConstraint(fields=["member_id", "event", "occurrence"], name="an_event_is_rewarded_once"),
            # and this one's, which award stands behind an entry of a statement
            models.UniqueConstraint(fields=["member_id", "entry_seq"], name="an_entry_rewards_one_event"),
            models.CheckConstraint(condition=Q(points__gte=1), name="an_award_is_of_points"),
            models.CheckConstraint(condition=~Q(occurrence="") & ~Q(event=""), name="an_award_says_for_what"),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.event} {self.member_id}/{self.occurrence}"
