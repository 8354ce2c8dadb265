"""Kinds of vouchers, each a row of dated versions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from dashboard import wording
from dashboard.admin.base import Labelled, ShopAdmin
from dashboard.fields import MoneyField
from events import clock
from rewards import defining
from rewards.models import VoucherDefinition

MONEY = {"amount", "cap", "minimum_basket"}
PHASES = {"live": _("đang chạy"), "ahead": _("sắp chạy"), "past": _("bản cũ"), "ended": _("ngừng phát")}


class KindForm(forms.ModelForm):
    """Without a moment the version begins at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "valid_from" in self.fields:
            self.fields["valid_from"].required = False
            self.fields["valid_from"].help_text = _("Để trống: ngay bây giờ.")

    def clean_valid_from(self) -> Any:
        now = clock.now()
        moment = self.cleaned_data["valid_from"] or now
        if moment < now:
            raise forms.ValidationError(__("Chọn một lúc trong tương lai, hoặc để trống."))
        return moment

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == VoucherDefinition.Kind.AMOUNT:
            cleaned["percent"] = cleaned["cap"] = None
            if not cleaned.get("amount"):
                self.add_error("amount", __("Hãy ghi số tiền giảm."))
        else:
            cleaned["amount"] = None
            if not 1 <= (cleaned.get("percent") or 0) <= 100:
                self.add_error("percent", __("Phần trăm giảm từ 1 đến 100."))
        return cleaned


@admin.register(VoucherDefinition)
class VoucherDefinitionAdmin(ShopAdmin):
    """A version is published and never changed: whoever wants another publishes the next one."""

    noun = "voucher kind"
    form = KindForm
    list_display = ["name", "key", "version", "worth", "lasts", "begins", "state", "published"]
    list_display_links = ["name"]
    ordering = ["key", "-version"]
    search_fields = ["key", "name_vi"]
    list_before_template = "dashboard/voucher_kind_note.html"
    change_form_before_template = "dashboard/voucher_kind_next.html"
    fieldsets = [
        (None, {"fields": ["key", "name_vi", "name_en", "valid_from", "active"]}),
        (_("Giảm giá"), {"fields": ["kind", "amount", "percent", "cap", "minimum_basket"]}),
        (_("Cách dùng"), {"fields": ["valid_days", "uses", "on_return"]}),
        (_("Thể lệ"), {"fields": ["terms_vi", "terms_en"]}),
    ]

    shown = [
        "key",
        "version",
        "name_vi",
        "name_en",
        "state",
        "begins",
        "worth",
        "lasts",
        "uses",
        "on_return",
        "terms_vi",
        "terms_en",
        "published",
    ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": self.shown})] if obj else self.fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.shown if obj else []

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        kind = super().get_object(request, object_id, from_field)
        if kind is not None:
            self.prepare(request, [kind])
        return kind

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in MONEY:
            return MoneyField(
                label=db_field.verbose_name.capitalize(),
                help_text=db_field.help_text,
                required=not db_field.blank,
                min_value=0,
                initial=0 if db_field.name == "minimum_basket" else None,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?key=welcome`: a new version begins as a copy of the last one."""
        last = VoucherDefinition.objects.filter(key=request.GET.get("key", "")).order_by("-version").first()
        if last is None:
            return {}
        names = [name for _title, group in self.fieldsets for name in group["fields"] if name != "valid_from"]
        return {name: getattr(last, name) for name in names}

    def save_model(self, request: HttpRequest, obj: VoucherDefinition, form: Any, change: bool) -> None:
        at = clock.now()
        obj.valid_from = max(obj.valid_from, at)  # filling in the form took a moment
        defining.publish(obj, by=f"user:{request.user.pk}", at=at)

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        now, currency = clock.now(), wording.currency()
        actors = wording.Actors(row.published_by for row in rows)
        begun = VoucherDefinition.objects.filter(valid_from__lte=now).order_by("key", "-valid_from", "-version")
        live = set(begun.distinct("key").values_list("pk", flat=True))
        for row in rows:
            row.publisher = actors.name(row.published_by)
            row.worth_words = wording.voucher_worth(row, currency=currency)
            row.phase = "ahead" if row.valid_from > now else "past"
            if row.pk in live:
                row.phase = "live" if row.active else "ended"

    @display(description=_("tên"))
    def name(self, row: VoucherDefinition) -> str:
        return wording.in_language(row.name_vi, row.name_en)

    @display(description=_("giảm"))
    def worth(self, row: Any) -> str:
        return row.worth_words

    @display(description=_("dùng trong"))
    def lasts(self, row: VoucherDefinition) -> str:
        return __("%(n)s ngày") % {"n": row.valid_days}

    @display(description=_("có hiệu lực từ"))
    def begins(self, row: VoucherDefinition) -> str:
        return __("từ đầu") if row.valid_from.year < 1990 else wording.moment(row.valid_from)

    @display(
        description=_("trạng thái"), label={"live": "success", "ahead": "info", "past": "default", "ended": "danger"}
    )
    def state(self, row: Any) -> tuple[str, Any]:
        return Labelled(row.phase, PHASES[row.phase])

    @display(description=_("người đăng"))
    def published(self, row: Any) -> str:
        return f"{row.publisher}, {wording.moment(row.published_at)}"
