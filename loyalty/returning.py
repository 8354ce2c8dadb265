"""Bringing a bill back, by line or whole, in any number of steps, and cancelling one that never happened.

A return is never refused for lack of points: what was spent already becomes debt, or is absorbed by the house.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Sum

from events import commands
from events.refusals import Conflict, Refusal
from loyalty import awards, clocks, owning, policies, queries, refunds, revisions
from loyalty.ledger import posting
from loyalty.models import Return, ReturnLine
from loyalty.records import PurchaseRecord, ReturnedLine, ReturnRecord
from loyalty.refunds import Back, Sold
from loyalty.revisions import PurchaseCorrected
from loyalty.rules.seeing import NOTHING_GONE, Gone
from loyalty.till import Till

RECEIPT_CONSTRAINT = "a_return_receipt_is_posted_once"


class ReturnsExceedPurchase(Refusal):
    """More of a line than is left of it, in quantity or amount, or a line the bill does not have."""

    code = "returns_exceed_purchase"


class NothingLeft(Refusal):
    """All of the bill has come back already."""

    code = "nothing_left"


class ReturnConflict(Conflict):
    """This return's receipt was posted before, with another content or for another bill."""

    code = "receipt_conflict"


class TooLate(Refusal):
    """A bill is cancelled on its own business day only; afterwards it is a return."""

    code = "too_late"


class ReturnedBeforeSold(Refusal):
    """The return says it happened before the bill did, or lies ahead of the clock."""

    code = "occurred_before_purchase"


@dataclass(frozen=True, slots=True)
class Returned:
    """The return as it stands in the books, and whether it stood there before."""

    record: ReturnRecord
    replayed: bool


def return_lines(
    *,
    purchase_id: UUID,
    receipt: str,
    lines: Sequence[ReturnedLine] | None,
    till: Till,
    fingerprint: bytes,
    at: datetime,
    occurred_at: datetime | None = None,
    request_id: str = "",
    import_id: UUID | None = None,
) -> Returned:
    """Take back `lines` of a bill (None: all that is left). The same receipt and fingerprint again is answered alike.

    Raises PurchaseUnknown, PurchaseCorrected, ReturnsExceedPurchase, NothingLeft, ReturnConflict; then nothing was
    written.
    """
    happened = occurred_at or at
    period = till.receipt_period(till.business_date(happened))

    def once() -> Returned:
        opened = posting.open_return(
            purchase_id=purchase_id, store_id=till.store_id, period=period, receipt=receipt, at=at, by=till.by
        )
        if opened.return_id is not None:
            if opened.return_fingerprint != fingerprint or opened.return_purchase != purchase_id:
                raise ReturnConflict()
            return Returned(queries.returned(opened.return_id), replayed=True)
        bill = queries.purchase(purchase_id, store_id=till.store_id)
        if happened < bill.occurred_at or happened > at + clocks.AHEAD_POSTED:
            raise ReturnedBeforeSold()
        head = {
            "id": opened.new_id,
            "kind": Return.Kind.RETURN.value,
            "period": period,
            "receipt": receipt,
            "fingerprint": fingerprint,
            "occurred_at": happened,
            "import_id": import_id,
        }
        return _post(bill, lines, head=head, till=till, at=at, request_id=request_id)

    for attempt in (1, 2):
        try:
            return owning.while_it_stays(once)
        except IntegrityError as error:
            # posted for another bill under the same receipt between our look and our write: look again
            if RECEIPT_CONSTRAINT not in str(error) or attempt == 2:
                raise
    raise ReturnConflict()


def cancel(
    *, purchase_id: UUID, key: str, till: Till, fingerprint: bytes, at: datetime, request_id: str = ""
) -> Returned:
    """The bill never happened: all that is left comes back, until the end of its business day (then TooLate).

    `key` is the caller's idempotency key; the same key again is answered alike, another command's key conflicts.
    """

    def once() -> Returned:
        opened = posting.open_return(
            purchase_id=purchase_id, store_id=till.store_id, period="", receipt=None, at=at, by=till.by
        )
        before = commands.find(store_id=till.store_id, key=key)
        if before is not None:
            if bytes(before.fingerprint) != fingerprint or before.kind != "cancellation":
                raise commands.KeyConflict()
            return Returned(queries.returned(before.subject_id), replayed=True)
        bill = queries.purchase(purchase_id, store_id=till.store_id)
        if till.business_date(at) > bill.business_date:
            raise TooLate()
        head = {
            "id": opened.new_id,
            "kind": Return.Kind.CANCELLATION.value,
            "period": "",
            "receipt": bill.receipt,
            "fingerprint": fingerprint,
            "occurred_at": max(at, bill.occurred_at),
            "import_id": None,
        }
        done = _post(bill, None, head=head, till=till, at=at, request_id=request_id)
        commands.remember(
            store_id=till.store_id,
            key=key,
            kind="cancellation",
            fingerprint=fingerprint,
            subject_id=done.record.id,
            at=at,
        )
        return done

    return owning.while_it_stays(once)


def reverse(bill: PurchaseRecord, *, back_id: UUID, till: Till, at: datetime, request_id: str = "") -> ReturnRecord:
    """All of a bill comes back that was keyed wrongly, under the lock of its account, for `loyalty.correcting` only: of
    its points what was not spent, the rest with the next revision; dated as the bill, which was no sale of that day."""
    head = {
        "id": back_id,
        "kind": Return.Kind.CORRECTION.value,
        "period": "",
        "receipt": bill.receipt,
        "fingerprint": None,
        "occurred_at": max(at, bill.occurred_at),
        "business_date": bill.business_date,
        "import_id": None,
    }
    return _post(bill, None, head=head, till=till, at=at, request_id=request_id).record


