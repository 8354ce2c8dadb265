"""The ledger attacked at random: after every command the invariants hold, and a refused command left no trace.

Two members and a guest buy, spend, return, cancel, correct and pass bills on, claim them, put points aside, hear of
their orders, get adjusted, are rewarded for reviews and visits, wait for months and repeat themselves, under policies
of when points can be spent and when they end, and under bonus rules that come, are limited, pause and go.
`make soak` runs it longer, in pieces that each have a seed (tests/soak).
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from events.refusals import Refusal
from loyalty import adjusting, bonus_events, claiming, expiry, holding, moving, queries, returning, rulemaking
from loyalty.bill import Bill, BillLine, Charge, Discount
from loyalty.ledger import invariants
from loyalty.models import BonusEvent, ExpiryPolicy, PendingPolicy
from loyalty.records import PurchaseRecord, ReturnedLine
from loyalty.sales import Who
from members.models import Member
from rewards import checkout
from tests.factories.rules import in_force
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of
from tests.running import ShopDatabase

EFFECTS: list[dict[str, Any]] = [
    {"kind": "percent", "percent": 100},
    {"kind": "percent", "percent": 33, "skus": ["S1", "SKU1"]},
    {"kind": "fixed", "points": 7},
    {"kind": "per_unit", "points": 2},
    {"kind": "per_amount", "points": 1, "per_amount": 70_000},
]
CONDITIONS: list[dict[str, Any]] = [
    {"all": []},
    {"field": "amount", "at_least": 300_000},
    {"field": "visit", "at_most": 4},
    {"not": {"field": "tier", "is": "member"}},
    {"field": "silent_days", "at_least": 7},
]
EXAMPLES = 75 if os.environ.get("FULL", "0") == "1" else 40
STEPS = 50
steps_taken = 0


class LedgerMachine(RuleBasedStateMachine):
    @initialize(
        ends=st.sampled_from(
            [
                ExpiryPolicy(months=12),
                ExpiryPolicy(kind="end_of_quarter", months=3),
                ExpiryPolicy(kind="dates", months=None, dates=["30/06", "31/12"]),
                ExpiryPolicy(kind="inactivity", months=None, days=60),
            ]
        ),
        waits=st.sampled_from(["none", "days", "event"]),
    )
    def open_shop(self, ends: ExpiryPolicy, waits: str) -> None:
        self.shop = Shop()
        self.shop.publish(
            ExpiryPolicy(kind=ends.kind, months=ends.months, days=ends.days, dates=ends.dates),
            PendingPolicy(wait=waits, channels=["online"], days=7, event="delivered", give_up_days=30),
        )
        for key, often, most in (("review", "every", 2), ("check_in", "daily", None)):
            said = BonusEvent(key=key, points=15, often=often, most_a_day=most, valid_from=self.shop.at)
            bonus_events.publish(said, by="system", at=self.shop.at)
        self.holds: list[tuple[UUID, int, int]] = []
        self.members = [self.shop.member(), self.shop.member("Trần Thị Mai")]
        self.bills: list[PurchaseRecord] = []
        self.keyed: dict[UUID, Bill] = {}
        self.corrected: set[UUID] = set()
        self.bonus_rules: list[int] = []
        self.last: Callable[[], Any] | None = None
        self.answer: Any = None
        self.receipts = 0
        # whatever commands an example has, there is something to command
        for who, thousands in enumerate((870, 410, 95)):
            self.buy_plainly(who=who, thousands=thousands, online=who == 1)

    def attempt(self, command: Callable[[], Any]) -> Any:
        """Run a command; a refused one leaves every row as it was (L9)."""
        before = rows_of(*LEDGER_TABLES)
        try:
            with transaction.atomic():
                return command()
        except Refusal:
            assert rows_of(*LEDGER_TABLES) == before
            return None

    def whom(self, number: int) -> Member | None:
        return self.members[number] if number < len(self.members) else None

    @rule(
        who=st.integers(0, 2),
        amounts=st.lists(st.integers(0, 900_000) | st.integers(10_000, 900_000), min_size=1, max_size=3),
        off=st.integers(0, 20_000),
        service=st.integers(0, 20_000),
        shipping=st.integers(0, 20_000),
        tax=st.integers(0, 30_000),
        rounding=st.integers(-999, 999),
        spend=st.integers(0, 60),
        rash=st.integers(0, 9).map(lambda n: n == 9),
        days_late=st.integers(0, 9),
        online=st.booleans(),
        held=st.integers(0, 3),
    )
    def buy(
        self,
        who: int,
        amounts: list[int],
        off: int,
        service: int,
        shipping: int,
        tax: int,
        rounding: int,
        spend: int,
        rash: bool,
        days_late: int,
        online: bool,
        held: int,
    ) -> None:
        self.receipts += 1
        member = self.whom(who)
        if not rash:  # most bills are possible ones
            spend = min(spend, self.balance(member)[0]) if member else 0
        lines = tuple(
            BillLine(sku=f"S{n}", quantity=Decimal(n), amount=amount, earns=n != 3)
            for n, amount in enumerate(amounts, 1)
        )
        said: dict[str, Any] = {
            "receipt": f"R{self.receipts}",
            "occurred_at": self.shop.at - timedelta(days=days_late),
            "lines": lines,
            "discounts": (Discount(kind="manual", amount=off),),
            "charges": (Charge(kind="service", amount=service), Charge(kind="shipping", amount=shipping)),
            "tax": tax,
            "tax_included": False,
            "rounding": rounding,
            "points_to_spend": spend,
            "channel": "online" if online else "till",
        }
        if held == 0 and self.holds:
            hold_id, who, points = self.holds.pop()
            member = self.members[who]
            said |= {"hold": hold_id, "points_to_spend": spend % (points + 1)}
        bill = Bill(total=Bill(total=0, **said).expected_total, **said)
        done = self.attempt(lambda: self.shop.sell(bill, member, proven=True))
        if done is not None:
            assert queries.purchase(done.purchase.id) == done.purchase
            self.bills.append(done.purchase)
            self.keyed[done.purchase.id] = bill
            self.last, self.answer = (lambda: self.shop.sell(bill, member, proven=True).purchase), done.purchase

    @rule(who=st.integers(0, 2), thousands=st.integers(10, 900), online=st.booleans())
    def buy_plainly(self, who: int, thousands: int, online: bool) -> None:
        self.receipts += 1
        receipt = f"P{self.receipts}"
        bill = self.shop.bill(thousands * 1_000, receipt=receipt, channel="online" if online else "till")
        self.bills.append(self.shop.sell(bill, self.whom(who)).purchase)
        self.keyed[self.bills[-1].id] = bill

    @rule(who=st.integers(0, 1), share=st.integers(1, 100))
    def pay_with_points(self, who: int, share: int) -> None:
        """A bill that takes a share of what the member has, over as many lots as it needs."""
        self.receipts += 1
        spend = max(1, self.balance(self.members[who])[0] * share // 100)
        bill = self.shop.bill(spend * 700, receipt=f"S{self.receipts}", points_to_spend=spend)
        done = self.attempt(lambda: self.shop.sell(bill, self.members[who], proven=True))
        if done is not None:
            self.bills.append(done.purchase)
            self.keyed[done.purchase.id] = bill

    @precondition(lambda self: self.bills)
    @rule(pick=st.integers(0, 100), line=st.integers(0, 2), share=st.integers(0, 100), whole=st.booleans())
    def bring_back(self, pick: int, line: int, share: int, whole: bool) -> None:
        self.receipts += 1
        bill = self.bills[pick % len(self.bills)]
        of = bill.lines[line % len(bill.lines)]
        part = ReturnedLine(line=of.line, quantity=of.quantity * share / 100, amount=of.amount * share // 100)
        lines = None if whole else [part]
        receipt = f"T{self.receipts}"
        at = self.shop.at

        def command() -> returning.Returned:
            return returning.return_lines(
                purchase_id=bill.id,
                receipt=receipt,
                lines=lines,
                till=self.shop.till,
                fingerprint=receipt.encode(),
                at=self.shop.at,
                occurred_at=at,
            )

        done = self.attempt(command)
        if done is not None:
            self.last, self.answer = (lambda: command().record), done.record

    @precondition(lambda self: self.bills)
    @rule(pick=st.integers(0, 100))
    def cancel(self, pick: int) -> None:
        self.receipts += 1
        bill = self.bills[pick % len(self.bills)]
        key = f"K{self.receipts}"

        def command() -> returning.Returned:
            return returning.cancel(
                purchase_id=bill.id, key=key, till=self.shop.till, fingerprint=b"c", at=self.shop.at
            )

        done = self.attempt(command)
        if done is not None:
            self.last, self.answer = (lambda: command().record), done.record

    @precondition(lambda self: self.bills)
    @rule(pick=st.integers(0, 100), who=st.integers(0, 1))
    def pass_on(self, pick: int, who: int) -> None:
        """A member's bill moves to the other; a guest's is claimed, by its code or by what the receipt says."""
        self.receipts += 1
        bill = self.bills[pick % len(self.bills)]
        told: dict[str, Any] = {
            "member_id": self.members[who].id,
            "key": f"K{self.receipts}",
            "till": self.shop.till,
            "at": self.shop.at,
        }
        if bill.member_id is not None or pick % 4 == 0:
            command = lambda: moving.move(purchase_id=bill.id, reason="nhầm số", **told)  # noqa: E731
        elif pick % 2:
            command = lambda: claiming.claim(code=claiming.code_of(bill.id), **told)  # noqa: E731
        else:
            named = {"receipt": bill.receipt, "date": bill.business_date, "amount": bill.total}
            command = lambda: claiming.claim(**named, **told)  # noqa: E731
        done = self.attempt(command)
        if done is not None:
            self.last, self.answer = (lambda: command().purchase), done.purchase

    @precondition(lambda self: self.bills)
    @rule(
        pick=st.integers(0, 100),
        thousands=st.integers(0, 900),
        spend=st.integers(0, 60),
        online=st.booleans(),
        days=st.integers(0, 3),
        itself=st.booleans(),
    )
    def correct(self, pick: int, thousands: int, spend: int, online: bool, days: int, itself: bool) -> None:
        """A bill is keyed again; where nothing of it is different, nobody has more or less than before."""
        standing = [bill for bill in self.bills if bill.id not in self.corrected]
        sold = standing[pick % len(standing)]
        said: dict[str, Any] = {"receipt": sold.receipt, "occurred_at": sold.occurred_at - timedelta(days=days)}
        if itself and sold.id in self.keyed:
            bill = replace(self.keyed[sold.id], hold=None)
        else:
            channel = "online" if online else "till"
            spend = min(spend, sold.spent + self.balance(self.members[0])[0]) if sold.member_id else 0
            bill = self.shop.bill(thousands * 1_000, points_to_spend=spend, channel=channel, **said)
            itself = False
        self.receipts += 1
        key, before = f"K{self.receipts}", [self.balance(member) for member in self.members]
        done = self.attempt(lambda: self.shop.correct(sold.id, bill, key=key, proven=True))
        if done is None:
            return
        self.bills.append(done.purchase)
        self.keyed[done.purchase.id] = bill
        self.corrected.add(sold.id)
        if (
            itself and sold.member_id is not None and not self.bonus_rules
        ):  # what limits have left may be more, or less, by now
            assert [self.balance(member) for member in self.members] == before
        self.last = lambda: self.shop.correct(sold.id, bill, key=key, proven=True).purchase
        self.answer = done.purchase

    @rule(
        who=st.integers(0, 1),
        points=st.integers(1, 60),
        minutes=st.integers(1, 60),
        rash=st.integers(0, 9).map(lambda n: n == 9),
    )
    def put_aside(self, who: int, points: int, minutes: int, rash: bool) -> None:
        self.receipts += 1
        if not rash:
            points = min(points, max(1, self.balance(self.members[who])[0]))
        told: dict[str, Any] = {
            "who": Who("id", str(self.members[who].id)),
            "points": points,
            "lasts": timedelta(minutes=minutes),
            "key": f"K{self.receipts}",
            "till": self.shop.till,
            "fingerprint": b"h",
            "at": self.shop.at,
            "proven": lambda member_id: True,
        }
        done = self.attempt(lambda: holding.hold(**told))
        if done is not None:
            self.holds.append((done.id, who, points))
            assert replace(holding.hold(**told), replayed=False) == done

    @precondition(lambda self: self.holds)
    @rule(pick=st.integers(0, 100))
    def let_go(self, pick: int) -> None:
        hold_id, _, _ = self.holds[pick % len(self.holds)]
        self.attempt(lambda: holding.let_go(hold_id=hold_id, till=self.shop.till, at=self.shop.at))

    @precondition(lambda self: self.bills)
    @rule(pick=st.integers(0, 100), said=st.sampled_from(["shipped", "delivered", "failed", "cancelled"]))
    def hear_of_an_order(self, pick: int, said: str) -> None:
        self.receipts += 1
        bill = self.bills[pick % len(self.bills)]
        key = f"K{self.receipts}"
        self.attempt(
            lambda: checkout.tell_order(
                purchase_id=bill.id,
                type=said,
                occurred_at=self.shop.at,
                key=key,
                till=self.shop.till,
                fingerprint=b"o",
                at=self.shop.at,
            )
        )

    @precondition(lambda self: self.last)
    @rule()
    def say_it_again(self) -> None:
        expiry.book_due(date=self.shop.at.date(), at=self.shop.at)
        before = rows_of(*LEDGER_TABLES)
        assert self.last is not None
        said = self.last()
        # what was returned meanwhile shows on the bill, whose it is now, and the revision that stands; all else is the
        # first answer
        if isinstance(said, PurchaseRecord) and (said.moves and not self.answer.moves or said.id != self.answer.id):
            assert said == queries.purchase(said.id)
        elif isinstance(said, PurchaseRecord):
            assert (said.id, said.earned, said.available_after) == (
                self.answer.id,
                self.answer.earned,
                self.answer.available_after,
            )
        else:
            assert said == self.answer
        assert rows_of(*LEDGER_TABLES) == before

    @rule(who=st.integers(0, 1), points=st.integers(-80, 80))
    def adjust(self, who: int, points: int) -> None:
        member = self.members[who]
        self.attempt(
            lambda: adjusting.adjust(member_id=member.id, points=points, reason="xin lỗi", by="user:1", at=self.shop.at)
        )

    @rule(
        who=st.integers(0, 1),
        event=st.sampled_from(["review", "check_in"]),
        reference=st.sampled_from(["", "a", "b", "c", "d"]),
        dry_run=st.booleans(),
    )
    def reward_an_event(self, who: int, event: str, reference: str, dry_run: bool) -> None:
        """A dry run writes nothing, and what it promises is what is given."""
        before = rows_of(*LEDGER_TABLES) if dry_run else None

        def command(dry_run: bool) -> bonus_events.Awarded:
            return bonus_events.award(
                member_id=self.members[who].id,
                event=event,
                reference=reference,
                occurred_at=self.shop.at,
                by="system",
                at=self.shop.at,
                dry_run=dry_run,
            )

        said = self.attempt(lambda: command(dry_run))
        if dry_run:
            assert rows_of(*LEDGER_TABLES) == before
            given = self.attempt(lambda: command(False))
            assert (said and said.balance) == (given and given.balance)

    @rule(
        key=st.integers(1, 3),
        effect=st.sampled_from(EFFECTS),
        condition=st.sampled_from(CONDITIONS),
        per_bill=st.none() | st.integers(1, 30),
        per_member=st.none() | st.integers(1, 40),
        times=st.none() | st.integers(1, 3),
        period=st.sampled_from(["day", "week", "month", "year", "ever"]),
        budget=st.none() | st.integers(1, 150),
        mode=st.sampled_from(["stack", "stack", "best", "first", "exclusive"]),
    )
    def make_a_rule(self, key: int, effect: dict[str, Any], mode: str, **said: Any) -> None:
        """A new rule, or the next version of one; it counts from now on."""
        group = "g" if mode in {"best", "first"} else ""
        version = in_force(self.shop, f"rule-{key}", effect, stack_mode=mode, stack_group=group, **said)
        self.bonus_rules.append(version.pk)

    @precondition(lambda self: self.bonus_rules)
    @rule(pick=st.integers(0, 100), step=st.sampled_from([rulemaking.pause, rulemaking.resume, rulemaking.end]))
    def stop_a_rule(self, pick: int, step: Callable[..., None]) -> None:
        version = self.bonus_rules[pick % len(self.bonus_rules)]
        self.attempt(lambda: step(id=version, by="user:hung", at=self.shop.at))

    @rule(days=st.sampled_from([0, 1, 8, 20, 40, 70, 200, 340]))
    def wait(self, days: int) -> None:
        self.shop.later(days=days, minutes=1)

    @rule()
    def book(self) -> None:
        """What is read before the books are looked at is what they say then."""
        before = [self.balance(member) for member in self.members]
        expiry.book_due(date=self.shop.at.date(), at=self.shop.at)
        assert [self.balance(member) for member in self.members] == before

    def balance(self, member: Member) -> tuple[int, int, int, int]:
        has = self.shop.balance(member)
        return has.available, has.pending, has.held, has.debt

    @invariant()
    def all_invariants_hold(self) -> None:
        global steps_taken
        steps_taken += 1
        if not hasattr(self, "shop"):
            return
        self.shop.later(milliseconds=1)
        with connection.cursor() as cursor:
            cursor.execute("EXECUTE broken_invariants")
            broken = cursor.fetchone()
            if any(broken):
                for one in invariants.queries():
                    cursor.execute(one.sql)
                    assert cursor.fetchall() == [], f"{one.code}: {one.sentence}"


class OneShopEach(LedgerMachine):
    """Each example begins on the same empty books: what it wrote is rolled back, and swept, else scans grow."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM {', '.join(LEDGER_TABLES)}")


def attack(*, examples: int, piece: int | None = None) -> None:
    """`piece`: the seed; with the same one on the same code the same commands come again."""
    Shop()  # the programme and its tier table, which the invariants name
    counts = ", ".join(f"(SELECT count(*) FROM ({one.sql}) broken)" for one in invariants.queries())
    with connection.cursor() as cursor:
        # planned once: planning is most of what two dozen queries cost on a small database
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        cursor.execute("DEALLOCATE ALL")
        cursor.execute(f"PREPARE broken_invariants AS SELECT {counts}")
    how: dict[str, Any] = {"max_examples": examples, "stateful_step_count": STEPS, "deadline": None}
    machine: type[OneShopEach] = OneShopEach
    if piece is not None:
        # what an earlier run remembers would come before what the seed says
        how |= {"database": None}
        machine = seed(piece)(type(f"Piece{piece}", (OneShopEach,), {}))
    run_state_machine_as_test(machine, settings=settings(suppress_health_check=list(HealthCheck), **how))


@pytest.mark.slow
def test_the_invariants_hold_after_every_step(shop_db: ShopDatabase) -> None:
    attack(examples=EXAMPLES)

    assert steps_taken >= EXAMPLES * STEPS // 2
