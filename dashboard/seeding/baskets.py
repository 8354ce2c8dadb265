"""What is on each bill: favourites, the menu of the season and the hour, company to be treated, something to eat."""

from dataclasses import dataclass

import numpy as np

from dashboard.seeding import menu
from dashboard.seeding.days import Calendar
from dashboard.seeding.people import Person
from dashboard.seeding.visits import DAY, GUEST, Visits

FAVOURITE, SECOND_FAVOURITE = 0.48, 0.22
BEANS = next(n for n, item in enumerate(menu.MENU) if item.unit == "kg")
BAGS = np.array((0.25, 0.25, 0.5, 0.5, 1.0, 0.335))


@dataclass(frozen=True)
class Lines:
    """Every line of every bill, ordered by bill. `starts[b]:starts[b + 1]` are the lines of bill b."""

    item: np.ndarray
    quantity: np.ndarray
    amount: np.ndarray
    cost: np.ndarray
    starts: np.ndarray

    def of(self, bill: int) -> range:
        return range(int(self.starts[bill]), int(self.starts[bill + 1]))

    def totals(self) -> np.ndarray:
        sums: np.ndarray = np.add.reduceat(self.amount, self.starts[:-1])
        return sums


def fill(visits: Visits, crowd: list[Person], calendar: Calendar, *, seed: int) -> Lines:
    """A basket for each visit, at the prices and costs of its day."""
    chance = np.random.default_rng([seed, 6])
    day = (visits.seconds // DAY).astype(int)
    hour = visits.seconds % DAY / 3600
    hot, morning = calendar.hot[day], hour < 10.5
    member = visits.person != GUEST
    traits = np.array([(p.crowd, p.hungry, *p.favourites) for p in crowd] + [(0.62, 0.24, 0, 0)])
    crowds, hungry, first, second = traits[np.where(member, visits.person, len(crowd))].T

    drinks = 1 + chance.poisson(crowds * np.where(calendar.weekday[day] >= 5, 1.5, 0.85))
    drink_bill = np.repeat(np.arange(len(visits)), np.minimum(drinks, 9))
    drink = _chosen(menu.members_of(*menu.DRINKS), hot[drink_bill], morning[drink_bill], chance)
    taste = chance.random(len(drink_bill))
    regular = member[drink_bill]
    drink = np.where(regular & (taste < FAVOURITE), first[drink_bill].astype(int), drink)
    second_time = regular & (taste >= FAVOURITE) & (taste < FAVOURITE + SECOND_FAVOURITE)
    drink = np.where(second_time, second[drink_bill].astype(int), drink)

    bills, items = [drink_bill], [drink]
    for group, wish in (
        (menu.BREAD, np.where(morning, hungry * 1.1, hungry * 0.25)),
        (menu.CAKE, np.where(morning, hungry * 0.2, hungry * 0.95)),
        (menu.RETAIL, np.where(member, 0.012, 0.006)),
        (menu.GIFT, np.where(calendar.tet_gifts[day], np.where(member, 0.045, 0.02), 0.0)),
    ):
        bought = np.flatnonzero(chance.random(len(visits)) < wish)
        bills.append(bought)
        items.append(_chosen(menu.members_of(group), hot[bought], morning[bought], chance))
    milky = np.isin(menu.GROUPS[drink], (menu.TEA, menu.MILK_TEA, menu.BLENDED)) & (chance.random(len(drink)) < 0.24)
    bills.append(drink_bill[milky])
    items.append(_chosen(menu.members_of(menu.TOPPING), hot[bills[-1]], morning[bills[-1]], chance))
    return _lines(np.concatenate(bills), np.concatenate(items), day, len(calendar), chance)


def _chosen(choice: np.ndarray, hot: np.ndarray, morning: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """One of these items for each, by season and hour."""
    chosen = np.empty(len(hot), dtype=int)
    for is_hot in (False, True):
        for is_morning in (False, True):
            here = (hot == is_hot) & (morning == is_morning)
            shares = menu.popularity(choice, hot=is_hot, morning=is_morning)
            chosen[here] = chance.choice(choice, size=int(here.sum()), p=shares)
    return chosen


def _lines(bill: np.ndarray, item: np.ndarray, day: np.ndarray, days: int, chance: np.random.Generator) -> Lines:
    """Put equal items of a bill on one line and price it."""
    keys, quantity = np.unique(bill * 100 + item, return_counts=True)
    bill, item = keys // 100, keys % 100
    weighed = item == BEANS
    quantity = np.where(weighed, chance.choice(BAGS, size=len(item)), quantity.astype(float))
    dearer = day[bill] >= days // 2
    price = np.where(dearer, menu.prices(dearer=True)[item], menu.prices(dearer=False)[item])
    # suppliers' prices drift a little from month to month
    drift = 1.0 + 0.03 * np.sin(day[bill] / 30.0) + 0.04 * day[bill] / days
    costs = np.array([entry.cost for entry in menu.MENU])[item] * drift
    return Lines(
        item=item,
        quantity=quantity,
        amount=np.round(price * quantity / 1000).astype(int) * 1000,
        cost=np.round(costs * quantity / 100).astype(int) * 100,
        starts=np.concatenate([np.searchsorted(bill, np.arange(len(day))), [len(bill)]]),
    )
