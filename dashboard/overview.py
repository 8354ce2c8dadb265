"""Tổng quan: how the programme does, what waits for somebody, and whether the machinery keeps up."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dashboard import access, condition, figures, overview_tables, waiting, wording
from dashboard.figures import Active, Joined, Period, Sold, Standing
from dashboard.first_day import page as first_day
from loyalty import policies


def context(request: HttpRequest, *, at: datetime) -> dict[str, Any]:
    stores = access.stores_of(request.user)
    shops = figures.shops(stores)
    sold = figures.sold(at=at, stores=shops)
    joined = figures.joined(sold, stores=stores)
    standing = figures.standing(stores=stores)
    currency = wording.currency()
    checks = condition.checks(at=at) if access.may(request.user, "view", "delivery") else None
    return {
        "title": _("Tổng quan"),
        "first_steps": first_day.card(request),
        "span": _span(sold.now),
        "span_before": _span(sold.before),
        "own_stores": stores is not None,
        "today": _today(sold, joined, currency),
        "tiles": [
            *_people(sold, joined, standing, figures.active(sold, stores=stores)),
            *_money(sold, currency),
            *_points(sold, standing, whole=stores is None, currency=currency, at=at),
        ],
        "waiting": waiting.items(request, stores=shops, at=at),
        "revenue_chart": overview_tables.revenue_chart(sold.now, currency),
        "points_chart": overview_tables.points_chart(sold.now),
        "days_table": overview_tables.days(sold.now, currency),
        "stores_chart": overview_tables.stores_chart(sold.now, shops, currency),
        "stores_table": overview_tables.stores(sold.now, shops, currency),
        "cashiers_table": overview_tables.cashiers(figures.cashiers(sold.now, stores=shops), shops),
        "sources_table": overview_tables.sources(joined),
        "tiers": _tiers(standing),
        "standing_on": standing.date and wording.day(standing.date),
        "condition": checks,
    }


def _span(period: Period) -> str:
    return _("%(first)s – %(last)s") % {"first": wording.day(period.first), "last": wording.day(period.last)}


def _today(sold: Sold, joined: Joined, currency: str) -> list[tuple[str, str]]:
    today = sold.today
    return [
        (_("Doanh thu"), wording.short_money(today.revenue, currency=currency)),
        (_("Hóa đơn"), wording.points(today.visits)),
        (_("Của thành viên"), wording.percent(today.member_visits, today.visits)),
        (_("Thành viên mới"), wording.points(joined.today)),
        (_("Điểm tích"), wording.points(today.earned)),
        (_("Điểm dùng"), wording.points(today.spent)),
    ]


def _tile(title: str, value: str, note: str, move: float | None, *, unit: str = "%") -> dict[str, Any]:
    """`move` is shown as up or down against the period before; None says there is nothing to compare with."""
    words = ""
    if move is not None:
        sign = "+" if move > 0 else "−" if move < 0 else ""
        words = f"{sign}{wording.decimal(abs(move) * 100)} {unit}"
    return {"title": title, "value": value, "note": note, "move": words, "up": (move or 0) > 0, "down": (move or 0) < 0}


def _people(sold: Sold, joined: Joined, standing: Standing, active: Active) -> list[dict[str, Any]]:
    new, new_before = sum(joined.now.values()), sum(joined.before.values())
    now, before = sold.now.total, sold.before.total
    share = None
    if now.visits and before.visits:
        share = now.member_visits / now.visits - before.member_visits / before.visits
    often = now.member_visits / active.now if active.now else None
    often_before = before.member_visits / active.before if active.before else None
    return [
        _tile(
            _("Thành viên"),
            wording.points(standing.everybody),
            _("%(new)s người mới") % {"new": wording.points(new)},
            figures.change(new, new_before),
        ),
        _tile(
            _("Thành viên có mua"),
            wording.points(active.now),
            _("%(share)s thành viên mua trong 30 ngày")
            % {"share": wording.percent(active.now or 0, standing.everybody)}
            if active.now is not None
            else _("có sau lần chạy đêm đầu tiên"),
            figures.change(active.now or 0, active.before),
        ),
        _tile(
            _("Hóa đơn của thành viên"),
            wording.percent(now.member_visits, now.visits),
            _("%(members)s trên %(bills)s hóa đơn")
            % {"members": wording.points(now.member_visits), "bills": wording.points(now.visits)},
            share,
            unit=_("điểm phần trăm"),
        ),
        _tile(
            _("Số lượt mua mỗi thành viên"),
            wording.decimal(often) if often is not None else wording.NOTHING,
            _("trong 30 ngày, người có mua"),
            figures.change(often, often_before) if often is not None else None,
        ),
    ]


def _money(sold: Sold, currency: str) -> list[dict[str, Any]]:
    now, before = sold.now.total, sold.before.total
    average = now.revenue // now.visits if now.visits else None
    average_before = before.revenue // before.visits if before.visits else None
    of_members = now.member_revenue // now.member_visits if now.member_visits else None
    return [
        _tile(
            _("Doanh thu"),
            wording.short_money(now.revenue, currency=currency),
            _("%(share)s do thành viên mua, đã trừ hàng trả")
            % {"share": wording.percent(now.member_revenue, now.revenue)},
            figures.change(now.revenue, before.revenue),
        ),
        _tile(
            _("Giá trị hóa đơn trung bình"),
            wording.money(average, currency=currency),
            _("thành viên: %(money)s") % {"money": wording.money(of_members, currency=currency)},
            figures.change(average or 0, average_before),
        ),
    ]


def _points(sold: Sold, standing: Standing, *, whole: bool, currency: str, at: datetime) -> list[dict[str, Any]]:
    """Points that ended, and what they all come to, are told of the whole house."""
    now, before = sold.now.total, sold.before.total
    tiles = [
        _tile(
            _("Điểm đã tích"),
            wording.points(now.earned),
            _("đã trừ phần thu hồi"),
            figures.change(now.earned, before.earned),
        ),
        _tile(
            _("Điểm đã dùng"),
            wording.points(now.spent),
            _("đã trừ phần hoàn lại"),
            figures.change(now.spent, before.spent),
        ),
    ]
    if not whole:
        return tiles
    ended, ended_before = figures.expired(sold)
    owed = standing.unused * policies.at(at).spending.point_value
    return [
        *tiles,
        _tile(_("Điểm hết hạn"), wording.points(ended), _("không ai dùng"), figures.change(ended, ended_before)),
        _tile(
            _("Điểm chưa dùng"),
            wording.points(standing.unused),
            _("dùng hết thì giảm %(money)s") % {"money": wording.short_money(owed, currency=currency)},
            figures.change(standing.unused, standing.unused_before),
        ),
    ]


def _tiers(standing: Standing) -> list[dict[str, Any]]:
    counts = [count for _tier, count in standing.tiers]
    most, everybody = max(counts, default=0) or 1, sum(counts)
    return [
        {
            "name": wording.tier_name(tier),
            "color": tier.color,
            "count": wording.points(count),
            "share": wording.percent(count, everybody),
            "width": round(100 * count / most),
        }
        for tier, count in standing.tiers
    ]
