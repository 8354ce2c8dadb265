"""The vouchers of a member, for `members.exporting`. Codes are shown in the portal only."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from members import exporting
from members.exporting import Section
from members.models import Member
from rewards.models import Voucher


def tell(*, member: Member) -> list[Section]:
    vouchers = Voucher.objects.filter(member_id=member.pk).annotate(kind=F("definition__name_vi"))
    columns = {
        "id": _("mã"),
        "kind": _("loại voucher"),
        "last4": _("4 ký tự cuối"),
        "issued_at": _("phát lúc"),
        "expires_at": _("hết hạn"),
        "used": _("đã dùng"),
        "voided_at": _("hủy lúc"),
    }
    return [exporting.section("vouchers", _("Voucher"), vouchers.order_by("issued_at"), columns)]
