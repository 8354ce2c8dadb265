"""The calendar of the chain in Viet Nam: how busy each day is, and when Tết closes the doors."""

from dataclasses import dataclass
from datetime import date, timedelta

import lunar_vn
import numpy as np

# Monday to Sunday, for people who come from an office, for those who come at leisure, and for everybody else.
WEEKDAYS = np.array(
    [
        [1.22, 1.18, 1.16, 1.18, 1.26, 0.62, 0.38],
        [0.72, 0.70, 0.74, 0.80, 1.02, 1.52, 1.50],
        [0.94, 0.92, 0.93, 0.96, 1.06, 1.14, 1.05],
    ]
)
# January to December: the cool holidays and the hot months sell, the rains keep people at home.
MONTHS = (1.02, 0.98, 1.06, 1.08, 1.04, 0.97, 0.95, 0.94, 0.95, 0.97, 1.01, 1.10)
HOT_MONTHS = (3, 4, 5, 6, 7, 8, 9)
# solar day and month of the named days on which people go out
NAMED_DAYS = {(1, 1): 1.15, (14, 2): 1.3, (8, 3): 1.3, (30, 4): 1.15, (1, 5): 1.15, (2, 9): 1.15, (20, 10): 1.25,
              (20, 11): 1.15, (24, 12): 1.5, (25, 12): 1.25, (31, 12): 1.35}  # fmt: skip


@dataclass(frozen=True)
class Calendar:
    """One row per local day of the history; `busy` of a closed day is 0."""

    first: date
    busy: np.ndarray
    weekday: np.ndarray
    hot: np.ndarray
    tet_gifts: np.ndarray

    def __len__(self) -> int:
        return len(self.busy)

    def day(self, position: int) -> date:
        return self.first + timedelta(days=int(position))

    def position(self, day: date) -> int:
        return (day - self.first).days

    def factor(self, profile: int) -> np.ndarray:
        """How busy each day is for people of one weekday profile."""
        factors: np.ndarray = self.busy * WEEKDAYS[profile][self.weekday]
        return factors


def tet(year: int) -> date:
    """Mùng 1: the first day of the lunar year, counted in UTC+7."""
    return lunar_vn.lunar_to_solar(lunar_vn.LunarDate(day=1, month=1, year=year))


def closed(day: date) -> bool:
    """The chain closes from the last day of the lunar year to mùng 3."""
    return -1 <= (day - tet(day.year)).days <= 2


def calendar(*, first: date, last: date, rng: np.random.Generator) -> Calendar:
    """The days from `first` to `last`, with the weather of each."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    weather = np.exp(rng.normal(-0.004, 0.09, len(days)))
    busy = np.array([_season(day) for day in days]) * weather
    return Calendar(
        first=first,
        busy=busy,
        weekday=np.array([day.weekday() for day in days]),
        hot=np.array([day.month in HOT_MONTHS for day in days]),
        tet_gifts=np.array([-24 <= (day - tet(day.year)).days <= -2 for day in days]),
    )


def _season(day: date) -> float:
    """How busy a day is by its place in the year: month, named days, and the tide of Tết."""
    if closed(day):
        return 0.0
    busy = MONTHS[day.month - 1] * NAMED_DAYS.get((day.day, day.month), 1.0)
    from_tet = (day - tet(day.year)).days
    if -18 <= from_tet <= -6:
        busy *= 1.22  # year-end meetings and shopping
    elif -5 <= from_tet <= -2:
        busy *= 0.82  # the city travels home
    elif 3 <= from_tet <= 9:
        busy *= 1.38  # visits, lì xì to be spent
    lunar = lunar_vn.solar_to_lunar(day)
    if (lunar.day, lunar.month) in {(14, 8), (15, 8)}:
        busy *= 1.2  # Trung Thu
    return busy
