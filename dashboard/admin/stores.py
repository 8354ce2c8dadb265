from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from dashboard import posters
from dashboard.admin.base import ShopAdmin, ShopTabularInline, only_stores_of
from loyalty.models import Store, Terminal


class TerminalInline(ShopTabularInline):
    noun = "terminal"
    model = Terminal
    fields = ["code", "print_width", "print_accents"]


@admin.register(Store)
class StoreAdmin(ShopAdmin):
    noun = "store"
    list_display = ["name", "code", "address", "receipt_restart", "kind"]
    list_filter = ["closed"]
    search_fields = ["name", "code"]
    ordering = ["code"]
    inlines = [TerminalInline]
    actions_detail = ["poster"]
    fieldsets = [
        (None, {"fields": ["name", "code", "address", "closed"]}),
        (
            _("Số hóa đơn và ngày bán hàng"),
            {"fields": ["receipt_restart", "day_starts", "till_window_days", "online_window_days"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Store]:
        return only_stores_of(request, super().get_queryset(request), "id")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # tills and import files name a store by its code: a new code would be another store to them
        return ["code"] if obj else []

    @action(description=_("Poster đăng ký"), permissions=["view"], icon="qr_code_2")
    def poster(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return posters.page(request, self.admin_site, cast(Store | None, self.get_object(request, object_id)))

    @display(description=_("loại"), label={"practice": "info", "closed": "warning", "open": "success"})
    def kind(self, store: Store) -> tuple[str, Any]:
        if store.practice:
            return "practice", _("để thử")
        return ("closed", _("đã đóng cửa")) if store.closed else ("open", _("đang mở"))


@admin.register(Terminal)
class TerminalAdmin(ShopAdmin):
    noun = "terminal"
    list_display = ["code", "store", "print_width", "print_accents"]
    list_filter = ["store"]
    list_select_related = ["store"]
    search_fields = ["code", "store__name"]
    ordering = ["store__code", "code"]
    fields = ["store", "code", "print_width", "print_accents"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Terminal]:
        return only_stores_of(request, super().get_queryset(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["store", "code"] if obj else []
