"""The tables of a member's page: account, lots, bills, vouchers, tiers, identifiers, consents."""

from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard import linking, people, wording
from dashboard.tables import Table
from loyalty import queries
from loyalty.models import Lot, TierBeginning
from members import consenting
from members.models import Identifier, Member
from members.models.consent import Purpose
from rewards import queries as voucher_queries
from rewards.models import Voucher

SHOWN = 10


def facts(member: Member, stores: dict[int, str]) -> list[tuple[str, str]]:
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


def statement(member_id: UUID, stores: dict[int, str]) -> Table:
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


def lots(member_id: UUID, at: datetime) -> Table:
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


def vouchers(member_id: UUID, currency: str, at: datetime) -> Table:
    rows = Voucher.objects.filter(member_id=member_id).select_related("definition").order_by("-pk")
    views = [(row, voucher_queries.view(row, at=at)) for row in rows[:SHOWN]]
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


def tiers(member_id: UUID) -> Table:
    beginnings = TierBeginning.objects.filter(member_id=member_id).select_related("tier").order_by("-since", "-id")
    causes = {
        "purchase": _("mua hàng"),
        "return": _("trả hàng"),
        "override": _("đặt tay"),
        "table": _("bảng hạng mới"),
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


def identifiers(member_id: UUID) -> Table:
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


def consents(member_id: UUID, at: datetime) -> Table:
    """Every purpose, also those nobody has asked this member about."""
    purposes = dict(Purpose.choices)
    said = consenting.current(member_id=member_id, at=at)
    never = [purpose for purpose in Purpose if purpose not in {row.purpose for row in said}]
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
            for row in said
        ]
        + [[purpose.label, "", _("chưa hỏi"), "", "", ""] for purpose in never],
        empty=_("Chưa trả lời câu hỏi nào."),
    )
