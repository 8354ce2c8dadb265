"""What a voucher is worth and how full a stamp card is, as people read it."""

from loyalty.wording import Language, money, pick
from rewards.queries import VoucherView
from rewards.stamping import Progress

_OFF = ("giảm {worth}", "{worth} off")
_AT_MOST = (", nhiều nhất {cap}", ", at most {cap}")
_FROM = (", hóa đơn từ {minimum} tiền hàng", ", with goods from {minimum}")
_STAMPS = (
    "{name}: {stamps}/{needed}, còn {missing} dấu nữa được tặng quà",
    "{name}: {stamps}/{needed}, {missing} more for a gift",
)


def voucher(view: VoucherView, *, currency: str, language: Language) -> str:
    """What a voucher is worth, in a line: "giảm 20 %, nhiều nhất 50.000 ₫"."""
    worth = money(view.amount, currency, language) if view.amount is not None else f"{view.percent} %"
    said = pick(_OFF, language).format(worth=worth)
    if view.cap is not None:
        said += pick(_AT_MOST, language).format(cap=money(view.cap, currency, language))
    if view.minimum_basket:
        said += pick(_FROM, language).format(minimum=money(view.minimum_basket, currency, language))
    return said


def stamps(progress: Progress, *, language: Language) -> str:
    """How full a card is, in a line: "Thẻ cà phê: 5/9, còn 4 dấu nữa được tặng quà"."""
    return pick(_STAMPS, language).format(
        name=pick((progress.card.name_vi, progress.card.name_en), language),
        stamps=progress.stamps,
        needed=progress.needed,
        missing=progress.missing,
    )
