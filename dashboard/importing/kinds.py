"""What a file may hold, and what its columns may be called, here and in the tills people come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from loyalty.importing import members as of_members
from loyalty.importing import purchases as of_purchases
from members import identifying
from members.importing import consents as of_consents


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`fields`: what the importer reads, with their words; `known`: its columns and their shapes."""

    name: Any
    fields: Mapping[str, Any]
    required: Sequence[str]
    known: Mapping[str, str]


KINDS: dict[str, Kind] = {
    "members": Kind(
        name=_("thành viên"),
        required=of_members.REQUIRED,
        known=of_members.COLUMNS,
        fields={
            "name": _("họ tên"),
            "phone": _("số điện thoại"),
            "email": _("e-mail"),
            "card": _("mã thẻ"),
            "external_id": _("mã khách hàng"),
            "birth_date": _("ngày sinh"),
            "birth_calendar": _("âm hay dương lịch"),
            "gender": _("giới tính"),
            "province": _("tỉnh, thành phố"),
            "ward": _("phường, xã"),
            "joined_at": _("ngày tham gia"),
            "joined_via": _("tham gia qua"),
            "home_store": _("cửa hàng"),
            "tier": _("hạng"),
            "tier_until": _("giữ hạng đến"),
            "points": _("điểm"),
            "points_expire_on": _("điểm hết hạn ngày"),
            "tags": _("nhãn"),
        },
    ),
    "purchases": Kind(
        name=_("hóa đơn"),
        required=("store", "receipt", "occurred_at", "amount"),
        known=of_purchases.COLUMNS,
        fields={
            "store": _("cửa hàng"),
            "receipt": _("số hóa đơn"),
            "member": _("khách hàng"),
            "occurred_at": _("thời điểm mua"),
            "amount": _("thành tiền"),
            "sku": _("mã hàng"),
            "name": _("tên hàng"),
            "category": _("nhóm hàng"),
            "quantity": _("số lượng"),
            "unit": _("đơn vị"),
            "cost": _("giá vốn"),
            "kind": _("mua hay trả hàng"),
            "original_receipt": _("hóa đơn gốc"),
            "terminal": _("máy bán hàng"),
            "channel": _("kênh bán"),
            "staff": _("thu ngân"),
        },
    ),
    "consents": Kind(
        name=_("sự đồng ý"),
        required=of_consents.REQUIRED,
        known=of_consents.COLUMNS,
        fields={
            "member": _("khách hàng"),
            "purpose": _("mục đích"),
            "channel": _("kênh"),
            "granted_at": _("thời điểm đồng ý"),
            "how": _("cách hỏi"),
            "text_version": _("văn bản"),
            "evidence": _("bằng chứng"),
        },
    ),
}

# Folded headers as KiotViet, Sapo, Haravan and plain spreadsheets write them; the field's own name always counts.
ALIASES: dict[str, dict[str, str]] = {
    "members": {
        "name": "ho ten|ho va ten|ten khach hang|ten|khach hang|ten thanh vien|full name|customer name",
        "phone": "so dien thoai|dien thoai|sdt|di dong|dien thoai 1|so dt|mobile|phone number|telephone",
        "email": "e-mail|thu dien tu|email address",
        "card": "ma the|so the|the thanh vien|card number",
        "external_id": "ma khach hang|ma kh|ma khach|ma thanh vien|customer code|customer id",
        "birth_date": "ngay sinh|sinh nhat|birthday|date of birth|dob",
        "birth_calendar": "lich|am duong lich",
        "gender": "gioi tinh|sex",
        "province": "tinh thanh pho|tinh thanh|tinh|thanh pho|khu vuc|city",
        "ward": "phuong xa|phuong",
        "joined_at": "ngay tham gia|ngay tao|ngay dang ky|created at|created on|join date",
        "joined_via": "nguon|tham gia qua|source",
        "home_store": "chi nhanh tao|chi nhanh|cua hang|branch|store|location",
        "tier": "hang thanh vien|hang|hang the|level|membership",
        "tier_until": "giu hang den|han hang",
        "points": "diem hien tai|diem tich luy|diem kha dung|diem dung duoc|tong diem|diem|loyalty points",
        "points_expire_on": "diem het han ngay|han diem|ngay het han diem",
        "tags": "nhan|nhom khach hang|nhom khach|customer group|customer groups",
    },
    "purchases": {
        "store": "cua hang|chi nhanh|ma cua hang|ma chi nhanh|branch|location|kho",
        "receipt": "so hoa don|ma hoa don|ma don hang|ma don|so don|order|order number|order id|bill",
        "member": "ma khach hang|so dien thoai|dien thoai|sdt|dien thoai khach hang|khach hang|phone|customer|email",
        "occurred_at": "thoi gian|ngay ban|ngay mua|thoi diem mua|ngay hoa don|ngay tao|ngay dat hang|created at|date",
        "amount": "thanh tien|tong tien hang|tong tien|khach can tra|doanh thu|total|line total|subtotal",
        "sku": "ma hang|ma san pham|ma vach|lineitem sku|product code",
        "name": "ten hang|ten san pham|san pham|lineitem name|product|product name",
        "category": "nhom hang|danh muc|loai san pham|product type",
        "quantity": "so luong|sl|qty|lineitem quantity",
        "unit": "dvt|don vi tinh|don vi",
        "cost": "tong gia von|gia von|cogs",
        "kind": "loai|loai chung tu|loai hoa don",
        "original_receipt": "hoa don goc|ma hoa don goc",
        "terminal": "may ban hang|may|quay",
        "channel": "kenh ban|kenh ban hang|kenh|sales channel",
        "staff": "nguoi ban|thu ngan|nhan vien ban hang|nhan vien|cashier|seller",
    },
    "consents": {
        "member": "khach hang|so dien thoai|dien thoai|sdt|ma khach hang|phone|customer",
        "purpose": "muc dich",
        "channel": "kenh",
        "granted_at": "thoi diem dong y|ngay dong y|thoi gian|date",
        "how": "cach hoi|noi hoi|cach",
        "text_version": "van ban|phien ban|version",
        "evidence": "bang chung|minh chung|proof",
    },
}
# Of an errors file of ours that comes back.
OURS = ("line", "reason")


def guess(kind: str, headers: Sequence[str]) -> dict[int, str]:
    """Which column holds which field, by what they are called; each field once, a better name before a weaker."""
    folded = [" ".join(identifying.words(header.replace("_", " "))) for header in headers]
    found: dict[int, str] = {}
    for field in KINDS[kind].fields:
        names = [field.replace("_", " "), *ALIASES[kind][field].replace("-", " ").split("|")]
        for name in names:
            places = [place for place, header in enumerate(folded) if header == name and place not in found]
            if places:
                found[places[0]] = field
                break
    return found
