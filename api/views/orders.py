"""What is said of an order after its bill."""

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from api import answers, reading
from api.base import Door
from api.schema import KEY_HEADER, told
from api.shapes import answers as shapes
from api.shapes.bills import OrderEvent
from rewards import checkout


class OrderEvents(Door):
    scopes: ClassVar = {"POST": "earn"}

    @told(
        "What is said of an order: points that waited for it can be spent; failed and cancelled take the bill back",
        name="order_event",
        body=OrderEvent,
        shows={201: shapes.OrderEvent, 200: shapes.OrderEvent},
        refused=[404, 409],
        parameters=[KEY_HEADER],
    )
    def post(self, request: Request, purchase_id: str) -> HttpResponse:
        key = reading.idempotency_key(request._request)
        sent = self.read(OrderEvent)
        identity = reading.must_identify(purchase_id)
        done = checkout.tell_order(
            purchase_id=identity,
            type=sent.type,
            occurred_at=sent.occurred_at,
            tracking_url=sent.tracking_url or "",
            promised_by=sent.promised_by,
            key=key,
            till=self.caller.till,
            fingerprint=reading.fingerprint(sent, of=str(identity)),
            at=self.at,
            request_id=self.request_id,
        )
        return self.tell_effect(answers.order_event(done), replayed=done.replayed)
