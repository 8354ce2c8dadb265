"""Stamp cards, each a row of dated versions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.http import HttpRequest
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from dashboard import wording
from dashboard.admin.base import Labelled, ShopAdmin
from dashboard.fields import ListWidget
from events import clock
from rewards import defining, stamping
from rewards.models import StampCard

PHASES = {
    "live": _("đang chạy"),
    "ahead": _("sắp chạy"),
    "past": _("bản cũ"),
    "ended": _("đã ngừng"),
    "over": _("hết hạn"),
}


class CardForm(forms.ModelForm):
    """Without a moment the version begins at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "valid_from" not in self.fields:
            return
        self.fields["valid_from"].required = False
        self.fields["valid_from"].help_text = _("Để trống: ngay bây giờ.")
        kinds = [
            (kind.key, wording.in_language(kind.name_vi, kind.name_en)) for kind in defining.offered(at=clock.now())
        ]
        self.fields["gives"] = forms.ChoiceField(
            label=_("Voucher tặng"),
            choices=kinds,
            widget=UnfoldAdminSelectWidget,
            help_text=_("Phát cho thành viên ngay khi thẻ đầy."),
        )

    def clean_valid_from(self) -> Any:
        now = clock.now()
        moment = self.cleaned_data["valid_from"] or now
        if moment < now:
            raise forms.ValidationError(__("Chọn một lúc trong tương lai, hoặc để trống."))
        return moment

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("categories", "skus"):
            cleaned[name] = list(dict.fromkeys(cleaned.get(name) or []))
        if not cleaned["categories"] and not cleaned["skus"] and not {"categories", "skus"} & set(self.errors):
            self.add_error("categories", __("Hãy ghi ít nhất một nhóm hàng hoặc một mã hàng."))
        begins, ends = cleaned.get("valid_from"), cleaned.get("valid_until")
        if begins and ends and ends <= begins:
            self.add_error("valid_until", __("Ngày kết thúc phải sau ngày bắt đầu."))
        last = StampCard.objects.filter(key=cleaned.get("key", "")).order_by("-version").first()
        if last is not None and cleaned.get("needed") not in (None, last.needed):
            words = __("Các bản của một thẻ cần số dấu như nhau (%(n)s). Muốn số khác, hãy đăng một thẻ mới.")
            self.add_error("needed", words % {"n": last.needed})
        return cleaned


@admin.register(StampCard)
class StampCardAdmin(ShopAdmin):
    """A version is published and never changed: whoever wants another, or to end the card, publishes the next one."""

    noun = "stamp card"
    form = CardForm
    list_display = ["name", "key", "version", "asks", "gift", "begins", "state", "published"]
    list_display_links = ["name"]
    ordering = ["key", "-version"]
    search_fields = ["key", "name_vi"]
    list_before_template = "dashboard/stamp_card_note.html"
    change_form_before_template = "dashboard/stamp_card_next.html"
    fieldsets = [
        (None, {"fields": ["key", "name_vi", "name_en", "active"]}),
        (_("Món được đóng dấu"), {"fields": ["categories", "skus"]}),
        (_("Quà"), {"fields": ["needed", "gives"]}),
        (_("Thời gian"), {"fields": ["valid_from", "valid_until"]}),
    ]

    shown = [
        "key",
        "version",
        "name_vi",
        "name_en",
        "state",
        "begins",
        "ends",
        "goods",
        "articles",
        "asks",
        "gift",
        "published",
    ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": self.shown})] if obj else self.fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.shown if obj else []

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        card = super().get_object(request, object_id, from_field)
        if card is not None:
            self.prepare(request, [card])
        return card

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, ArrayField):
            kwargs["widget"] = ListWidget(db_field.verbose_name)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?key=coffee`: a new version begins as a copy of the last one; with `&end=1` as one that ends the card."""
        last = StampCard.objects.filter(key=request.GET.get("key", "")).order_by("-version").first()
        if last is None:
            return {}
        names = [name for _title, group in self.fieldsets for name in group["fields"] if name != "valid_from"]
        return {name: getattr(last, name) for name in names} | ({"active": False} if "end" in request.GET else {})

    def save_model(self, request: HttpRequest, obj: StampCard, form: Any, change: bool) -> None:
        at = clock.now()
        obj.valid_from = max(obj.valid_from, at)  # filling in the form took a moment
        stamping.publish(obj, by=f"user:{request.user.pk}", at=at)

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        now = clock.now()
        actors = wording.Actors(row.published_by for row in rows)
        kinds = {kind.key: wording.in_language(kind.name_vi, kind.name_en) for kind in defining.offered(at=now)}
        terms = {term.card.pk: term for versions in stamping.all_terms().values() for term in versions}
        for row in rows:
            row.publisher = actors.name(row.published_by)
            row.gift_words = kinds.get(row.gives, row.gives)
            row.phase = self._phase(row, ends=terms[row.pk].ends, now=now)

    @staticmethod
    def _phase(row: StampCard, *, ends: Any, now: Any) -> str:
        if row.valid_from > now:
            return "ahead"
        if ends is not None and ends <= now:
            return "over" if ends == row.valid_until else "past"
        return "live" if row.active else "ended"

    @display(description=_("tên"))
    def name(self, row: StampCard) -> str:
        return wording.in_language(row.name_vi, row.name_en)

    @display(description=_("số dấu cần"))
    def asks(self, row: StampCard) -> str:
        return __("%(n)s dấu") % {"n": row.needed}

    @display(description=_("nhóm hàng"))
    def goods(self, row: StampCard) -> str:
        return ", ".join(row.categories) or wording.NOTHING

    @display(description=_("mã hàng"))
    def articles(self, row: StampCard) -> str:
        return ", ".join(row.skus) or wording.NOTHING

    @display(description=_("voucher tặng"))
    def gift(self, row: Any) -> str:
        return row.gift_words

    @display(description=_("có hiệu lực từ"))
    def begins(self, row: StampCard) -> str:
        return wording.moment(row.valid_from)

    @display(description=_("đến"))
    def ends(self, row: StampCard) -> str:
        return wording.moment(row.valid_until) if row.valid_until else wording.NOTHING

    @display(
        description=_("trạng thái"),
        label={"live": "success", "ahead": "info", "past": "default", "ended": "danger", "over": "default"},
    )
    def state(self, row: Any) -> tuple[str, Any]:
        return Labelled(row.phase, PHASES[row.phase])

    @display(description=_("người đăng"))
    def published(self, row: Any) -> str:
        return f"{row.publisher}, {wording.moment(row.published_at)}"
