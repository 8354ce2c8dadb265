"""How the nightly runs went, step by step, and how late the books are."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from dashboard import condition, wording
from dashboard.admin.base import BigAdmin, Labelled, ReadOnlyAdmin
from dashboard.admin.day_filter import DayFilter
from dashboard.admin.deliveries import StateFilter
from events import clock
from loyalty.models import NightlyStep

STEP_STATES = {"begun": _("đang chạy"), "done": _("đã xong"), "failed": _("hỏng")}
STATE_COLOURS = {"begun": "warning", "done": "success", "failed": "danger"}
# A step without a word shows its own name.
STEPS = {
    "loyalty.expiry.book_due": _("ghi sổ điểm hết hạn"),
    "loyalty.expiry.end_overrides": _("xét lại hạng đặt tay đã hết hạn"),
    "loyalty.tier_turns.apply_tables": _("áp dụng bảng hạng mới"),
    "members.closing.erase_due": _("xóa dữ liệu của thẻ đóng đã đủ ngày"),
    "loyalty.hearing.birthdays": _("thưởng điểm sinh nhật"),
    "analytics.nightly.count_retention": _("đếm khách ở lại, khách rời bỏ"),
    "analytics.nightly.count_revenue": _("doanh thu khách mới, khách cũ theo tháng"),
    "analytics.holding.count": _("đếm điểm đang giữ và hạng"),
    "campaigns.nightly.birthdays": _("tìm người sắp sinh nhật"),
    "campaigns.nightly.silences": _("tìm người lâu chưa mua"),
    "dashboard.importing.files.forget_old": _("xóa file nhập đã cũ"),
}


class StepStateFilter(StateFilter):
    words = STEP_STATES


@admin.register(NightlyStep)
class NightlyStepAdmin(ReadOnlyAdmin, BigAdmin):
    noun = "night"
    list_display = ["date", "step_word", "status", "started_at", "took", "row_count", "begun", "error"]
    list_filter = [StepStateFilter, ("date", DayFilter)]
    list_before_template = "dashboard/nights_note.html"
    ordering = ["-date", "-id"]
    fields = ["date", "step_word", "status", "started_at", "finished_at", "took", "row_count", "begun", "error"]
    readonly_fields = ["step_word", "status", "took", "row_count"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        nights = condition.nights(at=clock.now())
        return super().changelist_view(request, {**(extra_context or {}), "nights": nights})

    @display(description=_("bước"))
    def step_word(self, row: NightlyStep) -> str:
        return str(STEPS.get(row.step, row.step))

    @display(description=_("trạng thái"), label=STATE_COLOURS)
    def status(self, row: NightlyStep) -> tuple[str, Any]:
        return Labelled(row.state, STEP_STATES[row.state])

    @display(description=_("số giây"))
    def took(self, row: NightlyStep) -> str:
        return wording.NOTHING if row.seconds is None else wording.decimal(row.seconds)

    @display(description=_("số dòng"))
    def row_count(self, row: NightlyStep) -> str:
        return wording.points(row.rows)
