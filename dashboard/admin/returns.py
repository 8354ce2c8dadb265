from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from dashboard import linking, people, wording
from dashboard.admin.base import BigAdmin, ReadOnlyAdmin, only_stores_of
from dashboard.admin.day_filter import DayFilter
from dashboard.admin.searching import MemberFilter
from loyalty.models import Return


@admin.register(Return)
class ReturnAdmin(ReadOnlyAdmin, BigAdmin):
    noun = "return"
    list_display = ["receipt", "bill", "when", "who", "shop", "kind_word", "refund", "clawback", "gave_back"]
    list_filter = [("store", RelatedDropdownFilter), ("business_date", DayFilter), MemberFilter]
    search_fields = ["receipt__exact"]
    search_help_text = _("Số phiếu trả")
    ordering = ["-id"]
    fields = [
        "receipt",
        "bill",
        "kind_word",
        "when",
        "shop",
        "refund",
        "clawback",
        "gave_back",
        "absorbed_points",
        "sent_by",
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Return]:
        returns = only_stores_of(request, super().get_queryset(request)).filter(store__practice_of=None)
        return returns.select_related("store", "purchase")

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        named = people.shown(request, [row.member_id for row in rows])
        for row in rows:
            row.shown = named.get(row.member_id)

    @display(description=_("hóa đơn"))
    def bill(self, row: Return) -> Any:
        return linking.to("loyalty_purchase", row.purchase_id, row.purchase.receipt)

    @display(description=_("lúc"))
    def when(self, row: Return) -> str:
        return wording.moment(row.occurred_at)

    @display(description=_("khách"))
    def who(self, row: Any) -> str:
        return row.shown.name if row.shown else __("khách lẻ")

    @display(description=_("cửa hàng"))
    def shop(self, row: Return) -> str:
        return row.store.name

    @display(description=_("loại"))
    def kind_word(self, row: Return) -> str:
        return row.get_kind_display()

    @display(description=_("hoàn tiền"))
    def refund(self, row: Return) -> str:
        return wording.money(row.amount, currency=wording.currency())

    @display(description=_("thu hồi điểm"))
    def clawback(self, row: Return) -> str:
        return wording.points(row.clawed_back)

    @display(description=_("hoàn điểm"))
    def gave_back(self, row: Return) -> str:
        return wording.points(row.given_back)

    @display(description=_("cửa hàng chịu"))
    def absorbed_points(self, row: Return) -> str:
        return wording.points(row.absorbed)

    @display(description=_("gửi bởi"))
    def sent_by(self, row: Return) -> str:
        return wording.who(row.by)
