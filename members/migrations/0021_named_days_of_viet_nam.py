from typing import Any

from django.db import migrations

# key, Vietnamese, English, calendar, day, month, starts before, lasts, day off. Days off: the Labour Code 2019, art. 112.
DAYS: tuple[tuple[str, str, str, str, int, int | None, int, int, bool], ...] = (
    ("new-year", "Tết Dương lịch", "New Year", "solar", 1, 1, 0, 1, True),
    ("tet", "Tết Nguyên đán", "Lunar New Year", "lunar", 1, 1, 1, 5, True),
    ("god-of-wealth", "Vía Thần Tài", "God of Wealth Day", "lunar", 10, 1, 0, 1, False),
    ("first-full-moon", "Rằm tháng Giêng", "First Full Moon", "lunar", 15, 1, 0, 1, False),
    ("valentine", "Lễ Tình nhân", "Valentine's Day", "solar", 14, 2, 0, 1, False),
    ("womens-day", "Quốc tế Phụ nữ", "International Women's Day", "solar", 8, 3, 0, 1, False),
    ("hung-kings", "Giỗ Tổ Hùng Vương", "Hùng Kings' Day", "lunar", 10, 3, 0, 1, True),
    ("reunification", "Ngày Thống nhất", "Reunification Day", "solar", 30, 4, 0, 1, True),
    ("labour-day", "Quốc tế Lao động", "Labour Day", "solar", 1, 5, 0, 1, True),
    ("childrens-day", "Quốc tế Thiếu nhi", "Children's Day", "solar", 1, 6, 0, 1, False),
    ("doan-ngo", "Tết Đoan Ngọ", "Đoan Ngọ", "lunar", 5, 5, 0, 1, False),
    ("vu-lan", "Lễ Vu Lan", "Vu Lan", "lunar", 15, 7, 0, 1, False),
    ("national-day", "Quốc khánh", "National Day", "solar", 2, 9, 0, 1, True),
    ("nine-nine", "Ngày 9/9", "9/9", "solar", 9, 9, 0, 1, False),
    ("mid-autumn", "Trung Thu", "Mid-Autumn", "lunar", 15, 8, 0, 1, False),
    ("vietnamese-women", "Phụ nữ Việt Nam", "Vietnamese Women's Day", "solar", 20, 10, 0, 1, False),
    ("double-eleven", "Ngày 11/11", "11/11", "solar", 11, 11, 0, 1, False),
    ("teachers-day", "Nhà giáo Việt Nam", "Teachers' Day", "solar", 20, 11, 0, 1, False),
    ("christmas", "Giáng sinh", "Christmas", "solar", 24, 12, 0, 2, False),
    ("payday", "Ngày lĩnh lương", "Payday", "solar", 5, None, 0, 1, False),
)
COLUMNS = ("key", "name_vi", "name_en", "calendar", "day", "month", "starts_before", "lasts", "day_off")


def write(apps: Any, editor: Any) -> None:
    for row in DAYS:
        said = dict(zip(COLUMNS, row, strict=True))
        apps.get_model("members", "NamedDay").objects.get_or_create(key=said.pop("key"), defaults=said)


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0020_named_days'),
    ]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
