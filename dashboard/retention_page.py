"""Giữ chân khách: who stayed and who left, night by night; what new and returning members brought, month by month."""

import json
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics import nightly, rates
from analytics.models import RetentionNight, RevenueMonth
from dashboard import access, wording
from dashboard.tables import Table
from events import clock
from loyalty import nightly as nights_run

NIGHTS = 60
MONTHS = 18
# Rates of fewer customers at the start jump with every one of them.
LEAST_CUSTOMERS = 30
COLORS = {"new": "var(--color-primary-400)", "repeat": "var(--color-primary-700)", "guest": "var(--color-base-400)"}


def page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if not access.may(request.user, "view", "retention"):
        raise PermissionDenied
    context = {**site.each_context(request), **_context(request, at=clock.now())}
    return TemplateResponse(request, "dashboard/retention.html", context)


def _context(request: HttpRequest, *, at: datetime) -> dict[str, Any]:
    nights = list(RetentionNight.objects.order_by("-date")[:NIGHTS])[::-1]
    months = list(RevenueMonth.objects.exclude(as_of=None).order_by("-month")[:MONTHS])[::-1]
    currency = wording.currency()
    change = reverse("admin:analytics_retentionterms_changelist")
    return {
        "title": _("Giữ chân khách"),
        "change_link": change if access.may(request.user, "view", "retention terms") else "",
        "nights": nights,
        **(_last_night(nights[-1], at=at) if nights else {}),
        "nights_span": _span(nights[0].date, nights[-1].date) if nights else "",
        "nights_chart": _nights_chart(nights),
        "nights_table": _nights_table(nights),
        "months": months,
        "months_span": f"{months[0].month:%m/%Y} – {months[-1].month:%m/%Y}" if months else "",
        "counted_to": wording.day(max((month.as_of for month in months if month.as_of), default=None)),
        "revenue_chart": _months_chart(months, "revenue", currency),
        "profit_chart": _months_chart(months, "profit", currency),
        "months_table": _months_table(months, currency),
        "costed": wording.percent(sum(m.costed for m in months), sum(m.revenue for m in months)),
    }


def _span(first: date, last: date) -> str:
    return _("%(first)s – %(last)s") % {"first": wording.day(first), "last": wording.day(last)}


def _last_night(night: RetentionNight, *, at: datetime) -> dict[str, Any]:
    behind = (nights_run.last_due(at=at) - night.date).days
    start = night.date - timedelta(days=night.period_days)
    return {
        "night": night,
        "last_on": wording.day(night.date),
        "behind": max(0, behind),
        "period": _span(start + timedelta(days=1), night.date),
        "start_on": wording.day(start),
        "window_words": _window(night),
        "enough": _enough(night),
        "least": LEAST_CUSTOMERS,
        "at_start": wording.points(night.at_start),
        "tiles": _tiles(night),
        "parts": _parts(night),
    }


def _enough(night: RetentionNight) -> bool:
    return night.at_start >= LEAST_CUSTOMERS


def _new(night: RetentionNight) -> int:
    return night.first_time + night.came_back


def _share(rate: float | None) -> str:
    return wording.NOTHING if rate is None else wording.percent(rate, 1).replace("-", "−")


def _rates(night: RetentionNight) -> tuple[float | None, float | None, float | None]:
    """Retention, churn and net change; none of them while there are too few customers to tell."""
    if not _enough(night):
        return None, None, None
    counts = {"at_start": night.at_start, "at_end": night.at_end, "new": _new(night)}
    return (
        rates.retention(**counts),
        rates.churn(**counts),
        rates.net_change(at_start=night.at_start, at_end=night.at_end),
    )


def _tiles(night: RetentionNight) -> list[dict[str, str]]:
    """Each rate with its definition, in words and in this night's own numbers."""
    kept, gone, net = _rates(night)
    counts = {
        "start": wording.points(night.at_start),
        "end": wording.points(night.at_end),
        "new": wording.points(_new(night)),
    }
    return [
        {
            "title": _("Tỷ lệ giữ chân"),
            "value": _share(kept),
            "definition": _("(khách cuối kỳ − khách mới trong số đó) ÷ khách đầu kỳ"),
            "numbers": _("(%(end)s − %(new)s) ÷ %(start)s") % counts,
        },
        {
            "title": _("Tỷ lệ rời bỏ"),
            "value": _share(gone),
            "definition": _("1 − tỷ lệ giữ chân: phần khách đầu kỳ không còn là khách cuối kỳ"),
            "numbers": _("(%(start)s − %(kept)s) ÷ %(start)s") % {**counts, "kept": wording.points(night.kept)},
        },
        {
            "title": _("Thay đổi ròng"),
            "value": _share(net),
            "definition": _("(khách đầu kỳ − khách cuối kỳ) ÷ khách đầu kỳ; âm là đông lên"),
            "numbers": _("(%(start)s − %(end)s) ÷ %(start)s") % counts,
        },
    ]


