"""What came back, from a file: posted one by one after the sales, in the order it happened, as a till would."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Protocol
from uuid import UUID

from django.db import connection, transaction

from events.refusals import Refusal
from loyalty import revisions
from loyalty.models import Purchase, PurchaseLine, Return, ReturnLine, Store
from loyalty.records import ReturnedLine
from loyalty.till import Till
from members.importing.report import ImportReport

PER_TRANSACTION = 50

ROWS = """
SELECT r.row, s.id, coalesce(nullif(btrim(r.original_receipt), ''), btrim(r.receipt)) AS original,
       coalesce(nullif(btrim(r.receipt), ''), '') AS receipt, r.occurred_at, coalesce(btrim(r.sku), ''),
       abs(r.quantity), abs(r.amount * %(unit)s)::bigint
  FROM import_row r JOIN loyalty_store s ON s.code = btrim(r.store) AND s.practice_of_id IS NULL
 WHERE lower(btrim(r.kind)) = 'return' AND NOT EXISTS (SELECT FROM import_problem p WHERE p.row = r.row)
 ORDER BY r.occurred_at, s.id, original, receipt, r.row
"""


class OriginalUnknown(Refusal):
    """No bill of that number in the store before the return."""

    code = "original_unknown"


class LineUnknown(Refusal):
    """The bill has no line of that article with so much left."""

    code = "line_unknown"


@dataclass(frozen=True, slots=True)
class _Part:
    row: int
    sku: str
    quantity: Decimal | None
    amount: int


@dataclass(frozen=True, slots=True)
class _Back:
    """One return: the rows of one store, bill, number and moment."""

    store_id: int
    original: str
    receipt: str
    occurred_at: datetime
    parts: list[_Part]

    def fingerprint(self) -> bytes:
        said = [self.original, self.occurred_at.isoformat(), *(f"{p.sku}|{p.quantity}|{p.amount}" for p in self.parts)]
        return hashlib.sha256("\x1f".join(said).encode()).digest()


@dataclass(slots=True)
class _Left:
    """What of one line of the bill has not come back yet."""

    line: int
    sku: str
    quantity: Decimal
    amount: int
    back_quantity: Decimal = field(default=Decimal(0))
    back_amount: int = 0

    def takes(self, part: _Part) -> bool:
        """Whether the part fits in what is left; without a quantity, a part of the whole amount is the whole line."""
        quantity = self.quantity if part.quantity is None else part.quantity
        if part.quantity is None and part.amount != self.amount:
            return False
        if quantity > self.quantity or part.amount > self.amount:
            return False
        self.quantity -= quantity
        self.amount -= part.amount
        self.back_quantity += quantity
        self.back_amount += part.amount
        return True


class Replayed(Protocol):
    @property
    def replayed(self) -> bool: ...


class TakeBack(Protocol):
    """`returning.return_lines`, or what a floor above makes of it: a bill that comes back may bring more with it."""

    def __call__(
        self,
        *,
        purchase_id: UUID,
        receipt: str,
        lines: Sequence[ReturnedLine],
        till: Till,
        fingerprint: bytes,
        occurred_at: datetime,
        at: datetime,
        import_id: UUID,
    ) -> Replayed: ...


def post(done: ImportReport, *, at: datetime, unit: int, take_back: TakeBack) -> None:
    """Post every return of the staged rows; what is refused joins the problems, with all rows of that return."""
    tills = _Tills(by=f"import:{done.import_id}")
    backs = list(_backs(unit))
    for begin in range(0, len(backs), PER_TRANSACTION):
        with transaction.atomic():
            for back in backs[begin : begin + PER_TRANSACTION]:
                try:
                    with transaction.atomic():
                        replayed = _post(
                            back, take_back, till=tills.till(back.store_id), at=at, import_id=done.import_id
                        )
                except Refusal as refusal:
                    _refuse(back, refusal.code)
                else:
                    done.returns_known += replayed
                    done.returns += not replayed


class _Tills:
    """The tills of an import: one per store."""

    def __init__(self, *, by: str) -> None:
        self._by = by
        self._tills: dict[int, Till] = {}

    def till(self, store_id: int) -> Till:
        if store_id not in self._tills:
            self._tills[store_id] = Till.of(Store.objects.get(pk=store_id), by=self._by)
        return self._tills[store_id]


def _backs(unit: int) -> Iterator[_Back]:
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"unit": unit})
        rows = cursor.fetchall()
    unnamed: dict[tuple[int, str], int] = {}
    for (store_id, original, receipt, occurred_at), group in groupby(
        rows, key=lambda row: (row[1], row[2], row[3], row[4])
    ):
        if receipt in ("", original):
            # a return without a number of its own bears its bill's, the second one of a bill with /2 behind it
            turn = unnamed[store_id, original] = unnamed.get((store_id, original), 0) + 1
            receipt = original if turn == 1 else f"{original}/{turn}"
        parts = [_Part(row=row[0], sku=row[5], quantity=row[6], amount=row[7]) for row in group]
        yield _Back(store_id, original, receipt, occurred_at, parts)


def _post(back: _Back, take_back: TakeBack, *, till: Till, at: datetime, import_id: UUID) -> bool:
    """Whether the return was there already."""
    purchase = (
        Purchase.objects.filter(store_id=back.store_id, receipt=back.original, occurred_at__lte=back.occurred_at)
        .filter(revisions.STANDS)
        .order_by("-occurred_at")
        .values_list("id", flat=True)
        .first()
    )
    if purchase is None:
        raise OriginalUnknown
    fingerprint = back.fingerprint()
    if _is_known(back, till=till, purchase_id=purchase, fingerprint=fingerprint):
        return True
    return take_back(
        purchase_id=purchase,
        receipt=back.receipt,
        lines=_lines(purchase, back.parts),
        till=till,
        fingerprint=fingerprint,
        occurred_at=back.occurred_at,
        at=at,
        import_id=import_id,
    ).replayed


def _is_known(back: _Back, *, till: Till, purchase_id: UUID, fingerprint: bytes) -> bool:
    """The same return is there: nothing is left of its lines, which is why it is looked for before they are."""
    return Return.objects.filter(
        store_id=back.store_id,
        period=till.receipt_period(till.business_date(back.occurred_at)),
        receipt=back.receipt,
        kind=Return.Kind.RETURN,
        purchase_id=purchase_id,
        fingerprint=fingerprint,
    ).exists()


def _lines(purchase_id: UUID, parts: Sequence[_Part]) -> list[ReturnedLine]:
    """Which lines of the bill the parts are, by article; an unnamed article is the only line of its bill."""
    sold = list(PurchaseLine.objects.filter(purchase_id=purchase_id).order_by("line"))
    left = {line.line: _Left(line.line, line.sku, line.quantity, line.amount) for line in sold}
    for gone in ReturnLine.objects.filter(purchase_id=purchase_id):
        left[gone.line].quantity -= gone.quantity
        left[gone.line].amount -= gone.amount
    for part in parts:
        fitting = [line for line in left.values() if line.sku == part.sku or (not part.sku and len(left) == 1)]
        if not any(line.takes(part) for line in fitting):
            raise LineUnknown
    return [
        ReturnedLine(line=line.line, quantity=line.back_quantity, amount=line.back_amount)
        for line in left.values()
        if line.back_quantity or line.back_amount
    ]


def _refuse(back: _Back, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO import_problem (row, reason) SELECT unnest(%s::integer[]), %s",
            [[part.row for part in back.parts], reason],
        )
