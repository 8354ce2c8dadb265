"""What the chain's invented customers and staff say to each other."""

# score → what is said with it; most say nothing
COMMENTS = {
    "good": (
        "Cà phê đậm, nhân viên nhớ tên mình.",
        "Quán yên tĩnh, wifi tốt, ngồi làm việc cả buổi.",
        "Bánh mì nóng giòn, sẽ quay lại.",
        "Bạn thu ngân rất dễ thương.",
        "Trà đào ngon nhất khu này.",
        "Lên hạng xong được quà, vui ghê.",
    ),
    "plain": (
        "Ổn, nhưng giờ trưa hơi đông.",
        "Nước ngon, chỗ để xe hơi chật.",
        "Giá hơi cao so với trước.",
        "Máy lạnh hơi yếu ở tầng trên.",
    ),
    "bad": (
        "Đợi 25 phút mới có nước.",
        "Ly latte nguội, gọi đổi thì nhân viên khó chịu.",
        "Tính sai tiền, phải hỏi lại hai lần.",
        "Nhạc mở quá to, không nói chuyện được.",
        "Bánh khô, giống để từ hôm trước.",
        "Dùng điểm mà máy báo lỗi, mất thời gian.",
    ),
}
# kind → (subject, first words)
COMPLAINTS = (
    ("Chưa được tích điểm", "Tôi mua hôm qua có đọc số điện thoại mà chưa thấy điểm."),
    ("Đồ uống bị nguội", "Ly cà phê sữa nóng mang ra đã nguội, tôi phải đợi làm lại."),
    ("Tính sai tiền", "Hóa đơn tính hai phần bánh trong khi tôi chỉ gọi một."),
    ("Thái độ phục vụ", "Tôi hỏi về voucher thì bạn nhân viên trả lời cộc lốc."),
    ("Voucher không dùng được", "Voucher sinh nhật còn hạn nhưng quầy nói không áp dụng."),
    ("Giao thiếu món", "Đơn mang về thiếu một ly trà vải."),
)
WISHES = (
    ("Thêm sữa hạt", "Mong quán có sữa yến mạch cho người không uống được sữa bò."),
    ("Mở cửa sớm hơn", "Mong chi nhánh mở từ 6 giờ sáng để kịp mua trước giờ làm."),
    ("Thêm ổ cắm", "Tầng hai ít ổ cắm quá, mong lắp thêm."),
    ("Ly mang theo", "Mang ly riêng thì giảm giá được không?"),
)
QUESTIONS = (
    ("Điểm khi nào hết hạn", "Cho tôi hỏi điểm tích năm ngoái còn dùng được đến khi nào?"),
    ("Đổi số điện thoại", "Tôi đổi số thì điểm có giữ nguyên không?"),
    ("Đặt bánh số lượng lớn", "Công ty tôi muốn đặt 40 phần ăn sáng, có ưu đãi thành viên không?"),
)
ANSWERS = (
    "Dạ em xin lỗi vì trải nghiệm chưa tốt. Em đã báo cửa hàng trưởng và kiểm tra ngay ạ.",
    "Dạ em đã xem lại hóa đơn và xử lý cho mình rồi ạ.",
    "Dạ cảm ơn mình đã góp ý, quán ghi nhận và sẽ trả lời trong tuần này ạ.",
    "Dạ em gửi thông tin chi tiết ở đây, mình xem giúp em có đúng ý không ạ.",
)
REPLIES = ("Cảm ơn quán đã phản hồi nhanh.", "Tôi nhận được rồi, cảm ơn.", "Vậy khi nào có kết quả?")
INTERNAL = (
    "Đã gọi khách, hẹn gọi lại sau 17 giờ.",
    "Ca chiều hôm đó thiếu người, đã nhắc lịch.",
    "Khách quen, nên ưu tiên.",
)
APOLOGY = "Quán xin lỗi và gửi mình chút quà, mong được phục vụ mình tốt hơn ạ."
NOTES = (
    "Thích ngồi bàn cạnh cửa sổ.",
    "Dị ứng sữa bò, luôn hỏi lại trước khi làm.",
    "Uống ít đường, thường gọi 30 %.",
    "Hay mua cho cả văn phòng vào sáng thứ Hai.",
    "Có con nhỏ, hay gọi thêm bánh flan.",
    "Thường mang ly riêng.",
    "Nhờ gọi tên khi có nước, khách đeo tai nghe.",
    "Khách đặt tiệc cuối năm, liên hệ trước tháng 12.",
    "Không thích bị gọi điện, chỉ nhắn tin.",
)
VOICES = (
    "Mười năm sống ở phố này, đây là quán tôi ghé nhiều nhất.",
    "Điểm tích nhanh, đổi quà thật, không lằng nhằng.",
    "Cà phê phin ở đây giống hệt vị ngày xưa ba tôi pha.",
    "Nhân viên nhớ tôi uống gì từ lần thứ hai.",
    "Chỗ ngồi yên tĩnh, hợp để làm việc một mình.",
    "Bánh mì buổi sáng nóng giòn, ăn một lần là quay lại.",
)
MANAGERS = (
    ("Hương", "Đặng Thu"),
    ("Bảo", "Phạm Quốc"),
    ("Ánh", "Lê Ngọc"),
    ("Tài", "Bùi Đức"),
    ("Hân", "Võ Gia"),
)
