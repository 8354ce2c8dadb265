"""Weeks in the life of a shop, drawn at random: sales, guests, late bills, returns, cancellations, corrections, reviews
and files."""

import contextlib
import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.db import connection

from analytics import absorbing
from events import delivering
from events.models import Delivery
from events.refusals import Refusal
from loyalty import adjusting, claiming, earning, moving, returning, reviewing
from loyalty.bill import BillLine, Charge
from loyalty.earning import BatchItem, Who
from loyalty.models import Purchase, Store
from loyalty.records import ReturnedLine
from loyalty.till import Till
from members.models import Member
from tests.factories.shop import Shop
from tests.importing.files import bills, load

ROLLUPS = {
    "analytics_storeday": "store_id, business_date",
    "analytics_membermonth": "member_id, month",
    "analytics_memberstate": "member_id",
    "analytics_cashierday": "store_id, business_date, staff",
    "analytics_joinedday": "day, via, store_id",
}


class Life:
    """A shop with two stores and some members, one doing after the other; the same seed is the same life."""

    def __init__(self, seed: int, *, members: int = 5) -> None:
        self.chance = random.Random(seed)
        self.shop = Shop()
        other = Store.objects.create(code=f"q2-{self.shop.store.code}", name="Quận 2")
        self.tills = [self.shop.till, Till.of(other, by="terminal:2")]
        self.members = [self.shop.member(name) for name in ("Lan", "Minh", "Ánh", "Bảo", "Hương")[:members]]
        for member in self.members:  # something to spend
            adjusting.adjust(member_id=member.id, points=500, reason="quà", by="user:1", at=self.shop.at)

    def go_on(self, doings: int) -> None:
        for _ in range(doings):
            self.shop.later(hours=self.chance.randint(1, 15))
            doing = self.chance.choices(
                [
                    self.sell,
                    self.sell_late,
                    self.give_back,
                    self.cancel,
                    self.decide,
                    self.send_batch,
                    self.import_file,
                    self.pass_on,
                    self.correct,
                ],
                [11, 5, 5, 2, 3, 2, 1, 4, 4],
            )[0]
            doing()

    def sell(self, *, days_ago: int = 0) -> None:
        chance, at = self.chance, self.shop.at
        lines = tuple(
            BillLine(
                sku=f"CF{number}",
                quantity=Decimal(chance.randint(1, 3)),
                amount=(amount := chance.choice([0, 35_000, 58_001, 99_999])),
                cost=chance.choice([None, amount // 3, 12_345]),
            )
            for number in range(chance.randint(1, 3))
        )
        member = chance.choice([None, *self.members])
        charges = (Charge(kind="shipping", amount=15_000),) if chance.random() < 0.2 else ()
        spend = chance.choice([0, 0, 3, 20]) if member else 0
        bill = self.shop.bill(
            staff=chance.choice(["", "minh", "hoa"]),
            lines=lines,
            charges=charges,
            points_to_spend=spend,
            occurred_at=at - timedelta(days=days_ago, hours=1),
        )
        try:
            self.shop.sell(bill, member, till=chance.choice(self.tills), proven=True)
        except Refusal:
            self.shop.sell(self.shop.bill(30_000), member)

    def sell_late(self) -> None:
        """A till that was offline: within its window the bill is posted, beyond it waits for staff."""
        self.sell(days_ago=self.chance.choice([1, 3, 6, 20, 50]))

    def give_back(self) -> None:
        bill = self._some_bill()
        if bill is None:
            return
        lines = None
        if self.chance.random() < 0.6:
            line = self.chance.choice(bill_lines(bill))
            share = self.chance.choice([1, 2, 3])
            lines = [ReturnedLine(line=line[0], quantity=line[1] / share, amount=line[2] // share)]
        self._try(
            lambda: returning.return_lines(
                purchase_id=bill.id,
                receipt=f"T{self.chance.random()}",
                lines=lines,
                till=self._till(bill),
                fingerprint=b"T",
                at=self.shop.at,
            )
        )

    def cancel(self) -> None:
        bill = self._some_bill()
        if bill is not None:
            self._try(
                lambda: returning.cancel(
                    purchase_id=bill.id, key=f"{bill.id}", till=self._till(bill), fingerprint=b"C", at=self.shop.at
                )
            )

    def pass_on(self) -> None:
        """A bill was keyed for the wrong member, or a guest comes back with theirs."""
        bill = self._some_bill()
        if bill is None:
            return
        told = {
            "member_id": self.chance.choice(self.members).id,
            "key": f"M{self.chance.random()}",
            "till": self._till(bill),
            "at": self.shop.at,
        }
        if bill.member_id is None and self.chance.random() < 0.8:
            self._try(lambda: claiming.claim(code=claiming.code_of(bill.id), **told))
        else:
            self._try(lambda: moving.move(purchase_id=bill.id, reason="nhầm số", **told))

    def correct(self) -> None:
        """A bill was keyed wrongly, today or some days ago."""
        bill = self._some_bill()
        if bill is None:
            return
        amount = self.chance.choice([0, 41_000, 64_999])
        line = BillLine(sku="CF9", quantity=Decimal(1), amount=amount, cost=self.chance.choice([None, amount // 2]))
        said = {"receipt": bill.receipt, "occurred_at": bill.occurred_at, "business_date": bill.business_date}
        wanted = self.shop.bill(lines=(line,), staff=self.chance.choice(["", "minh"]), **said)
        self._try(lambda: self.shop.correct(bill.id, wanted, till=self._till(bill)))

    def decide(self) -> None:
        waiting = list(Purchase.objects.filter(status="review", decision=None).order_by("id"))
        if waiting:
            bill = self.chance.choice(waiting)
            decided = self.chance.choice([reviewing.approve, reviewing.approve, reviewing.refuse])
            decided(purchase_id=bill.id, by="user:1", at=self.shop.at)

    def send_batch(self) -> None:
        till = self.chance.choice(self.tills)
        items = []
        for _ in range(self.chance.randint(2, 6)):
            member = self.chance.choice([None, *self.members])
            when = self.shop.at - timedelta(days=self.chance.randint(0, 9))
            items.append(
                BatchItem(
                    bill=self.shop.bill(self.chance.choice([20_000, 45_500]), occurred_at=when),
                    who=Who("id", str(member.id)) if member else None,
                    fingerprint=b"B",
                )
            )
        earning.record_batch(items=items, till=till, at=self.shop.at)

    def import_file(self) -> None:
        """Old bills of several members and guests, in small chunks, one of them brought back."""
        chance, rows = self.chance, []
        for number in range(chance.randint(5, 25)):
            member: Member | None = chance.choice([None, *self.members])
            who = member.identifiers.get(kind="phone").value if member else ""
            day = (self.shop.at - timedelta(days=chance.randint(2, 120))).date()
            receipt = f"F{chance.random():.12f}"
            cost = chance.choice(["", "7000"])
            store = chance.choice(self.tills).store_code
            rows.append(f"{store},{receipt},{who},{day}T10:00:00+07:00,CF1,,,1,{20_000 + number},{cost},sale,")
            if chance.random() < 0.15:
                rows.append(
                    f"{store},T{receipt},{who},{day}T11:00:00+07:00,CF1,,,1,{20_000 + number},,return,{receipt}"
                )
        load(bills(*rows), at=self.shop.at, chunk=chance.choice([3, 100_000]))

    def _some_bill(self) -> Purchase | None:
        found = list(Purchase.objects.order_by("-recorded_at", "id")[:12])
        return self.chance.choice(found) if found else None

    def _till(self, bill: Purchase) -> Till:
        return next(till for till in self.tills if till.store_id == bill.store_id)

    @staticmethod
    def _try(command) -> None:
        with contextlib.suppress(Refusal):
            command()


def bill_lines(bill: Purchase) -> Sequence[tuple[int, Decimal, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT line, quantity, amount FROM loyalty_purchaseline WHERE purchase_id = %s ORDER BY line", [bill.id]
        )
        return cursor.fetchall()


def deliver(shop: Shop, *, chance: random.Random | None = None, share: float = 1.0) -> int:
    """Let analytics hear what it has not heard, in any order; with a share, of some events only."""
    ids = list(
        Delivery.objects.filter(state="open", reader=absorbing.READER).order_by("id").values_list("id", flat=True)
    )
    if chance is not None:
        chance.shuffle(ids)
    ids = ids[: round(len(ids) * share)]
    for id in ids:
        assert delivering.deliver(id=id, at=shop.at), Delivery.objects.get(pk=id).last_error
    return len(ids)


def rollups() -> dict[str, list[tuple]]:
    found = {}
    with connection.cursor() as cursor:
        for table, key in ROLLUPS.items():
            cursor.execute(f"SELECT * FROM {table} ORDER BY {key}")
            found[table] = cursor.fetchall()
    return found
