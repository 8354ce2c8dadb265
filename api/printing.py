"""The lines a till prints under its bill: 32 or 42 characters, with or without accents."""

import textwrap

from api.texts import Language, pick
from api.wording import money, number
from loyalty import claiming
from loyalty.policies import Policies
from loyalty.records import PurchaseRecord
from loyalty.till import Till
from members import identifying

_VOUCHER = ("Giảm voucher", "Voucher")
_EARNED = ("Điểm tích", "Points earned")
_SPENT = ("Điểm đã dùng", "Points spent")
_BALANCE = ("Điểm hiện có", "Points now")
_DEBT = ("Điểm còn nợ", "Points owed")
_WAITS = ("Điểm của hóa đơn này chờ cửa hàng duyệt", "The points of this bill wait for the shop's check")
# 32 characters at most
_CLAIM = ("Mã tích bù: {code} ({days} ngày)", "Claim code: {code} ({days} days)")
_WELCOME = ("Chúc mừng bạn lên hạng {tier}!", "Congratulations, you are {tier} now!")


def lines(record: PurchaseRecord, *, tier_name: str, till: Till, terms: Policies, language: Language) -> list[str]:
    """What to print for a bill; for a guest the code by which the bill can be claimed."""
    written = (
        _of_guest(record, terms=terms, language=language)
        if record.member_id is None
        else _of_member(record, tier_name=tier_name, till=till, terms=terms, language=language)
    )
    # a no-break space is a black box on many printers
    return [line.replace("\u00a0", " ") if till.print_accents else plain(line) for line in written]


def _of_guest(record: PurchaseRecord, *, terms: Policies, language: Language) -> list[str]:
    days = terms.programme.claim_days
    if not days or record.status == "review" or any(back.whole for back in record.returns):
        return []
    return [pick(_CLAIM, language).format(code=claiming.code_of(record.id), days=days)]


def _of_member(record: PurchaseRecord, *, tier_name: str, till: Till, terms: Policies, language: Language) -> list[str]:
    written: list[str] = []
    width = till.print_width
    point_value, currency = terms.spending.point_value, terms.programme.currency
    if record.voucher_discount:
        off = money(record.voucher_discount, currency, language)
        written += _pair(pick(_VOUCHER, language), f"-{off}", width)
    if record.spent:
        worth = money(record.points_value, currency, language)
        written += _pair(pick(_SPENT, language), f"-{number(record.spent, language)} ({worth})", width)
    if record.status == "review":
        written += textwrap.wrap(pick(_WAITS, language), width)
    else:
        written += _pair(pick(_EARNED, language), f"+{number(record.earned, language)}", width)
    if record.debt_after:
        written += _pair(pick(_DEBT, language), number(record.debt_after, language), width)
    else:
        worth = money(record.available_after * point_value, currency, language)
        written += _pair(pick(_BALANCE, language), f"{number(record.available_after, language)} ({worth})", width)
    if record.tier_changed:
        written += textwrap.wrap(pick(_WELCOME, language).format(tier=tier_name), width)
    return written


def _pair(label: str, value: str, width: int) -> list[str]:
    """Label to the left, value to the right; on two lines where they do not fit on one."""
    if len(label) + 1 + len(value) <= width:
        return [label + value.rjust(width - len(label))]
    return [label[:width], value[:width].rjust(width)]


def plain(text: str) -> str:
    """Without marks, for printers that know only ASCII: `Điểm hiện có 1.000 ₫` → `Diem hien co 1.000 d`."""
    return identifying.without_marks(text.replace("\u00a0", " ")).encode("ascii", "replace").decode()
