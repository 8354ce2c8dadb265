"""Recommendations: read before they are shown, taken down at any time."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from dashboard import confirming, linking, people, wording
from dashboard.admin.base import ReadOnlyAdmin
from events import clock
from events.refusals import Refusal
from members.models import Voice
from members.relationship import voices


class RefusalForm(forms.Form):
    reason = forms.CharField(
        label=_("Lý do"),
        max_length=240,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Chỉ nhân viên xem."),
    )


@admin.register(Voice)
class VoiceAdmin(ReadOnlyAdmin):
    noun = "voice"
    list_display = ["beginning", "signed_by", "who", "moment", "state_word"]
    list_filter = [("state", ChoicesDropdownFilter)]
    ordering = ["-at"]
    fields = ["words", "signed_by", "agreed", "moment", "state_plain", "decided", "decision"]
    readonly_fields = ["words", "signed_by", "agreed", "moment", "state_plain", "decided"]
    actions_detail = ["approve", "refuse"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Voice]:
        rows = super().get_queryset(request).filter(member__practice=False)
        return rows.select_related("consent", "decided_by")

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        named = people.shown(request, [row.member_id for row in rows])
        for row in rows:
            row.shown = named[row.member_id]

    @action(description=_("Đăng"), permissions=["approve"], icon="check_circle")
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        voice = self._found(request, object_id)
        back = reverse("admin:members_voice_change", args=[voice.pk])
        if request.method != "POST":
            question = __("Đăng lời giới thiệu này cùng tên ký “%(signed)s”?") % {"signed": voice.signed}
            return confirming.ask(request, self.admin_site, title=__("Đăng"), question=question, back=back)
        return self._decide(request, voice, approve=True, reason="")

    @action(description=_("Không đăng"), permissions=["refuse"], icon="block")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        voice = self._found(request, object_id)
        form = RefusalForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._decide(request, voice, approve=False, reason=form.cleaned_data["reason"])
        context = {
            **self.admin_site.each_context(request),
            "title": __("Không đăng"),
            "heading": __("Không đăng lời giới thiệu"),
            "note": __("Lời đang hiển thị sẽ được gỡ ngay."),
            "form": form,
            "back": reverse("admin:members_voice_change", args=[voice.pk]),
        }
        return TemplateResponse(request, "dashboard/form.html", context)

    def has_approve_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_decide(request, object_id, {Voice.State.WAITING})

    def has_refuse_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_decide(request, object_id, {Voice.State.WAITING, Voice.State.APPROVED})

    def _may_decide(self, request: HttpRequest, object_id: Any, states: set[Any]) -> bool:
        if not self.has_act_permission(request):
            return False
        try:
            return object_id is None or Voice.objects.filter(pk=UUID(str(object_id)), state__in=states).exists()
        except ValueError:
            return False

    def _found(self, request: HttpRequest, object_id: str) -> Voice:
        voice = self.get_object(request, object_id)
        if voice is None:
            raise Http404
        if voice.member.user_id == request.user.pk:
            raise PermissionDenied
        return cast(Voice, voice)

    def _decide(self, request: HttpRequest, voice: Voice, *, approve: bool, reason: str) -> HttpResponse:
        user = cast(int, request.user.pk)
        try:
            voices.decide(
                voice_id=voice.pk, approve=approve, user_id=user, reason=reason, by=f"user:{user}", at=clock.now()
            )
        except Refusal:
            messages.error(request, __("Lời này đã được quyết định."))
        else:
            messages.success(request, __("Đã đăng.") if approve else __("Đã ghi: không đăng."))
        return HttpResponseRedirect(reverse("admin:members_voice_changelist"))

    @display(description=_("lời giới thiệu"))
    def beginning(self, voice: Voice) -> str:
        return f"{voice.text[:90]}…" if len(voice.text) > 90 else voice.text

    @display(description=_("lời giới thiệu"))
    def words(self, voice: Voice) -> str:
        return voice.text

    @display(description=_("ký tên"))
    def signed_by(self, voice: Voice) -> str:
        return voice.signed

    @display(description=_("thành viên"))
    def who(self, voice: Any) -> Any:
        return linking.to("members_member", voice.member_id, voice.shown.name)

    @display(description=_("đồng ý"))
    def agreed(self, voice: Voice) -> str:
        return f"{wording.moment(voice.consent.at)}, {voice.consent.text_id}"

    @display(description=_("gửi lúc"))
    def moment(self, voice: Voice) -> str:
        return wording.moment(voice.at)

    @display(description=_("duyệt"))
    def decided(self, voice: Voice) -> str:
        if voice.decided_at is None:
            return wording.NOTHING
        by = str(voice.decided_by) if voice.decided_by else __("thành viên")
        return f"{wording.moment(voice.decided_at)}, {by}"

    @display(
        description=_("trạng thái"),
        label={"waiting": "warning", "approved": "success", "refused": "danger", "taken_back": "default"},
    )
    def state_word(self, voice: Voice) -> tuple[str, str]:
        return voice.state, voice.get_state_display()

    @display(description=_("trạng thái"))
    def state_plain(self, voice: Voice) -> str:
        return voice.get_state_display()
