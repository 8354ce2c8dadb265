"""Tổng quan: how the programme does, what waits for somebody, and whether the machinery keeps up."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard import access, condition, figures, wording
from dashboard.figures import Membership, Period
from dashboard.tables import Table


def context(request: HttpRequest, *, at: datetime) -> dict[str, Any]:
    stores = access.stores_of(request.user)
    now, before = figures.periods(at=at, stores=stores)
    people = figures.membership(now, before, stores=stores)
    currency = wording.currency()
    span = _("%(first)s – %(last)s") % {"first": wording.day(now.first), "last": wording.day(now.last)}
    return {
        "title": _("Tổng quan"),
        "span": span,
        "span_before": _("%(first)s – %(last)s")
        % {"first": wording.day(before.first), "last": wording.day(before.last)},
        "own_stores": stores is not None,
        "tiles": [
            _members(people),
            _share(now, before),
            _revenue(now, before, currency),
            _earned(now, before),
            _spent(now, before),
        ],
        "waiting": _waiting(request, stores),
        "revenue_chart": _revenue_chart(now, currency),
        "revenue_table": _revenue_table(now, currency),
        "points_chart": _points_chart(now),
        **(_tiers(people.everybody) if stores is None else {}),
        "condition": condition.checks(at=at) if access.may(request.user, "view", "delivery") else None,
    }


def _tile(title: str, value: str, note: str, move: float | None, *, unit: str = "%") -> dict[str, Any]:
    """`move` is shown as up or down against the period before; None says there is nothing to compare with."""
    words = ""
    if move is not None:
        sign = "+" if move > 0 else "−" if move < 0 else ""
        words = f"{sign}{wording.decimal(abs(move) * 100)} {unit}"
    return {"title": title, "value": value, "note": note, "move": words, "up": (move or 0) > 0, "down": (move or 0) < 0}


def _members(people: Membership) -> dict[str, Any]:
    note = _("%(new)s người mới") % {"new": wording.points(people.new)}
    move = figures.change(people.new, people.new_before)
    return _tile(_("Thành viên"), wording.points(people.everybody), note, move)


def _share(now: Period, before: Period) -> dict[str, Any]:
    move = None
    if now.revenue and before.revenue:
        move = now.member_revenue / now.revenue - before.member_revenue / before.revenue
    note = _("doanh thu do thành viên mua")
    value = wording.percent(now.member_revenue, now.revenue)
    return _tile(_("Tỷ trọng thành viên"), value, note, move, unit=_("điểm phần trăm"))


def _revenue(now: Period, before: Period, currency: str) -> dict[str, Any]:
    note = _("%(bills)s hóa đơn, đã trừ hàng trả") % {"bills": wording.points(now.bills)}
    value = wording.short_money(now.revenue, currency=currency)
    return _tile(_("Doanh thu"), value, note, figures.change(now.revenue, before.revenue))


def _earned(now: Period, before: Period) -> dict[str, Any]:
    note = _("đã trừ phần thu hồi")
    return _tile(_("Điểm đã tích"), wording.points(now.earned), note, figures.change(now.earned, before.earned))


def _spent(now: Period, before: Period) -> dict[str, Any]:
    note = _("đã trừ phần hoàn lại")
    return _tile(_("Điểm đã dùng"), wording.points(now.spent), note, figures.change(now.spent, before.spent))


def _waiting(request: HttpRequest, stores: list[int] | None) -> list[dict[str, Any]]:
    """What somebody has to decide, with the way there."""
    if not access.may(request.user, "act", "purchase"):
        return []
    count = figures.in_review(stores=stores)
    return [
        {
            "words": _("hóa đơn chờ kiểm tra (đồng hồ máy bán hàng không khớp)"),
            "count": wording.points(count),
            "urgent": count > 0,
            "link": f"{reverse('admin:loyalty_purchase_changelist')}?review=open",
        }
    ]


def _revenue_chart(period: Period, currency: str) -> str:
    unit, suffix = wording.axis(max(day.member_revenue + day.guest_revenue for day in period.days), currency=currency)
    axis = {"maxTicksXLimit": 10, "displayYAxis": True, "suffixYAxis": suffix, "stack": "revenue"}
    return json.dumps(
        {
            "labels": [f"{day.on:%d/%m}" for day in period.days],
            "datasets": [
                {
                    "label": _("Thành viên"),
                    "data": [round(day.member_revenue / unit, 2) for day in period.days],
                    "backgroundColor": "var(--color-primary-600)",
                    **axis,
                },
                {
                    "label": _("Khách lẻ"),
                    "data": [round(day.guest_revenue / unit, 2) for day in period.days],
                    "backgroundColor": "var(--color-base-400)",
                    **axis,
                },
            ],
        }
    )


def _revenue_table(period: Period, currency: str) -> Table:
    return Table(
        title="",
        headings=[_("Ngày"), _("Thành viên"), _("Khách lẻ"), _("Hóa đơn"), _("Điểm tích"), _("Điểm dùng")],
        numbers=(1, 2, 3, 4, 5),
        rows=[
            [
                wording.day(day.on),
                wording.money(day.member_revenue, currency=currency),
                wording.money(day.guest_revenue, currency=currency),
                wording.points(day.bills),
                wording.points(day.earned),
                wording.points(day.spent),
            ]
            for day in reversed(period.days)
        ],
        empty=_("Chưa có hóa đơn nào."),
    )


def _points_chart(period: Period) -> str:
    return json.dumps(
        {
            "labels": [f"{day.on:%d/%m}" for day in period.days],
            "datasets": [
                {
                    "label": _("Điểm tích"),
                    "data": [day.earned for day in period.days],
                    "borderColor": "var(--color-primary-600)",
                    "maxTicksXLimit": 10,
                    "displayYAxis": True,
                },
                {
                    "label": _("Điểm dùng"),
                    "data": [day.spent for day in period.days],
                    "borderColor": "var(--color-orange-600)",
                },
            ],
        }
    )


def _tiers(everybody: int) -> dict[str, Any]:
    held = figures.holdings(everybody=everybody)
    most = max((count for _tier, count in held.tiers), default=0) or 1
    return {
        "tiers": [
            {
                "name": wording.tier_name(tier),
                "color": tier.color,
                "count": wording.points(count),
                "share": wording.percent(count, everybody),
                "width": round(100 * count / most),
            }
            for tier, count in held.tiers
        ],
        "unused": wording.points(held.unused),
    }
