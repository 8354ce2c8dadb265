"""Cases: who waits, for what, until when; and how quickly the shop answers."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from dashboard import access, case_page, case_words, people, wording
from dashboard.admin.base import BigAdmin, ReadOnlyAdmin, ShopAdmin, only_stores_of
from dashboard.admin.searching import MemberFilter, member_ids
from events import clock
from members.models import Case, CaseTerms, CloseReason
from members.relationship import measuring

PERIOD = timedelta(days=30)
# what the tabs above the list choose
WHICH: dict[str, Any] = {
    "open": _("Chưa đóng"),
    "mine": _("Của tôi"),
    "late": _("Trễ hạn"),
    "nobody": _("Chưa ai nhận"),
    "closed": _("Đã đóng"),
    "all": _("Tất cả"),
}


class WhichFilter(admin.SimpleListFilter):
    """The tabs above the list; without a word, what is not closed."""

    title = _("phiếu nào")
    parameter_name = "which"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(WHICH.items())

    def choices(self, changelist: Any) -> Any:
        return []  # drawn as tabs

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        living = ~Q(state=Case.State.CLOSED)
        chosen = {
            "mine": living & Q(owner=request.user.pk),
            "late": measuring.late(clock.now()),
            "nobody": living & Q(owner__isnull=True),
            "closed": Q(state=Case.State.CLOSED),
            "all": Q(),
        }
        return queryset.filter(chosen.get(self.value() or "", living))


class StoreFilter(admin.SimpleListFilter):
    title = _("cửa hàng")
    parameter_name = "store"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        own = access.stores_of(request.user)
        return [(str(id), name) for id, name in wording.store_names().items() if own is None or id in own]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        return queryset.filter(store_id=int(value)) if value.isdigit() and len(value) < 9 else queryset


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin, BigAdmin):
    noun = "case"
    list_display = ["about", "who", "state_word", "due", "owner_name", "where", "opened"]
    list_filter = [WhichFilter, ("kind", ChoicesDropdownFilter), StoreFilter, MemberFilter]
    list_select_related = ["owner", "reason"]
    search_fields = ["subject"]  # shows the box; `get_search_results` answers it
    search_help_text = _("Tên, số điện thoại hoặc mã thẻ của thành viên")
    ordering = ["-opened_at"]
    list_before_template = "dashboard/case/list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        return only_stores_of(request, super().get_queryset(request).filter(practice=False))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Case], search_term: str
    ) -> tuple[QuerySet[Case], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(member_id__in=member_ids(request, search_term)), False

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        now = clock.now()
        named = people.shown(request, [row.member_id for row in rows])
        stores = wording.store_names()
        reads = access.sees_names(request.user)
        for row in rows:
            row.shown = named[row.member_id]
            row.said = case_words.one(row, at=now)
            row.store_name = stores.get(row.store_id or 0, wording.NOTHING)
            row.title = row.said["subject"] if reads else str(row.get_kind_display())

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        now = clock.now()
        chosen = request.GET.get("which", "open")
        extra = {
            "which": [
                {"title": title, "link": f"?which={name}", "here": name == chosen} for name, title in WHICH.items()
            ],
            "tiles": tiles(at=now, stores=access.stores_of(request.user)),
        }
        return super().changelist_view(request, {**(extra_context or {}), **extra})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        case = self.get_object(request, object_id)
        if case is None or not self.has_view_permission(request, case):
            return super().change_view(request, object_id, form_url, extra_context)
        return case_page.page(request, self.admin_site, case, at=clock.now())

    @display(description=_("phiếu"), header=True)
    def about(self, case: Any) -> list[str]:
        return [case.title, capfirst(str(case.get_kind_display()))]

    @display(description=_("thành viên"))
    def who(self, case: Any) -> str:
        return case.shown.name

    @display(
        description=_("trạng thái"),
        label={"open": "warning", "late": "danger", "answered": "success", "waiting": "info", "closed": "default"},
    )
    def state_word(self, case: Any) -> tuple[str, str]:
        return ("late" if case.said["look"] == "bad" else case.state), case.get_state_display()

    @display(description=_("hạn"))
    def due(self, case: Any) -> str:
        return case.said["due"]

    @display(description=_("người xử lý"))
    def owner_name(self, case: Any) -> str:
        return case.said["owner"]

    @display(description=_("cửa hàng"))
    def where(self, case: Any) -> str:
        return case.store_name

    @display(description=_("mở lúc"))
    def opened(self, case: Any) -> str:
        return case.said["opened"]


def tiles(*, at: datetime, stores: list[int] | None) -> list[dict[str, str]]:
    """How quickly cases of the last 30 days were answered and closed, each with its definition."""
    times = measuring.times(since=at - PERIOD, until=at, at=at, store_ids=stores)
    late = measuring.late_count(at=at, store_ids=stores)
    return [
        {
            "title": __("Trả lời lần đầu"),
            "value": wording.duration(times.median_answer) if times.median_answer is not None else wording.NOTHING,
            "note": __("Trung vị của %(n)s phiếu đã trả lời.") % {"n": wording.points(times.answered)},
        },
        {
            "title": __("Trả lời đúng hạn"),
            "value": wording.percent(times.answered_in_time, times.answer_judged),
            "note": __("Trong %(n)s phiếu đã đến hạn hoặc đã trả lời.") % {"n": wording.points(times.answer_judged)},
        },
        {
            "title": __("Đóng phiếu"),
            "value": wording.duration(times.median_close) if times.median_close is not None else wording.NOTHING,
            "note": __("Trung vị của %(n)s phiếu đã đóng; %(share)s đúng hạn.")
            % {
                "n": wording.points(times.closed),
                "share": wording.percent(times.closed_in_time, times.close_judged),
            },
        },
        {
            "title": __("Đang trễ hạn"),
            "value": wording.points(late) if late < measuring.COUNTED_AT_MOST else f"{late - 1}+",
            "note": __("Chưa trả lời hoặc chưa đóng đúng hạn, ngay lúc này."),
        },
    ]


@admin.register(CaseTerms)
class CaseTermsAdmin(ShopAdmin):
    """How soon cases of each kind are answered and closed; what was promised stays promised."""

    noun = "case terms"
    list_display = ["name", "answer_hours", "close_hours", "reopen_days", "working"]
    ordering = ["answer_hours"]
    fields = ["kind", "answer_hours", "close_hours", "opens", "closes", "reopen_days"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["kind"]

    @display(description=_("loại phiếu"))
    def name(self, terms: CaseTerms) -> str:
        return capfirst(str(terms.get_kind_display()))

    @display(description=_("giờ làm việc"))
    def working(self, terms: CaseTerms) -> str:
        if terms.opens == terms.closes:
            return __("cả ngày đêm")
        return f"{terms.opens:%H:%M}–{terms.closes:%H:%M}"


@admin.register(CloseReason)
class CloseReasonAdmin(ShopAdmin):
    """Why cases are closed; one that is no longer used is switched off."""

    noun = "close reason"
    list_display = ["name", "key", "position", "in_use"]
    ordering = ["position", "key"]
    fields = ["key", "name_vi", "name_en", "position", "active"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["key"] if obj else []

    @display(description=_("lý do"))
    def name(self, reason: CloseReason) -> str:
        return wording.in_language(reason.name_vi, reason.name_en)

    @display(description=_("trạng thái"), label={"on": "success", "off": "default"})
    def in_use(self, reason: CloseReason) -> tuple[str, Any]:
        return ("on", _("đang dùng")) if reason.active else ("off", _("đã tắt"))
