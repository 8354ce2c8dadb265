from rewards.models.definitions import VoucherDefinition
from rewards.models.vouchers import Voucher, VoucherUse

__all__ = ["Voucher", "VoucherDefinition", "VoucherUse"]