def _post(
    bill: PurchaseRecord,
    lines: Sequence[ReturnedLine] | None,
    *,
    head: Mapping[str, Any],
    till: Till,
    at: datetime,
    request_id: str,
) -> Returned:
    """Write one return of a bill whose account is locked."""
    if revisions.was_corrected(bill):
        raise PurchaseCorrected()
    sold = _sold(bill)
    gone = _gone(bill.id)
    back_lines = _left(bill, gone) if lines is None else _checked(bill, gone, lines)
    if not back_lines:
        raise NothingLeft()
    before = _back_before(bill)
    after, whole = _after(bill, gone, back_lines)
    terms = policies.at(bill.occurred_at)
    award = None if whole else awards.kept(bill, after, terms=terms)
    amounts = _amounts(bill, after)
    step = refunds.back(sold, amounts, whole=whole, award=award.points if award else 0).since(before)
    counted = awards.less(bill, bill.member_id, award) if bill.member_id is not None else []
    written = posting.post_return(
        {
            **({"awards": counted} if counted else {}),
            "return": {
                "business_date": till.business_date(head["occurred_at"]),
                **head,
                "purchase_id": bill.id,
                "store_id": till.store_id,
                "terminal_id": till.terminal_id,
                "member_id": bill.member_id,
                "counts_at": bill.occurred_at,
                "recorded_at": at,
                "whole": whole,
                "amount": step.amount,
                "discount": step.discount,
                "points_value": step.points_value,
                "due": step.due,
                "base": step.base,
                "clawed_back": step.clawed_back,
                "given_back": step.given_back,
                "absorbed": 0,
                "by": till.by,
                "request_id": request_id,
            },
            "lines": [
                {
                    "return_id": head["id"],
                    "line": line.line,
                    "member_id": bill.member_id,
                    "purchase_id": bill.id,
                    "quantity": line.quantity,
                    "amount": line.amount,
                }
                for line in back_lines
            ],
            "grace": f"{terms.programme.give_back_days} days",
            "absorb": not terms.programme.debt_on_return,
        },
        kind=head["kind"],
    )
    return Returned(queries.returned(UUID(str(written["id"]))), replayed=False)


def _sold(bill: PurchaseRecord) -> Sold:
    return Sold(
        total=bill.total,
        voucher_discount=bill.voucher_discount,
        points_value=bill.points_value,
        due=bill.due,
        base=sum(line.base for line in bill.lines),
        earned=owning.earned(bill),
        spent=bill.spent,
        lines=bill.lines,
    )


def _gone(purchase_id: UUID) -> dict[int, tuple[Decimal, int]]:
    """Line → (quantity, amount) that came back so far."""
    sums = (
        ReturnLine.objects.filter(purchase_id=purchase_id).values("line").annotate(q=Sum("quantity"), a=Sum("amount"))
    )
    return {row["line"]: (row["q"], row["a"]) for row in sums}


def _back_before(bill: PurchaseRecord) -> Back:
    """What has come back so far; of the points earned, since the bill is its owner's."""
    names = ("amount", "discount", "points_value", "due", "base", "given_back")
    sums = Return.objects.filter(purchase_id=bill.id).aggregate(**{f"sum_{name}": Sum(name) for name in names})
    clawed_back = owning.earned(bill) - owning.earned_still(bill)
    return Back(clawed_back=clawed_back, **{name: sums[f"sum_{name}"] or 0 for name in names})


def _left(bill: PurchaseRecord, gone: Gone) -> list[ReturnedLine]:
    left = []
    for line in bill.lines:
        quantity, amount = gone.get(line.line, (Decimal(0), 0))
        if line.quantity > quantity or line.amount > amount:
            left.append(ReturnedLine(line=line.line, quantity=line.quantity - quantity, amount=line.amount - amount))
    return left


def _checked(bill: PurchaseRecord, gone: Gone, lines: Sequence[ReturnedLine]) -> list[ReturnedLine]:
    """The lines as sent, if each is of the bill, named once, and within what is left of it."""
    sold = {line.line: line for line in bill.lines}
    named = [line.line for line in lines]
    if len(set(named)) != len(named):
        raise ReturnsExceedPurchase()
    for back in lines:
        line = sold.get(back.line)
        if line is None:
            raise ReturnsExceedPurchase()
        quantity, amount = gone.get(back.line, (Decimal(0), 0))
        if back.quantity + quantity > line.quantity or back.amount + amount > line.amount:
            raise ReturnsExceedPurchase()
    return list(lines)


def _after(
    bill: PurchaseRecord, gone: Gone, back: Sequence[ReturnedLine]
) -> tuple[dict[int, tuple[Decimal, int]], bool]:
    """Line → (quantity, amount) that has come back after this return, and whether that is all of the bill."""
    after = dict(gone)
    for line in back:
        quantity, amount = after.get(line.line, NOTHING_GONE)
        after[line.line] = quantity + line.quantity, amount + line.amount
    whole = all(after.get(line.line, NOTHING_GONE) == (line.quantity, line.amount) for line in bill.lines)
    return after, whole


def _amounts(bill: PurchaseRecord, after: Gone) -> dict[int, int]:
    """Line → amount that has come back; a free line has come back only when all of its quantity has."""
    free = {line.line: line.quantity for line in bill.lines if line.amount == 0}
    return {line: amount for line, (quantity, amount) in after.items() if quantity >= free.get(line, quantity)}
