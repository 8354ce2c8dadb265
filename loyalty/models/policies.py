"""The programme and its dated, immutable policies: `loyalty.policies` reads and publishes them, nobody edits."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from events.models import APPEND_ONLY, no_truncate

BRAND_COLOUR = "#047a57"
# 1900 1234, 028 3822 1234, +84 28 3822 1234
HOTLINE = r"^\+?[0-9][0-9 .]{2,18}$"


@pghistory.track(exclude=["policies_version"])
class Programme(models.Model):
    """The one loyalty programme of the business. `policies_version` grows whenever a policy is published."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(_("tên chương trình"), max_length=120)
    point_name_vi = models.CharField(_("tên của điểm"), max_length=24, default="điểm")
    point_name_en = models.CharField(_("tên của điểm (tiếng Anh)"), max_length=24, default="points")
    colour = models.CharField(_("màu của cửa hàng"), max_length=7, default=BRAND_COLOUR, db_default=BRAND_COLOUR)
    hotline = models.CharField(
        _("số điện thoại hỗ trợ khách"),
        max_length=20,
        default="",
        db_default="",
        blank=True,
        help_text=_("Khách thấy số này ở trang hỗ trợ và trên hóa đơn; để trống nếu không có."),
    )
    currency = models.CharField(_("tiền tệ"), max_length=3, default="VND")
    currency_sign = models.CharField(_("ký hiệu tiền"), max_length=4, default="", db_default="", blank=True)
    manual_limit = models.IntegerField(_("giới hạn cộng/trừ tay (điểm)"), default=1000)
    give_back_days = models.SmallIntegerField(_("hạn tối thiểu của điểm hoàn (ngày)"), default=30)
    debt_on_return = models.BooleanField(
        _("trả hàng khi đã dùng điểm thì ghi điểm âm"), default=True, help_text=_("Tắt: cửa hàng chịu phần đó.")
    )
    claim_days = models.SmallIntegerField(
        _("tích điểm bù trong (ngày)"),
        default=3,
        db_default=3,
        help_text=_("Khách lẻ tích bù hóa đơn của mình trong chừng ấy ngày; 0: không cho tích bù."),
    )
    claims_a_month = models.SmallIntegerField(_("tích điểm bù nhiều nhất (hóa đơn mỗi tháng)"), default=3, db_default=3)
    move_days = models.SmallIntegerField(_("chuyển hóa đơn trong (ngày)"), default=30, db_default=30)
    payment_methods = ArrayField(
        models.TextField(),
        verbose_name=_("cách thanh toán"),
        default=list,
        help_text="cash, card, transfer, momo, vnpay, zalopay, cod, gift_card, debt",
    )
    notice_number = models.CharField(
        _("số thông báo Sở Công Thương"), max_length=60, default="", db_default="", blank=True
    )
    notice_on = models.DateField(_("ngày thông báo"), null=True, blank=True)
    runs_from = models.DateField(_("chương trình bắt đầu"), null=True, blank=True)
    runs_until = models.DateField(_("chương trình kết thúc"), null=True, blank=True)
    remind_days = models.SmallIntegerField(
        _("nhắc trước khi kết thúc (ngày)"), default=30, db_default=30, help_text=_("Để kịp thông báo gia hạn.")
    )
    policies_version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("chương trình")
        verbose_name_plural = _("Chương trình")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="there_is_one_programme"),
            models.CheckConstraint(
                condition=Q(hotline="") | Q(hotline__regex=HOTLINE),
                name="a_hotline_can_be_dialled",
                violation_error_message=_("Viết số như 1900 1234 hoặc 028 3822 1234."),
            ),
            models.CheckConstraint(condition=Q(colour__regex=r"^#[0-9a-f]{6}$"), name="a_colour_is_six_hex_digits"),
            models.CheckConstraint(
                condition=Q(claim_days__range=(0, 60), claims_a_month__range=(0, 100), move_days__range=(0, 400)),
                name="bills_change_hands_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(runs_from__isnull=True) | Q(runs_until__isnull=True) | Q(runs_until__gte=F("runs_from")),
                name="a_programme_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(remind_days__range=(0, 365)), name="a_reminder_comes_within_a_year"),
        ]

    def __str__(self) -> str:
        return self.name


