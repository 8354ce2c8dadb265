"""Bills keyed without a network, sent by the browser that kept them once it is back, each booked exactly once."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from counter.bills import Keyed, who_of
from counter.desk import Desk, staff_name
from events.refusals import Refusal
from loyalty import queries
from loyalty.models import Purchase, Return
from loyalty.records import PurchaseRecord
from loyalty.returning import NothingLeft, TooLate
from loyalty.sales import MemberUnknown, ReceiptConflict
from members.models import User
from rewards import checkout

# so many bills may have asked for one number: …/2 to …/9
MARKS = 10


class NotYours(Refusal):
    """The bill was keyed at another device or by another person: it waits for them."""

    code = "not_yours"


class OtherMember(Refusal):
    """The receipt is in the books with this amount, for somebody else."""

    code = "other_member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A bill as the browser kept it. `instead`: it replaces the one booked under its number; `guest`: for nobody."""

    receipt: str
    member: str
    amount: int
    at: datetime
    device: int
    person: int
    instead: bool = False
    guest: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """`conflict`: another amount is booked under this number; `booked` says which."""

    state: Literal["sent", "replayed", "conflict"]
    receipt: str
    earned: int | None = None
    booked: int = 0


def post(kept: Kept, *, desk: Desk) -> Outcome:
    """Book the bill, or say that it was booked before.

    Raises NotYours, MemberUnknown, OtherMember, and what a sale does.
    """
    if kept.device != desk.device.pk or (kept.person != desk.user.pk and not desk.is_manager):
        raise NotYours
    who = None if kept.guest or not kept.member.strip() else who_of(kept.member)
    if who is None and kept.member.strip() and not kept.guest:
        raise MemberUnknown
    cashier = User.objects.filter(pk=kept.person).first()
    if cashier is None:
        raise NotYours
    # whoever sends it, it is the bill of the person who keyed it: a second sending has the same fingerprint
    staff = staff_name(cashier)
    keyed = Keyed(receipt=kept.receipt, amount=kept.amount, occurred_at=kept.at, who=who, staff=staff)
    try:
        return _book(keyed, desk=desk)
    except ReceiptConflict:
        return _beside(keyed, instead=kept.instead, desk=desk)


def _book(keyed: Keyed, *, desk: Desk) -> Outcome:
    done = checkout.record_purchase(
        bill=keyed.bill(), who=keyed.who, till=desk.till, fingerprint=keyed.fingerprint(), at=desk.at
    )
    earned = done.purchase.earned if done.purchase.member_id else None
    return Outcome("replayed" if done.replayed else "sent", keyed.receipt, earned=earned)


@transaction.atomic
def _beside(keyed: Keyed, *, instead: bool, desk: Desk) -> Outcome:
    """Its number is taken. A cancelled bill never happened: this one is booked beside it, under the number with a mark.

    One that still counts is a question, or never happened either where this one stands `instead` of it.
    """
    number = keyed.receipt
    for mark in range(2, MARKS):
        booked = _booked(number, keyed.occurred_at, desk=desk)
        if not _cancelled(booked):
            if not instead:
                if booked.total == keyed.amount:
                    raise OtherMember
                return Outcome("conflict", keyed.receipt, booked=booked.total)
            if not desk.is_manager and not Purchase.objects.filter(pk=booked.id, by=desk.by).exists():
                raise NotYours
            _take_back(booked.id, receipt=number, desk=desk)
        number = f"{keyed.receipt[:60]}/{mark}"
        try:
            return _book(replace(keyed, receipt=number), desk=desk)
        except ReceiptConflict:
            continue
    raise ReceiptConflict


def _booked(number: str, moment: datetime, *, desk: Desk) -> PurchaseRecord:
    """The bill that has this number in the period of the kept one: numbers may begin again."""
    till = desk.till
    period = till.receipt_period(till.business_date(moment))
    revisions = Purchase.objects.filter(store_id=till.store_id, period=period, receipt=number)
    bill = revisions.only("id").order_by("-revision").first()
    if bill is None:
        raise ReceiptConflict
    return queries.purchase(bill.pk, store_id=till.store_id)


def _cancelled(bill: PurchaseRecord) -> bool:
    return any(back.kind == Return.Kind.CANCELLATION for back in bill.returns)


def _take_back(purchase_id: UUID, *, receipt: str, desk: Desk) -> None:
    """Cancel the booked bill; once its business day is over, all of it is returned today, if it was not before."""
    fingerprint = hashlib.sha256(str(purchase_id).encode()).digest()
    key = f"counter-instead:{purchase_id}"
    try:
        checkout.cancel(purchase_id=purchase_id, key=key, till=desk.till, fingerprint=fingerprint, at=desk.at)
    except TooLate:
        with suppress(NothingLeft):
            checkout.return_purchase(
                purchase_id=purchase_id,
                receipt=f"{receipt[:60]}/0",
                lines=None,
                till=desk.till,
                fingerprint=fingerprint,
                at=desk.at,
            )
    except NothingLeft:
        pass
