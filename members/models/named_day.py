import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import no_truncate


@pghistory.track()
class NamedDay(models.Model):
    """A day that has a name, by the sun or by the moon: Tết, 8/3, payday. It may last several days.

    It comes on `day` of `month` every year; without `month` every month; with `year` that one time only. A day that a
    month does not have is its last one. It begins `starts_before` days earlier and `lasts` days in all. On a `day_off`
    nobody is owed an answer.
    """

    class Calendar(models.TextChoices):
        SOLAR = "solar", _("dương lịch")
        LUNAR = "lunar", _("âm lịch")

    key = models.SlugField(_("mã"), primary_key=True, max_length=40)
    name_vi = models.CharField(_("tên"), max_length=80)
    name_en = models.CharField(_("tên tiếng Anh"), max_length=80)
    calendar = models.TextField(_("lịch"), choices=Calendar.choices, default=Calendar.SOLAR)
    day = models.SmallIntegerField(_("ngày"))
    month = models.SmallIntegerField(_("tháng"), null=True, blank=True, help_text=_("Để trống: tháng nào cũng có."))
    year = models.SmallIntegerField(_("năm"), null=True, blank=True, help_text=_("Để trống: năm nào cũng có."))
    starts_before = models.SmallIntegerField(_("bắt đầu trước (ngày)"), default=0)
    lasts = models.SmallIntegerField(_("kéo dài (ngày)"), default=1)
    day_off = models.BooleanField(_("ngày nghỉ"), default=False)
    active = models.BooleanField(_("đang dùng"), default=True)

    class Meta:
        verbose_name = _("ngày đặc biệt")
        verbose_name_plural = _("Ngày đặc biệt")
        constraints = [
            models.CheckConstraint(
                condition=Q(calendar="solar", day__range=(1, 31)) | Q(calendar="lunar", day__range=(1, 30)),
                name="a_named_day_is_a_day_of_a_month",
                violation_error_message=_("Ngày từ 1 đến 31, theo âm lịch đến 30."),
            ),
            models.CheckConstraint(
                condition=Q(month__isnull=False, month__range=(1, 12))
                | Q(month__isnull=True, calendar="solar", year__isnull=True),
                name="a_named_day_has_a_month_or_comes_every_month",
                violation_error_message=_("Ngày theo âm lịch hoặc của riêng một năm cần có tháng (1 đến 12)."),
            ),
            models.CheckConstraint(
                condition=Q(year__isnull=True) | Q(year__range=(1901, 2099)),
                name="a_named_day_is_of_a_known_year",
                violation_error_message=_("Năm từ 1901 đến 2099."),
            ),
            models.CheckConstraint(
                condition=Q(starts_before__range=(0, 60), lasts__range=(1, 90)),
                name="a_named_day_lasts_a_season_at_most",
                violation_error_message=_("Bắt đầu trước nhiều nhất 60 ngày và kéo dài nhiều nhất 90 ngày."),
            ),
        ]
        triggers = [no_truncate()]

    def __str__(self) -> str:
        return self.name_vi
