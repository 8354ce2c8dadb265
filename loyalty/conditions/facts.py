"""What a condition may ask about a bill, as it was when it was made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFacts:
    """The buyer at that moment. `bills_before`: kept bills that came earlier; `last_bill_on`: the newest of them."""

    tier: str
    tags: frozenset[str] = frozenset()
    gender: str = ""
    birth_calendar: str = "solar"
    birth_month: int | None = None
    joined_on: date
    bills_before: int = 0
    last_bill_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A bill and who it was sold to; None: a guest, of whom nothing is true.

    `amount`: its total; `base`: the part that earns (minor units). `on` and `time` are by the programme's clock.
    `goods`: minor units by category, `quantities` by SKU.
    """

    amount: int
    base: int
    store: str
    channel: str
    on: date
    time: time
    lunar_month: int | None = None
    days: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    goods: Mapping[str, int] = field(default_factory=dict)
    quantities: Mapping[str, Decimal] = field(default_factory=dict)
    lines: int = 0
    member: MemberFacts | None = None


def years_between(first: date, last: date) -> int:
    """Whole years from one day to another; who joined on 29 February has been there a year on 1 March."""
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))
