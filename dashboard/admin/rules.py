"""Bonus rules: every version with where it stands, and the buttons of its life."""

from datetime import timedelta
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from dashboard import access, confirming, wording
from dashboard.admin.base import Labelled, ReadOnlyAdmin, ShopAdmin
from dashboard.rules import backtest_page, comparing, reach, try_page, words
from events import clock
from events.refusals import Refusal
from loyalty import rulemaking
from loyalty.models import RuleAward, RuleVersion
from loyalty.rulemaking import State
from loyalty.till import local_day
from members import roles
from members.models import User

STATES = {
    State.DRAFT: (_("nháp"), "default"),
    State.ASKED: (_("chờ duyệt"), "warning"),
    State.REFUSED: (_("không duyệt"), "danger"),
    State.AHEAD: (_("sắp chạy"), "info"),
    State.ACTIVE: (_("đang chạy"), "success"),
    State.PAUSED: (_("tạm dừng"), "warning"),
    State.REPLACED: (_("đã có bản mới"), "default"),
    State.ENDED: (_("kết thúc"), "default"),
}
COLOURS = {state.value: colour for state, (_word, colour) in STATES.items()}
REFUSED = {
    "own_rule": _("Bạn đã soạn quy tắc này, nên một quản trị viên khác phải duyệt."),
    "rule_in_another_state": _("Quy tắc đã đổi trạng thái, hãy xem lại."),
}
# button → the states in which it stands
BUTTONS = {
    "ask": {State.DRAFT, State.REFUSED},
    "approve": {State.DRAFT, State.ASKED, State.REFUSED},
    "refuse": {State.ASKED},
    "pause": {State.ACTIVE, State.AHEAD},
    "resume": {State.PAUSED},
    "end": {State.ACTIVE, State.AHEAD, State.PAUSED},
}


