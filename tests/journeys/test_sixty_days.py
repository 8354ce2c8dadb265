"""Sixty days of a shop, one by one: real worker, relay and beat, fake provider, and a worker that dies five times.

Every birthday gets one gift, every silent member the two steps once, nobody anything twice, nobody advertising without
consent or at night; and each night's figures equal plain counts over the bills.
"""

import hashlib
import os
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from lunar_vn import solar_to_lunar

from analytics import rates, rebuilding
from analytics.models import RetentionNight, RevenueMonth
from campaigns.models import FakeMessage, InboxMessage, SendingPolicy, Turn
from events import clock as shop_clock
from events.models import Delivery, Job
from loyalty import auditing
from loyalty.engines.children import Child
from loyalty.models import NightlyStep
from loyalty.till import local_zone
from rewards.models import Voucher
from tests import holding
from tests.factories.shop import rows_of
from tests.journeys import plain_counts
from tests.journeys.town import DAY, HELD_OUT_PERCENT, PRACTICE, Person, Town
from tests.running import Clock, Processes, ShopDatabase, wait_until

# A Friday; the 29th of February and Tết of 2027 (6 February) lie within the sixty days.
BEGINS = datetime(2027, 1, 8, 10, 0, tzinfo=local_zone())
SILENCE_DAYS, BIRTHDAY_AHEAD = 60, 7

# where the worker is held until it has been killed
POINTS = {
    "customers being counted": "BEFORE INSERT ON analytics_retentionnight FOR EACH ROW",
    "a month being counted": "BEFORE UPDATE ON analytics_revenuemonth FOR EACH ROW WHEN (OLD.counting)",
    "a birthday being found": "AFTER INSERT ON campaigns_turn FOR EACH ROW WHEN (NEW.trigger_key ~ '^[0-9]{4}$')",
    "a silence being found": "AFTER INSERT ON campaigns_turn FOR EACH ROW WHEN (length(NEW.trigger_key) = 36)",
    "a step being marked done": "BEFORE UPDATE ON loyalty_nightlystep FOR EACH ROW WHEN (NEW.step ~ 'revenue')",
}


@dataclass
class Days:
    """The town and the platform's own processes, moved from moment to moment together."""

    town: Town
    clock: Clock
    house: Processes
    worker: Child
    points: list[str] = field(default_factory=lambda: list(POINTS))
    kills: int = 0
    silent: set[tuple[Any, Any]] = field(default_factory=set)

    def to(self, day: date, hour: int, minute: int) -> datetime:
        target = datetime(day.year, day.month, day.day, hour, minute, tzinfo=local_zone())
        self.clock.forward(seconds=(target - shop_clock.now()).total_seconds())
        return target

    def settle(self) -> None:
        """Until everything that is due at this moment has been done."""
        wait_until(settled, seconds=30, what="not everything was delivered and sent")

    def night(self, day: date) -> None:
        """The night after a business date, in which the worker may die."""
        point = self.points[0] if self.points else None
        if point:
            holding.at(point)
        self.to(day + DAY, 2, 35)
        wait_until(lambda: holding.anybody() or over(day), seconds=30, what=f"the night of {day} did not begin")
        if holding.anybody():
            self.die()
            self.points.pop(0)
        holding.let_go()
        wait_until(lambda: over(day), seconds=30, what=f"the night of {day} was not over")

    def die(self) -> None:
        """Master and children at once; the keeper starts another one."""
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.kills += 1
        wait_until(lambda: not holding.anybody(), seconds=10, what="PostgreSQL did not notice")