def _parts(night: RetentionNight) -> list[dict[str, str]]:
    """Where the customers of both ends come from and go to; the parts add up."""
    return [
        {"title": _("Khách đầu kỳ"), "count": wording.points(night.at_start), "sign": ""},
        {"title": _("rời đi"), "count": wording.points(night.at_start - night.kept), "sign": "−"},
        {"title": _("mua lần đầu"), "count": wording.points(night.first_time), "sign": "+"},
        {"title": _("quay lại sau khi vắng"), "count": wording.points(night.came_back), "sign": "+"},
        {"title": _("Khách cuối kỳ"), "count": wording.points(night.at_end), "sign": ""},
    ]


def _window(night: RetentionNight) -> str:
    """How long a member counts as a customer, and why so long."""
    numbers = {
        "days": night.window_days,
        "gaps": wording.points(night.gaps),
        "gap_days": night.gap_days,
        "least": nightly.LEAST_GAPS,
    }
    if night.window_by == RetentionNight.WindowBy.STAFF:
        return _("%(days)s ngày do cửa hàng tự đặt.") % numbers
    if night.window_by == RetentionNight.WindowBy.DEFAULT:
        return _("%(days)s ngày mặc định: mới có %(gaps)s khoảng cách giữa hai lần mua, cần %(least)s.") % numbers
    read = _("90 %% trong %(gaps)s khoảng cách giữa hai lần mua của một năm qua không quá %(gap_days)s ngày.") % numbers
    if night.gap_days == night.window_days:
        return read
    limited = _("Giới hạn còn %(days)s ngày.") % numbers
    return f"{read} {limited}"


def _nights_chart(nights: list[RetentionNight]) -> str:
    shown = [_rates(night) for night in nights]

    def percents(place: int) -> list[float | None]:
        return [None if (rate := one[place]) is None else round(100 * rate, 1) for one in shown]

    axis = {"maxTicksXLimit": 8, "displayYAxis": True, "suffixYAxis": "%"}
    return json.dumps(
        {
            "labels": [f"{night.date:%d/%m}" for night in nights],
            "datasets": [
                {
                    "label": _("Tỷ lệ giữ chân"),
                    "data": percents(0),
                    "borderColor": "var(--color-primary-600)",
                    **axis,
                },
                {"label": _("Tỷ lệ rời bỏ"), "data": percents(1), "borderColor": "var(--color-orange-600)", **axis},
                {"label": _("Thay đổi ròng"), "data": percents(2), "borderColor": "var(--color-base-400)", **axis},
            ],
        }
    )


def _nights_table(nights: list[RetentionNight]) -> Table:
    headings = [
        _("Đêm"),
        _("Đầu kỳ"),
        _("Ở lại"),
        _("Lần đầu"),
        _("Quay lại"),
        _("Cuối kỳ"),
        _("Giữ chân"),
        _("Rời bỏ"),
        _("Thay đổi ròng"),
        _("Cửa sổ"),
    ]
    return Table(
        title="",
        headings=headings,
        numbers=tuple(range(1, len(headings))),
        rows=[
            [
                wording.day(night.date),
                *map(
                    wording.points,
                    (night.at_start, night.kept, night.first_time, night.came_back, night.at_end),
                ),
                *map(_share, _rates(night)),
                _("%(n)s ngày") % {"n": night.window_days},
            ]
            for night in reversed(nights)
        ],
        empty=_("Chưa có đêm nào được tính."),
    )


def _months_chart(months: list[RevenueMonth], figure: str, currency: str) -> str:
    unit, suffix = wording.axis(max((getattr(month, figure) for month in months), default=0), currency=currency)
    axis = {"maxTicksXLimit": 9, "displayYAxis": True, "suffixYAxis": suffix, "stack": figure}
    names = {"repeat": _("Mua lại"), "new": _("Khách mới"), "guest": _("Khách lẻ")}
    return json.dumps(
        {
            "labels": [f"{month.month:%m/%y}" for month in months],
            "datasets": [
                {
                    "label": name,
                    "data": [round(getattr(month, f"{who}_{figure}") / unit, 2) for month in months],
                    "backgroundColor": COLORS[who],
                    **axis,
                }
                for who, name in names.items()
            ],
        }
    )


def _months_table(months: list[RevenueMonth], currency: str) -> Table:
    headings = [
        _("Tháng"),
        _("Thành viên mới"),
        _("Thành viên mua lại"),
        _("Doanh thu khách mới"),
        _("Doanh thu mua lại"),
        _("Doanh thu khách lẻ"),
        _("Tỷ trọng mua lại"),
        _("Lợi nhuận khách mới"),
        _("Lợi nhuận mua lại"),
        _("Lợi nhuận khách lẻ"),
        _("Biết giá vốn"),
    ]

    def money(amount: int) -> str:
        return wording.money(amount, currency=currency)

    return Table(
        title="",
        headings=headings,
        numbers=tuple(range(1, len(headings))),
        rows=[
            [
                f"{month.month:%m/%Y}",
                wording.points(month.new_members),
                wording.points(month.repeat_members),
                money(month.new_revenue),
                money(month.repeat_revenue),
                money(month.guest_revenue),
                _share(rates.repeat_share(new_revenue=month.new_revenue, repeat_revenue=month.repeat_revenue)),
                money(month.new_profit),
                money(month.repeat_profit),
                money(month.guest_profit),
                wording.percent(month.costed, month.revenue),
            ]
            for month in reversed(months)
        ],
        empty=_("Chưa có tháng nào được tính."),
    )
