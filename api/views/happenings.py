"""What members did that is no purchase."""

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from api import answers, reading, who
from api.base import Door
from api.schema import KEY_HEADER, told
from api.shapes.happenings import BonusEvent, BonusEventGiven
from loyalty import hearing


class BonusEvents(Door):
    scopes: ClassVar = {"POST": "earn"}

    @told(
        "Say that a member wrote a review, came by, or did what the shop gives points for",
        name="event_tell",
        body=BonusEvent,
        shows={201: BonusEventGiven, 200: BonusEventGiven},
        refused=[409],
        parameters=[KEY_HEADER],
    )
    def post(self, request: Request) -> HttpResponse:
        key = reading.idempotency_key(request._request)
        sent = self.read(BonusEvent)
        given = hearing.tell(
            who=who.of(sent.member, at=self.at) or who.NOBODY,
            event=sent.type,
            reference=sent.reference or "",
            occurred_at=sent.occurred_at,
            dry_run=bool(sent.dry_run),
            key=key,
            till=self.caller.till,
            fingerprint=reading.fingerprint(sent),
            at=self.at,
            request_id=self.request_id,
        )
        answer = answers.bonus_event(given, language=self.language)
        return self.tell(answer) if given.dry_run else self.tell_effect(answer, replayed=given.replayed)
