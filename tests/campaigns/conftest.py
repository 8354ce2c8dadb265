"""A shop with its three campaigns running since yesterday, and short words for what happens in them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from analytics.models import MemberState
from campaigns import dispatching, founding, nightly, reacting, steering
from campaigns.models import Campaign, FakeBehaviour, FakeMessage, SendingPolicy, Turn
from events.models import Event
from loyalty.till import local_zone
from members import consenting
from members.birthdays import Birthday
from members.consenting import ConsentGiven
from members.models import Member
from rewards import founding as voucher_founding
from tests.factories.shop import Shop

LEASE = timedelta(seconds=60)


@dataclass
class Marketing(Shop):
    """The shop as the marketers know it. Nobody is held out unless a test says so."""

    running: bool = True
    numbers: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        voucher_founding.found(at=self.at)
        founding.found()
        SendingPolicy.objects.update(holdout_percent=0)
        for campaign in Campaign.objects.all():
            if self.running:
                steering.start(campaign_id=campaign.pk, at=self.at - timedelta(days=1))

    # --- moments

    @property
    def today(self) -> date:
        return self.at.astimezone(local_zone()).date()

    def moment(self, hour: int, minute: int = 0, *, days: int = 0) -> datetime:
        """A moment by the shop's clock, today or in some days."""
        day = self.today + timedelta(days=days)
        return timezone.make_aware(datetime(day.year, day.month, day.day, hour, minute), local_zone())

    def to(self, hour: int, minute: int = 0, *, days: int = 0) -> None:
        self.at = self.moment(hour, minute, days=days)

    # --- people

    def born(self, day: int, month: int, name: str = "Trần Thị Hoa", year: int | None = 1990, **known) -> Member:
        calendar = known.pop("calendar", "solar")
        unsure = known.pop("unsure", False)
        birthday = Birthday(day=day, month=month, year=year, calendar=calendar, unsure=unsure)
        return self.member(name, birthday=birthday, **known)

    def reachable(self, name: str = "Nguyễn Thị Lan", *, consents: tuple[str, ...] = ("any",), **known) -> Member:
        """Somebody with a phone and an e-mail who said yes to advertising on these channels."""
        self.numbers += 1
        known.setdefault("email", f"lan{self.numbers}@example.com")
        yes = [ConsentGiven(purpose="marketing", channel=channel, text="marketing-1") for channel in consents]
        return self.member(name, consents=yes, gender="female", **known)

    def bought(self, member: Member, *, days_ago: int) -> MemberState:
        """The member's last bill, as analytics absorbed it."""
        on = self.today - timedelta(days=days_ago)
        state, _ = MemberState.objects.update_or_create(
            member_id=member.pk,
            defaults={
                "first_on": on,
                "last_on": on,
                "last_at": self.at - timedelta(days=days_ago),
                "last_purchase_id": uuid4(),
                "visits": 1,
                "revenue": 50_000,
                "profit": 0,
                "costed": 0,
            },
        )
        return state

    def refuse(self, member: Member, channel: str = "any") -> None:
        consenting.withdraw(
            member_id=member.pk, purpose="marketing", channel=channel, how="counter", by="user:1", at=self.at
        )

    # --- campaigns

    def campaign(self, key: str, **settings) -> Campaign:
        if settings:
            Campaign.objects.filter(key=key).update(**settings)
        return Campaign.objects.get(key=key)

    def limits(self, **settings) -> None:
        SendingPolicy.objects.update(**settings)

    def hear(self, member: Member) -> None:
        reacting.react(event=Event.objects.get(type="member.joined", member_id=member.pk))

    def night(self) -> int:
        """The night after yesterday's business date, at this moment."""
        return self.birthdays() + nightly.silences(date=self.today - timedelta(days=1), at=self.at)

    def birthdays(self) -> int:
        return nightly.birthdays(date=self.today - timedelta(days=1), at=self.at)

    def dispatch(self) -> list[str]:
        """Sends everything that is due now; answers what became of it."""
        return [dispatching.send(id=id, at=self.at) for id in dispatching.claim(at=self.at, limit=1000, lease=LEASE)]

    def winback(self, member: Member, *, days_ago: int = 61) -> Turn:
        """The first win-back turn of somebody who has not bought for long."""
        self.bought(member, days_ago=days_ago)
        self.night()
        return turn_of(member)

    def welcome(self, member: Member) -> Turn:
        self.hear(member)
        return turn_of(member)


def turn_of(member: Member, *, position: int = 1, **which) -> Turn:
    return Turn.objects.get(member=member, position=position, **which)


def sent_to(member: Member) -> list[FakeMessage]:
    keys = [turn.key for turn in Turn.objects.filter(member=member)]
    return list(FakeMessage.objects.filter(key__in=keys).order_by("id"))


def behave(channel: str, mode: str, seconds: float = 0) -> None:
    FakeBehaviour.objects.update_or_create(channel=channel, defaults={"mode": mode, "seconds": seconds})


@pytest.fixture
def shop(db) -> Marketing:
    return Marketing()
