"""Bills that were keyed wrongly, keyed again as they should have been."""

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from api import answers, bills, reading, who
from api.base import Door
from api.schema import KEY_HEADER, told
from api.shapes import answers as shapes
from api.shapes.bills import Correction
from loyalty.correcting import Asked
from rewards import checkout


class Corrections(Door):
    scopes: ClassVar = {"POST": "refund"}

    @told(
        "The bill was keyed wrongly: it comes back whole, and this one stands under its receipt",
        name="purchase_correct",
        body=Correction,
        shows={201: shapes.Purchase, 200: shapes.Purchase},
        refused=[404, 409],
        parameters=[KEY_HEADER],
    )
    def post(self, request: Request, purchase_id: str) -> HttpResponse:
        key = reading.idempotency_key(request._request)
        sent = self.read(Correction)
        if sent.points_to_spend or sent.vouchers or sent.hold:
            self.caller.must_have("redeem")
        identity = reading.must_identify(purchase_id)
        asked = Asked(
            purchase_id=identity,
            bill=bills.bill(sent, receipt=sent.receipt),
            who=who.of(sent.member, at=self.at),
            reason=sent.reason,
            key=key,
            fingerprint=reading.fingerprint(sent, of=str(identity)),
            as_sale=reading.fingerprint(sent.as_sale()),
        )
        till = self.caller.till
        done = checkout.correct(
            asked,
            vouchers=bills.vouchers(sent),
            till=till,
            at=self.at,
            proof=who.proof(sent.member, sent.proof),
            request_id=self.request_id,
        )
        return self.tell_effect(answers.purchase(done, till=till, language=self.language), replayed=done.replayed)
