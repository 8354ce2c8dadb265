"""Kinds of vouchers, each a row of dated versions; and the vouchers that members have."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from dashboard import access, linking, people, voiding, wording
from dashboard.admin.base import BigAdmin, Labelled, ReadOnlyAdmin, ShopAdmin
from dashboard.admin.searching import MemberFilter, member_ids
from dashboard.fields import MoneyField
from events import clock
from rewards import defining, queries
from rewards.models import Voucher, VoucherDefinition, VoucherUse

MONEY = {"amount", "cap", "minimum_basket"}
PHASES = {"live": _("đang chạy"), "ahead": _("sắp chạy"), "past": _("bản cũ"), "ended": _("ngừng phát")}
STATE_COLOURS = {"issued": "success", "redeemed": "info", "expired": "default", "void": "danger"}


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


class VoucherStateFilter(admin.SimpleListFilter):
    title = _("trạng thái")
    parameter_name = "in"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(wording.VOUCHER_STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        left = queryset.filter(voided_at=None, used__lt=F("uses_allowed"))
        match self.value():
            case "issued":
                return left.filter(expires_at__gt=clock.now())
            case "expired":
                return left.filter(expires_at__lte=clock.now())
            case "redeemed":
                # by its uses, which are few where few were redeemed
                uses = VoucherUse.objects.filter(voucher=OuterRef("pk"), state=VoucherUse.State.REDEEMED)
                return queryset.filter(Exists(uses), voided_at=None, used__gte=F("uses_allowed"))
            case "void":
                return queryset.exclude(voided_at=None)
        return queryset


class KindFilter(admin.SimpleListFilter):
    title = _("loại voucher")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        newest = VoucherDefinition.objects.order_by("key", "-version").distinct("key")
        return [(kind.key, wording.in_language(kind.name_vi, kind.name_en)) for kind in newest]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        versions = VoucherDefinition.objects.filter(key=self.value()).values_list("pk", flat=True)
        return queryset.filter(definition_id__in=list(versions))


@admin.register(Voucher)
class VoucherAdmin(ReadOnlyAdmin, BigAdmin):
    noun = "voucher"
    list_display = ["ends_in", "kind_name", "who", "state", "issued", "expires", "times"]
    list_display_links = ["ends_in"]
    list_filter = [VoucherStateFilter, KindFilter, MemberFilter]
    search_fields = ["member_id"]
    search_help_text = _("Tên, số điện thoại, mã thẻ của thành viên; hoặc 4 ký tự cuối của voucher")
    ordering = ["-id"]
    actions_detail = ["void"]
    fields = [
        "ends_in",
        "kind_name",
        "worth",
        "who",
        "state",
        "uses",
        "issued",
        "expires",
        "giver",
        "note",
        "bills",
        "voided",
        "void_reason",
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Voucher]:
        return super().get_queryset(request).select_related("definition")

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """Of one kind: a version after the other, as its index has them."""
        return ["-definition_id", "-id"] if request.GET.get(KindFilter.parameter_name) else ["-id"]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Voucher | None:
        try:
            voucher = self.get_queryset(request).filter(pk=UUID(object_id)).first()
        except ValueError:
            return None
        if voucher is not None:
            self.prepare(request, [voucher])
        return voucher

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Voucher], search_term: str
    ) -> tuple[QuerySet[Voucher], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        owners = member_ids(request, term)
        if not owners and len(term) == 4:
            return queryset.filter(last4=term.upper()), False
        return queryset.filter(member_id__in=owners), False

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        now = clock.now()
        named = people.shown(request, [row.member_id for row in rows])
        actors = wording.Actors(by for row in rows for by in (row.by, row.voided_by) if by)
        linked = access.may(request.user, "view", "member")
        for row in rows:
            shown = named.get(row.member_id)
            name = shown.name if shown else wording.short(row.member_id)
            row.member_words = linking.to("members_member", row.member_id, name) if linked else name
            row.phase = queries.state(row, at=now)
            row.giver_name = actors.name(row.by)
            row.voider_name = actors.name(row.voided_by) if row.voided_by else ""

    @action(description=_("Hủy voucher"), permissions=["void"], icon="block")
    def void(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return voiding.page(request, self.admin_site, self.get_object(request, object_id))

    def has_void_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """The button stands on vouchers that can still be used."""
        if not access.may(request.user, "void", "voucher"):
            return False
        if object_id is None:
            return True
        voucher = self.get_object(request, str(object_id))
        return voucher is not None and voucher.voided_at is None and voucher.used < voucher.uses_allowed

    @display(description=_("voucher"))
    def ends_in(self, row: Voucher) -> str:
        return str(row)

    @display(description=_("loại voucher"))
    def kind_name(self, row: Voucher) -> str:
        return wording.in_language(row.definition.name_vi, row.definition.name_en)

    @display(description=_("giảm"))
    def worth(self, row: Voucher) -> str:
        return wording.voucher_worth(row.definition, currency=wording.currency())

    @display(description=_("thành viên"))
    def who(self, row: Any) -> Any:
        return row.member_words

    @display(description=_("trạng thái"), label=STATE_COLOURS)
    def state(self, row: Any) -> tuple[str, Any]:
        return Labelled(row.phase, wording.VOUCHER_STATES[row.phase])

    @display(description=_("phát lúc"))
    def issued(self, row: Voucher) -> str:
        return wording.moment(row.issued_at)

    @display(description=_("ngày cuối"))
    def expires(self, row: Voucher) -> str:
        return wording.day(queries.view(row, at=row.issued_at).last_day)

    @display(description=_("đã dùng"))
    def times(self, row: Voucher) -> Any:
        return format_html('<div class="num">{}</div>', self.uses(row))

    @display(description=_("đã dùng"))
    def uses(self, row: Voucher) -> str:
        return f"{row.used} / {row.uses_allowed}"

    @display(description=_("người phát"))
    def giver(self, row: Any) -> str:
        return row.giver_name

    @display(description=_("hóa đơn"))
    def bills(self, row: Voucher) -> Any:
        uses = VoucherUse.objects.filter(voucher=row).order_by("id")
        told = [
            linking.to("loyalty_purchase", use.purchase_id, f"{wording.moment(use.at)} · {use.get_state_display()}")
            for use in uses
        ]
        return format_html("<br>".join(["{}"] * len(told)), *told) if told else wording.NOTHING

    @display(description=_("hủy lúc"))
    def voided(self, row: Any) -> str:
        return f"{row.voider_name}, {wording.moment(row.voided_at)}" if row.voided_at else wording.NOTHING
