"""The figures of the first page, each with the period it is about: read from rollups, no bill and no member is fetched.

Today is as far as events have been heard; what a night counts is as of its date, which the page says.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta

from django.db.models import Max, Q, Sum
from django.utils import timezone

from analytics.models import CashierDay, ExpiredNight, JoinedDay, StandingNight, StoreDay, VisitorNight
from loyalty.models import Account, Purchase, ReviewDecision, Store, Tier

DAYS = 30
DAY = timedelta(days=1)
CASHIERS = 20


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What bills and returns came to: minor units (returns taken off), kept bills, points (net of returns)."""

    member_revenue: int = 0
    guest_revenue: int = 0
    member_visits: int = 0
    guest_visits: int = 0
    earned: int = 0
    spent: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(**{name: getattr(self, name) + getattr(other, name) for name in _SUMMED})

    @property
    def revenue(self) -> int:
        return self.member_revenue + self.guest_revenue

    @property
    def visits(self) -> int:
        return self.member_visits + self.guest_visits


_SUMMED = [one.name for one in fields(Sums)]


@dataclass(frozen=True, kw_only=True)
class Period:
    """Whole business days from `first` to `last`, both included: what they came to, each day and each store."""

    first: date
    last: date
    total: Sums
    days: dict[date, Sums] = field(repr=False)
    stores: dict[int, Sums] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Sold:
    """Today so far, the last DAYS whole days, and the DAYS before them; today is not over and counts in neither."""

    today: Sums
    now: Period
    before: Period


def shops(stores: list[int] | None) -> dict[int, str]:
    """Names of the real stores (a practice twin sells nothing) of those a person may see."""
    found = Store.objects.filter(practice_of=None).order_by("code")
    return dict((found if stores is None else found.filter(pk__in=stores)).values_list("pk", "name"))


def sold(*, at: datetime, stores: Iterable[int]) -> Sold:
    """One walk over the days of the stores."""
    today = timezone.localtime(at).date()
    begin = today - 2 * DAYS * DAY
    rows = StoreDay.objects.filter(store_id__in=list(stores), business_date__range=(begin, today))
    known = {(row.store_id, row.business_date): _of(row) for row in rows}
    so_far = [sums for (_store, day), sums in known.items() if day == today]
    middle = today - DAYS * DAY
    return Sold(
        today=sum(so_far, Sums()),
        now=_period(known, first=middle, last=today - DAY),
        before=_period(known, first=begin, last=middle - DAY),
    )


def _of(row: StoreDay) -> Sums:
    return Sums(
        member_revenue=row.member_gross - row.member_returned,
        guest_revenue=row.guest_gross - row.guest_returned,
        member_visits=row.member_visits,
        guest_visits=row.guest_visits,
        earned=row.earned,
        spent=row.spent,
    )


def _period(known: dict[tuple[int, date], Sums], *, first: date, last: date) -> Period:
    days = {first + n * DAY: Sums() for n in range((last - first).days + 1)}
    stores: dict[int, Sums] = defaultdict(Sums)
    for (store, day), sums in known.items():
        if day in days:
            days[day] += sums
            stores[store] += sums
    return Period(first=first, last=last, total=sum(days.values(), Sums()), days=days, stores=dict(stores))


@dataclass(frozen=True, kw_only=True)
class CashierShare:
    """How many of the bills a cashier rang up bear a member."""

    store_id: int
    staff: str
    member_visits: int
    visits: int