def sql(text: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def settled() -> bool:
    now = shop_clock.now()
    return not (
        Delivery.objects.filter(state="open").exists()
        or Turn.objects.filter(state="due", due_at__lte=now).exists()
        or Turn.objects.filter(state="sending").exists()
    )


def over(day: date) -> bool:
    return Job.objects.filter(kind="night", key=f"{day}", state="done").exists()


@pytest.fixture
def days(shop_db: ShopDatabase, clock: Clock, tmp_path) -> Iterator[Days]:
    holding.install()
    for number, (point, when) in enumerate(POINTS.items()):
        sql(f"CREATE TRIGGER hold_{number} {when} EXECUTE FUNCTION hold('{point}')")
    clock.forward(seconds=(BEGINS - shop_clock.now()).total_seconds())
    town = Town(begins=BEGINS)
    ours = {"RELAY_LEASE_SECONDS": "2", "RELAY_POLL_MILLISECONDS": "50", "CATCH_UP_SECONDS": "1"}
    house = Processes(env={**shop_db.env, **ours}, logs=tmp_path)
    try:
        worker = house.worker()
        house.relay()
        house.beat()
        house.keep_alive()
        yield Days(town=town, clock=clock, house=house, worker=worker)
    finally:
        house.stop()


@pytest.mark.slow
@pytest.mark.parametrize("count", [12, pytest.param(60, marks=pytest.mark.full)])
def test_everybody_gets_what_is_theirs_once(days: Days, count: int) -> None:
    town, first = days.town, days.town.first_day()
    wait_until(lambda: over(first - DAY), seconds=30, what="the first night was not run")
    found_silent(days, first - DAY)
    for n in range(count):
        today = first + n * DAY
        town.live(n, at=days.to(today, 10, 0))
        days.settle()
        days.to(today, 22, 40)
        days.settle()
        days.night(today)
        figures_are_right(today)
        found_silent(days, today)
    last = first + (count - 1) * DAY
    days.to(last + DAY, 10, 0)
    days.settle()

    assert days.points == [], "the worker died at all five points"
    nights_are_whole(first - DAY, last)
    birthdays_had_one_gift_each(town, first=first, last_night=last)
    newcomers_were_welcomed_once(town)
    silences_had_their_steps_once(days)
    every_letter_was_allowed(town)
    nothing_went_twice()
    rollups_are_what_the_bills_make()
    assert [finding for finding in auditing.run() if not finding.ok] == []
    print(told(days, count))


def figures_are_right(day: date) -> None:
    """Retention, churn, new and repeat revenue of this night, as the page will show them."""
    night = RetentionNight.objects.get(date=day)
    before = day - timedelta(days=night.period_days)
    at_start = plain_counts.customers(before, window=night.window_days)
    at_end = plain_counts.customers(day, window=night.window_days)
    new = at_end - at_start
    assert (night.at_start, night.at_end, night.kept) == (len(at_start), len(at_end), len(at_start & at_end))
    assert night.came_back == len(new & plain_counts.bought_before(day, start=before))
    assert night.first_time == len(new) - night.came_back
    stayed = Fraction(len(at_end) - len(new), len(at_start))
    counts = {"at_start": night.at_start, "at_end": night.at_end, "new": night.first_time + night.came_back}
    assert rates.retention(**counts) == pytest.approx(float(stayed), abs=1e-12)
    assert rates.churn(**counts) == pytest.approx(float(1 - stayed), abs=1e-12)
    net = Fraction(len(at_start) - len(at_end), len(at_start))
    assert rates.net_change(at_start=night.at_start, at_end=night.at_end) == pytest.approx(float(net), abs=1e-12)

    month = RevenueMonth.objects.get(month=day.replace(day=1))
    assert (month.as_of, month.counting) == (day, False)
    assert (month.new_revenue, month.repeat_revenue, month.guest_revenue) == plain_counts.revenue(day)
    assert month.new_members == plain_counts.new_members(day)


def found_silent(days: Days, day: date) -> None:
    """Remembers who, by the bills, has become silent by the end of this day: since the campaigns began."""
    latest = day - timedelta(days=SILENCE_DAYS)
    since = days.town.first_day() - timedelta(days=SILENCE_DAYS)
    days.silent |= plain_counts.silent(day, longest=since, latest=latest)


def nights_are_whole(first: date, last: date) -> None:
    dates = [first + n * DAY for n in range((last - first).days + 1)]
    jobs = Job.objects.filter(kind="night").order_by("started_at", "pk")
    assert [(job.key, job.state) for job in jobs] == [(f"{day}", "done") for day in dates]
    steps = NightlyStep.objects.filter(state="done").values_list("date", "step")
    assert Counter(step for _day, step in steps) == Counter(dict.fromkeys({step for _day, step in steps}, len(dates)))
    # a step that was cut off was begun once more, and none else
    again = NightlyStep.objects.filter(begun__gt=1)
    assert {row.begun for row in again} == {2}
    assert again.count() <= len(POINTS)


def birthdays_had_one_gift_each(town: Town, *, first: date, last_night: date) -> None:
    reach = [first + n * DAY for n in range((last_night - first).days + 2 + BIRTHDAY_AHEAD)]
    expected = {
        (person.member.pk, day)
        for person in town.everybody
        if person.birthday and not person.birthday.unsure and person.number not in (0, PRACTICE)
        for day in reach
        if keeps(person, day) and day > person.joined.astimezone(local_zone()).date()
    }
    sure = Turn.objects.filter(campaign__key="birthday").exclude(trigger_key__startswith="unsure")
    edited = town.people[0].member.pk
    found = sure.exclude(member_id=edited)
    assert sorted(found.values_list("member_id", "occasion_on")) == sorted(expected)
    assert len(expected) > 20
    assert sure.filter(member_id=edited, state="sent").count() == sure.filter(member_id=edited).count() == 1
    assert set(sure.values_list("state", flat=True)) == {"sent"}
    for turn in found:
        assert timedelta(0) <= turn.occasion_on - turn.sent_at.astimezone(local_zone()).date() <= timedelta(days=7)
    gifts = Voucher.objects.filter(definition__key="birthday").values_list("member_id", "issued_for")
    assert sorted(gifts) == sorted((turn.member_id, f"campaign:{turn.pk}") for turn in sure)
    unsure = Turn.objects.filter(campaign__key="birthday", trigger_key__startswith="unsure")
    assert {(turn.state, turn.reason) for turn in unsure} == {("skipped", "birthday_unsure")}


def keeps(person: Person, day: date) -> bool:
    """Whether this is the day on which the person keeps the birthday, by looking at the two days in a calendar."""
    told = person.birthday
    assert told is not None
    if told.calendar == "solar":
        if (told.day, told.month) == (29, 2):
            return day.month == 2 and (day + DAY).month == 3
        return (day.day, day.month) == (told.day, told.month)
    moon = solar_to_lunar(day)
    ends = solar_to_lunar(day + DAY).day == 1
    return moon.month == told.month and not moon.leap and (moon.day == told.day or (told.day == 30 > moon.day and ends))


def newcomers_were_welcomed_once(town: Town) -> None:
    turns = Turn.objects.filter(campaign__key="welcome")
    assert sorted(turns.values_list("member_id", "state")) == sorted(
        (person.member.pk, "sent") for person in town.newcomers
    )
    gifts = Voucher.objects.filter(definition__key="welcome")
    assert sorted(gifts.values_list("member_id", flat=True)) == sorted(person.member.pk for person in town.newcomers)


def silences_had_their_steps_once(days: Days) -> None:
    """The rows are the audience, and each says what became of it, as the diary would have it."""
    people = {person.member.pk: person for person in days.town.everybody}
    turns = list(Turn.objects.filter(campaign__key="winback"))
    assert days.silent
    assert sorted((turn.member_id, turn.trigger_key, turn.position) for turn in turns) == sorted(
        (member, f"{bill}", position) for member, bill in days.silent for position in (1, 2)
    )
    for turn in turns:
        assert (turn.state, turn.reason) == expected_end(turn, people[turn.member_id]), turn.pk
    assert sum(Counter(turn.state for turn in turns).values()) == 2 * len(days.silent)
    fates = {(turn.state, turn.reason) for turn in turns}
    assert fates >= {("sent", ""), ("skipped", "no_consent")}
    if len(days.silent) > 50:  # all sixty days
        assert fates >= {("held_out", ""), ("skipped", "purchased"), ("skipped", "no_address")}
    gifts = Voucher.objects.filter(definition__key="winback").values_list("issued_for", flat=True)
    sent = [turn for turn in turns if turn.position == 2 and turn.state == "sent"]
    assert sorted(gifts) == sorted(f"campaign:{turn.pk}" for turn in sent)


def expected_end(turn: Turn, person: Person) -> tuple[str, str]:
    if held_out(person):
        return "held_out", ""
    if turn.due_at > shop_clock.now():
        return "due", ""
    assert turn.ended_at is not None
    if any(moment <= turn.ended_at for moment in bought_since(turn, person)):
        return "skipped", "purchased"
    if not (person.phone or person.email):
        return "skipped", "no_address"
    return ("sent", "") if person.agrees(turn.ended_at) else ("skipped", "no_consent")


def bought_since(turn: Turn, person: Person) -> list[datetime]:
    """When the person bought after the bill with which the silence began."""
    last = UUID(turn.trigger_key)
    return [moment for bill, moment in person.bought.items() if bill != last and moment > person.bought[last]]


def held_out(person: Person) -> bool:
    """Some get no advertising, for life."""
    salt = SendingPolicy.objects.get().salt
    place = int(hashlib.sha256(f"{salt}:{person.member.pk}".encode()).hexdigest()[:8], 16) % 10_000
    return place < HELD_OUT_PERCENT * 100


def every_letter_was_allowed(town: Town) -> None:
    """No advertising without a yes at that moment, none to a phone at night."""
    people = {person.member.pk: person for person in town.everybody}
    advertising = list(Turn.objects.filter(message_class="advertising", state="sent"))
    for turn in advertising:
        assert people[turn.member_id].agrees(turn.sent_at)
    letters = FakeMessage.objects.filter(key__in=[turn.key for turn in advertising])
    assert {letter.at.astimezone(local_zone()).hour for letter in letters.filter(channel="email")} == {22}
    assert {letter.at.astimezone(local_zone()).hour for letter in letters.filter(channel="sms")} == {10}
    assert not Turn.objects.filter(member_id=town.people[PRACTICE].member.pk).exists()


def nothing_went_twice() -> None:
    outside = Turn.objects.filter(state="sent").exclude(channel="inbox")
    assert sorted(FakeMessage.objects.values_list("key", "asked")) == sorted((turn.key, 1) for turn in outside)
    assert not Turn.objects.filter(state__in=["failed", "unknown", "sending"]).exists()
    assert set(InboxMessage.objects.values_list("turn_id", flat=True)) == set(
        Turn.objects.filter(state="sent").values_list("pk", flat=True)
    )


def rollups_are_what_the_bills_make() -> None:
    tables = ("analytics_storeday", "analytics_membermonth", "analytics_memberstate", "analytics_cashierday")
    absorbed = rows_of(*tables)
    rebuilding.rebuild()
    assert rows_of(*tables) == absorbed


def told(days: Days, count: int) -> str:
    states = Counter(Turn.objects.values_list("campaign__key", "position", "state"))
    bills = plain_counts.ask("SELECT count(*) FROM loyalty_purchase")[0][0]
    rows = ", ".join(f"{key} {position} {state}: {n}" for (key, position, state), n in sorted(states.items()))
    return f"{count} days, {len(days.town.everybody)} members, {bills} bills, {days.kills} deaths; {rows}"
