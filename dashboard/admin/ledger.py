"""The ledger of points, to be read: every change of every account, who made it and why."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from dashboard import access, linking, people, wording
from dashboard.admin.base import BigAdmin, ReadOnlyAdmin, only_stores_of
from dashboard.admin.searching import MemberFilter, member_ids
from events import clock
from loyalty.models import EntryRow, Purchase
from loyalty.models.points import IMPORTED

# What imports brought was all written at one moment: it has no order of time, and stands by itself.
PERIODS = {"1": _("24 giờ qua"), "7": _("7 ngày qua"), "30": _("30 ngày qua"), "90": _("90 ngày qua")}
FIRST_SHOWN = "7"


class PeriodFilter(admin.SimpleListFilter):
    title = _("ghi trong")
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(PERIODS.items())

    def choices(self, changelist: Any) -> Any:
        for value, words in self.lookup_choices:
            yield {
                "selected": (self.value() or FIRST_SHOWN) == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": words,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if request.GET.get("member") or request.GET.get("q") or request.GET.get("from") == "import":
            return queryset
        days = self.value() if self.value() in PERIODS else FIRST_SHOWN
        return queryset.filter(recorded_at__gte=clock.now() - timedelta(days=int(days or FIRST_SHOWN)))


class OriginFilter(admin.SimpleListFilter):
    title = _("nguồn")
    parameter_name = "from"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("import", _("nhập từ file"))]

    def choices(self, changelist: Any) -> Any:
        for value, words in (("", _("quầy, máy bán hàng và nhân viên")), *self.lookup_choices):
            yield {
                "selected": (self.value() or "") == value,
                "query_string": changelist.get_query_string(
                    {self.parameter_name: value} if value else {}, [] if value else [self.parameter_name]
                ),
                "display": words,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if request.GET.get("member") or request.GET.get("q"):
            return queryset
        if self.value() == "import":
            return queryset.filter(by__startswith=IMPORTED)
        return queryset.exclude(by__startswith=IMPORTED)


class KindFilter(admin.SimpleListFilter):
    title = _("loại")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(wording.ENTRY_KINDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() in wording.ENTRY_KINDS else queryset


@admin.register(EntryRow)
class EntryAdmin(ReadOnlyAdmin, BigAdmin):
    noun = "entry"
    list_display = ["when", "who", "kind_word", "change", "after", "shop", "bill", "actor", "why"]
    list_display_links = ["when"]
    list_filter = [PeriodFilter, OriginFilter, KindFilter, MemberFilter]
    search_fields = ["member_id"]
    search_help_text = _("Tên, số điện thoại, mã thẻ của thành viên")
    ordering = ["-recorded_at", "-member_id", "-seq"]
    fields = [
        "kind_word",
        "change",
        "after",
        "held_change",
        "effective",
        "recorded",
        "actor",
        "shop",
        "bill",
        "reverses_seq",
        "why",
        "request_id",
    ]
    readonly_fields = fields

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """The index that is walked: by time, or by member where a file brought them."""
        return ["-member_id", "-seq"] if request.GET.get("from") == "import" else list(self.ordering)

    def get_queryset(self, request: HttpRequest) -> QuerySet[EntryRow]:
        return only_stores_of(request, super().get_queryset(request)).select_related("store")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> EntryRow | None:
        """By member and number, which are indexed; the text key of the view is not."""
        member, _sep, seq = object_id.rpartition(":")
        try:
            where = Q(member_id=UUID(member), seq=int(seq))
        except ValueError:
            return None
        entry = self.get_queryset(request).filter(where).first()
        if entry is not None:
            self.prepare(request, [entry])
        return entry

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[EntryRow], search_term: str
    ) -> tuple[QuerySet[EntryRow], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(member_id__in=member_ids(request, search_term)), False

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        named = people.shown(request, [row.member_id for row in rows])
        bills = {row.purchase_id for row in rows if row.purchase_id}
        receipts = dict(Purchase.objects.filter(pk__in=bills).values_list("pk", "receipt"))
        actors = wording.Actors(row.by for row in rows)
        linked = access.may(request.user, "view", "member")
        for row in rows:
            shown = named.get(row.member_id)
            name = shown.name if shown else wording.short(row.member_id)
            row.member_words = linking.to("members_member", row.member_id, name) if linked else name
            row.receipt = receipts.get(row.purchase_id, "")
            row.actor_name = actors.name(row.by)

    @display(description=_("ghi lúc"))
    def when(self, row: EntryRow) -> str:
        return wording.moment(row.recorded_at)

    @display(description=_("thành viên"))
    def who(self, row: Any) -> Any:
        return row.member_words

    @display(description=_("loại"))
    def kind_word(self, row: EntryRow) -> str:
        return str(wording.ENTRY_KINDS.get(row.kind, row.kind))

    @display(description=_("điểm"))
    def change(self, row: EntryRow) -> Any:
        return format_html('<div class="num">{}</div>', wording.points(row.available - row.debt, signed=True))

    @display(description=_("còn lại"))
    def after(self, row: EntryRow) -> Any:
        return format_html('<div class="num">{}</div>', wording.points(row.available_after - row.debt_after))

    @display(description=_("chờ cộng, tạm giữ"))
    def held_change(self, row: EntryRow) -> str:
        return f"{wording.points(row.pending, signed=True)}, {wording.points(row.held, signed=True)}"

    @display(description=_("tính từ"))
    def effective(self, row: EntryRow) -> str:
        return wording.moment(row.effective_at)

    @display(description=_("ghi lúc"))
    def recorded(self, row: EntryRow) -> str:
        return wording.moment(row.recorded_at)

    @display(description=_("cửa hàng"))
    def shop(self, row: EntryRow) -> str:
        return row.store.name if row.store else ""

    @display(description=_("hóa đơn"))
    def bill(self, row: Any) -> Any:
        return linking.to("loyalty_purchase", row.purchase_id, row.receipt) if row.receipt else ""

    @display(description=_("lý do"))
    def why(self, row: EntryRow) -> str:
        return row.reason or "\u200b"

    @display(description=_("người ghi"))
    def actor(self, row: Any) -> str:
        return row.actor_name
