from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import action, display

from dashboard import bill_page, confirming, people, wording
from dashboard.admin.base import BigAdmin, ReadOnlyAdmin, only_stores_of
from dashboard.admin.day_filter import DayFilter
from dashboard.admin.searching import MemberFilter, member_ids
from events import clock
from events.refusals import Refusal
from loyalty import owning, reviewing, revisions
from loyalty.models import Purchase, ReviewDecision


class ReviewFilter(admin.SimpleListFilter):
    """Bills whose clock was in doubt and that nobody has decided yet."""

    title = _("kiểm tra")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("chờ kiểm tra"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return open_reviews(queryset) if self.value() == "open" else queryset


class OwnerFilter(MemberFilter):
    """The bills that are the member's now, whoever they were sold to."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        id = _uuid(self.value())
        if not self.value():
            return queryset
        return queryset.filter(owning.of_members([id])) if id else queryset.none()


def open_reviews(purchases: QuerySet[Purchase]) -> QuerySet[Purchase]:
    decided = ReviewDecision.objects.filter(purchase=OuterRef("pk"))
    return purchases.filter(status=Purchase.Status.REVIEW).exclude(Exists(decided))


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin, BigAdmin):
    noun = "purchase"
    list_display = ["bill", "when", "who", "shop", "amount", "earned_points", "spent_points", "state"]
    list_display_links = ["bill"]
    list_filter = [ReviewFilter, ("store", RelatedDropdownFilter), ("business_date", DayFilter), OwnerFilter]
    search_fields = ["receipt"]
    search_help_text = _("Số hóa đơn, hoặc số điện thoại, mã thẻ của thành viên")
    # a business day after the other, so that a list of last spring begins in last spring
    ordering = ["-business_date", "-id"]
    actions_detail = ["approve", "refuse"]
    change_form_template = "dashboard/bill.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Purchase]:
        purchases = only_stores_of(request, super().get_queryset(request)).filter(store__practice_of=None)
        return purchases.select_related("store", "decision")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Purchase], search_term: str
    ) -> tuple[QuerySet[Purchase], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        by_receipt = queryset.filter(receipt=term)
        if by_receipt.exists():
            return by_receipt, False
        return queryset.filter(owning.of_members(list(member_ids(request, term)))), False

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        moves = owning.last_moves(rows)
        corrected = revisions.next_of([row.pk for row in rows])
        for row in rows:
            row.corrected = row.pk in corrected
            moved = moves.get(row.pk)
            row.owner_id, row.points = (moved.to_member_id, moved.earned) if moved else (row.member_id, row.earned)
        named = people.shown(request, [row.owner_id for row in rows])
        currency = wording.currency()
        for row in rows:
            row.shown = named.get(row.owner_id)
            row.amount_words = wording.money(row.total, currency=currency)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        purchase = self.get_object(request, object_id)
        if purchase is not None and self.has_view_permission(request, purchase):
            context |= bill_page.context(request, purchase)
        return super().change_view(request, object_id, form_url, context)

    @action(description=_("Duyệt hóa đơn"), permissions=["review"], icon="check")
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, approved=True)

    @action(description=_("Từ chối hóa đơn"), permissions=["review"], icon="close")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(request, object_id, approved=False)

    def has_review_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """The buttons stand on bills that wait for a decision only."""
        if not self.has_act_permission(request):
            return False
        if object_id is None:
            return True
        id = _uuid(object_id)
        return id is not None and open_reviews(self.get_queryset(request)).filter(pk=id).exists()

    def _decide(self, request: HttpRequest, object_id: str, *, approved: bool) -> HttpResponse:
        purchase = self.get_object(request, object_id)
        if purchase is None:
            raise Http404
        back = reverse("admin:loyalty_purchase_change", args=[object_id])
        if request.method != "POST":
            ask = __("Duyệt hóa đơn %(receipt)s và cộng điểm?") if approved else __("Từ chối hóa đơn %(receipt)s?")
            title = __("Duyệt hóa đơn") if approved else __("Từ chối hóa đơn")
            question = ask % {"receipt": purchase.receipt}
            return confirming.ask(request, self.admin_site, title=title, question=question, back=back)
        decide = reviewing.approve if approved else reviewing.refuse
        try:
            decide(purchase_id=purchase.pk, by=f"user:{request.user.pk}", at=clock.now())
        except Refusal:
            messages.error(request, __("Hóa đơn này đã có người quyết định."))
        else:
            done = __("Đã duyệt hóa đơn %(receipt)s.") if approved else __("Đã từ chối hóa đơn %(receipt)s.")
            messages.success(request, done % {"receipt": purchase.receipt})
        return HttpResponseRedirect(back)

    @display(description=_("hóa đơn"))
    def bill(self, row: Purchase) -> str:
        return row.receipt

    @display(description=_("lúc"))
    def when(self, row: Purchase) -> str:
        return wording.moment(row.occurred_at)

    @display(description=_("khách"))
    def who(self, row: Any) -> Any:
        if row.shown is None:
            return __("khách lẻ")
        return format_html("{}<br><span class='text-subtle'>{}</span>", row.shown.name, row.shown.below)

    @display(description=_("cửa hàng"))
    def shop(self, row: Purchase) -> str:
        return row.store.name

    @display(description=_("tổng"))
    def amount(self, row: Any) -> Any:
        return _figure(row.amount_words, over=row.corrected)

    @display(description=_("tích"))
    def earned_points(self, row: Any) -> Any:
        return _figure(wording.points(row.points, signed=True), over=row.corrected)

    @display(description=_("dùng"))
    def spent_points(self, row: Any) -> Any:
        return _figure(wording.points(-row.spent), over=row.corrected)

    @display(
        description=_("trạng thái"),
        label={"posted": "success", "review": "warning", "refused": "danger", "corrected": "info"},
    )
    def state(self, row: Any) -> tuple[str, Any]:
        if row.corrected:
            return "corrected", _("đã sửa")
        decision = getattr(row, "decision", None)
        if decision is not None:
            return ("posted", _("đã duyệt")) if decision.approved else ("refused", _("đã từ chối"))
        return row.status, row.get_status_display()


def _figure(text: str, *, over: bool = False) -> Any:
    """A figure in its column; struck out where it no longer counts."""
    return format_html('<div class="num"><s>{}</s></div>' if over else '<div class="num">{}</div>', text)


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
