"""Bills that find their member later: moved from the wrong one, or a guest's claimed."""

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from api import reading, who
from api.schema import KEY_HEADER, told
from api.shapes import answers as shapes
from api.shapes.bills import Claim, Move
from api.views.purchases import BillDoor
from loyalty import claiming, moving


class Moves(BillDoor):
    scopes: ClassVar = {"POST": "refund"}

    @told(
        "The bill is another member's: it moves there with its points, within the programme's days (30)",
        name="purchase_move",
        body=Move,
        shows={201: shapes.Purchase, 200: shapes.Purchase},
        refused=[404, 409],
        parameters=[KEY_HEADER],
    )
    def post(self, request: Request, purchase_id: str) -> HttpResponse:
        key = reading.idempotency_key(request._request)
        sent = self.read(Move)
        identity = reading.must_identify(purchase_id)
        till = self.caller.till
        done = moving.move(
            purchase_id=identity,
            member_id=who.member_id(who.of(sent.member, at=self.at), practice=till.practice),
            reason=sent.reason,
            key=key,
            till=till,
            fingerprint=reading.fingerprint(sent, of=str(identity)),
            at=self.at,
            request_id=self.request_id,
        )
        return self.tell_effect(self.as_sold(done.purchase), replayed=done.replayed)


class Claims(BillDoor):
    scopes: ClassVar = {"POST": "earn"}

    @told(
        "A guest's bill of this store joined to a member, within the programme's days (3), by receipt or printed code",
        name="purchase_claim",
        body=Claim,
        shows={201: shapes.Purchase, 200: shapes.Purchase},
        refused=[409],
        parameters=[KEY_HEADER],
    )
    def post(self, request: Request) -> HttpResponse:
        key = reading.idempotency_key(request._request)
        sent = self.read(Claim)
        till = self.caller.till
        done = claiming.claim(
            member_id=who.member_id(who.of(sent.member, at=self.at), practice=till.practice),
            receipt=sent.receipt,
            date=sent.date,
            amount=sent.amount,
            code=sent.code,
            key=key,
            till=till,
            fingerprint=reading.fingerprint(sent),
            at=self.at,
            request_id=self.request_id,
        )
        return self.tell_effect(self.as_sold(done.purchase), replayed=done.replayed)
