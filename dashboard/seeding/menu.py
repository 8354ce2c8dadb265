"""What the invented chain sells: price and cost in đồng, how well it goes when it is hot or cool, morning or later."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Item:
    """One line of the menu. `hot`, `cool`: how often it is chosen in the hot and the cool months."""

    sku: str
    name: str
    group: str
    price: int
    cost: int
    hot: float
    cool: float
    morning: float = 1.0
    unit: str = ""


COFFEE, TEA, MILK_TEA, BLENDED, JUICE = "Cà phê", "Trà", "Trà sữa", "Đá xay", "Nước ép"
BREAD, CAKE, TOPPING, RETAIL, GIFT = "Bánh mặn", "Bánh ngọt", "Topping", "Hàng bán lẻ", "Quà Tết"
DRINKS = (COFFEE, TEA, MILK_TEA, BLENDED, JUICE)

MENU = (
    Item("CF01", "Cà phê sữa đá", COFFEE, 35_000, 9_800, 16.0, 12.0, 1.9),
    Item("CF02", "Cà phê đen đá", COFFEE, 30_000, 7_600, 8.0, 6.0, 2.2),
    Item("CF03", "Bạc xỉu", COFFEE, 39_000, 11_400, 10.0, 9.0, 1.4),
    Item("CF04", "Cà phê sữa nóng", COFFEE, 35_000, 9_600, 1.2, 4.5, 2.0),
    Item("CF05", "Cà phê muối", COFFEE, 42_000, 12_600, 8.0, 7.0, 1.1),
    Item("CF06", "Cà phê trứng", COFFEE, 49_000, 15_800, 1.0, 3.0, 0.8),
    Item("CF07", "Cà phê cốt dừa", COFFEE, 52_000, 17_400, 4.0, 2.0, 0.7),
    Item("CF08", "Americano", COFFEE, 45_000, 11_200, 3.5, 3.0, 1.8),
    Item("CF09", "Latte", COFFEE, 55_000, 16_600, 3.0, 4.0, 1.5),
    Item("CF10", "Cappuccino", COFFEE, 55_000, 16_400, 2.0, 3.5, 1.5),
    Item("CF11", "Cold brew cam sả", COFFEE, 55_000, 16_900, 4.0, 1.8, 0.9),
    Item("TR01", "Trà đào cam sả", TEA, 49_000, 13_900, 9.0, 6.0, 0.6),
    Item("TR02", "Trà vải hoa hồng", TEA, 49_000, 14_200, 5.0, 3.5, 0.5),
    Item("TR03", "Trà sen vàng", TEA, 52_000, 15_100, 5.0, 4.0, 0.6),
    Item("TR04", "Trà tắc mật ong", TEA, 35_000, 8_900, 4.5, 2.5, 0.7),
    Item("TR05", "Trà ô long nóng", TEA, 45_000, 9_900, 0.8, 3.5, 1.0),
    Item("TR06", "Trà gừng mật ong", TEA, 39_000, 9_400, 0.5, 3.0, 0.9),
    Item("TR07", "Trà chanh dây hạt chia", TEA, 45_000, 12_300, 4.0, 2.0, 0.5),
    Item("TS01", "Trà sữa ô long", MILK_TEA, 49_000, 14_600, 7.0, 6.0, 0.4),
    Item("TS02", "Trà sữa trân châu đường đen", MILK_TEA, 52_000, 16_800, 7.0, 6.0, 0.3),
    Item("TS03", "Hồng trà sữa", MILK_TEA, 45_000, 12_900, 3.5, 3.0, 0.4),
    Item("TS04", "Sữa tươi matcha", MILK_TEA, 55_000, 18_700, 4.0, 4.0, 0.7),
    Item("TS05", "Ca cao nóng", MILK_TEA, 49_000, 14_100, 0.6, 3.0, 0.9),
    Item("DX01", "Cà phê đá xay", BLENDED, 59_000, 18_900, 3.0, 1.2, 0.4),
    Item("DX02", "Matcha đá xay", BLENDED, 62_000, 20_600, 2.8, 1.2, 0.3),
    Item("DX03", "Sô-cô-la bạc hà đá xay", BLENDED, 62_000, 20_300, 2.2, 1.0, 0.3),
    Item("NE01", "Nước ép cam", JUICE, 52_000, 20_800, 3.5, 2.5, 1.3),
    Item("NE02", "Nước ép dưa hấu", JUICE, 45_000, 14_600, 3.0, 1.0, 0.9),
    Item("NE03", "Ép cần tây táo", JUICE, 55_000, 21_900, 1.6, 1.2, 1.6),
    Item("NE04", "Sinh tố bơ", JUICE, 59_000, 22_400, 3.0, 2.0, 0.6),
    Item("BM01", "Bánh mì chà bông", BREAD, 32_000, 13_400, 3.0, 3.0, 2.6),
    Item("BM02", "Bánh mì que pa-tê", BREAD, 25_000, 9_700, 4.0, 4.0, 2.2),
    Item("BM03", "Croissant bơ", BREAD, 39_000, 16_200, 3.0, 3.2, 2.0),
    Item("BM04", "Sandwich gà nướng", BREAD, 52_000, 22_600, 2.0, 2.0, 1.6),
    Item("BN01", "Tiramisu", CAKE, 49_000, 19_600, 3.0, 3.5, 0.3),
    Item("BN02", "Bánh phô mai chanh dây", CAKE, 52_000, 21_300, 2.6, 2.4, 0.3),
    Item("BN03", "Bông lan trứng muối", CAKE, 45_000, 18_400, 3.0, 3.0, 0.6),
    Item("BN04", "Mousse sô-cô-la", CAKE, 49_000, 19_900, 2.0, 2.4, 0.3),
    Item("BN05", "Cookie yến mạch", CAKE, 25_000, 9_200, 2.6, 2.6, 0.8),
    Item("TP01", "Trân châu đen", TOPPING, 10_000, 2_600, 5.0, 5.0),
    Item("TP02", "Thạch đào", TOPPING, 10_000, 3_100, 3.0, 2.0),
    Item("TP03", "Kem muối", TOPPING, 12_000, 3_900, 4.0, 4.0),
    Item("BL01", "Cà phê hạt rang mộc", RETAIL, 340_000, 187_000, 3.0, 3.4, 1.0, "kg"),
    Item("BL02", "Cà phê phin giấy (hộp 10 gói)", RETAIL, 120_000, 62_000, 3.0, 3.0),
    Item("BL03", "Bình giữ nhiệt 500 ml", RETAIL, 290_000, 158_000, 1.0, 1.0),
    Item("QT01", "Hộp quà Tết An Vui", GIFT, 399_000, 226_000, 1.0, 1.0),
    Item("QT02", "Hộp quà Tết Sum Vầy", GIFT, 690_000, 402_000, 0.5, 0.5),
)

GROUPS = np.array([item.group for item in MENU])
DEARER_BY = 3_000


def members_of(*groups: str) -> np.ndarray:
    """The positions in the menu of everything in these groups."""
    return np.flatnonzero(np.isin(GROUPS, groups))


def popularity(positions: np.ndarray, *, hot: bool, morning: bool) -> np.ndarray:
    """How likely each of these is to be chosen, adding up to one."""
    wanted = np.array(
        [(MENU[p].hot if hot else MENU[p].cool) * (MENU[p].morning if morning else 1.0) for p in positions]
    )
    return wanted / wanted.sum()


def prices(*, dearer: bool) -> np.ndarray:
    """Price of one unit of everything, before or after the day the drinks became dearer."""
    return np.array([item.price + (DEARER_BY if dearer and item.group in DRINKS else 0) for item in MENU])
