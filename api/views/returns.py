"""Bills that come back, in part or whole, and bills that never happened."""

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from api import answers, bills, reading
from api.base import Door
from api.schema import KEY_HEADER, told
from api.shapes import answers as shapes
from api.shapes.bills import Cancellation
from api.shapes.bills import Return as ReturnSent
from rewards import checkout


class Returns(Door):
    scopes: ClassVar = {"POST": "refund"}

    @told(
        "Take back lines of a bill, or all that is left",
        name="purchase_return",
        body=ReturnSent,
        shows={201: shapes.Return, 200: shapes.Return},
        refused=[404, 409],
    )
    def post(self, request: Request, purchase_id: str) -> HttpResponse:
        sent = self.read(ReturnSent)
        done = checkout.return_purchase(
            purchase_id=reading.must_identify(purchase_id),
            receipt=sent.receipt,
            lines=bills.returned_lines(sent),
            occurred_at=sent.occurred_at,
            till=self.caller.till,
            fingerprint=reading.fingerprint(sent),
            at=self.at,
            request_id=self.request_id,
        )
        return self.tell_effect(answers.returned(done, language=self.language), replayed=done.replayed)


class Cancellations(Door):
    scopes: ClassVar = {"POST": "refund"}

    @told(
        "The bill never happened: until the end of its business day",
        name="purchase_cancel",
        body=Cancellation,
        shows={201: shapes.Return, 200: shapes.Return},
        refused=[404, 409],
        parameters=[KEY_HEADER],
    )
    def post(self, request: Request, purchase_id: str) -> HttpResponse:
        key = reading.idempotency_key(request._request)
        sent = reading.shape(self.raw() or b"{}", Cancellation)
        identity = reading.must_identify(purchase_id)
        done = checkout.cancel(
            purchase_id=identity,
            key=key,
            till=self.caller.till,
            fingerprint=reading.fingerprint(sent, of=str(identity)),
            at=self.at,
            request_id=self.request_id,
        )
        return self.tell_effect(answers.returned(done, language=self.language), replayed=done.replayed)
