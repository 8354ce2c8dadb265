"""Who pays with points and when: planned with the balance that everybody has left from the months before."""

from datetime import datetime

import numpy as np

from dashboard.seeding.history import History
from dashboard.seeding.people import Person

POINT_VALUE = 500
EARNS_PER = 10_000


def planned(history: History, *, chapters: list[tuple[datetime, datetime]]) -> dict[int, int]:
    """bill → points its member pays with. Within a chapter nobody spends what they earned in it."""
    left: dict[int, int] = {}
    wishes: dict[int, int] = {}
    chance = np.random.default_rng([history.seed, 8]).random(len(history.visits))
    for start, end in chapters:
        earned: dict[int, int] = {}
        for bill in history.bills_between(start, end):
            person = history.member_of(bill)
            if person is None:
                continue
            total = int(history.totals[bill])
            points = _points(person, left.get(person.number, 0), total, float(chance[bill]))
            if points:
                wishes[bill] = points
                left[person.number] -= points
            base = total - points * POINT_VALUE
            earned[person.number] = earned.get(person.number, 0) + base // EARNS_PER
        for number, points in earned.items():
            left[number] = left.get(number, 0) + points
    return wishes


def _points(person: Person, left: int, total: int, chance: float) -> int:
    """All or a round part of what they have, at most the bill, if they have saved enough to bother."""
    if left < person.spends_from or chance >= person.spends_points:
        return 0
    most = min(left, total // POINT_VALUE)
    return most if chance < person.spends_points / 2 else most // 10 * 10
