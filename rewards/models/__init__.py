from rewards.models.definitions import VoucherDefinition
from rewards.models.stamps import StampCard, StampCardGift
from rewards.models.vouchers import Voucher, VoucherUse

__all__ = ["StampCard", "StampCardGift", "Voucher", "VoucherDefinition", "VoucherUse"]
