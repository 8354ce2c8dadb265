"""What each night counts from the books, as they stand when it does."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RetentionNight(models.Model):
    """Who stayed and who left in the `period_days` up to the end of a business date, as the books stood `counted_at`.

    A customer at the end of a day is a member with a kept bill in the `window_days` up to and with it. `first_time` and
    `came_back` are the customers at the end who were none at the start: without, or with, a kept bill before. Rates
    are made of these counts by `analytics.rates`.
    """

    class WindowBy(models.TextChoices):
        GAPS = "gaps", _("khoảng cách giữa các lần mua")
        STAFF = "staff", _("cài đặt")
        DEFAULT = "default", _("mặc định")

    date = models.DateField(primary_key=True)
    period_days = models.SmallIntegerField()
    window_days = models.SmallIntegerField()
    window_by = models.TextField(choices=WindowBy.choices)
    gaps = models.IntegerField(help_text="Gaps between two visits that the window was read from.")
    gap_days = models.SmallIntegerField(null=True, help_text="Nine of ten gaps are no longer than this.")
    at_start = models.IntegerField()
    at_end = models.IntegerField()
    kept = models.IntegerField()
    first_time = models.IntegerField()
    came_back = models.IntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(at_end=F("kept") + F("first_time") + F("came_back"), at_start__gte=F("kept")),
                name="customers_at_the_end_stayed_came_or_came_back",
            ),
            models.CheckConstraint(
                condition=Q(window_by__in=["gaps", "staff", "default"]), name="a_window_says_where_it_comes_from"
            ),
        ]

    def __str__(self) -> str:
        return str(self.date)


class RevenueMonth(models.Model):
    """Revenue and profit of a calendar month by who bought, as of the end of the business date `as_of`.

    New: members whose first kept bill ever lies in the month; repeat: all other members; guests by themselves.
    `changed_on` is the latest business date of a change not counted yet; `counting` a count begun and not ended.
    """

    month = models.DateField(primary_key=True)
    as_of = models.DateField(null=True)
    counted_at = models.DateTimeField(null=True)
    changed_on = models.DateField(null=True)
    counting = models.BooleanField(default=False, db_default=False)
    new_members = models.IntegerField(default=0, db_default=0)
    repeat_members = models.IntegerField(default=0, db_default=0)
    new_revenue = models.BigIntegerField(default=0, db_default=0)
    repeat_revenue = models.BigIntegerField(default=0, db_default=0)
    guest_revenue = models.BigIntegerField(default=0, db_default=0)
    new_profit = models.BigIntegerField(default=0, db_default=0)
    repeat_profit = models.BigIntegerField(default=0, db_default=0)
    guest_profit = models.BigIntegerField(default=0, db_default=0)
    new_costed = models.BigIntegerField(default=0, db_default=0)
    repeat_costed = models.BigIntegerField(default=0, db_default=0)
    guest_costed = models.BigIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def revenue(self) -> int:
        return self.new_revenue + self.repeat_revenue + self.guest_revenue

    @property
    def profit(self) -> int:
        return self.new_profit + self.repeat_profit + self.guest_profit

    @property
    def costed(self) -> int:
        return self.new_costed + self.repeat_costed + self.guest_costed


@pghistory.track()
class RetentionTerms(models.Model):
    """What staff choose about retention; an empty window follows the shop's own gaps between visits."""

    id = models.SmallAutoField(primary_key=True)
    window_days = models.SmallIntegerField(
        _("cửa sổ khách hàng (ngày)"),
        null=True,
        blank=True,
        help_text=_("Mua trong chừng này ngày thì còn là khách hàng. Để trống: tính từ nhịp mua của chính cửa hàng."),
    )
    period_days = models.SmallIntegerField(
        _("kỳ tính (ngày)"), default=30, help_text=_("So khách hàng cuối kỳ với khách hàng đầu kỳ.")
    )

    class Meta:
        verbose_name = _("cách tính giữ chân khách")
        verbose_name_plural = _("Cách tính giữ chân khách")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="there_is_one_way_to_count_retention"),
            models.CheckConstraint(
                condition=Q(window_days__isnull=True) | Q(window_days__range=(7, 730)),
                name="a_window_is_a_week_to_two_years",
                violation_error_message=_("Cửa sổ khách hàng từ 7 đến 730 ngày."),
            ),
            models.CheckConstraint(
                condition=Q(period_days__range=(7, 366)),
                name="a_period_is_a_week_to_a_year",
                violation_error_message=_("Kỳ tính từ 7 đến 366 ngày."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Cách tính giữ chân khách"))


class StandingNight(models.Model):
    """How many members stand in a tier at their store, and the points they hold, at the end of a date.

    `store_id`: their home store, 0 where they have none. `members` can use their card; the points are everybody's.
    """

    pk = models.CompositePrimaryKey("date", "store_id", "tier_id")
    date = models.DateField()
    store_id = models.IntegerField()
    tier_id = models.SmallIntegerField()
    members = models.IntegerField()
    available = models.BigIntegerField()
    pending = models.BigIntegerField()
    held = models.BigIntegerField()
    debt = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.date} {self.store_id} {self.tier_id}"


class VisitorNight(models.Model):
    """Members with a kept bill in the thirty days up to and with a date, at one store; store 0: in the whole house."""

    pk = models.CompositePrimaryKey("date", "store_id")
    date = models.DateField()
    store_id = models.IntegerField()
    members = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.date} {self.store_id}"


class ExpiredNight(models.Model):
    """Points that ended with a date."""

    date = models.DateField(primary_key=True)
    points = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.date)