class DatedPolicy(models.Model):
    """In force from `valid_from` until the next one of its kind begins."""

    id = models.SmallAutoField(primary_key=True)
    valid_from = models.DateTimeField(_("có hiệu lực từ"), unique=True)
    published_at = models.DateTimeField(editable=False)
    published_by = models.TextField(editable=False, default="system")
    note = models.TextField(_("ghi chú"), default="", blank=True)

    class Meta:
        abstract = True


class EarningRule(DatedPolicy):
    """The base rule: `points` for each full `per_amount` (minor units of the currency) of what earns.

    What earns: the goods paid for, before tax on top (`with_tax`: with it and service charges) and after vouchers
    (`vouchers_earn`: that part too), without what is excluded. The caps hold for base, tier and bonus rules together.
    """

    points = models.IntegerField(_("số điểm"), default=1)
    per_amount = models.BigIntegerField(_("cho mỗi"), default=10_000)
    with_tax = models.BooleanField(_("tính cả thuế và phí phục vụ"), default=False, db_default=False)
    vouchers_earn = models.BooleanField(_("phần trả bằng voucher vẫn được tích"), default=False, db_default=False)
    excluded_categories = ArrayField(
        models.TextField(), verbose_name=_("nhóm hàng không tích"), default=list, db_default=Value("{}"), blank=True
    )
    excluded_skus = ArrayField(
        models.TextField(), verbose_name=_("mã hàng không tích"), default=list, db_default=Value("{}"), blank=True
    )
    cap_per_bill = models.IntegerField(_("nhiều nhất mỗi hóa đơn (điểm)"), null=True, blank=True)
    cap_per_day = models.IntegerField(_("nhiều nhất mỗi thành viên mỗi ngày (điểm)"), null=True, blank=True)

    class Meta:
        verbose_name = _("quy tắc tích điểm")
        verbose_name_plural = _("Tích điểm")
        constraints = [
            models.CheckConstraint(condition=Q(points__range=(0, 1_000_000)), name="a_rule_awards_whole_points"),
            models.CheckConstraint(condition=Q(per_amount__gte=1), name="a_rule_has_an_amount"),
            models.CheckConstraint(
                condition=Q(Q(cap_per_bill__isnull=True) | Q(cap_per_bill__gte=1))
                & Q(Q(cap_per_day__isnull=True) | Q(cap_per_day__gte=1)),
                name="a_cap_lets_something_through",
            ),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.points} / {self.per_amount}"


