"""Vietnamese names, by how common the family names are and by what parents call girls and boys."""

import numpy as np

_FAMILIES = {
    "Nguyễn": 34.0, "Trần": 11.5, "Lê": 9.5, "Phạm": 7.0, "Huỳnh": 4.5, "Hoàng": 3.8, "Phan": 4.3, "Vũ": 3.3, "Võ": 3.0,
    "Đặng": 2.3, "Bùi": 2.2, "Đỗ": 1.7, "Hồ": 1.5, "Ngô": 1.5, "Dương": 1.2, "Lý": 0.8, "Đinh": 0.9, "Trương": 1.0,
    "Mai": 0.7, "Đoàn": 0.7, "Lâm": 0.6, "Tạ": 0.4, "Châu": 0.4, "Cao": 0.5, "Hà": 0.5, "Tô": 0.3, "Thái": 0.3,
}  # fmt: skip
FAMILY = tuple(_FAMILIES)
FAMILY_SHARE = np.array(list(_FAMILIES.values())) / sum(_FAMILIES.values())

MIDDLE_WOMEN = (
    "Thị", "Thị", "Thị", "Ngọc", "Ngọc", "Thu", "Thanh", "Minh", "Phương", "Kim", "Hoài", "Bảo", "Khánh", "Mỹ",
    "Diệu", "Thùy", "Quỳnh", "Hồng", "Như", "Ái", "Tường", "Cẩm", "Yến", "Thảo", "Lan", "Gia", "Hải", "Trúc",
)  # fmt: skip
MIDDLE_MEN = (
    "Văn", "Văn", "Hữu", "Đức", "Minh", "Minh", "Quang", "Hoàng", "Thanh", "Anh", "Quốc", "Gia", "Tuấn", "Trọng",
    "Công", "Đình", "Xuân", "Bá", "Thế", "Ngọc", "Duy", "Hải", "Phúc", "Trung", "Nhật", "Mạnh", "Chí",
)  # fmt: skip
GIVEN_WOMEN = (
    "Anh", "Linh", "Trang", "Hương", "Lan", "Mai", "Hoa", "Hà", "Thảo", "Vy", "Ngân", "Nhi", "My", "Quyên", "Trinh",
    "Trâm", "Châu", "Giang", "Hằng", "Hạnh", "Hiền", "Huyền", "Khanh", "Liên", "Loan", "Ly", "Ngọc", "Nguyệt",
    "Nhung", "Oanh", "Phượng", "Phương", "Quỳnh", "Tâm", "Thanh", "Thoa", "Thư", "Thủy", "Tiên", "Trúc", "Tuyết",
    "Uyên", "Vân", "Xuân", "Yến", "An", "Đào", "Diễm", "Duyên", "Hân",
)  # fmt: skip
GIVEN_MEN = (
    "Anh", "Minh", "Tuấn", "Hùng", "Dũng", "Nam", "Long", "Phúc", "Khang", "Huy", "Bảo", "Đạt", "Khoa", "Kiên",
    "Quân", "Sơn", "Thành", "Thắng", "Thịnh", "Tiến", "Toàn", "Trí", "Trung", "Tú", "Tùng", "Việt", "Vinh", "Vũ",
    "Bình", "Cường", "Danh", "Đông", "Duy", "Hải", "Hậu", "Hiếu", "Hòa", "Hưng", "Khánh", "Lâm", "Lộc", "Nghĩa",
    "Nhân", "Phát", "Phong", "Quang", "Tài", "Tân", "Thiện", "Tín",
)  # fmt: skip
