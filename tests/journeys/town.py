"""Two hundred people and a shop: who they are, when they buy, what they agree to. Everything follows from their number.

The town keeps a diary of its own of what it did, which a test may hold against what the platform wrote down.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from lunar_vn import solar_to_lunar

from campaigns import founding as campaign_founding
from campaigns import steering
from campaigns.models import Campaign, SendingPolicy
from loyalty import returning
from loyalty.till import local_zone
from members import changing, consenting
from members.birthdays import Birthday
from members.consenting import ConsentGiven
from members.models import Member
from rewards import founding as voucher_founding
from tests.factories.shop import Shop

PEOPLE = 200
HELD_OUT_PERCENT = 20
# somebody the cashiers practise with: no figure and no campaign knows of them
PRACTICE = 194
HISTORY = timedelta(days=130)
DAY = timedelta(days=1)
YES = ConsentGiven(purpose="marketing", channel="any", text="marketing-1")


@dataclass(eq=False)
class Person:
    """`bought` are the bills kept, `says` the words about advertising, both with their moments."""

    number: int
    member: Member
    birthday: Birthday | None
    phone: bool
    email: bool
    joined: datetime
    bought: dict[UUID, datetime] = field(default_factory=dict)
    says: list[tuple[datetime, bool]] = field(default_factory=list)

    def agrees(self, at: datetime) -> bool:
        said = [yes for moment, yes in self.says if moment <= at]
        return bool(said) and said[-1]


@dataclass
class Town:
    """`begins` is the moment at which its campaigns are started. Live its days one by one, in order."""

    begins: datetime
    people: list[Person] = field(default_factory=list)
    newcomers: list[Person] = field(default_factory=list)
    sold: dict[date, list[tuple[Person, UUID]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.shop = Shop(at=self.begins - HISTORY)
        voucher_founding.found(at=self.shop.at)
        campaign_founding.found()
        for number in range(PEOPLE):
            self.people.append(self._joins(number))
        self._live_so_far()
        self.shop.at = self.begins
        SendingPolicy.objects.update(holdout_percent=HELD_OUT_PERCENT)
        # staff have chosen an hour at which phones must be left in peace
        Campaign.objects.filter(key="winback").update(send_from=time(22, 30))
        for campaign in Campaign.objects.all():
            steering.start(campaign_id=campaign.pk, at=self.begins)

    @property
    def everybody(self) -> list[Person]:
        return self.people + self.newcomers

    def first_day(self) -> date:
        return self.begins.astimezone(local_zone()).date()

    def live(self, day: int, *, at: datetime) -> None:
        """What happens on the `day`-th day at the till, at the counter and on the portal, all of it at this moment."""
        self.shop.at = at
        for person in self.people:
            if self._comes(person.number, day):
                self._buys(person, at)
            self._speaks(person, day, at)
        self.shop.sell(self.shop.bill(35_000))  # a guest
        if day % 3 == 0:
            self._brings_back(day, at)
        if day % 2 == 0:
            self.newcomers.append(self._joins(PEOPLE + day))
        # Hương changes her birthday every day, always to one of the days to come: one gift a year.
        tomorrow = at.astimezone(local_zone()).date() + 3 * DAY
        self._edits(self.people[0], Birthday(day=tomorrow.day, month=tomorrow.month), at)

    # --- who they are

    def _joins(self, number: int) -> Person:
        at = self.shop.at
        birthday = self._birthday(number)
        phone, email = number % 40 not in (34, 37), number % 2 == 0 and number % 40 != 34
        known = {} if phone else {"phone": None}
        member = self.shop.member(
            f"Nguyễn Thị Hương {number}",
            birthday=birthday,
            email=f"khach{number}@example.com" if email else None,
            consents=[YES] if self._agrees_at_once(number) else [],
            practice=number == PRACTICE,
            **known,
        )
        says = [(at, True)] if self._agrees_at_once(number) else []
        return Person(number, member, birthday, phone, email, at, says=says)

    def _birthday(self, number: int) -> Birthday | None:
        """A third within reach by the sun, a third by the moon; some far away, some unsure, 29 February, Tết's eve."""
        special = {
            **dict.fromkeys((13, 53, 93), Birthday(day=29, month=2)),
            **dict.fromkeys((17, 57), Birthday(day=30, month=12, calendar="lunar")),
            **dict.fromkeys((21, 61), Birthday(day=12, month=1, unsure=True)),
        }
        if number in special:
            return special[number]
        ahead = self.first_day() + (3 + number * 7 % 80) * DAY
        match number % 4:
            case 0:
                return Birthday(day=ahead.day, month=ahead.month)
            case 1:
                return Birthday(day=1 + number % 28, month=6 + number % 4)
            case 2:
                moon = solar_to_lunar(ahead)
                return Birthday(day=moon.day, month=moon.month, calendar="lunar")
            case _:
                return None

    def _agrees_at_once(self, number: int) -> bool:
        return number // 10 % 5 != 3

    # --- what they do

    def _live_so_far(self) -> None:
        """Regulars came in the last days, silent ones on one of the days before, and some have long been gone."""
        visits = []
        for person in self.people:
            if person.number == PRACTICE:
                continue
            match person.number % 10:
                case 0 | 1 | 2 | 3:
                    visits += [(1 + person.number % 9, person), (20 + person.number % 30, person)]
                case 4 | 5 | 6 | 7:
                    visits += [(1 + person.number * 3 % 59, person), (70 + person.number % 30, person)]
                case 8:
                    visits.append((70 + person.number % 50, person))
        for days_ago, person in sorted(visits, key=lambda visit: -visit[0]):
            self.shop.at = self.begins - timedelta(days=days_ago)
            self._buys(person, self.shop.at)

    def _comes(self, number: int, day: int) -> bool:
        if number == PRACTICE:
            return False
        if number % 10 < 4:
            return (day + number) % (4 + number % 9) == 0
        # some of the silent think of the shop again
        return number % 20 == 4 and day == 5 + number % 45

    def _buys(self, person: Person, at: datetime) -> None:
        bill = self.shop.sell(self.shop.bill(25_000 + 5_000 * (person.number % 7)), person.member)
        person.bought[bill.purchase.id] = at
        self.sold[at.astimezone(local_zone()).date()].append((person, bill.purchase.id))

    def _brings_back(self, day: int, at: datetime) -> None:
        """The last bill of the day before comes back whole."""
        sold = self.sold[at.astimezone(local_zone()).date() - DAY]
        if sold:
            person, bill = sold.pop()
            back = f"RB{day}"
            till = self.shop.till
            returning.return_lines(
                purchase_id=bill, receipt=back, lines=None, till=till, fingerprint=back.encode(), at=at
            )
            del person.bought[bill]

    def _speaks(self, person: Person, day: int, at: datetime) -> None:
        """Some take their yes back, some give it later, all on one day of their own."""
        if person.number * 7 % 60 != day:
            return
        if person.number // 10 % 5 == 4:
            consenting.withdraw(member_id=person.member.pk, purpose="marketing", how="portal", by="system", at=at)
            person.says.append((at, False))
        elif person.number // 10 % 10 == 3:
            consenting.give(member_id=person.member.pk, consents=[YES], by="system", at=at)
            person.says.append((at, True))

    def _edits(self, person: Person, birthday: Birthday, at: datetime) -> None:
        changing.change_birthday(member_id=person.member.pk, birthday=birthday, by="system", at=at)
