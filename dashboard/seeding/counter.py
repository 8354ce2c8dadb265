"""What happens at the chain's counters: people join, bills are paid, some come back, one by one as it happened."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from dashboard.seeding import returns, tills
from dashboard.seeding.history import History
from dashboard.seeding.people import Person
from dashboard.seeding.places import PLACES
from dashboard.seeding.returns import CameBack
from dashboard.seeding.shop import Shop
from loyalty import paying
from loyalty.bill import Bill
from loyalty.records import ReturnedLine
from loyalty.till import Till
from members import birthdays, consenting, joining
from rewards import checkout

PAYING_TAKES = timedelta(seconds=4)
NOTICED_AFTER = timedelta(minutes=2)


class Counter:
    """The tills of the chain, working through the history with the domain's own calls."""

    def __init__(
        self, history: History, shop: Shop, *, wishes: Mapping[int, int], back: Mapping[int, CameBack]
    ) -> None:
        self._history = history
        self._shop = shop
        self._wishes = wishes
        self._back = back
        self._cancelled = returns.cancelled(history)
        self._sold: dict[int, UUID] = {}

    def work(self, *, bills: Iterable[int], people: Iterable[Person]) -> None:
        """Do all of it in order of time. Doing it again changes nothing."""
        doings: list[tuple[datetime, int, Callable[[int], None]]] = []
        for person in people:
            doings.append((person.joined_at, person.number - 1, self._join))
        for bill in bills:
            moment = self._history.moment(bill)
            doings.append((moment, bill, self._sell))
            if bill in self._back:
                doings.append((self._back[bill].at, bill, self._take_back))
            elif bill in self._cancelled and moment + NOTICED_AFTER < self._history.ends:
                doings.append((moment + NOTICED_AFTER, bill, self._cancel))
        for _moment, number, do in sorted(doings, key=lambda doing: doing[:2]):
            do(number)

    def _join(self, position: int) -> None:
        person = self._history.crowd[position]
        how = "counter" if person.joined_via == "counter" else "portal"
        staff = PLACES[person.store].staff
        # a start that was cut off may have enrolled them already
        with suppress(joining.MemberExists):
            joining.join(
                name=person.name,
                phone=person.phone,
                card=person.card,
                email=person.email or None,
                external_id=person.external_id,
                birthday=_birthday(person),
                gender=person.gender,
                province=person.province,
                ward=person.ward,
                joined_via=person.joined_via,
                store_id=self._shop.stores[person.store].pk,
                staff=staff[position % len(staff)] if how == "counter" else "",
                consents=[
                    consenting.ConsentGiven(purpose=purpose, channel=channel, text=f"{purpose}-1", how=how)
                    for purpose, channel in person.agreed
                ],
                by=self._shop.till(store=person.store, bill=position).by if how == "counter" else "system",
                at=person.joined_at,
            )

    def _sell(self, number: int) -> None:
        points = self._wishes.get(number, 0)
        try:
            recorded = self._record(tills.bill(self._history, number, points=points), number)
        except (paying.NotEnoughPoints, paying.PointsExceedBill):
            # planned by months; what came back since then may have taken the points away
            recorded = self._record(tills.bill(self._history, number, points=0), number)
        self._sold[number] = recorded.purchase.id

    def _record(self, bill: Bill, number: int) -> checkout.CheckedOut:
        return checkout.record_purchase(
            bill=bill,
            who=tills.who(self._history, number),
            till=self._till(number),
            fingerprint=tills.fingerprint("sale", bill.receipt),
            at=bill.occurred_at + PAYING_TAKES,
            proven=True,
        )

    def _take_back(self, number: int) -> None:
        back = self._back[number]
        sold, lines = self._history.lines, self._history.lines.of(number)
        returned = [
            ReturnedLine(
                line=line - lines.start + 1,
                quantity=Decimal(f"{sold.quantity[line]:g}"),
                amount=int(sold.amount[line]),
            )
            for line in back.lines
        ]
        checkout.return_purchase(
            purchase_id=self._sold[number],
            receipt=back.receipt,
            lines=None if len(returned) == len(lines) else returned,
            till=self._till(number),
            fingerprint=tills.fingerprint("return", back.receipt),
            at=back.at,
        )

    def _cancel(self, number: int) -> None:
        receipt = self._history.receipts[number]
        checkout.cancel(
            purchase_id=self._sold[number],
            key=f"cancel-{receipt}",
            till=self._till(number),
            fingerprint=tills.fingerprint("cancel", receipt),
            at=self._history.moment(number) + NOTICED_AFTER,
        )

    def _till(self, number: int) -> Till:
        return self._shop.till(store=int(self._history.visits.store[number]), bill=number)


def _birthday(person: Person) -> birthdays.Birthday | None:
    if not person.birth_date:
        return None
    return birthdays.read(person.birth_date, calendar=person.birth_calendar, bulk=True)
