"""What the books say of a member, for `members.exporting`."""

from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from loyalty.models import Entry, Purchase, PurchaseLine, Return, TierBeginning
from members import exporting
from members.exporting import Section
from members.models import Member

_MONEY: dict[str, Any] = {
    "total": _("tổng"),
    "voucher_discount": _("giảm bằng voucher"),
    "points_value": _("trả bằng điểm"),
}


def tell(*, member: Member) -> list[Section]:
    """Bills with their lines, returns, the points statement, tiers."""
    own = {"member_id": member.pk}
    return [
        exporting.section(
            "purchases",
            _("Hóa đơn"),
            Purchase.objects.filter(**own).annotate(store_name=F("store__name")).order_by("occurred_at", "id"),
            {
                "id": _("mã"),
                "occurred_at": _("lúc"),
                "store_name": _("cửa hàng"),
                "receipt": _("số hóa đơn"),
                "channel": _("kênh"),
                **_MONEY,
                "due": _("phải trả"),
                "earned": _("điểm tích"),
                "spent": _("điểm dùng"),
            },
        ),
        exporting.section(
            "purchase_lines",
            _("Món trong hóa đơn"),
            PurchaseLine.objects.filter(member_id=member.pk).order_by("purchase_id", "line"),
            {
                "purchase_id": _("mã hóa đơn"),
                "line": _("dòng"),
                "sku": _("mã hàng"),
                "name": _("tên hàng"),
                "quantity": _("số lượng"),
                "amount": _("thành tiền"),
            },
        ),
        exporting.section(
            "returns",
            _("Trả hàng"),
            Return.objects.filter(**own).order_by("occurred_at", "id"),
            {
                "purchase_id": _("mã hóa đơn"),
                "occurred_at": _("lúc"),
                "kind": _("loại"),
                "amount": _("tiền hàng"),
                "due": _("hoàn lại"),
                "clawed_back": _("điểm thu hồi"),
                "given_back": _("điểm hoàn"),
            },
        ),
        exporting.section(
            "points",
            _("Sổ điểm"),
            Entry.objects.filter(**own).order_by("seq"),
            {
                "seq": _("số"),
                "effective_at": _("lúc"),
                "kind": _("loại"),
                "available": _("điểm"),
                "available_after": _("còn lại"),
                "debt_after": _("điểm âm"),
                "purchase_id": _("mã hóa đơn"),
                "reason": _("lý do"),
            },
        ),
        exporting.section(
            "tiers",
            _("Hạng thành viên"),
            TierBeginning.objects.filter(**own).annotate(tier_name=F("tier__name_vi")).order_by("since"),
            {"since": _("từ"), "tier_name": _("hạng"), "cause": _("vì")},
        ),
    ]
