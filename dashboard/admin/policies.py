"""The programme and its dated policies: a new version is published, none is edited."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminIntegerFieldWidget

from dashboard import policy_words, tier_preview, wording
from dashboard.admin.base import ReadOnlyInline, ShopAdmin
from dashboard.fields import ListWidget, MoneyField
from events import clock
from loyalty import policies
from loyalty.models import (
    EarningRule,
    ExpiryPolicy,
    PendingPolicy,
    Programme,
    SpendingPolicy,
    Tier,
    TierTable,
    TierThreshold,
    TierTurn,
)
from loyalty.rules import ends

# 29/02 is a day of this year
FIRST_DAY = date(2028, 1, 1)


@admin.register(Programme)
class ProgrammeAdmin(ShopAdmin):
    noun = "programme"
    list_display = ["name", "currency", "manual_limit"]
    fieldsets = [
        (None, {"fields": ["name", "hotline", "currency"]}),
        (_("Điểm"), {"fields": ["manual_limit", "give_back_days", "debt_on_return"]}),
        (_("Tích điểm bù và chuyển hóa đơn"), {"fields": ["claim_days", "claims_a_month", "move_days"]}),
        (_("Thanh toán"), {"fields": ["payment_methods"]}),
        (
            _("Thông báo Sở Công Thương"),
            {"fields": ["notice_number", "notice_on", "runs_from", "runs_until", "remind_days"]},
        ),
    ]
    # amounts are stored in minor units: another currency would silently change every bill; the name is changed with
    # the rest of the brand
    readonly_fields = ["name", "currency"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "payment_methods":
            kwargs["widget"] = ListWidget(db_field.verbose_name)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Programme, form: Any, change: bool) -> None:
        policies.change_programme(changes={name: form.cleaned_data[name] for name in form.changed_data})


class PolicyAdmin(ShopAdmin):
    """Versions by date. What was decided under an old one stays as it was."""

    noun = "policy"
    ordering = ["-valid_from"]
    list_before_template = "dashboard/policy_note.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, ArrayField):
            kwargs["widget"] = ListWidget(db_field.verbose_name)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["begins", *self.list_display, "state", "published", "note"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "valid_from" in form.base_fields:
            form.base_fields["valid_from"].help_text = _("Một lúc trong tương lai; bản đang chạy giữ đến lúc đó.")
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new version begins as a copy of the last one."""
        last = self.model._default_manager.order_by("-valid_from").first()
        if last is None:
            return {}
        names = [field.name for field in self.model._meta.fields if field.editable]
        return {name: getattr(last, name) for name in names if name not in {"id", "valid_from", "note"}}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        policies.publish(obj, by=f"user:{request.user.pk}", at=clock.now())

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        actors = wording.Actors(row.published_by for row in rows)
        now = clock.now()
        begun = [row.valid_from for row in self.model._default_manager.filter(valid_from__lte=now)]
        for row in rows:
            row.publisher = actors.name(row.published_by)
            row.in_force = "ahead" if row.valid_from > now else "live" if row.valid_from == max(begun) else "past"

    @display(description=_("có hiệu lực từ"), ordering="valid_from")
    def begins(self, row: Any) -> str:
        return __("từ đầu") if row.valid_from.year < 1990 else wording.moment(row.valid_from)

    @display(description=_("trạng thái"), label={"live": "success", "ahead": "info", "past": "default"})
    def state(self, row: Any) -> tuple[str, Any]:
        return row.in_force, {"live": _("đang chạy"), "ahead": _("sắp chạy"), "past": _("kết thúc")}[row.in_force]

    @display(description=_("người đăng"))
    def published(self, row: Any) -> str:
        return f"{row.publisher}, {wording.moment(row.published_at)}"


def _ahead(form: forms.ModelForm) -> Any:
    moment = form.cleaned_data["valid_from"]
    if moment <= clock.now():
        raise forms.ValidationError(__("Chọn một lúc trong tương lai: điểm đã tích theo bản cũ giữ nguyên."))
    return moment


class PolicyForm(forms.ModelForm):
    def clean_valid_from(self) -> Any:
        return _ahead(self)


@admin.register(EarningRule)
class EarningRuleAdmin(PolicyAdmin):
    form = PolicyForm
    list_display = ["rule"]
    fields = [
        *("valid_from", "points", "per_amount", "cap_per_bill", "cap_per_day"),
        *("with_tax", "vouchers_earn", "excluded_categories", "excluded_skus", "note"),
    ]

    @display(description=_("quy tắc"))
    def rule(self, row: EarningRule) -> str:
        return __("%(points)s điểm cho mỗi %(amount)s") % {
            "points": wording.points(row.points),
            "amount": wording.money(row.per_amount, currency=wording.currency()),
        }


