"""People who sign in, and the roles they have. What a role may do is code (`dashboard.access`), not a setting."""

from typing import Any, cast

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from dashboard import access, confirming, signing_in
from dashboard.admin.base import ReadOnlyAdmin, ShopAdmin
from events import clock
from loyalty import staffing
from loyalty.models import Store
from members import pins, roles
from members.models import User

RIGHT_WORDS = {"view": _("xem"), "add": _("thêm"), "change": _("sửa"), "act": _("thao tác"), "void": _("hủy")}
NOUN_WORDS = {
    "overview": _("tổng quan"),
    "member": _("thành viên"),
    "rule": _("quy tắc thưởng điểm"),
    "identifier": _("số đầy đủ của thành viên"),
    "card": _("thẻ thành viên"),
    "spending lock": _("khóa dùng điểm"),
    "data request": _("yêu cầu về dữ liệu"),
    "terms": _("thể lệ chương trình"),
    "note": _("ghi chú"),
    "case": _("phiếu hỗ trợ"),
    "case terms": _("thời hạn phiếu hỗ trợ"),
    "close reason": _("lý do đóng phiếu"),
    "feedback": _("góp ý"),
    "feedback terms": _("góp ý của khách: cài đặt"),
    "survey": _("khảo sát"),
    "voice": _("lời giới thiệu"),
    "store contact": _("người phụ trách của cửa hàng"),
    "points": _("cộng/trừ điểm tay"),
    "purchase": _("hóa đơn"),
    "return": _("trả hàng"),
    "entry": _("sổ điểm"),
    "voucher": _("voucher"),
    "voucher kind": _("loại voucher"),
    "stamp card": _("thẻ tích dấu"),
    "policy": _("chính sách điểm và hạng"),
    "tier": _("hạng"),
    "programme": _("chương trình"),
    "brand": _("thương hiệu"),
    "store": _("cửa hàng"),
    "terminal": _("máy bán hàng"),
    "device": _("thiết bị"),
    "pin": _("mã PIN"),
    "key": _("khóa API"),
    "user": _("nhân viên"),
    "cashier": _("thu ngân"),
    "invitation": _("lời mời nhân viên"),
    "role": _("vai trò"),
    "consent text": _("văn bản đồng ý"),
    "campaign": _("chiến dịch"),
    "turn": _("lượt gửi"),
    "sending": _("giới hạn gửi tin"),
    "suppression": _("địa chỉ không gửi"),
    "fake message": _("tin đã gửi (giả lập)"),
    "fake channel": _("kênh giả lập"),
    "settings": _("thiết lập"),
    "named day": _("ngày đặc biệt"),
    "adjustment": _("điểm chờ duyệt"),
    "first day": _("ngày đầu tiên"),
    "import": _("nhập file"),
    "delivery": _("chuyển sự kiện"),
    "job": _("việc nền"),
    "night": _("chạy đêm"),
    "retention": _("giữ chân khách"),
    "retention terms": _("cách tính giữ chân khách"),
    "webhook": _("webhook"),
    "history": _("nhật ký thao tác"),
}


def role_word(name: str) -> str:
    return str(roles.LABELS.get(name, name))


