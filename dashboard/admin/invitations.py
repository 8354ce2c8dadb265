"""Invitations of staff: a link that works once, sent by e-mail or copied; sent again, taken back."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from campaigns import staff_letters
from campaigns.staff_letters import Sent
from dashboard import confirming, wording
from dashboard.admin.base import Labelled, ShopAdmin
from events import clock
from loyalty.models import Store
from members import inviting, roles
from members.inviting import InvitationEnded
from members.models import StaffInvitation, User


class InvitationForm(forms.ModelForm):
    role = forms.ChoiceField(label=capfirst(_("vai trò")), widget=UnfoldAdminSelectWidget)
    store_ids = forms.TypedMultipleChoiceField(
        label=capfirst(_("cửa hàng")),
        coerce=int,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("Cửa hàng người này làm việc; để trống là tất cả."),
    )
    language = forms.ChoiceField(
        label=capfirst(_("ngôn ngữ")), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = StaffInvitation
        fields = ["name", "email", "role", "store_ids", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = cast(forms.ChoiceField, self.fields["role"])
        role.choices = [(name, capfirst(str(roles.LABELS[name]))) for name in inviting.ROLES]
        stores = Store.objects.filter(practice_of=None, closed=False).order_by("code")
        cast(forms.MultipleChoiceField, self.fields["store_ids"]).choices = [(s.id, s.name) for s in stores]
        self.fields["email"].help_text = __("Để trống nếu bạn tự gửi liên kết.")


@admin.register(StaffInvitation)
class StaffInvitationAdmin(ShopAdmin):
    """An invitation is made, sent again or taken back, never changed; its link is shown once."""

    noun = "invitation"
    list_display = ["whom", "role_word", "stores", "state", "made", "until"]
    list_select_related = ["made_by"]
    search_fields = ["name", "email"]
    ordering = ["-id"]
    actions_detail = ["send_again", "revoke"]
    fields = ["name", "email", "role", "store_ids", "language"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = InvitationForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["whom", "email", "role_word", "stores", "state", "made", "until"] if obj else list(self.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.get_fields(request, obj) if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffInvitation]:
        return super().get_queryset(request).select_related("made_by")

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        names = _store_names()
        for row in rows:
            row.store_names = names

    def save_model(self, request: HttpRequest, obj: StaffInvitation, form: Any, change: bool) -> None:
        said, by = form.cleaned_data, cast(User, request.user)
        sent = staff_letters.invite(**said, link_of=_link, by=by, at=clock.now())
        obj.pk = sent.invitation.pk
        request.invited = sent  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: StaffInvitation, post_url_continue: Any = None) -> HttpResponse:
        return self._show(request, request.invited)  # type: ignore[attr-defined]

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def _show(self, request: HttpRequest, sent: Sent) -> HttpResponse:
        """The page with the link, this once."""
        context = {
            **self.admin_site.each_context(request),
            "title": __("Lời mời nhân viên"),
            "invitation": sent.invitation,
            "link": sent.link,
            "mailed": sent.mailed,
            "role": str(roles.LABELS[sent.invitation.role]),
            "until": wording.moment(sent.invitation.expires_at),
            "list_url": reverse("admin:members_staffinvitation_changelist"),
        }
        response = TemplateResponse(request, "dashboard/new_invitation.html", context)
        response["Cache-Control"] = "no-store"
        return response

    @action(description=_("Gửi lại"), permissions=["act"], icon="forward_to_inbox")
    def send_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        invitation = self._found(request, object_id)
        back = reverse("admin:members_staffinvitation_changelist")
        if request.method != "POST":
            question = __("Tạo liên kết mới cho %(whom)s? Liên kết cũ không dùng được nữa.") % {"whom": invitation}
            return confirming.ask(request, self.admin_site, title=__("Gửi lại"), question=question, back=back)
        try:
            sent = staff_letters.send_again(invitation_id=invitation.pk, link_of=_link, at=clock.now())
        except InvitationEnded:
            return _ended(request, back)
        return self._show(request, sent)

    @action(description=_("Thu hồi lời mời"), permissions=["act"], icon="block")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        invitation = self._found(request, object_id)
        back = reverse("admin:members_staffinvitation_changelist")
        title = __("Thu hồi lời mời")
        if request.method != "POST":
            question = __("Thu hồi lời mời của %(whom)s? Liên kết không dùng được nữa.") % {"whom": invitation}
            return confirming.ask(request, self.admin_site, title=title, question=question, back=back)
        try:
            inviting.revoke(invitation_id=invitation.pk, at=clock.now())
        except InvitationEnded:
            return _ended(request, back)
        messages.success(request, __("Đã thu hồi lời mời của %(whom)s.") % {"whom": invitation})
        return HttpResponseRedirect(back)

    def _found(self, request: HttpRequest, object_id: str) -> StaffInvitation:
        found = cast(StaffInvitation | None, self.get_object(request, object_id))
        if found is None:
            raise Http404
        return found

    @display(description=_("người được mời"))
    def whom(self, invitation: StaffInvitation) -> str:
        return str(invitation)

    @display(description=_("vai trò"))
    def role_word(self, invitation: StaffInvitation) -> str:
        return str(roles.LABELS.get(invitation.role, invitation.role))

    @display(description=_("cửa hàng"))
    def stores(self, invitation: Any) -> str:
        names = getattr(invitation, "store_names", None) or _store_names()
        return ", ".join(names.get(store, "") for store in invitation.store_ids) or __("tất cả")

    @display(description=_("trạng thái"), label={"open": "info", "accepted": "success", "ended": "danger"})
    def state(self, invitation: StaffInvitation) -> tuple[str, Any]:
        if invitation.accepted_at:
            return Labelled("accepted", _("đã nhận lời"))
        if invitation.revoked_at:
            return Labelled("ended", _("đã thu hồi"))
        if invitation.expires_at <= clock.now():
            return Labelled("ended", _("hết hạn"))
        return Labelled("open", _("đang chờ"))

    @display(description=_("mời"))
    def made(self, invitation: StaffInvitation) -> str:
        return f"{wording.moment(invitation.made_at)}, {invitation.made_by or wording.NOTHING}"

    @display(description=_("dùng được đến"))
    def until(self, invitation: StaffInvitation) -> str:
        return wording.moment(invitation.expires_at)


def _ended(request: HttpRequest, back: str) -> HttpResponse:
    messages.error(request, __("Lời mời này đã được nhận hoặc đã thu hồi."))
    return HttpResponseRedirect(back)


def _store_names() -> dict[int, str]:
    return dict(Store.objects.filter(practice_of=None).values_list("id", "name"))


def _link(token: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse('account_invitation', args=[token])}"
