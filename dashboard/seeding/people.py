"""Three thousand invented people: names, birthdays, where they live, and how each of them goes for coffee."""

import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import numpy as np

from dashboard.seeding import menu, names
from dashboard.seeding.places import PLACES
from members import identifying

# No operator has numbers that begin with 095 (the last one closed in 2012), yet they are mobile numbers by their form.
PHONE_PREFIX = "095"
OFFICE, LEISURE, ANY_DAY = 0, 1, 2
UNKNOWN_YET = datetime.min.replace(tzinfo=UTC)


@dataclass
class Person:
    """A member, as invented. `rate`: visits per usual day while they still come; `leaving`: chance that a visit is the
    last; `evenness`: how regular the rhythm is (1 = not at all); `hour`: when they like to come."""

    number: int
    store: int
    rate: float
    leaving: float
    evenness: float
    profile: int
    hours: tuple[float, ...]
    loyalty_to_store: float
    favourites: tuple[int, int]
    crowd: float
    hungry: float
    spends_points: float
    spends_from: int
    name: str = ""
    gender: str = ""
    phone: str = ""
    card: str = ""
    email: str = ""
    birth_date: str = ""
    birth_calendar: str = "solar"
    province: str = ""
    ward: str = ""
    joined_via: str = "counter"
    joined_day: int = 0
    joined_at: datetime = UNKNOWN_YET
    agreed: tuple[tuple[str, str], ...] = ()
    visits: np.ndarray = field(default_factory=lambda: np.empty(0))

    @property
    def external_id(self) -> str:
        return f"HC{self.number:06d}"


# how much people of one habit come in the morning, at lunch, in the afternoon and in the evening
HABITS = ((5.0, 1.2, 0.8, 0.3), (0.8, 4.0, 1.5, 0.5), (0.6, 0.8, 4.0, 1.0), (0.3, 0.5, 1.2, 4.0), (1.5, 1.2, 1.8, 1.4))


def invent(*, count: int, seed: int, ends: date) -> list[Person]:
    """The same people for the same seed. Each has a source of chance of their own, so that nobody's life hangs on how
    many others there are."""
    chance = np.random.default_rng([seed, 1])
    phones = chance.choice(10_000_000, size=count, replace=False).tolist()
    cards = np.unique(chance.integers(0, 10**11, size=2 * count))[:count].tolist()
    crowd = [_person(number, seed=seed, ends=ends) for number in range(1, count + 1)]
    for person, phone, card in zip(crowd, phones, chance.permutation(cards).tolist(), strict=True):
        person.phone, person.card = f"{PHONE_PREFIX}{phone:07d}", identifying.card_of(card)
    return crowd


def _person(number: int, *, seed: int, ends: date) -> Person:
    chance = np.random.default_rng([seed, 2, number])
    drinks = menu.members_of(*menu.DRINKS)
    liked = chance.choice(drinks, size=2, replace=False, p=menu.popularity(drinks, hot=True, morning=False))
    habit = HABITS[int(chance.choice(len(HABITS), p=(0.26, 0.14, 0.24, 0.16, 0.20)))]
    once = chance.random() < 0.11
    orders_for_office = number % 67 == 5
    person = Person(
        number=number,
        store=0,
        rate=0.3 + 0.25 * float(chance.random()) if orders_for_office else float(max(chance.gamma(0.9, 0.115), 0.004)),
        leaving=0.75 if once and not orders_for_office else float(chance.beta(0.75, 15.0)),
        evenness=float(chance.choice((1.0, 1.6, 2.6, 4.0), p=(0.35, 0.3, 0.22, 0.13))),
        profile=int(chance.choice(3, p=(0.38, 0.27, 0.35))),
        hours=habit,
        loyalty_to_store=float(chance.beta(9, 1.6)),
        favourites=(int(liked[0]), int(liked[1])),
        crowd=1.2 if orders_for_office else float(chance.gamma(1.4, 0.33)),
        hungry=float(chance.beta(1.6, 4.6)),
        spends_points=float(chance.choice((0.0, 0.22, 0.5), p=(0.38, 0.4, 0.22))),
        spends_from=int(chance.choice((20, 40, 60, 100), p=(0.25, 0.35, 0.25, 0.15))),
    )
    _name(person, chance)
    _birthday(person, chance, ends=ends)
    person.agreed = _agreed(chance)
    person.joined_via = str(chance.choice(("counter", "portal", "zalo"), p=(0.8, 0.14, 0.06)))
    if chance.random() < 0.36:
        person.email = f"{_plain(person.name)}{number}@{chance.choice(('example.com', 'example.net', 'example.org'))}"
    return person


def settle(person: Person, *, store: int, chance: np.random.Generator) -> None:
    """Give the person a home near the store they go to; some do not say where they live."""
    person.store = store
    place = PLACES[store]
    told = chance.random()
    person.province = place.province if told < 0.78 else ""
    person.ward = str(chance.choice(place.wards)) if told < 0.62 else ""


def _name(person: Person, chance: np.random.Generator) -> None:
    woman = chance.random() < 0.58
    middle, given = (names.MIDDLE_WOMEN, names.GIVEN_WOMEN) if woman else (names.MIDDLE_MEN, names.GIVEN_MEN)
    family = str(chance.choice(names.FAMILY, p=names.FAMILY_SHARE))
    second = str(chance.choice(middle))
    last = str(chance.choice(given))
    parts = (family, second, last) if second != last else (family, last)
    person.name = " ".join(parts) if chance.random() < 0.93 else last
    person.gender = ("female" if woman else "male") if chance.random() < 0.82 else ""


def _birthday(person: Person, chance: np.random.Generator, *, ends: date) -> None:
    """Seven in ten told their birthday; some by the moon, some without the year, some as the 1 January of a form."""
    told, kind = chance.random(), chance.random()
    age = 17 + float(chance.gamma(2.6, 5.2))
    year, month, day = ends.year - int(age), int(chance.integers(1, 13)), int(chance.integers(1, 29))
    if told > 0.72:
        return
    if kind < 0.05:
        person.birth_date = f"{year}-01-01"
    elif kind < 0.19:
        person.birth_date = f"--{month:02d}-{day:02d}"
    else:
        person.birth_date = f"{year}-{month:02d}-{day:02d}"
        person.birth_calendar = "lunar" if kind > 0.92 else "solar"


def _agreed(chance: np.random.Generator) -> tuple[tuple[str, str], ...]:
    """Nobody is in the programme without having agreed to it; advertising and profiling are each asked for apart."""
    agreed = [("programme", "any")]
    asked = chance.random(4)
    if asked[0] < 0.56:
        agreed += [("marketing", "zalo")] if asked[1] < 0.8 else []
        agreed += [("marketing", "sms")] if asked[2] < 0.5 or asked[1] >= 0.8 else []
    if asked[3] < 0.44:
        agreed.append(("profiling", "any"))
    return tuple(agreed)


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(letter for letter in decomposed if letter.isascii() and letter.isalpha())
