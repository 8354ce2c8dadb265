"""What the API says in words, in both languages of the house: code → (Vietnamese, English).

A detail may name numbers that came with the refusal; nothing a caller sent as text is ever repeated.
"""

from collections.abc import Mapping
from typing import Any

from loyalty.wording import Language, pick

TITLES: dict[str, tuple[str, str]] = {
    # the envelope
    "malformed": ("Yêu cầu sai cấu trúc.", "The request is malformed."),
    "key_missing": ("Thiếu tiêu đề Idempotency-Key.", "The Idempotency-Key header is missing."),
    "key_malformed": (
        "Idempotency-Key phải có từ 1 đến 64 ký tự in được.",
        "Idempotency-Key wants 1 to 64 printable characters.",
    ),
    "key_refused": ("Khóa API thiếu, sai hoặc đã hết hạn.", "The API key is missing, wrong or no longer valid."),
    "scope_missing": ("Khóa API không có quyền này.", "The API key lacks the scope for this call."),
    "not_found": ("Không tìm thấy.", "Not found."),
    "method_not_allowed": ("Địa chỉ này không nhận phương thức đó.", "This address does not take that method."),
    "too_large": ("Nội dung gửi lên quá lớn.", "The body is too large."),
    "unsupported_media_type": (
        "Nội dung phải là application/json, mã UTF-8.",
        "The body must be application/json in UTF-8.",
    ),
    "too_many_requests": ("Gọi quá nhiều, hãy thử lại sau.", "Too many calls; try again later."),
    "busy": ("Hệ thống đang bận, chưa ghi gì; hãy thử lại.", "Busy; nothing was written, try again."),
    "internal": ("Lỗi của hệ thống, đã được ghi lại.", "A fault of ours; it has been logged."),
    # members
    "member_unknown": ("Không có thành viên này.", "There is no such member."),
    "member_exists": ("Số này đã là thành viên.", "This is a member already."),
    "phone_unreadable": ("Không đọc được số điện thoại.", "The phone number cannot be read."),
    "email_unreadable": ("Không đọc được địa chỉ e-mail.", "The e-mail address cannot be read."),
    "card_unreadable": ("Không đọc được số thẻ.", "The card number cannot be read."),
    "qr_refused": ("Mã QR sai, đã dùng hoặc đã hết giờ.", "The QR code is wrong, used or has lapsed."),
    "name_unreadable": ("Tên trống hoặc quá dài.", "The name is empty or too long."),
    "birthday_impossible": ("Không có ngày sinh như vậy.", "There is no such birthday."),
    "gender_unknown": ("Giới tính không có trong danh sách.", "The gender is not on the list."),
    "locale_unknown": ("Ngôn ngữ không có trong danh sách.", "The language is not on the list."),
    "consent_unreadable": ("Mục đích hoặc kênh không có.", "There is no such purpose or channel."),
    "consent_text_unknown": (
        "Không có văn bản đồng ý này cho mục đích đó.",
        "There is no such consent text for that purpose.",
    ),
    "guardian_needed": (
        "Khách dưới 16 tuổi: cha mẹ hoặc người giám hộ đồng ý thay.",
        "Under 16: a parent or guardian gives this consent.",
    ),
    # bills
    "programme_missing": ("Cửa hàng chưa mở chương trình.", "The shop has no programme yet."),
    "payment_method_unknown": (
        "Cách thanh toán không có trong chương trình.",
        "The programme has no such method of payment.",
    ),
    "business_date_off": (
        "Ngày bán hàng lệch hơn một ngày so với giờ bán.",
        "The business date is more than a day away from the time of sale.",
    ),
    "member_needed": ("Khách lẻ không có điểm hay voucher để dùng.", "A guest has no points or vouchers to use."),
    "occurred_before_purchase": (
        "Giờ trả hàng trước giờ bán hoặc ở tương lai.",
        "The return happens before the sale, or lies ahead.",
    ),
    "refused": ("Bị từ chối.", "Refused."),
    "total_mismatch": ("Tổng hóa đơn không khớp.", "The total does not follow from the bill."),
    "bill_out_of_bounds": ("Hóa đơn vượt giới hạn.", "The bill is beyond the bounds."),
    "receipt_conflict": (
        "Số hóa đơn này đã được gửi với nội dung khác.",
        "This receipt was posted before with another body.",
    ),
    "key_conflict": ("Idempotency-Key này đã dùng cho việc khác.", "This Idempotency-Key was used for something else."),
    "proof_needed": (
        "Dùng chừng này trong một ngày cần mã QR của khách, mã gửi cho khách, mã PIN hoặc mã của voucher.",
        "So much in a day needs the member's QR code, a code sent to them, their PIN, or the voucher's own code.",
    ),
    "code_refused": ("Mã xác thực sai, đã dùng hoặc đã hết giờ.", "The one-time code is wrong, used or has lapsed."),
    "pin_refused": ("Mã PIN của khách chưa đúng.", "The member's PIN is wrong."),
    "spending_locked": (
        "Điểm và voucher của khách đang tạm khóa; vẫn tích điểm được.",
        "This member's points and vouchers are locked; earning goes on.",
    ),
    "not_enough_points": ("Không đủ điểm.", "Not enough points."),
    "hold_lapsed": (
        "Điểm giữ cho hóa đơn này đã hết giờ hoặc đã dùng.",
        "The points put aside for this bill are no longer held.",
    ),
    "points_exceed_bill": ("Không dùng được chừng ấy điểm cho hóa đơn này.", "This bill does not take so many points."),
    "voucher_unknown": ("Khách này không có voucher đó.", "This member has no such voucher."),
    "voucher_used": ("Voucher này đã dùng rồi.", "This voucher has been used."),
    "voucher_expired": ("Voucher này đã hết hạn.", "This voucher has expired."),
    "voucher_void": ("Voucher này đã bị cửa hàng hủy.", "This voucher was taken back by the shop."),
    "voucher_basket_too_small": (
        "Tiền hàng chưa đủ để dùng voucher này.",
        "The goods cost too little for this voucher.",
    ),
    "vouchers_do_not_stack": ("Mỗi hóa đơn chỉ dùng một voucher.", "A bill takes one voucher only."),
    "too_many_guesses": ("Nhập sai mã quá nhiều lần, hãy thử lại sau.", "Too many wrong codes; try again later."),
    "occurred_in_future": ("Giờ ghi ở tương lai quá xa.", "The time lies too far ahead."),
    "occurred_too_old": ("Giờ ghi đã quá lâu.", "The time lies too far back."),
    "returns_exceed_purchase": ("Trả nhiều hơn phần còn lại của hóa đơn.", "More comes back than the bill has left."),
    "nothing_left": ("Hóa đơn này đã được trả hết.", "Nothing of this bill is left."),
    "too_late": ("Đã hết ngày bán, không hủy được nữa.", "The business day is over; it can no longer be cancelled."),
    "purchase_corrected": (
        "Hóa đơn này đã được sửa: hãy dùng hóa đơn mới cùng số.",
        "This bill was corrected: name the one that stands under its receipt now.",
    ),
    "partly_returned": (
        "Hóa đơn này đã trả một phần, không sửa được nữa: hãy trả tiếp hoặc lập hóa đơn mới.",
        "A part of this bill has come back; it can no longer be corrected.",
    ),
    "other_member": (
        "Hóa đơn sửa phải của cùng một khách. Nhầm khách thì chuyển hóa đơn hoặc tích bù.",
        "A corrected bill stays with its member; move it, or claim a guest's.",
    ),
    "other_receipt": (
        "Hóa đơn sửa phải cùng số và cùng kỳ với hóa đơn cũ.",
        "A corrected bill keeps its receipt and the period it is numbered in.",
    ),
    "guests_bill": (
        "Đây là hóa đơn của khách lẻ: hãy dùng tích điểm bù.",
        "This is a guest's bill: claim it instead.",
    ),
    "same_member": ("Hóa đơn này đã là của thành viên đó.", "The bill is this member's already."),
    "too_late_to_move": (
        "Hóa đơn đã bán lâu quá, không chuyển được nữa.",
        "The bill is too old to move to another member.",
    ),
    "paid_by_member": (
        "Hóa đơn có dùng điểm hoặc voucher của thành viên cũ, không chuyển được: hãy trả hàng rồi lập hóa đơn mới.",
        "Points or a voucher of the old member paid for a part of it: take it back and post a new bill.",
    ),
    "purchase_in_review": (
        "Hóa đơn đang chờ cửa hàng kiểm tra giờ bán.",
        "The bill waits for staff to check its time of sale.",
    ),
    "own_bill": (
        "Đây là số của nhân viên đang bán, không tích được cho hóa đơn của chính mình.",
        "This is the number of the person at the till: nobody gives themselves points.",
    ),
    "bill_moved": (
        "Hóa đơn vừa chuyển sang thành viên khác, hãy thử lại.",
        "The bill has just gone to another member; try again.",
    ),
    "reason_missing": ("Cần ghi lý do.", "A reason is needed."),
    "claim_unknown": (
        "Không tìm thấy hóa đơn khách lẻ nào khớp. Xem lại số hóa đơn, ngày và số tiền, hoặc mã in trên hóa đơn.",
        "No guest's bill fits. Look again at the number, date and amount, or at the code printed on it.",
    ),
    "already_claimed": ("Hóa đơn này đã có thành viên.", "This bill has a member already."),
    "too_late_to_claim": ("Hóa đơn đã bán lâu quá, không tích bù được nữa.", "The bill is too old to be claimed."),
    "too_many_claims": (
        "Thành viên này đã tích bù đủ số hóa đơn của tháng.",
        "This member has claimed as many bills as a month allows.",
    ),
    # events that are no purchase
    "event_unknown": (
        "Cửa hàng không thưởng điểm cho sự kiện này, hoặc tự ghi nhận nó.",
        "The shop gives nothing for this event, or sees it by itself.",
    ),
    "event_ended": ("Cửa hàng đã thôi thưởng điểm cho sự kiện này.", "The shop gives nothing for this event any more."),
    "event_already_rewarded": ("Lần này đã được thưởng điểm rồi.", "This has had its points already."),
    "limit_reached": (
        "Thành viên đã được thưởng đủ số lần.",
        "This member was rewarded as often as may be.",
    ),
    "reference_missing": (
        "Cần reference: sự kiện này thưởng mỗi lần, mã đó phân biệt các lần.",
        "A reference is needed: this event counts every time, and that tells them apart.",
    ),
    "member_not_active": ("Thành viên không còn hoạt động.", "This is no active member."),
    "online_only": ("Không gửi được theo lô.", "This cannot be sent in a batch."),
}