class SpendingPolicy(DatedPolicy):
    """Paying with points: what one point is worth (minor units) and how many a bill takes."""

    point_value = models.BigIntegerField(_("giá trị 1 điểm"), default=500)
    min_points = models.IntegerField(_("ít nhất mỗi hóa đơn"), default=1)
    max_points = models.IntegerField(_("nhiều nhất mỗi hóa đơn"), null=True, blank=True)
    step = models.IntegerField(_("bội số của"), default=1)
    max_share_percent = models.SmallIntegerField(_("tối đa phần trăm hóa đơn"), default=100)
    first_use_after_days = models.SmallIntegerField(_("dùng được sau khi tham gia (ngày)"), default=0)
    part_paid_earns = models.BooleanField(_("phần trả bằng điểm vẫn được tích"), default=False)
    proof_above = models.BigIntegerField(_("cần QR hoặc mã khi dùng quá (mỗi ngày)"), default=50_000, db_default=50_000)
    excluded_categories = ArrayField(
        models.TextField(), verbose_name=_("nhóm hàng không dùng điểm"), default=list, blank=True
    )

    class Meta:
        verbose_name = _("chính sách dùng điểm")
        verbose_name_plural = _("Dùng điểm")
        constraints = [
            models.CheckConstraint(condition=Q(point_value__gte=1), name="a_point_has_a_value"),
            models.CheckConstraint(condition=Q(min_points__gte=1, step__gte=1), name="points_are_spent_in_whole_steps"),
            models.CheckConstraint(
                condition=Q(max_share_percent__range=(0, 100)), name="share_of_the_bill_is_a_percentage"
            ),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"1 = {self.point_value}"


class ExpiryPolicy(DatedPolicy):
    """When points end: some time after they were earned, rounded up or not, on days of the year, or after silence.

    `months` and `days` empty = never, where time decides. The end is always the end of a business day.
    """

    class Kind(models.TextChoices):
        ROLLING = "rolling", _("sau một thời gian")
        END_OF_MONTH = "end_of_month", _("sau một thời gian, đến hết tháng")
        END_OF_QUARTER = "end_of_quarter", _("sau một thời gian, đến hết quý")
        END_OF_YEAR = "end_of_year", _("sau một thời gian, đến hết năm")
        DATES = "dates", _("vào những ngày cố định trong năm")
        INACTIVITY = "inactivity", _("khi khách không quay lại")

    kind = models.TextField(_("cách tính"), choices=Kind.choices, default=Kind.ROLLING, db_default="rolling")
    months = models.SmallIntegerField(_("số tháng"), null=True, blank=True, default=12)
    days = models.SmallIntegerField(_("hoặc số ngày"), null=True, blank=True)
    dates = ArrayField(
        models.CharField(max_length=5),
        verbose_name=_("các ngày (ngày/tháng)"),
        default=list,
        db_default=Value("{}"),
        blank=True,
        help_text="30/06, 31/12",
    )

    class Meta:
        verbose_name = _("chính sách hết hạn điểm")
        verbose_name_plural = _("Hết hạn điểm")
        constraints = [
            models.CheckConstraint(
                condition=Q(months__isnull=True) | Q(months__range=(1, 240)), name="points_live_for_months"
            ),
            models.CheckConstraint(
                condition=Q(days__isnull=True) | Q(days__range=(1, 7_300)), name="points_live_for_days"
            ),
            models.CheckConstraint(
                condition=Q(months__isnull=True) | Q(days__isnull=True), name="points_live_for_months_or_days"
            ),
            models.CheckConstraint(
                condition=~Q(kind="dates") | Q(dates__len__range=(1, 24)), name="points_end_on_days_that_are_named"
            ),
            models.CheckConstraint(
                condition=~Q(kind="inactivity") | Q(months__isnull=False) | Q(days__isnull=False),
                name="silence_has_a_length",
            ),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.months or self.days or '∞'})"


class PendingPolicy(DatedPolicy):
    """Whether points of a bill wait before they can be spent: so many days, or until the order is said to have arrived.

    `channels` names whose bills wait; those of every other channel count at once. Where nobody says `event` of an
    order, its points are given up after `give_up_days`.
    """

    class Wait(models.TextChoices):
        NONE = "none", _("không chờ")
        DAYS = "days", _("chờ một số ngày")
        EVENT = "event", _("chờ đến khi giao xong")

    wait = models.TextField(_("điểm chờ"), choices=Wait.choices, default=Wait.NONE)
    channels = ArrayField(models.TextField(), verbose_name=_("kênh bán"), default=list, blank=True)
    days = models.SmallIntegerField(_("số ngày chờ"), default=7)
    event = models.TextField(
        _("điểm dùng được khi đơn"),
        choices=[
            ("confirmed", _("được xác nhận")),
            ("paid", _("đã trả tiền")),
            ("shipped", _("đã gửi đi")),
            ("delivered", _("đã giao")),
        ],
        default="delivered",
    )
    give_up_days = models.SmallIntegerField(_("bỏ điểm nếu không có tin sau (ngày)"), default=60)

    class Meta:
        verbose_name = _("chính sách điểm chờ")
        verbose_name_plural = _("Điểm chờ")
        constraints = [
            models.CheckConstraint(
                condition=Q(days__range=(1, 365), give_up_days__range=(1, 365)), name="points_wait_for_days"
            ),
            models.CheckConstraint(condition=Q(wait__in=("none", "days", "event")), name="a_wait_is_known"),
        ]
        triggers = [APPEND_ONLY, no_truncate()]

    def __str__(self) -> str:
        return str(self.get_wait_display())