@admin.register(SpendingPolicy)
class SpendingPolicyAdmin(PolicyAdmin):
    form = PolicyForm
    list_display = ["value", "limits"]
    fields = [
        "valid_from",
        "point_value",
        "min_points",
        "max_points",
        "step",
        "max_share_percent",
        "proof_above",
        "first_use_after_days",
        "part_paid_earns",
        "excluded_categories",
        "note",
    ]

    @display(description=_("giá trị 1 điểm"))
    def value(self, row: SpendingPolicy) -> str:
        return wording.money(row.point_value, currency=wording.currency())

    @display(description=_("giới hạn"))
    def limits(self, row: SpendingPolicy) -> str:
        most = wording.points(row.max_points) if row.max_points else "∞"
        return __("%(least)s – %(most)s điểm, tối đa %(share)s %% hóa đơn") % {
            "least": wording.points(row.min_points),
            "most": most,
            "share": row.max_share_percent,
        }


class ExpiryForm(PolicyForm):
    def clean_dates(self) -> list[str]:
        """Days of the year as `31/12`, in their order. An impossible one is named."""
        found = {}
        for written in self.cleaned_data.get("dates") or []:
            try:
                day = ends.next_of((written,), after=FIRST_DAY, not_before=FIRST_DAY)
            except ValueError:
                raise forms.ValidationError(
                    __("%(day)s không phải một ngày: hãy ghi như 31/12.") % {"day": written}
                ) from None
            found[day] = f"{day:%d/%m}"
        return [found[day] for day in sorted(found)]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        kind = said.get("kind")
        if said.get("months") and said.get("days"):
            self.add_error("days", __("Chọn số tháng hoặc số ngày, không cả hai."))
        if kind == ExpiryPolicy.Kind.DATES and not said.get("dates") and "dates" not in self.errors:
            self.add_error("dates", __("Ghi ít nhất một ngày, ví dụ 31/12."))
        if kind == ExpiryPolicy.Kind.INACTIVITY and not said.get("months") and not said.get("days"):
            self.add_error("months", __("Khách vắng bao lâu thì điểm hết hạn?"))
        return said


@admin.register(ExpiryPolicy)
class ExpiryPolicyAdmin(PolicyAdmin):
    form = ExpiryForm
    list_display = ["life"]
    fields = ["valid_from", "kind", "months", "days", "dates", "note"]

    @display(description=_("điểm sống"))
    def life(self, row: ExpiryPolicy) -> str:
        return policy_words.life(row)