DETAILS: dict[str, tuple[str, str]] = {
    "limit_reached": (
        "Thành viên đã được thưởng đủ {limit} lần.",
        "This member was rewarded {limit} times, as often as may be.",
    ),
    "total_mismatch": (
        "Tính từ các dòng là {expected}, hóa đơn ghi {total}.",
        "The lines make {expected}, the bill says {total}.",
    ),
    "voucher_basket_too_small": (
        "Voucher này cần tiền hàng từ {minimum}.",
        "This voucher wants goods from {minimum}.",
    ),
    "too_late_to_move": (
        "Chỉ chuyển được trong {days} ngày sau khi bán.",
        "A bill moves within {days} days of the sale only.",
    ),
    "too_late_to_claim": (
        "Chỉ tích điểm bù được trong {days} ngày sau khi bán.",
        "A bill is claimed within {days} days of the sale only.",
    ),
    "too_many_claims": (
        "Mỗi tháng tích điểm bù được nhiều nhất {limit} hóa đơn.",
        "A member claims at most {limit} bills a month.",
    ),
    "points_exceed_bill": (
        "Hóa đơn này dùng được nhiều nhất {spendable} điểm.",
        "This bill takes at most {spendable} points.",
    ),
}


def language(accept_language: str) -> Language:
    """The language a caller asked for by `Accept-Language`; Vietnamese where it asked for neither of ours."""
    best: Language = "vi"
    weight = 0.0
    for part in accept_language[:200].lower().split(","):
        tag, _, parameter = part.strip().partition(";")
        primary = tag.partition("-")[0].strip()
        quality = _quality(parameter)
        if primary in ("vi", "en") and quality > weight:
            best, weight = ("en" if primary == "en" else "vi"), quality
    return best


def _quality(parameter: str) -> float:
    name, _, number = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(number)))
    except ValueError:
        return 0.0


def title(code: str, language: Language) -> str:
    return pick(TITLES.get(code, TITLES["refused"]), language)


def detail(code: str, language: Language, numbers: Mapping[str, Any]) -> str:
    """The sentence for this occurrence; the title where the refusal brought no numbers."""
    template = DETAILS.get(code)
    sayable = {name: value for name, value in numbers.items() if type(value) is int}
    if template is None:
        return title(code, language)
    try:
        return pick(template, language).format_map(sayable)
    except KeyError:
        return title(code, language)
