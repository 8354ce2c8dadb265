"""The public holidays of Viet Nam, on which nobody is owed an answer: by the sun, and by the moon in UTC+7."""

from datetime import date, timedelta
from functools import lru_cache

import lunar_vn

# day and month: 1/1, 30/4, 1/5, 2/9
SOLAR = ((1, 1), (30, 4), (1, 5), (2, 9))
# Giỗ Tổ Hùng Vương
KINGS = (10, 3)
# Tết: the last day of the old year and the first four of the new one
EVE, TET_DAYS = timedelta(days=1), 5


def off(day: date) -> bool:
    return day in of_year(day.year)


@lru_cache(maxsize=64)
def of_year(year: int) -> frozenset[date]:
    """The holidays of a solar year; those by the moon are known from 1901 to 2099."""
    solar = {date(year, month, day) for day, month in SOLAR}
    if not 1901 <= year <= 2099:
        return frozenset(solar)
    begins = _lunar(1, 1, year) - EVE
    return frozenset(solar | {begins + timedelta(days=n) for n in range(TET_DAYS)} | {_lunar(*KINGS, year)})


def _lunar(day: int, month: int, year: int) -> date:
    return lunar_vn.lunar_to_solar(lunar_vn.LunarDate(day=day, month=month, year=year))
