"""Vouchers, points and returns in any order: money adds up at every step, and every invariant holds.

Two members get vouchers of random kinds, use them with points on random bills, bring bills back in parts or whole,
cancel, wait, and repeat themselves; staff void some.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
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
from loyalty import auditing, queries
from loyalty.bill import Bill, BillLine, Charge, Discount
from loyalty.records import PurchaseRecord, ReturnedLine
from members.models import Guess
from rewards import checkout, voiding
from rewards.checkout import Returned
from rewards.claiming import Named
from rewards.models import VoucherUse
from tests.factories.shop import LEDGER_TABLES, Shop, rows_of
from tests.rewards import wallets
from tests.running import ShopDatabase

EXAMPLES = 25 if os.environ.get("FULL", "0") == "1" else 12
STEPS = 40
TABLES = (*LEDGER_TABLES, "rewards_voucher", "rewards_voucheruse")
seen = {"steps": 0, "sold with a voucher": 0, "given back": 0}


class VoucherMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()

    def teardown(self) -> None:
        seen["given back"] += VoucherUse.objects.filter(state="given_back").count()
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM {', '.join(TABLES)}, rewards_voucherdefinition, members_guess")

    @initialize()
    def open_shop(self) -> None:
        self.shop = Shop()
        self.members = [self.shop.member(), self.shop.member("Trần Thị Mai")]
        for member in self.members:
            self.shop.sell(self.shop.bill(2_000_000), member)
        self.vouchers = [wallets.give(self.shop, m, uses=2, valid_days=400) for m in self.members]
        self.bills: list[PurchaseRecord] = []
        self.last: Callable[[], Any] | None = None
        self.answer: Any = None
        self.receipts = 0

    def attempt(self, command: Callable[[], Any]) -> Any:
        """Run a command; a refused one leaves every row as it was (L9)."""
        before = rows_of(*TABLES)
        try:
            with transaction.atomic():
                return command()
        except Refusal:
            assert rows_of(*TABLES) == before
            return None
        finally:
            Guess.objects.all().delete()  # a till that waits a quarter of an hour would prove nothing here

    @rule(
        who=st.integers(0, 1),
        amount=st.integers(1, 300_000),
        percent=st.none() | st.integers(1, 100),
        cap=st.none() | st.integers(1, 100_000),
        basket=st.sampled_from([0, 0, 50_000, 400_000]),
        uses=st.sampled_from([1, 1, 2]),
        days=st.sampled_from([5, 40, 400]),
        policy=st.sampled_from(["reinstate", "keep"]),
    )
    def give(
        self,
        who: int,
        amount: int,
        percent: int | None,
        cap: int | None,
        basket: int,
        uses: int,
        days: int,
        policy: str,
    ) -> None:
        worth = {"percent": percent, "cap": cap} if percent else {"amount": amount}
        terms = {"minimum_basket": basket, "uses": uses, "valid_days": days, "on_return": policy}
        self.vouchers.append(wallets.give(self.shop, self.members[who], **worth, **terms))

    @precondition(lambda self: self.vouchers)
    @rule(
        pick=st.integers(1, 4),
        by_code=st.booleans(),
        stranger=st.sampled_from([False] * 9 + [True]),
        amounts=st.lists(st.sampled_from([0, 1, 9_999, 45_000, 105_001, 499_999]), min_size=1, max_size=3),
        off=st.integers(0, 20_000),
        service=st.integers(0, 20_000),
        tax=st.integers(0, 30_000),
        rounding=st.integers(-999, 999),
        spend=st.sampled_from([0, 0, 1, 20, 100]),
    )
    def buy(
        self,
        pick: int,
        by_code: bool,
        stranger: bool,
        amounts: list[int],
        off: int,
        service: int,
        tax: int,
        rounding: int,
        spend: int,
    ) -> None:
        self.receipts += 1
        voucher = self.vouchers[-pick % len(self.vouchers)]
        (owner,) = [member for member in self.members if (member.id == voucher.member_id) != stranger]
        lines = tuple(
            BillLine(sku=f"S{n}", quantity=Decimal(n), amount=amount, earns=n != 3)
            for n, amount in enumerate(amounts, 1)
        )
        said: dict[str, Any] = {
            "receipt": f"R{self.receipts}",
            "occurred_at": self.shop.at,
            "lines": lines,
            "discounts": (Discount(kind="manual", amount=off),),
            "charges": (Charge(kind="service", amount=service), Charge(kind="shipping", amount=15_000)),
            "tax": tax,
            "tax_included": False,
            "rounding": rounding,
            "points_to_spend": spend,
        }
        bill = Bill(total=Bill(total=0, **said).expected_total, **said)
        named = Named(code=voucher.code) if by_code else Named(id=voucher.id)
        done = self.attempt(lambda: wallets.sell(self.shop, bill, owner, named, proven=True))
        if done is None:
            return
        seen["sold with a voucher"] += 1
        kept = queries.purchase(done.purchase.id)
        assert kept == done.purchase
        assert kept.total == kept.voucher_discount + kept.points_value + kept.due == bill.total
        assert kept.voucher_discount == sum(line.voucher_discount for line in kept.lines) > 0
        assert all(0 <= line.voucher_discount + line.points_discount <= line.goods for line in kept.lines)
        self.bills.append(kept)
        self.last, self.answer = (
            lambda: wallets.sell(self.shop, bill, owner, named, proven=True).vouchers,
            done.vouchers,
        )

    @precondition(lambda self: self.bills)
    @rule(pick=st.integers(1, 3), line=st.integers(0, 2), share=st.integers(1, 100), whole=st.booleans())
    def bring_back(self, pick: int, line: int, share: int, whole: bool) -> None:
        self.receipts += 1
        bill = self.bills[-pick % len(self.bills)]
        of = bill.lines[line % len(bill.lines)]
        part = ReturnedLine(line=of.line, quantity=of.quantity * share / 100, amount=of.amount * share // 100)
        receipt, parts = f"T{self.receipts}", [] if whole else [part]
        done = self.attempt(lambda: wallets.bring_back(self.shop, bill.id, *parts, receipt=receipt))
        self._adds_up(bill, done)

    @precondition(lambda self: self.bills)
    @rule(pick=st.integers(1, 3))
    def cancel(self, pick: int) -> None:
        self.receipts += 1
        bill, key = self.bills[-pick % len(self.bills)], f"K{self.receipts}"
        done = self.attempt(
            lambda: checkout.cancel(
                purchase_id=bill.id, key=key, till=self.shop.till, fingerprint=b"c", at=self.shop.at
            )
        )
        self._adds_up(bill, done)

    def _adds_up(self, bill: PurchaseRecord, done: Returned | None) -> None:
        if done is None:
            return
        one = done.record
        assert one.amount == one.due + one.discount + one.points_value
        assert min(one.amount, one.due, one.discount, one.points_value) >= 0
        back = queries.purchase(bill.id).returns
        sums = [sum(getattr(r, name) for r in back) for name in ("amount", "discount", "points_value", "due")]
        of = [bill.total, bill.voucher_discount, bill.points_value, bill.due]
        assert sums == of if one.whole else all(part <= all_ for part, all_ in zip(sums, of, strict=True))

    @precondition(lambda self: self.last)
    @rule()
    def say_it_again(self) -> None:
        assert self.last is not None
        said = self.last()
        assert [(one.id, one.discount) for one in said] == [(one.id, one.discount) for one in self.answer]

    @precondition(lambda self: self.vouchers)
    @rule(pick=st.integers(0, 100))
    def void(self, pick: int) -> None:
        voucher = self.vouchers[pick % len(self.vouchers)]
        self.attempt(lambda: voiding.void(voucher_id=voucher.id, reason="nhầm", by="user:1", at=self.shop.at))

    @rule(days=st.sampled_from([0, 1, 20, 40]))
    def wait(self, days: int) -> None:
        self.shop.at += timedelta(days=days, minutes=1)

    @invariant()
    def all_invariants_hold(self) -> None:
        seen["steps"] += 1
        if not hasattr(self, "shop"):
            return
        with connection.cursor() as cursor:
            cursor.execute("EXECUTE broken_invariants")
            if any(cursor.fetchone()):
                broken = [finding for finding in auditing.run() if not finding.ok]
                assert broken == []


@pytest.mark.slow
def test_vouchers_points_and_returns_add_up_after_every_step(shop_db: ShopDatabase) -> None:
    Shop()  # the programme and its tier table, which the invariants name
    counts = ", ".join(f"(SELECT count(*) FROM ({one.sql}) broken)" for one in auditing.invariants())
    with connection.cursor() as cursor:
        # planned once: planning is most of what three dozen queries cost on a small database
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE broken_invariants AS SELECT {counts}")
    run_state_machine_as_test(
        VoucherMachine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

    assert seen["steps"] >= EXAMPLES * STEPS // 2
    # chance decides how often; never is a machine that has stopped trying
    assert seen["sold with a voucher"] >= EXAMPLES // 5
    assert seen["given back"] >= 1
