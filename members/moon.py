"""Days of the Vietnamese lunar calendar (UTC+7), of the years 1901 to 2099."""

from datetime import date, timedelta

import lunar_vn
from lunar_vn import LunarDate


def falls_on(*, day: int, month: int, year: int) -> date:
    """The solar day of a lunar one: the 30th of a short month is its 29th, a leap month is never meant."""
    found = lunar_vn.lunar_to_solar(LunarDate(day=day, month=month, year=year))
    if lunar_vn.solar_to_lunar(found).day != day:  # the 30th of a short month is the first of the next
        found -= timedelta(days=1)
    return found
