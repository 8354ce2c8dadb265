"""What people asked of their data: what is due when, and the buttons that answer it and carry it out."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from dashboard import data_request_pages, people, wording
from dashboard.admin.base import BigAdmin, Labelled, ReadOnlyAdmin
from events import clock
from members.data_requests import OPEN
from members.models import DataRequest

STATE_COLOURS = {"asked": "warning", "answered": "info", "done": "success", "refused": "default", "late": "danger"}

WAYS = {"portal": _("trang thành viên"), "dashboard": _("trang quản trị"), "counter": _("tại quầy")}


@admin.register(DataRequest)
class DataRequestAdmin(ReadOnlyAdmin, BigAdmin):
    noun = "data request"
    list_display = ["who", "kind", "status", "asked", "answer_due", "done_due"]
    list_display_links = ["who"]
    list_filter = ["state", "kind"]
    ordering = ["-asked_at"]
    actions_detail = ["download", "answer", "carry_out", "refuse"]
    fields = [
        *("member_shown", "kind", "words", "way", "status", "asked", "asker", "answer_due", "done_due"),
        *("answer_text", "answered", "ended"),
    ]
    readonly_fields = [
        *(
            "member_shown",
            "way",
            "status",
            "asked",
            "asker",
            "answer_due",
            "done_due",
            "answer_text",
            "answered",
            "ended",
        ),
    ]

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        named = people.shown(request, [row.member_id for row in rows])
        for row in rows:
            row.shown = named[row.member_id]

    @display(description=_("thành viên"), header=True)
    def who(self, request: Any) -> list[str]:
        return [request.shown.name, request.shown.below, request.shown.initials]

    @display(description=_("thành viên"))
    def member_shown(self, request: DataRequest) -> str:
        return request.member.name or wording.short(request.member_id)

    @display(description=_("qua"))
    def way(self, request: DataRequest) -> str:
        return str(WAYS.get(request.via, request.via))

    @display(description=_("trạng thái"), label=STATE_COLOURS)
    def status(self, request: DataRequest) -> tuple[str, Any]:
        at = clock.now()
        unanswered = request.state == DataRequest.State.ASKED and request.answer_due_at < at
        if request.state in OPEN and (unanswered or request.done_due_at < at):
            return Labelled("late", _("trễ hạn"))
        return Labelled(request.state, request.get_state_display())

    @display(description=_("yêu cầu lúc"), ordering="asked_at")
    def asked(self, request: DataRequest) -> str:
        return wording.moment(request.asked_at)

    @display(description=_("người ghi"))
    def asker(self, request: DataRequest) -> str:
        return wording.who(request.asked_by)

    @display(description=_("hạn trả lời"), ordering="answer_due_at")
    def answer_due(self, request: DataRequest) -> str:
        return wording.moment(request.answer_due_at)

    @display(description=_("hạn thực hiện"), ordering="done_due_at")
    def done_due(self, request: DataRequest) -> str:
        return wording.moment(request.done_due_at)

    @display(description=_("trả lời"))
    def answer_text(self, request: DataRequest) -> str:
        return request.answer or wording.NOTHING

    @display(description=_("trả lời lúc"))
    def answered(self, request: DataRequest) -> str:
        return _by(request.answered_at, request.answered_by)

    @display(description=_("xong lúc"))
    def ended(self, request: DataRequest) -> str:
        return _by(request.ended_at, request.ended_by)

    def _found(self, request: HttpRequest, object_id: str) -> DataRequest | None:
        return cast(DataRequest | None, self.get_object(request, object_id))

    @action(description=_("Tải bản sao"), permissions=["act"], icon="download")
    def download(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return data_request_pages.download(request, self.admin_site, self._found(request, object_id))

    @action(description=_("Trả lời"), permissions=["act"], icon="reply")
    def answer(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return data_request_pages.say(request, self.admin_site, self._found(request, object_id), refusing=False)

    @action(description=_("Thực hiện"), permissions=["act"], icon="task_alt")
    def carry_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return data_request_pages.carry_out(request, self.admin_site, self._found(request, object_id))

    @action(description=_("Từ chối"), permissions=["act"], icon="block")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return data_request_pages.say(request, self.admin_site, self._found(request, object_id), refusing=True)


def _by(moment: Any, by: str) -> str:
    return f"{wording.moment(moment)}, {wording.who(by)}" if moment else wording.NOTHING