@admin.register(PendingPolicy)
class PendingPolicyAdmin(PolicyAdmin):
    form = PolicyForm
    list_display = ["waits"]
    fields = ["valid_from", "wait", "channels", "days", "event", "give_up_days", "note"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "channels":
            return forms.MultipleChoiceField(
                label=capfirst(db_field.verbose_name),
                choices=list(policy_words.CHANNELS.items()),
                widget=UnfoldAdminCheckboxSelectMultipleWidget,
                required=False,
                help_text=__("Điểm của các kênh khác dùng được ngay."),
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @display(description=_("điểm chờ"))
    def waits(self, row: PendingPolicy) -> str:
        return policy_words.waits(row)


class ThresholdInline(ReadOnlyInline):
    noun = "policy"
    model = TierThreshold
    fields = ["tier", "amount", "more"]
    readonly_fields = ["tier", "amount", "more"]

    @display(description=_("chi tiêu từ"))
    def amount(self, row: TierThreshold) -> str:
        return wording.money(row.spend, currency=wording.currency())

    @display(description=_("tích thêm"))
    def more(self, row: TierThreshold) -> str:
        return f"{row.earn_percent} %" if row.earn_percent else wording.NOTHING


class TierTableForm(PolicyForm):
    """Fields of spend and of percent earned on top per tier above the first, made from the tiers the shop has."""

    class Meta:
        model = TierTable
        fields = ["valid_from", "window_days", "note"]

    def thresholds(self) -> dict[Tier, int]:
        return {
            tier: self.cleaned_data[f"spend_{tier.id}"]
            for tier in Tier.objects.filter(rank__gt=0)
            if self.cleaned_data.get(f"spend_{tier.id}")
        }

    def earn_percents(self) -> dict[Tier, int]:
        return {tier: self.cleaned_data.get(f"earn_{tier.id}") or 0 for tier in self.thresholds()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        spends = [cleaned.get(f"spend_{tier.id}") for tier in Tier.objects.filter(rank__gt=0).order_by("rank")]
        asked = [spend for spend in spends if spend]
        if asked != sorted(set(asked)):
            raise forms.ValidationError(__("Hạng cao hơn phải cần chi tiêu nhiều hơn."))
        return cleaned


@admin.register(TierTable)
class TierTableAdmin(PolicyAdmin):
    form = TierTableForm
    list_display = ["window_days", "steps", "applied"]

    def changeform_view(self, request: HttpRequest, object_id: Any = None, *args: Any, **kwargs: Any) -> Any:
        """A new table is shown with whom it would move before it is published."""
        if request.method == "POST" and object_id is None and "_publish" not in request.POST:
            form = self.get_form(request)(request.POST)
            if self.has_add_permission(request) and form.is_valid():
                return tier_preview.page(request, self.admin_site, form=form, at=clock.now())
        return super().changeform_view(request, object_id, *args, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Coming back from the preview, what was typed stands there again."""
        return {**super().get_changeform_initial_data(request), **tier_preview.typed(request)}

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [ThresholdInline] if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        base = ["valid_from", "window_days"]
        if obj:
            return [(None, {"fields": [*base, "note"]})]
        tiers = list(Tier.objects.filter(rank__gt=0).order_by("rank"))
        return [
            (None, {"fields": base}),
            (_("Chi tiêu từ"), {"fields": [f"spend_{tier.id}" for tier in tiers]}),
            (_("Tích thêm (%)"), {"fields": [f"earn_{tier.id}" for tier in tiers]}),
            (None, {"fields": ["note"]}),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj:
            return super().get_form(request, obj, change, **kwargs)
        last = TierTable.objects.order_by("-valid_from").first()
        was = {one.tier_id: one for one in TierThreshold.objects.filter(table=last)}
        fields: dict[str, Any] = {}
        for tier in Tier.objects.filter(rank__gt=0).order_by("rank"):
            before, name = was.get(tier.id), wording.tier_name(tier)
            fields[f"spend_{tier.id}"] = MoneyField(label=name, min_value=0, initial=before.spend if before else None)
            fields[f"earn_{tier.id}"] = forms.IntegerField(
                label=name,
                min_value=0,
                max_value=900,
                required=False,
                initial=before.earn_percent if before else 0,
                widget=UnfoldAdminIntegerFieldWidget,
            )
        kwargs["form"] = type("TierTableForm", (TierTableForm,), fields)
        kwargs["fields"] = ["valid_from", "window_days", "note"]
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: TierTable, form: Any, change: bool) -> None:
        table = policies.publish_tier_table(
            valid_from=obj.valid_from,
            window_days=obj.window_days,
            thresholds=form.thresholds(),
            earn_percents=form.earn_percents(),
            by=f"user:{request.user.pk}",
            at=clock.now(),
            note=obj.note,
        )
        obj.pk = table.pk

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        super().prepare(request, rows)
        currency = wording.currency()
        of_table: dict[int, list[str]] = {}
        for threshold in TierThreshold.objects.select_related("tier").order_by("spend"):
            text = f"{threshold.tier}: {wording.money(threshold.spend, currency=currency)}"
            text += f" (+{threshold.earn_percent} %)" if threshold.earn_percent else ""
            of_table.setdefault(threshold.table_id, []).append(text)
        for row in rows:
            row.step_words = " · ".join(of_table.get(row.id, []))
        turns = {turn.table_id: turn for turn in TierTurn.objects.filter(table__in=rows)}
        for row in rows:
            row.turn_words = policy_words.turn(turns.get(row.pk))

    @display(description=_("ngưỡng"))
    def steps(self, row: Any) -> str:
        return row.step_words

    @display(description=_("đã áp dụng"))
    def applied(self, row: Any) -> str:
        return row.turn_words


@admin.register(Tier)
class TierAdmin(ShopAdmin):
    noun = "tier"
    list_display = ["name_vi", "name_en", "code", "rank", "color"]
    ordering = ["rank"]
    fields = ["name_vi", "name_en", "code", "rank", "color"]
    readonly_fields = ["code", "rank"]

    def save_model(self, request: HttpRequest, obj: Tier, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        policies.change_programme(changes={})
