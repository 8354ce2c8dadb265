"""The lines a till prints under its bill: 32 or 42 characters, with or without accents."""

import textwrap

from loyalty import claiming
from loyalty.policies import Policies
from loyalty.records import PurchaseRecord
from loyalty.till import Till
from loyalty.wording import Language, money, number, pick, units
from members import identifying

_VOUCHER = ("Giảm voucher", "Voucher")
_EARNED = ("{Unit} tích", "{Unit} earned")
_SPENT = ("{Unit} đã dùng", "{Unit} spent")
_BALANCE = ("{Unit} hiện có", "{Unit} now")
_DEBT = ("{Unit} âm", "{Unit} owed")
_WAITS = ("{Unit} của hóa đơn này chờ cửa hàng duyệt", "The {unit} of this bill wait for the shop's check")
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
    width, called = till.print_width, units(language)
    point_value, currency = terms.spending.point_value, terms.programme.currency

    def told(pair: tuple[str, str], value: str) -> list[str]:
        return _pair(pick(pair, language).format_map(called), value, width)

    def priced(points: int, worth: int) -> str:
        return f"{number(points, language)} ({money(worth, currency, language)})"

    written: list[str] = []
    if record.voucher_discount:
        written += told(_VOUCHER, f"-{money(record.voucher_discount, currency, language)}")
    if record.spent:
        written += told(_SPENT, f"-{priced(record.spent, record.points_value)}")
    if record.status == "review":
        written += textwrap.wrap(pick(_WAITS, language).format_map(called), width)
    else:
        written += told(_EARNED, f"+{number(record.earned, language)}")
    if record.debt_after:
        written += told(_DEBT, number(record.debt_after, language))
    else:
        written += told(_BALANCE, priced(record.available_after, record.available_after * point_value))
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