def cashiers(period: Period, *, stores: Iterable[int]) -> list[CashierShare]:
    """The CASHIERS who rang up most, most first."""
    days = CashierDay.objects.filter(store_id__in=list(stores), business_date__range=(period.first, period.last))
    rows = days.values("store_id", "staff").annotate(of_members=Sum("member_visits"), of_guests=Sum("guest_visits"))
    found = [
        CashierShare(
            store_id=row["store_id"],
            staff=row["staff"],
            member_visits=row["of_members"],
            visits=row["of_members"] + row["of_guests"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: -one.visits)[:CASHIERS]


@dataclass(frozen=True, kw_only=True)
class Joined:
    """How many joined today, and in each of the two periods by where they were asked."""

    today: int
    now: dict[str, int]
    before: dict[str, int]


def joined(sold: Sold, *, stores: list[int] | None) -> Joined:
    rows = JoinedDay.objects.filter(day__gte=sold.before.first)
    if stores is not None:
        rows = rows.filter(store_id__in=stores)
    today, now, before = 0, defaultdict[str, int](int), defaultdict[str, int](int)
    for row in rows:
        if row.day > sold.now.last:
            today += row.members
        elif row.day >= sold.now.first:
            now[row.via] += row.members
        else:
            before[row.via] += row.members
    return Joined(today=today, now=dict(now), before=dict(before))


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Members who can use their card, by tier from the lowest, and the points everybody holds, as of `date`.

    `date` is None where no night has counted yet: the numbers are of now. `everybody` includes who joined since.
    """

    date: date | None
    everybody: int
    tiers: list[tuple[Tier, int]]
    unused: int
    unused_before: int | None


def standing(*, stores: list[int] | None) -> Standing:
    rows = StandingNight.objects.all() if stores is None else StandingNight.objects.filter(store_id__in=stores)
    last = rows.aggregate(last=Max("date"))["last"]
    people = JoinedDay.objects.all() if stores is None else JoinedDay.objects.filter(store_id__in=stores)
    tiers = list(Tier.objects.order_by("rank"))
    if last is None:
        everybody = people.aggregate(all=Sum("members"))["all"] or 0
        return Standing(
            date=None,
            everybody=everybody,
            tiers=[(tier, 0 if tier.rank else everybody) for tier in tiers],
            unused=_unused_now() if stores is None else 0,
            unused_before=None,
        )
    counts: dict[int, int] = defaultdict(int)
    points: dict[date, int] = {}
    for row in rows.filter(date__in=(last, last - DAYS * DAY)):
        points[row.date] = points.get(row.date, 0) + row.available + row.pending + row.held
        if row.date == last:
            counts[row.tier_id] += row.members
    since = people.filter(day__gt=last).aggregate(all=Sum("members"))["all"] or 0
    return Standing(
        date=last,
        everybody=sum(counts.values()) + since,
        tiers=[(tier, counts[tier.pk]) for tier in tiers],
        unused=points.get(last, 0),
        unused_before=points.get(last - DAYS * DAY),
    )


def _unused_now() -> int:
    sums = Account.objects.aggregate(a=Sum("available"), p=Sum("pending"), h=Sum("held"))
    return sum(value or 0 for value in sums.values())


@dataclass(frozen=True, kw_only=True)
class Active:
    """Members with a kept bill in the DAYS up to the latest night, and in the DAYS before; None: nobody has counted."""

    now: int | None
    before: int | None


def active(sold: Sold, *, stores: list[int] | None) -> Active:
    """Somebody who buys in two of a manager's stores counts in each of them."""
    of = Q(store_id=0) if stores is None else Q(store_id__in=stores)
    last = VisitorNight.objects.filter(date__lte=sold.now.last).aggregate(last=Max("date"))["last"]
    if last is None:
        return Active(now=None, before=None)
    rows = VisitorNight.objects.filter(of, date__in=(last, last - DAYS * DAY))
    found = {row["date"]: row["all"] for row in rows.values("date").annotate(all=Sum("members"))}
    return Active(now=found.get(last, 0), before=found.get(last - DAYS * DAY))


def expired(sold: Sold) -> tuple[int, int]:
    """Points that ended in each of the two periods; of the whole house."""
    rows = ExpiredNight.objects.filter(date__range=(sold.before.first, sold.now.last))
    sums = rows.aggregate(
        now=Sum("points", filter=Q(date__gte=sold.now.first)), before=Sum("points", filter=Q(date__lt=sold.now.first))
    )
    return sums["now"] or 0, sums["before"] or 0


def in_review(*, stores: Iterable[int]) -> int:
    """Bills that wait for somebody's decision."""
    waiting = Purchase.objects.filter(status=Purchase.Status.REVIEW, store_id__in=list(stores))
    return waiting.exclude(pk__in=ReviewDecision.objects.values("purchase_id")).count()


def change(now: float, before: float | None) -> float | None:
    """By what part a figure moved; None where there was nothing before."""
    return (now - before) / before if before else None
