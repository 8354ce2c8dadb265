"""Everything the page of one member shows, read in a handful of queries."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard import access, linking, people, wording
from dashboard.tables import Table
from loyalty import owning, queries
from loyalty.models import Lot, TierBeginning
from members import consenting
from members.models import Identifier, Member, TimelineItem
from members.models.consent import Purpose
from rewards import queries as vouchers
from rewards.models import Voucher

SHOWN = 10


def context(request: HttpRequest, member: Member, *, at: datetime) -> dict[str, Any]:
    balance = queries.balance(member.pk, at=at)
    standing = queries.standing(member.pk, at=at, tier_id=balance.tier_id)
    currency = wording.currency()
    stores = wording.store_names()
    return {
        "member": member,
        "initials": people.initials(member.name),
        "facts": _facts(member, stores),
        "balance": {
            "available": wording.points(balance.available),
            "pending": wording.points(balance.pending),
            "held": wording.points(balance.held),
            "debt": balance.debt and wording.points(-balance.debt),
            "ends": balance.next_expiry_on
            and _("%(points)s điểm hết hạn ngày %(day)s")
            % {"points": wording.points(balance.next_expiry_points), "day": wording.day(balance.next_expiry_on)},
        },
        "tier": {
            "name": wording.tier_name(standing.tier),
            "color": standing.tier.color,
            "since": standing.since and wording.moment(standing.since),
            "spend": wording.money(standing.window_spend, currency=currency),
            "window_days": standing.window_days,
            "next": standing.next_tier
            and _("Còn %(money)s nữa là lên %(tier)s")
            % {
                "money": wording.money(standing.next_missing, currency=currency),
                "tier": wording.tier_name(standing.next_tier),
            },
        },
        "wide_tables": [_statement(member.pk, stores), _purchases(member.pk, stores, currency)],
        "tables": [
            _vouchers(member.pk, currency, at),
            _lots(member.pk, at),
            _timeline(member.pk, stores, currency),
            _identifiers(member.pk),
            _consents(member.pk, at),
            _tiers(member.pk),
        ],
        "may_adjust": access.may(request.user, "act", "points"),
    }


def _facts(member: Member, stores: dict[int, str]) -> list[tuple[str, str]]:
    birthday = wording.NOTHING
    if member.birth_day:
        birthday = f"{member.birth_day:02}/{member.birth_month:02}" + (
            f"/{member.birth_year}" if member.birth_year else ""
        )
        if member.birth_calendar == Member.Calendar.LUNAR:
            birthday += " " + _("âm lịch")
        if member.birth_unsure:
            birthday += " " + _("(chưa chắc)")
    place = ", ".join(part for part in (member.ward, member.province) if part)
    return [
        (_("Xưng hô"), f"{member.honorific} {member.call_name}".strip() or wording.NOTHING),
        (_("Giới tính"), member.get_gender_display() if member.gender else wording.NOTHING),
        (_("Sinh nhật"), birthday),
        (_("Nơi ở"), place or wording.NOTHING),
        (_("Tham gia"), wording.moment(member.joined_at)),
        (_("Tham gia tại"), stores.get(member.joined_store_id or 0, member.joined_via or wording.NOTHING)),
    ]


def _statement(member_id: UUID, stores: dict[int, str]) -> Table:
    lines = queries.statement(member_id, limit=SHOWN)
    return Table(
        title=_("Sao kê điểm"),
        headings=[_("Ngày"), _("Loại"), _("Điểm"), _("Còn lại"), _("hóa đơn"), _("cửa hàng"), _("Lý do")],
        numbers=(2, 3),
        rows=[
            [
                wording.moment(line.effective_at),
                wording.ENTRY_KINDS.get(line.kind, line.kind),
                wording.points(line.points, signed=True),
                wording.points(line.available_after - line.debt_after),
                linking.to("loyalty_purchase", line.purchase_id, line.receipt) if line.purchase_id else "",
                stores.get(line.store_id or 0, ""),
                line.reason,
            ]
            for line in lines
        ],
        empty=_("Chưa có dòng nào trong sổ điểm."),
        more=f"{reverse('admin:loyalty_entryrow_changelist')}?member={member_id}",
    )


def _purchases(member_id: UUID, stores: dict[int, str], currency: str) -> Table:
    rows = list(owning.bills_of(member_id).order_by("-occurred_at")[:SHOWN])
    moves = owning.last_moves(rows)
    return Table(
        title=_("Hóa đơn"),
        headings=[_("Ngày"), _("Số hóa đơn"), _("cửa hàng"), _("Tổng"), _("Tích"), _("Dùng"), _("Trạng thái")],
        numbers=(3, 4, 5),
        rows=[
            [
                wording.moment(row.occurred_at),
                linking.to("loyalty_purchase", row.pk, row.receipt),
                stores.get(row.store_id, ""),
                wording.money(row.total, currency=currency),
                wording.points(moves[row.pk].earned if row.pk in moves else row.earned),
                wording.points(row.spent),
                row.get_status_display(),
            ]
            for row in rows
        ],
        empty=_("Chưa có hóa đơn nào."),
        more=f"{reverse('admin:loyalty_purchase_changelist')}?member={member_id}",
    )


def _lots(member_id: UUID, at: datetime) -> Table:
    lots = Lot.objects.filter(member_id=member_id, remaining__gt=0, expires_at__gt=at)
    endless = Lot.objects.filter(member_id=member_id, remaining__gt=0, expires_at=None)
    rows = [*lots.order_by("expires_at", "seq")[:SHOWN], *endless.order_by("seq")[:SHOWN]]
    return Table(
        title=_("Đợt điểm còn dùng được"),
        headings=[_("Tích ngày"), _("Đã tích"), _("Còn lại"), _("Hết hạn")],
        numbers=(1, 2),
        rows=[
            [
                wording.moment(lot.opened_at),
                wording.points(lot.points),
                wording.points(lot.remaining),
                wording.moment(lot.expires_at) if lot.expires_at else _("không hết hạn"),
            ]
            for lot in rows
        ],
        empty=_("Không có điểm nào."),
    )


def _vouchers(member_id: UUID, currency: str, at: datetime) -> Table:
    rows = Voucher.objects.filter(member_id=member_id).select_related("definition").order_by("-pk")
    views = [(row, vouchers.view(row, at=at)) for row in rows[:SHOWN]]
    return Table(
        title=_("Voucher"),
        headings=[_("Voucher"), _("Giảm"), _("Trạng thái"), _("Ngày cuối")],
        rows=[
            [
                linking.to("rewards_voucher", row.pk, wording.in_language(view.name_vi, view.name_en)),
                wording.voucher_worth(row.definition, currency=currency),
                wording.VOUCHER_STATES[view.state],
                wording.day(view.last_day),
            ]
            for row, view in views
        ],
        empty=_("Chưa có voucher nào."),
        more=f"{reverse('admin:rewards_voucher_changelist')}?member={member_id}",
    )


def _tiers(member_id: UUID) -> Table:
    beginnings = TierBeginning.objects.filter(member_id=member_id).select_related("tier").order_by("-since", "-id")
    causes = {
        "purchase": _("mua hàng"),
        "return": _("trả hàng"),
        "override": _("đặt tay"),
        "import": _("nhập từ file"),
        "time": _("xét hạng"),
    }
    return Table(
        title=_("Hạng đã qua"),
        headings=[_("Từ ngày"), _("Hạng"), _("Vì")],
        rows=[
            [wording.moment(row.since), wording.tier_name(row.tier), causes.get(row.cause, row.cause)]
            for row in beginnings[:SHOWN]
        ],
        empty=_("Vẫn ở hạng đầu tiên từ khi tham gia."),
    )


def _identifiers(member_id: UUID) -> Table:
    rows = Identifier.objects.filter(member_id=member_id).order_by("until_at", "kind", "-from_at")
    return Table(
        title=_("Số điện thoại, thẻ, e-mail"),
        headings=[_("Loại"), _("Số"), _("Từ"), _("Đến"), _("Đã xác minh")],
        rows=[
            [
                row.get_kind_display(),
                people.mask(row.kind, row.value),
                wording.moment(row.from_at),
                wording.moment(row.until_at) if row.until_at else _("nay"),
                wording.moment(row.verified_at),
            ]
            for row in rows[:SHOWN]
        ],
        empty=_("Chưa có số nào."),
    )


def _consents(member_id: UUID, at: datetime) -> Table:
    purposes = dict(Purpose.choices)
    return Table(
        title=_("Đồng ý"),
        headings=[_("Mục đích"), _("Kênh"), _("Trả lời"), _("Từ"), _("Văn bản"), _("Cách hỏi")],
        rows=[
            [
                purposes.get(row.purpose, row.purpose),
                wording.CHANNELS.get(row.channel, row.channel),
                _("có") if row.granted else _("không"),
                wording.moment(row.since),
                row.text or "",
                row.how,
            ]
            for row in consenting.current(member_id=member_id, at=at)
        ],
        empty=_("Chưa trả lời câu hỏi nào."),
    )


def _timeline(member_id: UUID, stores: dict[int, str], currency: str) -> Table:
    items = TimelineItem.objects.filter(member_id=member_id).order_by("-at")[:SHOWN]
    return Table(
        title=_("Dòng thời gian"),
        headings=[_("Lúc"), _("Việc"), "", _("cửa hàng")],
        rows=[
            [
                wording.moment(item.at),
                wording.EVENT_TYPES.get(item.type, item.type),
                _told(item.data, currency),
                stores.get(item.store_id or 0, ""),
            ]
            for item in items
        ],
        empty=_("Chưa có gì xảy ra."),
    )


def _told(data: dict[str, Any], currency: str) -> str:
    """The amount and the points an event is about, where it says any."""
    parts = []
    amount = data.get("total", data.get("amount", data.get("discount")))
    if amount:
        parts.append(wording.money(amount, currency=currency))
    for key, sign in (("earned", 1), ("spent", -1), ("clawed_back", -1), ("given_back", 1), ("points", 1)):
        if data.get(key):
            parts.append(_("%(points)s điểm") % {"points": wording.points(sign * data[key], signed=True)})
    return ", ".join(parts)