class _RolesAndStores(forms.ModelForm):
    """Roles as check boxes; stores by name."""

    groups = forms.ModelMultipleChoiceField(
        label=capfirst(_("vai trò")),
        queryset=Group.objects.none(),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        required=True,
    )
    store_ids = forms.MultipleChoiceField(
        label=capfirst(_("cửa hàng")),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("Cửa hàng người này làm việc; để trống là tất cả."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = cast(forms.ModelMultipleChoiceField, self.fields["groups"])
        groups.queryset = Group.objects.filter(name__in=roles.LABELS)
        groups.label_from_instance = lambda group: role_word(group.name)  # type: ignore[method-assign, assignment]
        stores = Store.objects.filter(practice_of=None).order_by("code")
        cast(forms.MultipleChoiceField, self.fields["store_ids"]).choices = [(s.id, s.name) for s in stores]

    def clean_store_ids(self) -> list[int]:
        return [int(store) for store in self.cleaned_data["store_ids"]]


class StaffForm(_RolesAndStores, UserChangeForm):
    pass


class NewStaffForm(_RolesAndStores, UserCreationForm):
    pass


@admin.register(User)
class StaffAdmin(ShopAdmin, DjangoUserAdmin):
    noun = "user"
    form = StaffForm
    add_form = NewStaffForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "full_name", "role_words", "second_factor", "is_active", "last_login"]
    list_filter = ["is_active"]
    search_fields = ["username", "first_name", "last_name"]
    ordering = ["username"]
    filter_horizontal = ()
    actions_detail = ["forget_second_factor", "reset_pin", "deactivate", "reactivate"]
    list_before_template = "dashboard/staff_note.html"
    readonly_fields = ["is_active", "last_login", "date_joined"]
    fieldsets = (
        (None, {"fields": ("username", "password", "last_name", "first_name", "phone", "locale", "is_active")}),
        (_("Vai trò và cửa hàng"), {"fields": ("groups", "store_ids")}),
        (_("Nhật ký"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "password1", "password2", "last_name", "first_name")}),
        (_("Vai trò và cửa hàng"), {"fields": ("groups", "store_ids")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=signing_in.SECOND_FACTORS)
        # members who signed in at the portal have a user too
        staff = (
            super()
            .get_queryset(request)
            .filter(member__isnull=True)
            .annotate(secured=Exists(factors))
            .prefetch_related("groups")
        )
        if access.may(request.user, "change", "user"):
            return staff
        # a store manager sees the cashiers of the own stores
        return staff.filter(pk__in=staffing.cashiers_of(access.stores_of(request.user)))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        told = {
            "takes_on": access.may(request.user, "add", "cashier"),
            "invites": access.may(request.user, "add", "invitation"),
        }
        return super().changelist_view(request, told | (extra_context or {}))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Whoever has a role with pages here may enter; nobody else."""
        super().save_related(request, form, formsets, change)
        user: User = form.instance
        user.is_staff = user.is_superuser or access.signs_in_here(user.groups.values_list("name", flat=True))
        user.save(update_fields=["is_staff"])

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        return super().user_change_password(request, id, form_url)

    @action(description=_("Gỡ xác thực hai bước"), permissions=["change"], icon="lock_reset")
    def forget_second_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The phone is lost: the person signs in with the password and is led to set up a new one."""
        user = self._found(request, object_id)
        back = reverse("admin:members_user_change", args=[object_id])
        if request.method != "POST":
            question = __("Gỡ xác thực hai bước của %(user)s? Người này đăng nhập bằng mật khẩu rồi cài lại.") % {
                "user": user
            }
            title = __("Gỡ xác thực hai bước")
            return confirming.ask(request, self.admin_site, title=title, question=question, back=back)
        signing_in.take_off_second_factor(user)
        messages.success(request, __("%(user)s sẽ được yêu cầu cài lại xác thực hai bước.") % {"user": user})
        return HttpResponseRedirect(back)

    def has_reset_pin_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(request.user, "act", "pin")

    @action(description=_("Đặt lại mã PIN"), permissions=["reset_pin"], icon="pin")
    def reset_pin(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A new PIN for the counter, shown once; the person has to choose another at the first sign-in."""
        user = self._found(request, object_id)
        back = reverse("admin:members_user_change", args=[object_id])
        title = __("Đặt lại mã PIN")
        if request.method != "POST":
            question = __("Đặt mã PIN mới cho %(user)s? Mã cũ sẽ không dùng được nữa.") % {"user": user}
            return confirming.ask(request, self.admin_site, title=title, question=question, back=back)
        pin = pins.reset(user_id=user.pk, by=f"user:{request.user.pk}", at=clock.now())
        told = {**self.admin_site.each_context(request), "title": title, "person": user, "pin": pin, "back": back}
        response = TemplateResponse(request, "dashboard/new_pin.html", told)
        response["Cache-Control"] = "no-store"
        return response

    def has_deactivate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return access.may(request.user, "act", "cashier") and _works(object_id)

    def has_reactivate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return access.may(request.user, "act", "cashier") and not _works(object_id)

    @action(description=_("Cho nghỉ việc"), permissions=["deactivate"], icon="person_off")
    def deactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Whoever left is shut out at once, at every door."""
        user = self._found(request, object_id)
        back = reverse("admin:members_user_changelist")
        title = __("Cho nghỉ việc")
        if request.method != "POST":
            question = __(
                "Cho %(user)s nghỉ việc? Người này bị đăng xuất ngay ở mọi nơi, mã PIN và lời mời không dùng được nữa."
            ) % {"user": user}
            return confirming.ask(request, self.admin_site, title=title, question=question, back=back)
        try:
            staffing.deactivate(user_id=user.pk, by=cast(User, request.user), at=clock.now())
        except (staffing.NotOneself, staffing.ShutOut):
            messages.error(request, __("Không ai tự cho mình nghỉ việc được: hãy nhờ một quản trị viên khác."))
        else:
            messages.success(request, __("%(user)s đã nghỉ việc và bị đăng xuất ở mọi nơi.") % {"user": user})
        return HttpResponseRedirect(back)

    @action(description=_("Cho làm lại"), permissions=["reactivate"], icon="person_add")
    def reactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self._found(request, object_id)
        back = reverse("admin:members_user_change", args=[object_id])
        title = __("Cho làm lại")
        if request.method != "POST":
            question = __("Cho %(user)s làm lại, với vai trò và cửa hàng như trước?") % {"user": user}
            return confirming.ask(request, self.admin_site, title=title, question=question, back=back)
        staffing.reactivate(user_id=user.pk)
        messages.success(request, __("%(user)s làm việc lại từ bây giờ.") % {"user": user})
        return HttpResponseRedirect(back)

    def _found(self, request: HttpRequest, object_id: str) -> User:
        found = cast(User | None, self.get_object(request, object_id))
        if found is None:
            raise Http404
        return found

    @display(description=_("họ tên"))
    def full_name(self, user: User) -> str:
        return f"{user.last_name} {user.first_name}".strip()

    @display(description=_("vai trò"))
    def role_words(self, user: User) -> str:
        return ", ".join(role_word(group.name) for group in user.groups.all())

    @display(description=_("hai bước"), boolean=True)
    def second_factor(self, user: Any) -> bool:
        return bool(user.secured)


def _works(user_id: Any) -> bool:
    return User.objects.filter(pk=user_id, is_active=True).exists()


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin):
    """The matrix, to be read."""

    noun = "role"
    list_display = ["role", "rights"]
    list_display_links = None
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).filter(name__in=roles.LABELS)

    @display(description=_("vai trò"))
    def role(self, group: Group) -> str:
        return role_word(group.name)

    @display(description=_("được làm"))
    def rights(self, group: Group) -> str:
        lines = []
        for noun, row in access.MATRIX.items():
            rights = row.get(group.name, "").split()
            if rights:
                lines.append(f"{NOUN_WORDS[noun]} ({', '.join(str(RIGHT_WORDS[right]) for right in rights)})")
        return " · ".join(lines) or __("không có trang nào ở đây")
