"""The terms a shop begins with: what holds whatever it decides about points; the rest it writes itself."""

# (Vietnamese, English), point by point
POINTS = (
    (
        (
            "Chương trình khách hàng thường xuyên này dành cho cá nhân mua hàng tại cửa hàng. Đăng ký miễn phí bằng "
            "số điện thoại."
        ),
        ("This members' programme is for people who buy at the shop. Joining is free, with a phone number."),
    ),
    (
        (
            "Điểm được tích theo giá trị hóa đơn sau khi trừ giảm giá, theo chính sách niêm yết tại cửa hàng vào ngày"
            " mua. Điểm không quy đổi thành tiền mặt, không chuyển nhượng."
        ),
        (
            "Points are given for what a bill comes to after discounts, by the policy shown in the shop on the day of"
            " purchase. They are not changed into cash and not handed on."
        ),
    ),
    (
        (
            "Điểm có thời hạn. Ngày hết hạn được ghi trong sổ điểm của Quý khách; điểm hết hạn không được khôi phục, "
            "trừ khi do lỗi của cửa hàng."
        ),
        (
            "Points end. The day is shown with your points; points that have ended are not given back, except where "
            "the shop was at fault."
        ),
    ),
    (
        ("Khi trả hàng, điểm đã tích của phần hàng trả được thu hồi, điểm đã dùng được hoàn lại với thời hạn cũ."),
        (
            "When goods come back, the points they earned are taken back, and points that were spent return with "
            "their old last day."
        ),
    ),
    (
        ("Quyền lợi của hạng thành viên được niêm yết tại cửa hàng và trên trang thành viên."),
        ("The benefits of each tier are shown in the shop and on the members' pages."),
    ),
    (
        (
            "Thay đổi bất lợi cho Quý khách được báo trước ít nhất 30 ngày; điểm đã tích giữ nguyên giá trị đến hết "
            "thời hạn của điểm."
        ),
        (
            "Changes to your disadvantage are told at least 30 days ahead; points you have keep their value until "
            "their last day."
        ),
    ),
    (
        (
            "Quý khách tự giữ điện thoại, thẻ và mã PIN của mình. Khi mất, hãy khóa dùng điểm trên trang thành viên "
            "hoặc báo cửa hàng; cửa hàng không hỏi mã xác thực qua điện thoại."
        ),
        (
            "Keep your phone, card and PIN to yourself. If you lose one, lock your points on the members' pages or "
            "tell the shop; the shop never asks for a code by telephone."
        ),
    ),
    (
        (
            "Dữ liệu cá nhân được xử lý theo sự đồng ý của Quý khách. Quý khách được xem, sửa, nhận bản sao, yêu cầu "
            "xóa hoặc ngừng xử lý dữ liệu; cửa hàng trả lời trong 2 ngày làm việc."
        ),
        (
            "Your personal data are used as you agreed. You may see, correct, copy, have erased or stop the use of "
            "them; the shop answers within 2 working days."
        ),
    ),
    (
        (
            "Quý khách có thể đóng tài khoản bất cứ lúc nào. Trong 30 ngày có thể mở lại với nguyên số điểm còn hạn; "
            "sau đó dữ liệu cá nhân được xóa và điểm còn lại không dùng được nữa."
        ),
        (
            "You may close your account at any time. For 30 days you can come back to the points that have not ended;"
            " after that your personal data are erased and what is left can no longer be used."
        ),
    ),
    (
        (
            "Khiếu nại được tiếp nhận tại cửa hàng và trên trang thành viên. Tranh chấp không tự giải quyết được thì "
            "theo pháp luật Việt Nam."
        ),
        (
            "Complaints are taken in the shop and on the members' pages. What cannot be settled between us follows "
            "the law of Viet Nam."
        ),
    ),
)


def body(language: int) -> str:
    """All points, numbered, one a line. `language`: 0 Vietnamese, 1 English."""
    return "\n".join(f"{number}. {point[language]}" for number, point in enumerate(POINTS, 1))
