from uuid import UUID

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import APPEND_ONLY, no_truncate
from loyalty.models.policies import DatedPolicy


@pghistory.track()
class Tier(models.Model):
    """A rank of membership. Rank 0 is where everybody begins."""

    id = models.SmallAutoField(primary_key=True)
    code = models.SlugField(_("mã"), max_length=24, unique=True)
    rank = models.SmallIntegerField(_("thứ tự"), unique=True)
    name_vi = models.CharField(_("tên"), max_length=40)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=40)
    color = models.CharField(_("màu"), max_length=7, default="#888888")

    class Meta:
        verbose_name = _("hạng")
        verbose_name_plural = _("Hạng thành viên")
        constraints = [models.CheckConstraint(condition=Q(rank__gte=0), name="tier_rank_is_not_negative")]

    def __str__(self) -> str:
        return self.name_vi


class TierTable(DatedPolicy):
    """Which spend within `window_days` reaches which tier; upgrade at once."""

    window_days = models.SmallIntegerField(_("tính trong (ngày)"), default=365)

    class Meta:
        verbose_name = _("bảng hạng")
        verbose_name_plural = _("Bảng hạng")
        constraints = [models.CheckConstraint(condition=Q(window_days__range=(1, 3660)), name="tier_window_is_days")]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.valid_from:%d/%m/%Y}"


class TierThreshold(models.Model):
    """The spend (minor units) from which a tier is reached under one table, and what it earns on top (percent)."""

    table = models.ForeignKey(TierTable, on_delete=models.PROTECT, related_name="thresholds")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")
    spend = models.BigIntegerField(_("chi tiêu từ"))
    earn_percent = models.SmallIntegerField(_("tích thêm (%)"), default=0, db_default=0)

    class Meta:
        verbose_name = _("ngưỡng hạng")
        constraints = [
            models.UniqueConstraint(fields=["table", "tier"], name="a_tier_has_one_threshold_per_table"),
            models.CheckConstraint(condition=Q(spend__gte=1), name="a_threshold_is_above_zero"),
            models.CheckConstraint(condition=Q(earn_percent__range=(0, 900)), name="a_tier_earns_more_not_less"),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.tier}: {self.spend}"


class TierTurn(models.Model):
    """A table of tiers taking effect among those who are members when it begins: the night goes along their ids, and
    has come as far as `upto`. Whoever's spend at `valid_from` reaches more under it has risen (`rose` of them)."""

    table = models.OneToOneField(TierTable, on_delete=models.PROTECT, primary_key=True, related_name="turn")
    upto = models.UUIDField(default=UUID(int=0))
    rose = models.IntegerField(default=0)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("lần áp dụng bảng hạng")
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=models.F("begun_at")),
                name="a_turn_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.table_id}: {self.rose}"


class TierBeginning(models.Model):
    """A member enters a tier. Only beginnings are kept: the end is the next beginning, so no gap can be written."""

    member_id = models.UUIDField()
    since = models.DateTimeField()
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")
    cause = models.TextField()
    subject_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        triggers = [APPEND_ONLY, no_truncate()]
        constraints = [
            models.CheckConstraint(
                condition=Q(cause__in=["purchase", "return", "move", "override", "import", "table"]),
                name="tier_cause_is_known",
            )
        ]
        indexes = [
            # the history of a member
            models.Index(fields=["member_id", "-since", "-id"], name="tier_history_of_a_member")
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.tier_id} since {self.since:%d/%m/%Y}"


class TierOverride(models.Model):
    """Staff or an import lift a member to a tier, until a date or for good, with a reason."""

    member_id = models.UUIDField()
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(default="")
    by = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        triggers = [APPEND_ONLY, no_truncate()]
        indexes = [
            # the overrides of a member
            models.Index(fields=["member_id"], name="tier_override_of_a_member"),
            # the nightly look for overrides that end
            models.Index(fields=["until_at"], condition=Q(until_at__isnull=False), name="tier_override_ends"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gt=models.F("from_at")),
                name="tier_override_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.tier_id}"
