"""The vouchers of a member, for `members.exporting` and `members.erasing`. Codes are shown in the portal only."""

from django.apps import apps
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


def forget(*, member: Member) -> None:
    """Why staff took a voucher out of use, in their own words; that it was voided stays."""
    own = Voucher.objects.filter(member_id=member.pk, voided_at__isnull=False)
    ids = list(own.values_list("pk", flat=True))
    own.update(void_reason="erased")
    history = apps.get_model("rewards", "VoucherHistory").objects.filter(pgh_obj_id__in=ids)
    history.exclude(void_reason="").update(void_reason="erased")
