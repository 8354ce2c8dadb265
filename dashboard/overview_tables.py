"""Charts of the first page, each with its table."""

import json

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard import wording
from dashboard.figures import CashierShare, Joined, Period
from dashboard.tables import Table

JOINED_VIA = {
    "counter": gettext_lazy("tại quầy"),
    "till": gettext_lazy("tại quầy"),
    "pos": gettext_lazy("tại quầy"),
    "api": gettext_lazy("máy bán hàng"),
    "portal": gettext_lazy("trang thành viên"),
    "poster": gettext_lazy("mã QR tại cửa hàng"),
    "online": gettext_lazy("cửa hàng online"),
    "zalo": "Zalo",
    "import": gettext_lazy("nhập từ file"),
    "referral": gettext_lazy("bạn bè giới thiệu"),
}
_TICKS = {"maxTicksXLimit": 10, "displayYAxis": True}


def revenue_chart(period: Period, currency: str) -> str:
    unit, suffix = wording.axis(max((day.revenue for day in period.days.values()), default=0), currency=currency)
    return _stacked(
        [f"{day:%d/%m}" for day in period.days],
        [round(day.member_revenue / unit, 2) for day in period.days.values()],
        [round(day.guest_revenue / unit, 2) for day in period.days.values()],
        suffix=suffix,
    )


def stores_chart(period: Period, shops: dict[int, str], currency: str) -> str:
    sold = {name: period.stores[id] for id, name in shops.items() if id in period.stores}
    unit, suffix = wording.axis(max((sums.revenue for sums in sold.values()), default=0), currency=currency)
    return _stacked(
        list(sold),
        [round(sums.member_revenue / unit, 2) for sums in sold.values()],
        [round(sums.guest_revenue / unit, 2) for sums in sold.values()],
        suffix=suffix,
    )


def _stacked(labels: list[str], of_members: list[float], of_guests: list[float], *, suffix: str) -> str:
    axis = {**_TICKS, "suffixYAxis": suffix, "stack": "revenue"}
    return json.dumps(
        {
            "labels": labels,
            "datasets": [
                {"label": _("Thành viên"), "data": of_members, "backgroundColor": "var(--color-primary-600)", **axis},
                {"label": _("Khách lẻ"), "data": of_guests, "backgroundColor": "var(--color-base-400)", **axis},
            ],
        }
    )


def points_chart(period: Period) -> str:
    days = period.days.values()
    earned = {"data": [day.earned for day in days], "borderColor": "var(--color-primary-600)", **_TICKS}
    spent = {"data": [day.spent for day in days], "borderColor": "var(--color-orange-600)"}
    labels = [f"{day:%d/%m}" for day in period.days]
    return json.dumps(
        {"labels": labels, "datasets": [{"label": _("Điểm tích"), **earned}, {"label": _("Điểm dùng"), **spent}]}
    )


def days(period: Period, currency: str) -> Table:
    return Table(
        title="",
        headings=[_("Ngày"), _("Thành viên"), _("Khách lẻ"), _("Hóa đơn"), _("Điểm tích"), _("Điểm dùng")],
        numbers=(1, 2, 3, 4, 5),
        rows=[
            [
                wording.day(day),
                wording.money(sums.member_revenue, currency=currency),
                wording.money(sums.guest_revenue, currency=currency),
                wording.points(sums.visits),
                wording.points(sums.earned),
                wording.points(sums.spent),
            ]
            for day, sums in reversed(period.days.items())
        ],
        empty=_("Chưa có hóa đơn nào."),
    )


def stores(period: Period, shops: dict[int, str], currency: str) -> Table:
    ordered = sorted(period.stores.items(), key=lambda one: -one[1].revenue)
    return Table(
        title="",
        headings=[
            _("Cửa hàng"),
            _("Doanh thu"),
            _("Hóa đơn"),
            _("Của thành viên"),
            _("Hóa đơn trung bình"),
            _("Điểm tích"),
        ],
        numbers=(1, 2, 3, 4, 5),
        rows=[
            [
                shops.get(id, wording.NOTHING),
                wording.money(sums.revenue, currency=currency),
                wording.points(sums.visits),
                wording.percent(sums.member_visits, sums.visits),
                wording.money(sums.revenue // sums.visits if sums.visits else None, currency=currency),
                wording.points(sums.earned),
            ]
            for id, sums in ordered
        ],
        empty=_("Chưa có hóa đơn nào."),
    )


def cashiers(found: list[CashierShare], shops: dict[int, str]) -> Table:
    return Table(
        title="",
        headings=[_("Thu ngân"), _("Cửa hàng"), _("Hóa đơn"), _("Của thành viên")],
        numbers=(2, 3),
        rows=[
            [
                one.staff or _("không ghi tên"),
                shops.get(one.store_id, wording.NOTHING),
                wording.points(one.visits),
                wording.percent(one.member_visits, one.visits),
            ]
            for one in found
        ],
        empty=_("Chưa có hóa đơn nào."),
    )


def sources(joined: Joined) -> Table:
    ways = sorted({*joined.now, *joined.before}, key=lambda via: -joined.now.get(via, 0))
    return Table(
        title="",
        headings=[_("Đăng ký qua"), _("30 ngày"), _("30 ngày trước đó")],
        numbers=(1, 2),
        rows=[
            [
                str(JOINED_VIA.get(via, via)) or _("không ghi"),
                wording.points(joined.now.get(via, 0)),
                wording.points(joined.before.get(via, 0)),
            ]
            for via in ways
        ],
        empty=_("Chưa có ai đăng ký trong hai kỳ này."),
    )
