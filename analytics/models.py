"""Derived tables: what bills and returns come to, by day, month and member, and what each night made of it.

All of it follows from the books and can be dropped and rebuilt (`analytics.rebuilding`), except the terms that staff
choose. Practice stores and practice members are left out. A bill counts from the business date it bears once it is
posted, or approved by staff; it is *kept* until the business date of the return or cancellation that took the last of
it back. Revenue is what was paid in money (`due`: the total without our vouchers and points), less what returns paid
back on their own day. Profit is revenue less cost over those lines whose cost is known; *costed* is the revenue of
these lines (tax included, shipping and other charges not), so that every profit can say what it rests on.
"""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class StoreDay(models.Model):
    """What one business day of a store came to: members' part and guests' part, minor units and points.

    `bills` counts all that were rung up, the visits only those that were kept. Points are net of what returns took back
    and gave back that day.
    """

    pk = models.CompositePrimaryKey("store_id", "business_date")
    store_id = models.IntegerField()
    business_date = models.DateField()
    bills = models.IntegerField()
    member_visits = models.IntegerField()
    guest_visits = models.IntegerField()
    member_gross = models.BigIntegerField()
    guest_gross = models.BigIntegerField()
    member_returned = models.BigIntegerField()
    guest_returned = models.BigIntegerField()
    member_profit = models.BigIntegerField()
    guest_profit = models.BigIntegerField()
    member_costed = models.BigIntegerField()
    guest_costed = models.BigIntegerField()
    earned = models.BigIntegerField()
    spent = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.store_id} {self.business_date}"

    @property
    def gross(self) -> int:
        return self.member_gross + self.guest_gross

    @property
    def returned(self) -> int:
        return self.member_returned + self.guest_returned

    @property
    def revenue(self) -> int:
        return self.gross - self.returned

    @property
    def profit(self) -> int:
        return self.member_profit + self.guest_profit

    @property
    def costed(self) -> int:
        return self.member_costed + self.guest_costed


class MemberMonth(models.Model):
    """What one member came to in one calendar month of business dates; `month` is its first day."""

    pk = models.CompositePrimaryKey("member_id", "month")
    member_id = models.UUIDField()
    month = models.DateField()
    visits = models.IntegerField()
    revenue = models.BigIntegerField()
    profit = models.BigIntegerField()
    costed = models.BigIntegerField()
    earned = models.BigIntegerField()
    spent = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.member_id} {self.month:%Y-%m}"


class MemberState(models.Model):
    """Where a member stands, by kept bills. First and last go by the moment of the bill; `_on` is its business date."""

    member_id = models.UUIDField(primary_key=True)
    first_purchase_id = models.UUIDField(null=True)
    first_on = models.DateField(null=True)
    last_purchase_id = models.UUIDField(null=True)
    last_at = models.DateTimeField(null=True)
    last_on = models.DateField(null=True)
    visits = models.IntegerField()
    revenue = models.BigIntegerField()
    profit = models.BigIntegerField()
    costed = models.BigIntegerField()

    class Meta:
        indexes = [
            # win-back: who has been silent since a date
            models.Index(fields=["last_on"], condition=Q(last_on__isnull=False), name="state_last_bought_on")
        ]

    def __str__(self) -> str:
        return str(self.member_id)


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


class Ahead(models.Model):
    """An event whose figures were taken from the books by a rebuild before its delivery came."""

    event_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.event_id)


class ReviewedFigure(models.Model):
    """A bill that staff approved, or a return of one, whose figures are counted.

    What came back while the bill waited counts when the bill does: this row says by which of the two it was taken.
    """

    subject_id = models.UUIDField(primary_key=True)

    def __str__(self) -> str:
        return str(self.subject_id)
