"""Points put aside for a bill that is still open."""

from datetime import timedelta
from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from api import answers, reading, who
from api.base import Door
from api.schema import KEY_HEADER, told
from api.shapes import answers as shapes
from api.shapes.bills import Hold as HoldSent
from loyalty import holding
from rewards import checkout


class Holds(Door):
    scopes: ClassVar = {"POST": "redeem"}

    @told(
        "Put points of a member aside for an open bill, for ten minutes unless said",
        name="hold_place",
        body=HoldSent,
        shows={201: shapes.Hold, 200: shapes.Hold},
        refused=[409],
        parameters=[KEY_HEADER],
    )
    def post(self, request: Request) -> HttpResponse:
        key = reading.idempotency_key(request._request)
        sent = self.read(HoldSent)
        held = checkout.hold(
            who=who.of(sent.member, at=self.at),
            points=sent.points,
            lasts=timedelta(seconds=sent.seconds or 600),
            proof=who.proof(sent.member, sent.proof),
            key=key,
            till=self.caller.till,
            fingerprint=reading.fingerprint(sent),
            at=self.at,
            request_id=self.request_id,
        )
        return self.tell_effect(answers.hold(held), replayed=held.replayed)


class Hold(Door):
    scopes: ClassVar = {"DELETE": "redeem"}

    @told(
        "Let points go that were put aside; also where they are gone or let go already",
        name="hold_release",
        shows={204: None},
    )
    def delete(self, request: Request, hold_id: str) -> HttpResponse:
        self.parameters()
        named = reading.identity(hold_id)
        if named is not None:
            holding.let_go(hold_id=named, till=self.caller.till, at=self.at, request_id=self.request_id)
        return HttpResponse(status=204)
