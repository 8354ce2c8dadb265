"""The vouchers that members have."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from dashboard import access, linking, people, voiding, wording
from dashboard.admin.base import BigAdmin, Labelled, ReadOnlyAdmin
from dashboard.admin.searching import MemberFilter, member_ids
from events import clock
from rewards import queries
from rewards.models import Voucher, VoucherDefinition, VoucherUse

STATE_COLOURS = {"issued": "success", "redeemed": "info", "expired": "default", "void": "danger"}


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
