"""The shop's calendar: which days have a name, when they come next, and on which nobody works."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from dashboard import wording
from dashboard.admin.base import Labelled, ShopAdmin
from events import clock
from loyalty import policies
from loyalty.till import local_zone
from members import named_days
from members.models import NamedDay


@admin.register(NamedDay)
class NamedDayAdmin(ShopAdmin):
    noun = "named day"
    list_display = ["name", "falls", "comes", "off", "in_use"]
    list_display_links = ["name"]
    ordering = ["month", "day", "key"]
    fields = [
        "key",
        *("name_vi", "name_en", "calendar", "day", "month", "year", "starts_before", "lasts", "day_off", "active"),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["key"] if obj else []

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        days, today = named_days.calendar(), clock.now().astimezone(local_zone()).date()
        for row in rows:
            row.next = days.next(row.key, after=today)

    def save_model(self, request: HttpRequest, obj: NamedDay, form: Any, change: bool) -> None:
        """Bonus rules may ask for the day: every process reads the calendar anew."""
        super().save_model(request, obj, form, change)
        policies.new_version()

    @display(description=_("tên"))
    def name(self, row: NamedDay) -> str:
        return wording.in_language(row.name_vi, row.name_en)

    @display(description=_("ngày"))
    def falls(self, row: NamedDay) -> str:
        said = {"day": row.day, "month": row.month, "year": row.year}
        if row.month is None:
            return __("ngày %(day)s hằng tháng") % said
        if row.calendar == NamedDay.Calendar.LUNAR:
            return __("%(day)s/%(month)s âm lịch") % said
        return f"{row.day}/{row.month}/{row.year}" if row.year else f"{row.day}/{row.month}"

    @display(description=_("lần tới"))
    def comes(self, row: Any) -> str:
        if row.next is None:
            return wording.NOTHING
        first, last = wording.day(row.next.first), wording.day(row.next.last)
        return first if first == last else f"{first} – {last}"

    @display(description=_("ngày nghỉ"), boolean=True)
    def off(self, row: NamedDay) -> bool:
        return row.day_off

    @display(description=_("trạng thái"), label={"on": "success", "off": "default"})
    def in_use(self, row: NamedDay) -> tuple[str, Any]:
        return Labelled("on", _("đang dùng")) if row.active else Labelled("off", _("đã tắt"))
