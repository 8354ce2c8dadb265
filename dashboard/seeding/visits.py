"""Who comes when: members by their own rhythm until they stop coming, guests by how busy the day is.

Members follow the beta-geometric story of the purchase models: each has a rate of visits and a chance that a visit was
the last. The rate runs on the shop's own clock, which stands still while Tết closes the doors and runs faster on busy
days; gaps are gamma-distributed, so that some people come like clockwork and others by whim.
"""

from dataclasses import dataclass

import numpy as np

from dashboard.seeding import people
from dashboard.seeding.days import Calendar
from dashboard.seeding.people import Person
from dashboard.seeding.places import PLACES

GUEST = -1
DAY = 86_400
# morning, lunch, afternoon, evening: from, to (hours) and, in guests, how many come
PARTS = ((7.0, 11.0), (10.8, 14.0), (13.4, 18.0), (17.6, 21.8))
GUEST_PARTS = np.array((3.4, 2.2, 2.6, 2.6))
LONGEST = 700


@dataclass(frozen=True)
class Visits:
    """All visits in order of time: seconds since the first local midnight, store, position of the member or GUEST."""

    seconds: np.ndarray
    store: np.ndarray
    person: np.ndarray

    def __len__(self) -> int:
        return len(self.seconds)


def opening_days(calendar: Calendar) -> np.ndarray:
    """The position of the day on which each store opens; stores older than the history open on its first day."""
    return np.array([int(place.opens * len(calendar)) for place in PLACES])


def traffic(calendar: Calendar) -> np.ndarray:
    """[store, day]: how many people a store draws, growing over its first months."""
    age = np.arange(len(calendar))[None, :] - opening_days(calendar)[:, None]
    old = np.array([place.opens == 0.0 for place in PLACES])[:, None]
    ramp = np.where(old, 1.0 + age / 2400, 1.0 - 0.62 * np.exp(-np.maximum(age, 0) / 45.0))
    size = np.array([place.traffic for place in PLACES])[:, None]
    flow: np.ndarray = np.where(age >= 0, ramp * size, 0.0) * calendar.factor(people.ANY_DAY)[None, :]
    return flow


def of_members(crowd: list[Person], calendar: Calendar, *, seed: int, last_second: float) -> Visits:
    """Settle everybody at the store where they join and follow each until they leave or the history ends."""
    chance = np.random.default_rng([seed, 3])
    flow = traffic(calendar)
    age = np.arange(len(calendar))[None, :] - opening_days(calendar)[:, None]
    # people join most in the first weeks of a store, when regulars are asked for the first time
    joining = flow * (1.0 + 3.6 * np.exp(-np.maximum(age, 0) / 40.0))
    places = chance.choice(joining.size, size=len(crowd), p=(joining / joining.sum()).ravel())
    clocks = [np.concatenate([[0.0], np.cumsum(calendar.factor(profile))]) for profile in range(3)]
    seconds, stores, numbers = [], [], []
    for position, person in enumerate(crowd):
        own = np.random.default_rng([seed, 4, person.number])
        people.settle(person, store=int(places[position] // len(calendar)), chance=own)
        person.joined_day = int(places[position] % len(calendar))
        came = _life(person, person.joined_day, clocks[person.profile], own)
        came = came[came <= last_second]
        person.visits = came
        seconds.append(came)
        stores.append(_stores(person, came, flow, own))
        numbers.append(np.full(len(came), position))
    return _in_order(np.concatenate(seconds), np.concatenate(stores), np.concatenate(numbers))


def _life(person: Person, first_day: int, clock: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Every visit of one person from the day they join, in seconds."""
    if person.joined_via != "counter" and chance.random() < 0.22:
        return np.empty(0)  # joined by the portal and never came
    visits = min(int(chance.geometric(person.leaving)), LONGEST)
    gaps = chance.gamma(person.evenness, 1.0 / (person.rate * person.evenness), visits - 1)
    moments = (
        clock[first_day] + 0.5 * (clock[first_day + 1] - clock[first_day]) + np.concatenate([[0.0], gaps]).cumsum()
    )
    moments = moments[moments < clock[-1]]
    days = np.searchsorted(clock, moments, side="right") - 1
    seconds = np.sort(days * DAY + _hours(len(days), np.array(person.hours), chance) * 3600)
    # nobody pays twice within twenty minutes
    apart = np.concatenate([[True], np.diff(seconds) > 1200]) if len(seconds) else np.empty(0, dtype=bool)
    kept: np.ndarray = np.floor(seconds[apart])
    return kept


def _hours(count: int, weights: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    part = chance.choice(len(PARTS), size=count, p=weights / weights.sum())
    begins, ends = np.array(PARTS)[:, 0][part], np.array(PARTS)[:, 1][part]
    hours: np.ndarray = begins + (ends - begins) * chance.beta(1.4, 1.6, count)
    return hours


def _stores(person: Person, came: np.ndarray, flow: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Mostly the own store, now and then another one of the same city that is open."""
    home = PLACES[person.store]
    near = [n for n, place in enumerate(PLACES) if place.province == home.province and n != person.store]
    stores = np.full(len(came), person.store)
    if near:
        away = chance.random(len(came)) > person.loyalty_to_store
        other = chance.choice(near, size=len(came))
        open_there = flow[other, (came // DAY).astype(int)] > 0
        stores = np.where(away & open_there, other, stores)
    return stores


def of_guests(calendar: Calendar, *, per_day: float, seed: int, last_second: float) -> Visits:
    """People who did not join: as many as the day draws, by the hours of the store."""
    chance = np.random.default_rng([seed, 5])
    flow = traffic(calendar)
    # the more regulars have joined, the fewer come without a card
    not_joined_yet = 1.55 - 0.9 * np.linspace(0.0, 1.0, len(calendar)) ** 0.6
    counts = chance.poisson(flow * not_joined_yet[None, :] * per_day)
    store, day = np.nonzero(counts)
    repeat = counts[store, day]
    store, day = np.repeat(store, repeat), np.repeat(day, repeat)
    seconds = np.empty(len(store))
    for number, place in enumerate(PLACES):
        here = store == number
        weights = GUEST_PARTS * np.array((1.0, 1.0, 1.0, place.evening))
        seconds[here] = day[here] * DAY + _hours(int(here.sum()), weights, chance) * 3600
    seconds = np.floor(seconds)
    kept = seconds <= last_second
    return _in_order(seconds[kept], store[kept], np.full(int(kept.sum()), GUEST))


def together(*groups: Visits) -> Visits:
    return _in_order(
        np.concatenate([group.seconds for group in groups]),
        np.concatenate([group.store for group in groups]),
        np.concatenate([group.person for group in groups]),
    )


def _in_order(seconds: np.ndarray, store: np.ndarray, person: np.ndarray) -> Visits:
    order = np.lexsort((person, store, seconds))
    return Visits(seconds=seconds[order], store=store[order], person=person[order])
