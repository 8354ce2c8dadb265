"""The five stores, and the wards (as named since the reform of July 2025) where people near them live."""

from dataclasses import dataclass

SAIGON, HANOI, DANANG = "Thành phố Hồ Chí Minh", "Thành phố Hà Nội", "Thành phố Đà Nẵng"


@dataclass(frozen=True)
class Place:
    """A store of the chain. `opens`: the part of the history that has passed when it opens its doors (0 = before)."""

    code: str
    name: str
    address: str
    province: str
    wards: tuple[str, ...]
    opens: float
    traffic: float
    evening: float
    staff: tuple[str, ...]


PLACES = (
    Place(
        "sai-gon",
        "Hiên Sài Gòn",
        "Đường Mạc Thị Bưởi, phường Sài Gòn, TP. Hồ Chí Minh",
        SAIGON,
        (
            "Phường Sài Gòn",
            "Phường Bến Thành",
            "Phường Tân Định",
            "Phường Cầu Ông Lãnh",
            "Phường Xuân Hòa",
            "Phường Bàn Cờ",
        ),
        0.0,
        1.25,
        0.8,
        ("Minh", "Hạnh", "Tú"),
    ),
    Place(
        "phu-nhuan",
        "Hiên Phú Nhuận",
        "Đường Phan Xích Long, phường Cầu Kiệu, TP. Hồ Chí Minh",
        SAIGON,
        (
            "Phường Cầu Kiệu",
            "Phường Phú Nhuận",
            "Phường Đức Nhuận",
            "Phường Gia Định",
            "Phường Tân Sơn Hòa",
            "Phường Bình Thạnh",
        ),
        0.0,
        1.05,
        1.3,
        ("Thảo", "Khoa", "Nhi"),
    ),
    Place(
        "thao-dien",
        "Hiên Thảo Điền",
        "Đường Xuân Thủy, phường An Khánh, TP. Hồ Chí Minh",
        SAIGON,
        ("Phường An Khánh", "Phường Bình Trưng", "Phường Cát Lái", "Phường Thạnh Mỹ Tây", "Phường Thủ Đức"),
        0.18,
        0.9,
        0.7,
        ("Vy", "Phúc"),
    ),
    Place(
        "da-nang",
        "Hiên Đà Nẵng",
        "Đường Bạch Đằng, phường Hải Châu, TP. Đà Nẵng",
        DANANG,
        ("Phường Hải Châu", "Phường Hòa Cường", "Phường Thanh Khê", "Phường An Hải", "Phường Sơn Trà"),
        0.42,
        0.85,
        1.2,
        ("Trâm", "Đạt"),
    ),
    Place(
        "tay-ho",
        "Hiên Tây Hồ",
        "Đường Quảng An, phường Tây Hồ, Hà Nội",
        HANOI,
        ("Phường Tây Hồ", "Phường Phú Thượng", "Phường Ngọc Hà", "Phường Ba Đình", "Phường Nghĩa Đô"),
        0.62,
        0.95,
        1.0,
        ("Ngân", "Sơn"),
    ),
)
CHAIN = "Hiên Cà Phê"