@admin.register(RuleVersion)
class RuleVersionAdmin(ReadOnlyAdmin, ShopAdmin):
    noun = "rule"
    list_display = ["name", "gives", "asks", "state", "runs", "given"]
    list_display_links = ["name"]
    ordering = ["rule__key", "-number"]
    search_fields = ["rule__key", "name_vi", "name_en"]
    list_before_template = "dashboard/rule/note.html"
    change_form_after_template = "dashboard/rule/after.html"
    actions_detail = ["try_it", "backtest", "ask", "approve", "refuse", "pause", "resume", "end", "next_version"]
    fields = ["name", "state", "asks", "gives", "limited", "goes_with", "runs", "given", "written", "note"]
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rules are written on a page of their own."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleVersion]:
        since = local_day(clock.now()) - timedelta(days=29)
        given = RuleAward.objects.filter(version=OuterRef("pk"), day__gte=since).values("version")
        found = super().get_queryset(request).select_related("rule").prefetch_related("steps")
        return found.annotate(lately=Subquery(given.annotate(sum=Sum("points")).values("sum")))

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        now = clock.now()
        actors = wording.Actors(row.created_by for row in rows)
        for row in rows:
            row.standing = rulemaking.state(row, at=now)
            row.writer = actors.name(row.created_by)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        version = super().get_object(request, object_id, from_field)
        if version is not None:
            self.prepare(request, [version])
        return version

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        version = self.get_object(request, object_id)
        more = {"changes": comparing.with_before(version), "steps": comparing.steps(version)} if version else {}
        if version and version.standing in {State.DRAFT, State.ASKED, State.REFUSED}:
            more["payback"] = reach.payback(version, at=clock.now())
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may = {"has_write_permission": self.has_write_permission(request)}
        return super().changelist_view(request, {**(extra_context or {}), **may})

    @display(description=_("tên"))
    def name(self, row: RuleVersion) -> str:
        return __("%(name)s, bản %(n)s") % {"name": wording.in_language(row.name_vi, row.name_en), "n": row.number}

    @display(description=_("thưởng"))
    def gives(self, row: RuleVersion) -> str:
        return words.gives(row.effect)

    @display(description=_("khi nào"))
    def asks(self, row: RuleVersion) -> str:
        return words.asks(row.condition)

    @display(description=_("giới hạn"))
    def limited(self, row: RuleVersion) -> str:
        return words.limits(row)

    @display(description=_("cùng quy tắc khác"))
    def goes_with(self, row: RuleVersion) -> str:
        said = str(row.get_stack_mode_display())
        return f"{said}: {row.stack_group}" if row.stack_group else said

    @display(description=_("trạng thái"), label=COLOURS)
    def state(self, row: Any) -> tuple[str, Any]:
        return Labelled(row.standing.value, STATES[row.standing][0])

    @display(description=_("chạy"))
    def runs(self, row: RuleVersion) -> str:
        begins = wording.moment(row.valid_from)
        if row.valid_until is None:
            return __("từ %(begins)s") % {"begins": begins}
        return __("%(begins)s đến %(ends)s") % {"begins": begins, "ends": wording.moment(row.valid_until)}

    @display(description=_("đã thưởng 30 ngày qua"))
    def given(self, row: Any) -> str:
        return wording.points(row.lately or 0)

    @display(description=_("người soạn"))
    def written(self, row: Any) -> str:
        return f"{row.writer}, {wording.moment(row.created_at)}"

    @action(description=_("Thử trên hóa đơn"), permissions=["view"], icon="receipt_long")
    def try_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return try_page.page(request, self.admin_site, self._found(request, object_id))

    @action(description=_("Chạy thử lại quá khứ"), permissions=["view"], icon="history")
    def backtest(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return backtest_page.page(request, self.admin_site, self._found(request, object_id))

    @action(description=_("Xin duyệt"), permissions=["ask"], icon="outgoing_mail")
    def ask(self, request: HttpRequest, object_id: str) -> HttpResponse:
        question = __("Xin quản trị viên duyệt “%(name)s”?")
        return self._step(request, object_id, "ask", title=__("Xin duyệt"), question=question)

    @action(description=_("Duyệt"), permissions=["approve"], icon="check_circle")
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        question = __("Cho “%(name)s” chạy %(runs)s? Hóa đơn bán trước đó không đổi.")
        return self._step(request, object_id, "approve", title=__("Duyệt"), question=question)

    @action(description=_("Không duyệt"), permissions=["refuse"], icon="block")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        question = __("Trả “%(name)s” lại cho người soạn?")
        return self._step(request, object_id, "refuse", title=__("Không duyệt"), question=question)

    @action(description=_("Tạm dừng"), permissions=["pause"], icon="pause_circle")
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        question = __("Tạm dừng “%(name)s” từ bây giờ? Điểm đã tích giữ nguyên.")
        return self._step(request, object_id, "pause", title=__("Tạm dừng"), question=question)

    @action(description=_("Chạy tiếp"), permissions=["resume"], icon="play_circle")
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        question = __("Cho “%(name)s” chạy tiếp từ bây giờ?")
        return self._step(request, object_id, "resume", title=__("Chạy tiếp"), question=question)

    @action(description=_("Kết thúc"), permissions=["end"], icon="stop_circle")
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        question = __("Kết thúc “%(name)s” từ bây giờ? Không chạy lại được; điểm đã tích giữ nguyên.")
        return self._step(request, object_id, "end", title=__("Kết thúc"), question=question)

    @action(description=_("Soạn bản mới"), permissions=["write"], icon="edit")
    def next_version(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:rule-write')}?of={self._found(request, object_id).pk}")

    def has_write_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return access.may(request.user, "add", self.noun)

    def has_ask_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return access.may(request.user, "add", self.noun) and self._stands("ask", object_id)

    def has_approve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return access.may(request.user, "act", self.noun) and self._stands("approve", object_id)

    def has_refuse_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return access.may(request.user, "act", self.noun) and self._stands("refuse", object_id)

    def has_pause_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return access.may(request.user, "act", self.noun) and self._stands("pause", object_id)

    def has_resume_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return access.may(request.user, "act", self.noun) and self._stands("resume", object_id)

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return access.may(request.user, "act", self.noun) and self._stands("end", object_id)

    def _stands(self, button: str, object_id: Any) -> bool:
        """Whether a button stands on this version now."""
        if object_id is None or not str(object_id).isdigit():
            return object_id is None
        version = RuleVersion.objects.prefetch_related("steps").select_related("rule").filter(pk=object_id).first()
        return version is not None and rulemaking.state(version, at=clock.now()) in BUTTONS[button]

    def _step(self, request: HttpRequest, object_id: str, verb: str, *, title: str, question: str) -> HttpResponse:
        """Ask first; then take the step in this person's name."""
        version = self._found(request, object_id)
        back = reverse("admin:loyalty_ruleversion_change", args=[version.pk])
        if request.method != "POST":
            said = {"name": self.name(version), "runs": self.runs(version)}
            return confirming.ask(request, self.admin_site, title=title, question=question % said, back=back)
        told: dict[str, Any] = {"id": version.pk, "by": f"user:{request.user.pk}", "at": clock.now()}
        if verb == "approve":
            told["alone"] = _only_admin()
        elif verb == "refuse":
            told["reason"] = ""
        try:
            getattr(rulemaking, verb)(**told)
        except Refusal as refusal:
            messages.error(request, str(REFUSED.get(refusal.code, __("Không thực hiện được."))))
        else:
            messages.success(request, __("Đã ghi: %(what)s.") % {"what": title.lower()})
        return HttpResponseRedirect(back)

    def _found(self, request: HttpRequest, object_id: str) -> RuleVersion:
        version = self.get_object(request, object_id)
        if version is None:
            raise Http404
        return cast(RuleVersion, version)


def _only_admin() -> bool:
    """A shop of one admin has nobody else to ask."""
    admins = User.objects.filter(is_active=True, groups__name=roles.ADMIN) | User.objects.filter(
        is_active=True, is_superuser=True
    )
    return len(admins.distinct().values_list("pk", flat=True)[:2]) < 2
