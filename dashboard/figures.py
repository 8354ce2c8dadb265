"""The few figures of the overview, each with the period it is about; set-based, no row is fetched."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from loyalty.models import Account, Purchase, Return, ReviewDecision, Store, Tier
from members.models import Member

DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Day:
    """What one business day took in (minor units, returns taken off) and moved in points."""

    on: date
    member_revenue: int = 0
    guest_revenue: int = 0
    bills: int = 0
    earned: int = 0
    spent: int = 0


@dataclass(frozen=True, kw_only=True)
class Period:
    """DAYS whole business days from `first` to `last`, both included."""

    first: date
    last: date
    days: tuple[Day, ...] = field(repr=False)

    @property
    def member_revenue(self) -> int:
        return sum(day.member_revenue for day in self.days)

    @property
    def revenue(self) -> int:
        return self.member_revenue + sum(day.guest_revenue for day in self.days)

    @property
    def bills(self) -> int:
        return sum(day.bills for day in self.days)

    @property
    def earned(self) -> int:
        return sum(day.earned for day in self.days)

    @property
    def spent(self) -> int:
        return sum(day.spent for day in self.days)


def periods(*, at: datetime, stores: list[int] | None) -> tuple[Period, Period]:
    """The last DAYS whole days and the DAYS before them; today is not over and counts in neither."""
    last = timezone.localtime(at).date() - timedelta(days=1)
    first = last - timedelta(days=2 * DAYS - 1)
    days = _days(first=first, last=last, stores=stores)
    whole = [days.get(first + timedelta(days=n), Day(on=first + timedelta(days=n))) for n in range(2 * DAYS)]
    return _period(whole[DAYS:]), _period(whole[:DAYS])


def _period(days: list[Day]) -> Period:
    return Period(first=days[0].on, last=days[-1].on, days=tuple(days))


def _days(*, first: date, last: date, stores: list[int] | None) -> dict[date, Day]:
    where = {"store_id__in": _shops(stores), "business_date__range": (first, last)}
    sold = (
        Purchase.objects.filter(**where)
        .values("business_date")
        .annotate(
            members=Coalesce(Sum("total", filter=Q(member_id__isnull=False)), 0),
            guests=Coalesce(Sum("total", filter=Q(member_id__isnull=True)), 0),
            bills=Count("pk"),
            points_earned=Sum("earned"),
            points_spent=Sum("spent"),
        )
    )
    back = {
        row["business_date"]: row
        for row in Return.objects.filter(**where)
        .values("business_date")
        .annotate(
            members=Coalesce(Sum("amount", filter=Q(member_id__isnull=False)), 0),
            guests=Coalesce(Sum("amount", filter=Q(member_id__isnull=True)), 0),
            clawed=Sum("clawed_back"),
            given=Sum("given_back"),
        )
    }
    none = {"members": 0, "guests": 0, "clawed": 0, "given": 0}
    days = {}
    for row in sold:
        on = row["business_date"]
        returned = back.pop(on, none)
        days[on] = Day(
            on=on,
            member_revenue=row["members"] - returned["members"],
            guest_revenue=row["guests"] - returned["guests"],
            bills=row["bills"],
            earned=row["points_earned"] - returned["clawed"],
            spent=row["points_spent"] - returned["given"],
        )
    for on, returned in back.items():
        days[on] = Day(
            on=on,
            member_revenue=-returned["members"],
            guest_revenue=-returned["guests"],
            earned=-returned["clawed"],
            spent=-returned["given"],
        )
    return days


def _shops(stores: list[int] | None) -> list[int]:
    """Real stores (a practice twin sells nothing), of those a person may see."""
    shops = Store.objects.filter(practice_of=None)
    return list((shops if stores is None else shops.filter(pk__in=stores)).values_list("pk", flat=True))


@dataclass(frozen=True, kw_only=True)
class Membership:
    """Members who can use their card now, and how many joined in each of the two periods."""

    everybody: int
    new: int
    new_before: int


def membership(now: Period, before: Period, *, stores: list[int] | None) -> Membership:
    """Counted in one walk over the members."""
    begin, middle, end = (_midnight(day) for day in (before.first, now.first, now.last + timedelta(days=1)))
    rows = Member.objects.filter(practice=False)
    counts = (rows if stores is None else rows.filter(home_store_id__in=stores)).aggregate(
        everybody=Count("pk", filter=Q(status=Member.Status.ACTIVE)),
        new=Count("pk", filter=Q(joined_at__gte=middle, joined_at__lt=end)),
        new_before=Count("pk", filter=Q(joined_at__gte=begin, joined_at__lt=middle)),
    )
    return Membership(**counts)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """How many members stand in each tier, lowest first, and the points all of them hold."""

    tiers: list[tuple[Tier, int]]
    unused: int


def holdings(*, everybody: int) -> Holdings:
    """One walk over the accounts; whoever never bought stands in the first tier."""
    rows = list(
        Account.objects.values("tier_id")
        .annotate(members=Count("pk"), points=Sum(F("available") + F("pending") + F("held")))
        .order_by()
    )
    counts = {row["tier_id"]: row["members"] for row in rows}
    tiers = list(Tier.objects.order_by("rank"))
    rest = max(0, everybody - sum(counts.get(tier.pk, 0) for tier in tiers if tier.rank))
    ladder = [(tier, counts.get(tier.pk, 0) if tier.rank else rest) for tier in tiers]
    return Holdings(tiers=ladder, unused=sum(row["points"] or 0 for row in rows))


def in_review(*, stores: list[int] | None) -> int:
    """Bills that wait for somebody's decision."""
    waiting = Purchase.objects.filter(status=Purchase.Status.REVIEW, store_id__in=_shops(stores))
    return waiting.exclude(pk__in=ReviewDecision.objects.values("purchase_id")).count()


def change(now: float, before: float) -> float | None:
    """By what part a figure moved; None where there was nothing before."""
    return (now - before) / before if before else None
