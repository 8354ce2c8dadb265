"""A rule over the months that were: what it would have cost, who would have won, beside what happened."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard import access, people, wording
from dashboard.rules import words
from dashboard.tables import Table
from events import clock
from events.models import Job
from loyalty import policies
from loyalty.backtesting import working
from loyalty.backtesting.running import Result
from loyalty.models import RuleVersion

MONTHS = (3, 6, 12, 18)
SPREAD = {
    -4: gettext_lazy("ít hơn từ 1.000 điểm"),
    -3: gettext_lazy("ít hơn 100–999"),
    -2: gettext_lazy("ít hơn 10–99"),
    -1: gettext_lazy("ít hơn 1–9"),
    0: gettext_lazy("như đã có"),
    1: gettext_lazy("hơn 1–9"),
    2: gettext_lazy("hơn 10–99"),
    3: gettext_lazy("hơn 100–999"),
    4: gettext_lazy("hơn từ 1.000 điểm"),
}
AT_WORK = {Job.State.OPEN, Job.State.RUNNING}


def page(request: HttpRequest, site: AdminSite, version: RuleVersion) -> HttpResponse:
    """The last run of this version; sent with `months`, another one."""
    here = reverse("admin:loyalty_ruleversion_backtest", args=[version.pk])
    if request.method == "POST":
        if not access.may(request.user, "add", "rule"):
            raise PermissionDenied
        asked = request.POST.get("months", "")
        months = int(asked) if asked in {str(one) for one in MONTHS} else 12
        working.start(version_id=version.pk, months=months, by=f"user:{request.user.pk}", at=clock.now())
        return HttpResponseRedirect(here)
    job = working.latest(version.pk)
    result = working.result_of(job) if job else None
    context: dict[str, Any] = {
        "here": here,
        "months": MONTHS,
        "chosen": job.cursor["months"] if job else 12,
        "may": access.may(request.user, "add", "rule"),
        "live": job is not None and job.state in AT_WORK,
        "failed": job is not None and job.state == Job.State.FAILED,
        "percent": round(100 * job.done / job.total) if job and job.total else 0,
        **(_told(request, result) if result else {}),
    }
    if request.headers.get("HX-Request"):
        return TemplateResponse(request, "dashboard/rule/backtest_result.html", context)
    around = {
        **site.each_context(request),
        "title": _("Chạy thử lại quá khứ"),
        "subtitle": wording.in_language(version.name_vi, version.name_en),
        "asks": words.asks(version.condition),
        "gives": words.gives(version.effect),
        "back": reverse("admin:loyalty_ruleversion_change", args=[version.pk]),
    }
    return TemplateResponse(request, "dashboard/rule/backtest.html", {**around, **context})


def _told(request: HttpRequest, result: Result) -> dict[str, Any]:
    value, currency = policies.at(clock.now()).spending.point_value, wording.currency()
    more = result.points - result.happened

    def money(points: int) -> str:
        return wording.money(points * value, currency=currency)

    return {
        "result": result,
        "period": f"{wording.day(result.first)} – {wording.day(result.last)}",
        "facts": [
            (_("Hóa đơn của thành viên"), wording.points(result.bills)),
            (
                _("Hóa đơn khác đi"),
                f"{wording.points(result.changed)} ({wording.percent(result.changed, result.bills)})",
            ),
            (_("Điểm đã tích"), wording.points(result.happened)),
            (_("Điểm nếu có quy tắc"), wording.points(result.points)),
            (_("Chênh lệch"), f"{wording.points(more, signed=True)} ({money(more)})"),
            (_("Hoàn lại lúc đó"), wording.percent(result.happened * value, result.amount)),
            (_("Hoàn lại nếu có quy tắc"), wording.percent(result.points * value, result.amount)),
        ],
        "tables": [
            _parts(result, money),
            _months(result, money),
            _people(request, result),
            _spread(result),
        ],
    }


def _parts(result: Result, money: Any) -> Table:
    names = {
        row.rule.key: wording.in_language(row.name_vi, row.name_en)
        for row in RuleVersion.objects.select_related("rule").order_by("number")
    }
    sums: dict[str, list[int]] = {}
    for part in result.parts:
        had = sums.setdefault(part.key, [0, 0, 0])
        had[0], had[1], had[2] = had[0] + part.points, had[1] + part.bills, max(had[2], part.members)
    rows = [[_("Quy tắc cơ bản"), wording.points(result.base), "", "", money(result.base)]]
    rows += [[_("Theo hạng"), wording.points(result.tier), "", "", money(result.tier)]] if result.tier else []
    rows += [
        [names.get(key, key), wording.points(points), wording.points(bills), wording.points(members), money(points)]
        for key, (points, bills, members) in sums.items()
    ]
    return Table(
        title=_("Điểm theo quy tắc"),
        headings=[_("Quy tắc"), _("Điểm"), _("Hóa đơn"), _("Thành viên"), _("Đáng giá")],
        numbers=(1, 2, 3, 4),
        rows=rows,
        empty="",
    )


def _months(result: Result, money: Any) -> Table:
    return Table(
        title=_("Từng tháng"),
        headings=[_("Tháng"), _("Đã tích"), _("Nếu có quy tắc"), _("Chênh lệch")],
        numbers=(1, 2, 3),
        rows=[
            [date_format(month, "m/Y"), wording.points(was), wording.points(would), money(would - was)]
            for month, was, would in result.months
        ],
        empty=_("Không có hóa đơn nào."),
    )


def _people(request: HttpRequest, result: Result) -> Table:
    extremes = [*result.winners, *result.losers]
    named = people.shown(request, {one.member_id for one in extremes})
    return Table(
        title=_("Ai được hơn, ai được ít hơn nhiều nhất"),
        headings=[_("Thành viên"), _("Đã tích"), _("Nếu có quy tắc"), _("Chênh lệch")],
        numbers=(1, 2, 3),
        rows=[
            [
                named[one.member_id].name if one.member_id in named else wording.NOTHING,
                wording.points(one.happened),
                wording.points(one.points),
                wording.points(one.points - one.happened, signed=True),
            ]
            for one in extremes
        ],
        empty=_("Không ai được hơn hay ít hơn."),
    )


def _spread(result: Result) -> Table:
    return Table(
        title=_("Bao nhiêu thành viên"),
        headings=[_("Được"), _("Thành viên")],
        numbers=(1,),
        rows=[[str(SPREAD[step]), wording.points(count)] for step, count in result.spread],
        empty=_("Không có hóa đơn nào."),
    )
