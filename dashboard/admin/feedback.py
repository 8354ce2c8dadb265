"""What members say after a visit: the score with its interval, and every word."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from dashboard import access, linking, people, wording
from dashboard.admin.base import BigAdmin, ReadOnlyAdmin, ShopAdmin, only_stores_of
from dashboard.admin.cases import StoreFilter
from dashboard.admin.searching import MemberFilter
from dashboard.tables import Table
from events import clock
from members.models import Feedback, FeedbackTerms
from members.relationship import nps

PERIODS = {"30": 30, "90": 90, "365": 365}
GROUPS = {"promoter": (9, 10), "passive": (7, 8), "detractor": (0, 6)}


class GroupFilter(admin.SimpleListFilter):
    title = _("mức điểm")
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("detractor", _("Chưa hài lòng (0–6)")),
            ("passive", _("Trung lập (7–8)")),
            ("promoter", _("Ủng hộ (9–10)")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> QuerySet[Feedback]:
        chosen = GROUPS.get(self.value() or "")
        return queryset.filter(score__range=chosen) if chosen else queryset


class WordsFilter(admin.SimpleListFilter):
    title = _("lời góp ý")
    parameter_name = "words"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Có lời góp ý"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> QuerySet[Feedback]:
        return queryset.exclude(comment="") if self.value() == "yes" else queryset


@admin.register(Feedback)
class FeedbackAdmin(ReadOnlyAdmin, BigAdmin):
    noun = "feedback"
    list_display = ["scored", "words", "who", "where", "moment", "way", "to_case"]
    list_display_links = ["scored"]
    list_filter = [GroupFilter, WordsFilter, StoreFilter, MemberFilter]
    ordering = ["-at"]
    list_before_template = "dashboard/feedback/list.html"
    fields = ["score", "comment", "via", "at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        return only_stores_of(request, super().get_queryset(request).filter(practice=False))

    # an analyst, who sees no names, reads no words: people name people
    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = set() if access.sees_names(request.user) else {"comment"}
        return [name for name in super().get_fields(request, obj) if name not in hidden]

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        named = people.shown(request, [row.member_id for row in rows])
        stores = wording.store_names()
        reads = access.sees_names(request.user)
        for row in rows:
            row.shown = named[row.member_id]
            row.store_name = stores.get(row.store_id or 0, wording.NOTHING)
            row.said = row.comment if reads else ""
            row.linked = reads

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        extra = summary(request, at=clock.now(), days=PERIODS.get(request.GET.get("days", ""), 90))
        if "days" in request.GET:  # of the summary, not of the list
            asked = request.GET.copy()
            asked.pop("days")
            request.GET = asked  # type: ignore[assignment]
        return super().changelist_view(request, {**(extra_context or {}), **extra})

    @display(description=_("điểm"), label={"good": "success", "plain": "warning", "bad": "danger"})
    def scored(self, row: Feedback) -> tuple[str, str]:
        return ("good" if row.score >= 9 else "bad" if row.score <= 6 else "plain"), str(row.score)

    @display(description=_("góp ý"))
    def words(self, row: Any) -> str:
        return row.said

    @display(description=_("thành viên"))
    def who(self, row: Any) -> Any:
        return linking.to("members_member", row.member_id, row.shown.name) if row.linked else row.shown.name

    @display(description=_("cửa hàng"))
    def where(self, row: Any) -> str:
        return row.store_name

    @display(description=_("lúc"))
    def moment(self, row: Feedback) -> str:
        return wording.moment(row.at)

    @display(description=_("qua"))
    def way(self, row: Feedback) -> str:
        return row.get_via_display()

    @display(description=_("phiếu"))
    def to_case(self, row: Feedback) -> Any:
        return linking.to("members_case", row.case_id, __("Xem")) if row.case_id else ""


def summary(request: HttpRequest, *, at: datetime, days: int) -> dict[str, Any]:
    """The score of the last days, of all the person may see and of each store, beside its definition."""
    stores = access.stores_of(request.user)
    since = at - timedelta(days=days)
    names = wording.store_names()
    whole = nps.of_period(since=since, until=at, store_ids=stores)
    by_store = nps.by_store(since=since, until=at, store_ids=stores)
    return {
        "nps": whole and _told(whole),
        "days": days,
        "periods": [{"days": n, "here": n == days} for n in PERIODS.values()],
        "stores_table": Table(
            title=__("Theo cửa hàng"),
            headings=[__("cửa hàng"), "NPS", __("Khoảng tin cậy 95 %"), __("Số lượt chấm")],
            numbers=(1, 2, 3),
            rows=[
                [
                    names.get(store or 0, __("không rõ")),
                    wording.points(round(one.score)),
                    _span(one),
                    wording.points(one.n),
                ]
                for store, one in sorted(by_store.items(), key=lambda row: -row[1].score)
            ],
            empty=__("Chưa có góp ý nào."),
        ),
    }


def _told(score: nps.Nps) -> dict[str, Any]:
    return {
        "score": wording.points(round(score.score), signed=True),
        "span": _span(score),
        "n": wording.points(score.n),
        "few": score.few,
        "parts": [
            {"kind": "good", "name": __("Ủng hộ (9–10)"), **_part(score.promoters, score.n)},
            {"kind": "plain", "name": __("Trung lập (7–8)"), **_part(score.passives, score.n)},
            {"kind": "bad", "name": __("Chưa hài lòng (0–6)"), **_part(score.detractors, score.n)},
        ],
    }


def _part(count: int, n: int) -> dict[str, Any]:
    return {"count": wording.points(count), "share": wording.percent(count, n), "width": round(100 * count / n, 2)}


def _span(score: nps.Nps) -> str:
    return __("%(low)s đến %(high)s") % {
        "low": wording.points(round(score.low), signed=True),
        "high": wording.points(round(score.high), signed=True),
    }


@admin.register(FeedbackTerms)
class FeedbackTermsAdmin(ShopAdmin):
    noun = "feedback terms"
    list_display = ["name", "opens_case", "opens_case_at_most"]
    fields = ["opens_case", "opens_case_at_most"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_("cài đặt"))
    def name(self, terms: FeedbackTerms) -> str:
        return str(terms)
