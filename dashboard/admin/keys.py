from datetime import timedelta
from typing import Any, cast

from django import forms
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

from dashboard import confirming, wording
from dashboard.admin.base import ShopAdmin
from events import clock
from loyalty import keys
from loyalty.models import ApiKey, Store
from loyalty.models.stores import SCOPES
from members.models import User

SCOPE_WORDS = {
    "lookup": _("tra cứu thành viên"),
    "enrol": _("đăng ký thành viên"),
    "earn": _("tích điểm"),
    "redeem": _("dùng điểm"),
    "refund": _("trả hàng, hủy hóa đơn"),
    "voucher": _("voucher"),
}


class KeyForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=capfirst(_("được làm")),
        choices=[(scope, SCOPE_WORDS[scope]) for scope in SCOPES],
        initial=[scope for scope in SCOPES if scope != "voucher"],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = ApiKey
        fields = ["store", "terminal", "scopes", "test", "description", "expires_at"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        terminal, store = cleaned.get("terminal"), cleaned.get("store")
        if terminal and store and terminal.store_id != store.id:
            self.add_error("terminal", __("Máy này thuộc cửa hàng khác."))
        return cleaned


class SuccessorForm(forms.Form):
    """How long the old key works beside its successor: as long as somebody needs to visit the till."""

    days = forms.TypedChoiceField(
        label=_("Khóa cũ còn dùng được"),
        coerce=int,
        choices=[(0, _("không, ngừng ngay")), (1, _("1 ngày")), (7, _("7 ngày")), (30, _("30 ngày"))],
        initial=7,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Trong thời gian đó máy bán hàng gửi được bằng cả hai khóa."),
    )


@admin.register(ApiKey)
class ApiKeyAdmin(ShopAdmin):
    """A key is made, replaced and revoked, never changed; its plain text is shown once."""

    noun = "key"
    form = KeyForm
    list_display = ["__str__", "store", "terminal", "description", "state", "last_used"]
    list_filter = ["test", "store"]
    list_select_related = ["store", "terminal__store"]
    search_fields = ["prefix", "description"]
    ordering = ["-id"]
    actions_detail = ["replace", "revoke"]
    fields = ["store", "terminal", "scopes", "test", "description", "expires_at"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return list(self.fields)
        return [
            "store",
            "terminal",
            "scope_words",
            "test",
            "description",
            "created",
            "expires_at",
            "revoked_at",
            "state",
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.get_fields(request, obj) if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "store":
            kwargs["queryset"] = Store.objects.filter(practice_of=None, closed=False).order_by("code")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        made, text = keys.create(**form.cleaned_data, by=cast(User, request.user), at=clock.now())
        obj.pk = made.pk
        request.new_key = text  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: Any = None) -> HttpResponse:
        made = ApiKey.objects.select_related("store").get(pk=obj.pk)
        return self._show(request, made, request.new_key)  # type: ignore[attr-defined]

    def _show(self, request: HttpRequest, made: ApiKey, text: str, *, old: ApiKey | None = None) -> HttpResponse:
        """The page that shows the secret, this once; never cached, and a reload cannot show it again."""
        context = {
            **self.admin_site.each_context(request),
            "title": __("Khóa API mới"),
            "key": made,
            "text": text,
            "old": old,
            "old_until": wording.moment(old.expires_at) if old else "",
            "list_url": reverse("admin:loyalty_apikey_changelist"),
        }
        response = TemplateResponse(request, "dashboard/new_key.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    @action(description=_("Thay khóa"), permissions=["act"], icon="autorenew")
    def replace(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A successor with the same store, till and rights; the old key works a while yet."""
        key = cast(ApiKey | None, self.get_object(request, object_id))
        if key is None:
            raise Http404
        form = SuccessorForm(request.POST or None)
        back = reverse("admin:loyalty_apikey_change", args=[key.pk])
        if request.method == "POST" and form.is_valid():
            overlap = timedelta(days=form.cleaned_data["days"])
            try:
                made, text = keys.replace(key=key, overlap=overlap, by=cast(User, request.user), at=clock.now())
            except keys.KeyRefused:
                messages.error(request, __("Khóa này đã hết dùng được. Hãy tạo khóa mới."))
                return HttpResponseRedirect(back)
            key.refresh_from_db(fields=["expires_at"])
            return self._show(request, made, text, old=key)
        context = {
            **self.admin_site.each_context(request),
            "title": __("Thay khóa"),
            "heading": str(key),
            "form": form,
            "note": __("Khóa mới có cùng cửa hàng, máy và quyền, và chỉ hiện một lần."),
            "back": back,
        }
        return TemplateResponse(request, "dashboard/form.html", context)

    @action(description=_("Thu hồi khóa"), permissions=["act"], icon="block")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.get_object(request, object_id)
        if key is None:
            raise Http404
        back = reverse("admin:loyalty_apikey_changelist")
        if request.method != "POST":
            question = __("Thu hồi khóa %(key)s? Máy bán hàng dùng khóa này sẽ không gửi được nữa.") % {"key": key}
            return confirming.ask(request, self.admin_site, title=__("Thu hồi khóa"), question=question, back=back)
        if key.revoked_at is None:
            key.revoked_at = clock.now()
            key.save(update_fields=["revoked_at"])
            messages.success(request, __("Đã thu hồi khóa %(key)s.") % {"key": key})
        return HttpResponseRedirect(back)

    @display(description=_("trạng thái"), label={"live": "success", "test": "info", "ended": "danger"})
    def state(self, key: ApiKey) -> tuple[str, Any]:
        if key.revoked_at:
            return "ended", _("đã thu hồi")
        if key.expires_at and key.expires_at <= clock.now():
            return "ended", _("hết hạn")
        return ("test", _("khóa thử")) if key.test else ("live", _("đang dùng"))

    @display(description=_("dùng lần gần nhất"))
    def last_used(self, key: ApiKey) -> str:
        return wording.moment(key.last_used_at)

    @display(description=_("tạo"))
    def created(self, key: ApiKey) -> str:
        return f"{wording.moment(key.created_at)}, {key.created_by or wording.NOTHING}"

    @display(description=_("được làm"))
    def scope_words(self, key: ApiKey) -> str:
        return ", ".join(str(SCOPE_WORDS[scope]) for scope in key.scopes)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        return super().get_queryset(request).select_related("created_by")
