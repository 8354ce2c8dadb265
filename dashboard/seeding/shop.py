"""The chain's stores and tills, opened before its first bill."""

from dataclasses import dataclass

from dashboard.seeding.places import PLACES
from loyalty.models import Store, Terminal
from loyalty.till import Till

TILLS = ("quay-1", "quay-2")


@dataclass(frozen=True)
class Shop:
    """The stores in the order of PLACES, each with its tills."""

    stores: tuple[Store, ...]
    tills: tuple[tuple[Till, ...], ...]

    def till(self, *, store: int, bill: int) -> Till:
        """The till that a bill of this store went over; the first one takes two in three."""
        return self.tills[store][1 if bill % 3 == 2 else 0]


def open_stores() -> Shop:
    """The five stores, made if absent."""
    stores, tills = [], []
    for place in PLACES:
        store, _ = Store.objects.get_or_create(code=place.code, defaults={"name": place.name, "address": place.address})
        terminals = [Terminal.objects.get_or_create(store=store, code=code)[0] for code in TILLS]
        stores.append(store)
        tills.append(tuple(Till.of(store, terminal, by=f"terminal:{terminal.pk}") for terminal in terminals))
    return Shop(stores=tuple(stores), tills=tuple(tills))
