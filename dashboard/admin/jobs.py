"""Long work of the house: how far it is, and buttons to stop it and to let it go on."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from dashboard import wording
from dashboard.admin.base import BigAdmin, Labelled, ReadOnlyAdmin
from dashboard.admin.deliveries import StateFilter
from events import clock, jobs
from events.models import Job

JOB_STATES = {
    "open": _("đang chờ"),
    "running": _("đang chạy"),
    "done": _("đã xong"),
    "failed": _("hỏng"),
    "cancelled": _("đã dừng"),
}
STATE_COLOURS = {"open": "info", "running": "warning", "done": "success", "failed": "danger"}
# A kind without a word shows its own name.
KINDS = {"night": _("chạy đêm"), "import": _("nhập file"), "cards": _("tạo thẻ"), "backtest": _("chạy thử quy tắc")}


class JobStateFilter(StateFilter):
    words = JOB_STATES


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin, BigAdmin):
    noun = "job"
    list_display = ["kind_word", "key", "status", "progress", "attempts", "due_at", "finished_at", "who", "last_error"]
    list_filter = [JobStateFilter]
    ordering = ["-id"]
    actions = ["cancel", "retry"]
    fields = [
        *("kind_word", "key", "status", "progress", "who", "asked_at", "due_at", "started_at", "finished_at"),
        *("attempts", "last_error"),
    ]
    readonly_fields = ["kind_word", "status", "progress", "who"]

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        actors = wording.Actors(row.by for row in rows)
        for row in rows:
            row.actor = actors.name(row.by)

    @action(description=_("Dừng"), permissions=["act"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        count = jobs.cancel(job_ids=_chosen(queryset), by=f"user:{request.user.pk}", at=clock.now())
        told = ngettext("Đã dừng %(count)s việc.", "Đã dừng %(count)s việc.", count)
        messages.success(request, told % {"count": count})

    @action(description=_("Chạy tiếp"), permissions=["act"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        count = jobs.retry(job_ids=_chosen(queryset), by=f"user:{request.user.pk}", at=clock.now())
        told = ngettext("%(count)s việc được chạy tiếp.", "%(count)s việc được chạy tiếp.", count)
        messages.success(request, told % {"count": count})

    @display(description=_("việc"))
    def kind_word(self, job: Job) -> str:
        return str(KINDS.get(job.kind, job.kind))

    @display(description=_("trạng thái"), label=STATE_COLOURS)
    def status(self, job: Job) -> tuple[str, Any]:
        return Labelled(job.state, JOB_STATES[job.state])

    @display(description=_("đã làm"))
    def progress(self, job: Job) -> str:
        done = wording.points(job.done)
        return done if job.total is None else f"{done} / {wording.points(job.total)}"

    @display(description=_("người yêu cầu"))
    def who(self, job: Job) -> str:
        return getattr(job, "actor", None) or wording.who(job.by)


def _chosen(queryset: QuerySet[Job]) -> list[int]:
    return list(queryset.values_list("pk", flat=True))
