"""What the counter says: refusals, limits and reasons of points, in the language of the page."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from events.refusals import Conflict, Missing, Refusal
from loyalty import today, wording
from loyalty.look import brand, words
from loyalty.paying import PointsExceedBill
from members.guessing import TooManyGuesses
from rewards.discounting import Verdict
from rewards.queries import UsedVoucher, VoucherView

UNREADABLE_BILL = _("Không đọc được hóa đơn đã lưu trên máy này.")
REFUSALS: dict[str, Any] = {
    "amount_too_high": _("Số tiền quá lớn."),
    "member_unknown": _("Không tìm thấy thành viên này nữa."),
    "member_exists": _("Số này đã là thành viên."),
    "phone_unreadable": _("Không đọc được số điện thoại."),
    "card_unreadable": _("Không đọc được mã thẻ."),
    "card_unknown": _("Thành viên không có thẻ này."),
    "name_unreadable": _("Tên còn trống hoặc quá dài."),
    "consent_needed": _("Cần khách đồng ý cho lưu thông tin thì mới đăng ký được."),
    "birthday_impossible": _("Không có ngày sinh như vậy."),
    "identifier_taken": _("Số này đang thuộc về người khác."),
    "qr_refused": _("Mã QR sai hoặc đã hết giờ. Nhờ khách mở lại mã."),
    "receipt_conflict": _("Số hóa đơn này đã có với nội dung khác."),
    "key_conflict": _("Trang này đã gửi một lần với nội dung khác. Mở lại trang rồi thử lại."),
    "not_enough_points": _("Khách không đủ điểm."),
    "member_needed": _("Khách lẻ chưa dùng được điểm hay voucher."),
    "proof_needed": _(
        "Hôm nay khách đã dùng gần hết phần không cần xác nhận. Quét mã QR trên điện thoại khách rồi gửi lại."
    ),
    "vouchers_do_not_stack": _("Mỗi hóa đơn chỉ dùng một voucher."),
    "voucher_unknown": _("Khách không có voucher này."),
    "voucher_used": _("Voucher này đã dùng rồi."),
    "voucher_expired": _("Voucher này đã hết hạn."),
    "voucher_void": _("Voucher này đã bị hủy."),
    "too_late": _("Đã hết ngày bán, không hủy được nữa. Hãy làm trả hàng trên máy bán hàng."),
    "nothing_left": _("Hóa đơn này đã được trả hoặc hủy rồi."),
    "purchase_unknown": _("Không có hóa đơn này ở cửa hàng."),
    "pin_weak": _("Mã PIN cần 4 đến 6 chữ số và khó đoán hơn (không phải 1234, 0000, năm sinh…)."),
    "pin_wrong": _("Mã PIN chưa đúng."),
    "invitation_refused": _("Mã thiết bị sai, đã dùng hoặc đã quá 15 phút. Nhờ quản lý tạo mã mới."),
    "occurred_in_future": _("Giờ bán ở tương lai. Kiểm tra đồng hồ của máy."),
    "occurred_too_old": _("Hóa đơn quá cũ, không gửi được nữa."),
    "receipt_unreadable": _("Số hóa đơn chỉ gồm chữ và số in được, tối đa 64 ký tự."),
    "purchase_corrected": _("Hóa đơn này đã sửa rồi: xem hóa đơn mới cùng số."),
    "guests_bill": _("Hóa đơn khách lẻ: tìm khách rồi bấm Tích điểm bù."),
    "same_member": _("Hóa đơn này đã của khách này rồi."),
    "paid_by_member": _("Hóa đơn đã trả bằng điểm hoặc voucher của người cũ nên không chuyển được."),
    "purchase_in_review": _("Hóa đơn đang chờ quản lý duyệt giờ bán."),
    "own_bill": _("Nhân viên không tích điểm cho hóa đơn của chính mình."),
    "reason_missing": _("Cần ghi lý do."),
    "claim_unknown": _("Không có hóa đơn khách lẻ nào khớp. Kiểm tra số, ngày và tổng tiền."),
    "already_claimed": _("Hóa đơn này đã tích cho người khác rồi."),
    "words_missing": _("Chưa ghi gì."),
    "words_too_long": _("Dài quá, hãy ghi ngắn hơn."),
    "case_kind_unknown": _("Chọn loại góp ý."),
    "spending_locked": _("Khách đang khóa dùng điểm và voucher: chỉ tích được."),
    "code_refused": _("Mã xác thực chưa đúng hoặc đã hết giờ."),
    "code_unreadable": _("Mã xác thực gồm sáu số."),
    "nowhere_to_send": _("Khách không có số điện thoại hay e-mail để gửi mã."),
    "channel_closed": _("Cửa hàng chưa mở kênh tin nhắn nào để gửi mã."),
    "pin_refused": _("Mã PIN của khách chưa đúng."),
    "pin_unreadable": _("Mã PIN của khách gồm sáu số."),
    "same_phone": _("Đây đang là số của khách rồi."),
    "too_few_facts": _("Cần hỏi đúng hai điều khác nhau, ví dụ ngày sinh và hóa đơn gần nhất."),
    "facts_wrong": _("Có điều chưa khớp. Hỏi lại khách."),
    "not_for_oneself": _("Không ai tự xác nhận cho tài khoản của mình."),
    "move_unproved": _("Cần cửa hàng trưởng xác nhận."),
    "not_yours": _("Hóa đơn này do người khác gõ; chờ người đó đăng nhập rồi gửi."),
    "other_member": _("Số hóa đơn này đã tích cho người khác."),
    "bill_out_of_bounds": _("Số tiền quá lớn."),
    "programme_missing": _("Cửa hàng chưa mở chương trình thành viên."),
}


def refusal(refused: Refusal) -> str:
    """Why something was not done, and what to do instead."""
    details = refused.details
    if isinstance(refused, TooManyGuesses):
        minutes = max(1, round(details.get("retry_after", 60) / 60))
        return __("Thử quá nhiều lần. Đợi %(minutes)s phút rồi thử lại.") % {"minutes": minutes}
    if isinstance(refused, PointsExceedBill):
        return only_so_many(details.get("spendable", 0), details.get("limited_by", ""), share=None)
    if refused.code == "amount_unclear":
        return _unclear(details.get("either") or ())
    if refused.code == "not_undoable":
        return str(today.WHY_NOT.get(details.get("reason", ""), __("Không làm được việc này.")))
    if refused.code in ("too_late_to_move", "too_late_to_claim"):
        return __("Muộn rồi: chỉ làm được trong %(days)s ngày.") % {"days": details.get("days", 0)}
    if refused.code == "too_many_claims":
        return __("Mỗi khách chỉ tích bù %(limit)s hóa đơn một tháng.") % {"limit": details.get("limit", 0)}
    if refused.code == "voucher_basket_too_small":
        return __("Đơn từ %(minimum)s mới dùng được voucher này.") % {"minimum": words.money(details.get("minimum"))}
    return str(REFUSALS.get(refused.code, __("Không làm được việc này.")))


FACTS: dict[str, Any] = {
    "birthday": _("Ngày sinh"),
    "card": _("Mã thẻ"),
    "last_bill_amount": _("Số tiền hóa đơn gần nhất"),
    "last_bill_date": _("Ngày mua gần nhất"),
}


def fact(kind: str) -> str:
    """What a manager asks a customer who has lost the old number."""
    return str(FACTS.get(kind, kind))


def no_voucher(verdict: Verdict) -> str:
    """Why a voucher takes nothing off this bill."""
    if verdict.reason == "voucher_basket_too_small":
        return __("Đơn từ %(minimum)s mới dùng được.") % {"minimum": words.money(verdict.details.get("minimum"))}
    return str(REFUSALS.get(verdict.reason, __("Không dùng được cho hóa đơn này.")))


def status(refused: Refusal) -> int:
    if isinstance(refused, TooManyGuesses):
        return 429
    if isinstance(refused, Missing):
        return 404
    return 409 if isinstance(refused, Conflict) else 422


def _unclear(either: tuple[int, ...]) -> str:
    if len(either) == 2:
        told = {"one": words.money(either[0]), "other": words.money(either[1])}
        return __("Là %(one)s hay %(other)s? Gõ rõ hơn, ví dụ 185k hoặc 185.000.") % told
    return __("Không đọc được số tiền. Gõ như 185k, 1tr2 hoặc 185.000.")


def only_so_many(points: int, limited_by: str, *, share: int | None) -> str:
    """`Chỉ dùng được 100 điểm: tối đa 50 % hóa đơn.`"""
    why = _limit(limited_by, share)
    if points == 0:
        told = {"unit": brand.current().unit, "why": why}
        return __("Hóa đơn này chưa dùng được %(unit)s: %(why)s.") % told
    told = {"points": words.points(points), "why": why}
    return __("Chỉ dùng được %(points)s: %(why)s.") % told


def _limit(limited_by: str, share: int | None) -> str:
    unit = brand.current().unit
    if limited_by == "share" and share is not None:
        return __("tối đa %(share)s %% hóa đơn") % {"share": share}
    reasons = {
        "share": __("chỉ trả được một phần hóa đơn bằng %(unit)s"),
        "balance": __("khách chỉ có chừng đó"),
        "max_points": __("đó là mức cao nhất cho một hóa đơn"),
        "step": __("phải dùng theo bội số"),
        "min_points": __("chưa đủ mức ít nhất cho một hóa đơn"),
        "spending_locked": __("khách đang khóa"),
        "first_use": __("khách mới tham gia, chưa đến ngày dùng được"),
    }
    return reasons.get(limited_by, __("bằng cả hóa đơn")) % {"unit": unit}


def reasons(recorded: Mapping[str, Any]) -> list[str]:
    """Why a bill earned what it earned, and why it did not earn more."""
    told: dict[str, Any] = {"language": words.language()}
    said = [wording.explanation(one, currency=brand.current().currency, **told) for one in recorded.get("matched", [])]
    return said + [wording.refusal(one, **told) for one in recorded.get("refused", [])]


def voucher(view: VoucherView) -> str:
    """What a voucher is worth, in a line: `giảm 20 %, tối đa 50.000 ₫`."""
    worth = words.money(view.amount) if view.amount is not None else f"{view.percent} %"
    said = __("giảm %(worth)s") % {"worth": worth}
    if view.cap is not None:
        said += __(", tối đa %(cap)s") % {"cap": words.money(view.cap)}
    if view.minimum_basket:
        said += __(", đơn từ %(minimum)s") % {"minimum": words.money(view.minimum_basket)}
    return said


def name_of(voucher: VoucherView | UsedVoucher) -> str:
    return voucher.name_en if words.language() == "en" else voucher.name_vi


def which_of_two(*, booked: str, keyed: str) -> str:
    told = {"booked": booked, "keyed": keyed}
    return __("Hóa đơn trùng số nhưng khác số tiền (%(booked)s và %(keyed)s). Giữ cái nào?") % told
