"""Everything the page of one bill shows: its lines, how it was paid, the points with their reasons, what came back."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from dashboard import access, linking, people, wording
from dashboard.tables import Table
from loyalty.models import BillMove, Correction, EntryRow, Purchase, PurchaseLine, Return, ReturnLine
from rewards import queries as vouchers


def context(request: HttpRequest, purchase: Purchase) -> dict[str, Any]:
    currency = wording.currency()
    moves = list(BillMove.objects.filter(purchase=purchase).order_by("step"))
    owner = moves[-1].to_member_id if moves else purchase.member_id
    parties = {one for one in (purchase.member_id, *(move.to_member_id for move in moves)) if one is not None}
    named = people.shown(request, parties)
    shown = named.get(owner) if owner else None
    linked = shown is not None and access.may(request.user, "view", "member")
    returns = list(Return.objects.filter(purchase=purchase).order_by("recorded_at"))
    actors = wording.Actors([purchase.by])

    def money(minor: int | None) -> str:
        return wording.money(minor, currency=currency)

    decision = getattr(purchase, "decision", None)
    return {
        "purchase": purchase,
        "revisions": list(_revisions(purchase)),
        "who": linking.to("members_member", owner, shown.name) if linked and shown else None,
        "who_plain": shown.name if shown else _("khách lẻ"),
        "state": "posted" if decision else purchase.status,
        "decision": decision
        and {
            "words": _("Đã duyệt") if decision.approved else _("Đã từ chối"),
            "by": wording.who(decision.by),
            "at": wording.moment(decision.at),
            "reason": decision.reason,
        },
        "facts": [
            (_("cửa hàng"), purchase.store.name),
            (
                _("máy bán hàng"),
                purchase.terminal.code if purchase.terminal_id and purchase.terminal else wording.NOTHING,
            ),
            (_("Bán lúc"), wording.moment(purchase.occurred_at)),
            (_("Nhận lúc"), wording.moment(purchase.recorded_at)),
            (_("Ngày bán hàng"), wording.day(purchase.business_date)),
            (_("Kênh"), str(wording.CHANNELS.get(purchase.channel, purchase.channel))),
            (_("Thu ngân"), purchase.staff or wording.NOTHING),
            (_("Gửi bởi"), actors.name(purchase.by)),
        ],
        "sums": [
            (_("Tiền hàng"), money(purchase.lines_amount)),
            (_("Giảm giá của máy bán hàng"), money(-purchase.discounts) if purchase.discounts else ""),
            (_("Phụ phí, phí giao"), money(purchase.charges) if purchase.charges else ""),
            (_("Thuế cộng thêm"), money(purchase.tax) if purchase.tax and not purchase.tax_included else ""),
            (_("Thuế (đã gồm)"), money(purchase.tax) if purchase.tax and purchase.tax_included else ""),
            (_("Làm tròn"), money(purchase.rounding) if purchase.rounding else ""),
            (_("Tổng"), money(purchase.total)),
            (_("Voucher"), money(-purchase.voucher_discount) if purchase.voucher_discount else ""),
            (_("Trả bằng điểm"), money(-purchase.points_value) if purchase.points_value else ""),
            (_("Khách trả"), money(purchase.due)),
        ],
        "points": [
            (_("Tích"), wording.points(moves[-1].earned if moves else purchase.earned, signed=True)),
            (_("Dùng"), wording.points(-purchase.spent)),
            (
                _("Còn lại sau hóa đơn"),
                wording.points(moves[-1].available_after if moves else purchase.available_after),
            ),
        ]
        if owner
        else [],
        "reasons": moves[-1].reasons if moves else purchase.reasons,
        "tables": [
            _lines(purchase, money),
            *([_vouchers(purchase, money)] if purchase.voucher_discount else []),
            *([_returns(returns, money)] if returns else []),
            *([_moves(moves, named)] if moves else []),
            _entries(purchase, owner=owner, named=named),
        ],
    }


def _revisions(purchase: Purchase) -> Iterator[dict[str, Any]]:
    """What came of the bill, and what it came of, where it was keyed again."""
    for correction in Correction.objects.filter(Q(purchase=purchase) | Q(next=purchase)).select_related("next"):
        was = correction.purchase_id == purchase.pk
        yield {
            "words": _("Đã sửa: điểm và voucher của hóa đơn này đã trả về.") if was else _("Sửa từ hóa đơn trước."),
            "link": linking.to(
                "loyalty_purchase",
                correction.next_id if was else correction.purchase_id,
                _("Xem hóa đơn mới") if was else _("Xem hóa đơn trước khi sửa"),
            ),
            "over": was,
            "reason": correction.reason,
            "by": wording.who(correction.by),
            "at": wording.moment(correction.at),
        }


def _lines(purchase: Purchase, money: Any) -> Table:
    lines = PurchaseLine.objects.filter(purchase_id=purchase.pk).order_by("line")
    back: dict[int, Any] = {}
    for line in ReturnLine.objects.filter(purchase_id=purchase.pk):
        back[line.line] = back.get(line.line, 0) + line.quantity
    return Table(
        title=_("Dòng hàng"),
        headings=[
            _("SKU"),
            _("Tên"),
            _("Nhóm"),
            _("Số lượng"),
            _("Đã trả"),
            _("Giảm"),
            _("Thành tiền"),
            _("Được tích"),
        ],
        numbers=(3, 4, 5, 6),
        rows=[
            [
                line.sku,
                line.name,
                line.category,
                f"{formats.number_format(line.quantity.normalize())} {line.unit}".strip(),
                formats.number_format(back[line.line].normalize()) if line.line in back else "",
                money(line.discount) if line.discount else "",
                money(line.amount),
                _("có") if line.earns else _("không"),
            ]
            for line in lines
        ],
        empty=_("Hóa đơn không có dòng hàng."),
    )


def _vouchers(purchase: Purchase, money: Any) -> Table:
    return Table(
        title=_("Voucher"),
        headings=[_("Voucher"), _("Tên"), _("Giảm"), _("Trạng thái")],
        numbers=(2,),
        rows=[
            [
                linking.to("rewards_voucher", used.id, f"…{used.last4}"),
                wording.in_language(used.name_vi, used.name_en),
                money(used.discount),
                _("đã trả lại") if used.return_id else _("đã dùng"),
            ]
            for used in vouchers.on_bill(purchase.pk)
        ],
        empty="",
    )


def _returns(returns: list[Return], money: Any) -> Table:
    return Table(
        title=_("Trả hàng"),
        headings=[_("Lúc"), _("Số phiếu"), _("Loại"), _("Hoàn tiền"), _("Thu hồi điểm"), _("Hoàn điểm")],
        numbers=(3, 4, 5),
        rows=[
            [
                wording.moment(row.occurred_at),
                linking.to("loyalty_return", row.pk, row.receipt),
                row.get_kind_display(),
                money(row.amount),
                wording.points(row.clawed_back),
                wording.points(row.given_back),
            ]
            for row in returns
        ],
        empty="",
    )


def _moves(moves: list[BillMove], named: Mapping[UUID, Any]) -> Table:
    actors = wording.Actors([move.by for move in moves])

    def name(member_id: UUID | None) -> str:
        shown = named.get(member_id) if member_id else None
        return shown.name if shown else wording.NOTHING if member_id else _("khách lẻ")

    return Table(
        title=_("Các lần chuyển hóa đơn"),
        headings=[_("Lúc"), _("Loại"), _("Từ"), _("Sang"), _("Trừ"), _("Tích"), _("Lý do"), _("Người ghi")],
        numbers=(4, 5),
        rows=[
            [
                wording.moment(move.at),
                move.get_kind_display(),
                name(move.from_member_id),
                name(move.to_member_id),
                wording.points(-move.earned_back),
                wording.points(move.earned, signed=True),
                move.reason,
                actors.name(move.by),
            ]
            for move in moves
        ],
        empty="",
    )


def _entries(purchase: Purchase, *, owner: UUID | None, named: Mapping[UUID, Any]) -> Table:
    """Of everybody the bill ever belonged to; whose each is stands beside it where they are several."""
    entries = (
        EntryRow.objects.filter(member_id__in=list(named), purchase_id=purchase.pk).order_by("recorded_at", "seq")
        if named
        else []
    )
    several = len(named) > 1
    return Table(
        title=_("Dòng sổ điểm"),
        headings=[_("Ghi lúc"), *([_("khách")] if several else []), _("Loại"), _("Điểm"), _("Còn lại")],
        numbers=(3, 4) if several else (2, 3),
        rows=[
            [
                wording.moment(entry.recorded_at),
                *([named[entry.member_id].name] if several else []),
                wording.ENTRY_KINDS.get(entry.kind, entry.kind),
                wording.points(entry.available - entry.debt, signed=True),
                wording.points(entry.available_after - entry.debt_after),
            ]
            for entry in entries
        ],
        empty=_("Hóa đơn này không làm thay đổi điểm."),
        more=f"{reverse('admin:loyalty_entryrow_changelist')}?member={owner}" if owner else "",
    )
