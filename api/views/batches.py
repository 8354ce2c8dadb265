"""Many bills at once, of a till that was offline: each judged on its own."""

from dataclasses import dataclass
from typing import ClassVar

import msgspec
from django.http import HttpResponse
from rest_framework.request import Request

from api import answers, bills, problems, reading, who
from api.base import Door
from api.problems import Problem
from api.schema import told
from api.shapes import answers as shapes
from api.shapes.bills import Batch, ReceiptOnly
from api.shapes.bills import Purchase as PurchaseSent
from events.refusals import Refusal
from loyalty import earning
from loyalty.earning import BatchItem, BatchResult
from loyalty.sales import Recorded
from rewards.checkout import CheckedOut


@dataclass(frozen=True, slots=True)
class _Unfit:
    """A bill that was refused, before the domain or by it."""

    receipt: str | None
    problem: Problem


class Batches(Door):
    scopes: ClassVar = {"POST": "earn"}
    largest_body = reading.LARGEST_BATCH

    @told(
        "Post up to 1,000 bills; one result each, in the order sent",
        name="purchase_batch",
        body=Batch,
        shows={200: shapes.BatchAnswer},
    )
    def post(self, request: Request) -> HttpResponse:
        read = [self._item(raw) for raw in self.read(Batch).purchases]
        items = [item for item in read if isinstance(item, BatchItem)]
        recorded = iter(
            earning.record_batch(items=items, till=self.caller.till, at=self.at, request_id=self.request_id)
        )
        results = [self._unfit(item) if isinstance(item, _Unfit) else self._result(next(recorded)) for item in read]
        return self.tell(shapes.BatchAnswer(results=results))

    def _item(self, raw: msgspec.Raw) -> BatchItem | _Unfit:
        try:
            sent = reading.shape(raw, PurchaseSent)
            if sent.vouchers:
                raise earning.OnlineOnly()
            return BatchItem(
                bill=bills.bill(sent, receipt=sent.receipt),
                # a code shown to a till that was offline was true when the bill was made
                who=who.of(sent.member, at=sent.occurred_at),
                fingerprint=reading.fingerprint(sent),
            )
        except (Problem, Refusal) as refused:
            return _Unfit(_receipt(raw), problems.of(refused))

    def _result(self, result: BatchResult) -> shapes.BatchItem:
        if result.recorded is None:
            return self._unfit(_Unfit(result.receipt, problems.of(result.refusal or Refusal())))
        return shapes.BatchItem(
            receipt=result.receipt,
            status=200 if result.recorded.replayed else 201,
            purchase=answers.purchase(
                _without_vouchers(result.recorded), till=self.caller.till, language=self.language
            ),
            error=None,
        )

    def _unfit(self, unfit: _Unfit) -> shapes.BatchItem:
        return shapes.BatchItem(
            receipt=unfit.receipt,
            status=unfit.problem.status,
            purchase=None,
            error=answers.problem(unfit.problem, language=self.language),
        )


def _without_vouchers(recorded: Recorded) -> CheckedOut:
    """A bill of a batch names none, and a replay is of the same bill."""
    return CheckedOut(purchase=recorded.purchase, vouchers=(), replayed=recorded.replayed)


def _receipt(raw: msgspec.Raw) -> str | None:
    """The receipt of a bill that is otherwise malformed, so that its till knows which one."""
    try:
        receipt = msgspec.json.decode(raw, type=ReceiptOnly).receipt
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return receipt if receipt.isprintable() else None
