"""Points by hand above the limit: who asked, and the buttons of whoever decides."""

from typing import Any, cast

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from dashboard import access, adjustment_page, confirming, people, wording
from dashboard.admin.base import BigAdmin, Labelled, ReadOnlyAdmin
from events import clock
from events.refusals import Refusal
from loyalty import approving
from loyalty.models import AdjustmentRequest

STATE_COLOURS = {"asked": "warning", "approved": "success", "refused": "default"}


@admin.register(AdjustmentRequest)
class AdjustmentRequestAdmin(ReadOnlyAdmin, BigAdmin):
    noun = "adjustment"
    list_display = ["who", "change", "status", "asked", "asker", "why"]
    list_display_links = ["who"]
    list_filter = ["state"]
    ordering = ["-asked_at", "-id"]
    actions_detail = ["approve", "refuse"]
    fields = ["member_shown", "change", "why", "status", "asked", "asker", "decided", "answer_text"]
    readonly_fields = fields

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        named = people.shown(request, [row.member_id for row in rows])
        actors = wording.Actors([by for row in rows for by in (row.asked_by, row.decided_by)])
        for row in rows:
            row.shown = named.get(row.member_id)
            row.asker_name, row.decider_name = actors.name(row.asked_by), actors.name(row.decided_by)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        asked = super().get_object(request, object_id, from_field)
        if asked is not None:
            self.prepare(request, [asked])
        return asked

    def has_act_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The buttons stand on what waits; who asked may only take it back."""
        if not access.may(request.user, "act", self.noun):
            return False
        asked = AdjustmentRequest.objects.filter(pk=obj).first() if obj else None
        return asked is None or asked.state == AdjustmentRequest.State.ASKED

    @display(description=_("thành viên"), header=True)
    def who(self, row: Any) -> list[str]:
        return [row.shown.name, row.shown.below, row.shown.initials]

    @display(description=_("thành viên"))
    def member_shown(self, row: Any) -> str:
        return str(row.shown.name)

    @display(description=_("thay đổi"))
    def change(self, row: Any) -> str:
        return wording.points(row.points, signed=True)

    @display(description=_("lý do"))
    def why(self, row: Any) -> str:
        return str(row.reason)

    @display(description=_("trạng thái"), label=STATE_COLOURS)
    def status(self, row: Any) -> tuple[str, Any]:
        return Labelled(row.state, row.get_state_display())

    @display(description=_("yêu cầu lúc"), ordering="asked_at")
    def asked(self, row: Any) -> str:
        return wording.moment(row.asked_at)

    @display(description=_("người yêu cầu"))
    def asker(self, row: Any) -> str:
        return str(row.asker_name)

    @display(description=_("người duyệt"))
    def decided(self, row: Any) -> str:
        return f"{wording.moment(row.decided_at)}, {row.decider_name}" if row.decided_at else wording.NOTHING

    @display(description=_("trả lời"))
    def answer_text(self, row: Any) -> str:
        return row.answer or wording.NOTHING

    @action(description=_("Duyệt"), permissions=["act"], icon="check_circle")
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        asked = self._found(request, object_id)
        back = reverse("admin:loyalty_adjustmentrequest_change", args=[asked.pk])
        if request.method != "POST":
            said = {"points": self.change(asked), "member": self.member_shown(asked), "who": self.asker(asked)}
            question = __("Ghi %(points)s điểm cho %(member)s như %(who)s yêu cầu?") % said
            return confirming.ask(request, self.admin_site, title=__("Duyệt"), question=question, back=back)
        try:
            approving.approve(id=asked.pk, by=f"user:{request.user.pk}", at=clock.now())
        except Refusal as refusal:
            messages.error(request, adjustment_page.words(refusal))
        else:
            messages.success(request, __("Đã ghi điểm."))
        return HttpResponseRedirect(back)

    @action(description=_("Không duyệt"), permissions=["act"], icon="block")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return adjustment_page.refuse(request, self.admin_site, self._found(request, object_id))

    def _found(self, request: HttpRequest, object_id: str) -> AdjustmentRequest:
        asked = self.get_object(request, object_id)
        if asked is None:
            raise Http404
        return cast(AdjustmentRequest, asked)
