"""What a voucher is worth, as people read it."""

from loyalty.wording import Language, money, pick
from rewards.queries import VoucherView

_OFF = ("giảm {worth}", "{worth} off")
_AT_MOST = (", nhiều nhất {cap}", ", at most {cap}")
_FROM = (", hóa đơn từ {minimum} tiền hàng", ", with goods from {minimum}")


def voucher(view: VoucherView, *, currency: str, language: Language) -> str:
    """What a voucher is worth, in a line: "giảm 20 %, nhiều nhất 50.000 ₫"."""
    worth = money(view.amount, currency, language) if view.amount is not None else f"{view.percent} %"
    said = pick(_OFF, language).format(worth=worth)
    if view.cap is not None:
        said += pick(_AT_MOST, language).format(cap=money(view.cap, currency, language))
    if view.minimum_basket:
        said += pick(_FROM, language).format(minimum=money(view.minimum_basket, currency, language))
    return said
