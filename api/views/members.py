"""Members at the till: joining, being found, and what happened to their points."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api import answers, cursors, reading
from api.base import Door
from api.problems import Problem, malformed
from api.schema import KEY_HEADER, told
from api.shapes import answers as shapes
from api.shapes.people import CodeAsked, Enrolment
from campaigns import sending_codes
from loyalty import queries, standings
from loyalty.standings import Standing
from members import birthdays, enrolling, identifying, one_time_codes, qr
from members.consenting import ConsentGiven
from rewards import queries as vouchers


class MemberDoor(Door):
    """What the calls about one member share: who is asked about, and a budget of its own."""

    looks_up = True

    def standing(self, member_id: UUID | None) -> Standing:
        """The member of an id, or 404: a practice member for a live key is nobody."""
        found = None
        if member_id is not None:
            found = standings.of("id", member_id, practice=self.caller.till.practice, at=self.at)
        if found is None:
            raise Problem(404, "not_found")
        return found

    def show(self, standing: Standing) -> shapes.Member:
        return answers.member(standing, at=self.at, language=self.language)


def _text(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string", "minLength": 1, "maxLength": 80}, description=description)


class Members(MemberDoor):
    scopes: ClassVar = {"GET": "lookup", "POST": "enrol"}

    @told(
        "Find a member by exactly one of phone, card or QR",
        name="member_find",
        shows={200: shapes.Member},
        refused=[404],
        parameters=[
            _text("phone", "Any Vietnamese spelling; a leading blank is read as +."),
            _text("card", "With or without blanks."),
            _text("qr", "LM1.<member id>.<8 digits>"),
        ],
    )
    def get(self, request: Request) -> HttpResponse:
        query = self.parameters("phone", "card", "qr")
        if len(query) != 1:
            raise malformed("", "exactly_one")
        ((kind, value),) = query.items()
        try:
            if kind == "qr":
                return self.tell(self.show(self.standing(qr.verify(value, at=self.at))))
            named = identifying.phone(value) if kind == "phone" else identifying.card(value)
        except (qr.QrRefused, identifying.PhoneUnreadable, identifying.CardUnreadable):
            raise Problem(404, "not_found") from None
        found = standings.of(kind, named, practice=self.caller.till.practice, at=self.at)
        if found is None:
            raise Problem(404, "not_found")
        return self.tell(self.show(found))

    @told(
        "Enrol a member",
        name="member_enrol",
        body=Enrolment,
        shows={201: shapes.Member, 200: shapes.Member},
        refused=[409],
        parameters=[KEY_HEADER],
    )
    def post(self, request: Request) -> HttpResponse:
        key = reading.idempotency_key(request._request)
        sent = self.read(Enrolment)
        till = self.caller.till
        enrolled = enrolling.enrol(
            key=key,
            fingerprint=reading.fingerprint(sent),
            store_id=till.store_id,
            practice=till.practice,
            by=till.by,
            at=self.at,
            request_id=self.request_id,
            **_person(sent),
        )
        return self.tell_effect(self.show(self.standing(enrolled.member_id)), replayed=enrolled.replayed)


def _person(sent: Enrolment) -> dict[str, Any]:
    """The words of `joining.join` for somebody who joins at a till."""
    born = sent.birth_date
    return {
        "name": sent.name,
        "phone": sent.phone,
        "email": sent.email or None,
        "gender": sent.gender or "",
        "locale": sent.locale or "vi",
        "birthday": birthdays.Birthday(day=born.day, month=born.month, year=born.year) if born else None,
        "joined_via": "till",
        "consents": [
            ConsentGiven(purpose=one.purpose, channel=one.channel, text=one.text, how="counter")
            for one in sent.consents
        ],
    }


class Member(MemberDoor):
    scopes: ClassVar = {"GET": "lookup"}

    @told("A member by id", name="member_read", shows={200: shapes.Member}, refused=[404])
    def get(self, request: Request, member_id: str) -> HttpResponse:
        self.parameters()
        return self.tell(self.show(self.standing(reading.identity(member_id))))


PAGE = [
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
    OpenApiParameter("cursor", {"type": "string", "maxLength": 80}, description="`next` of the page before."),
]


class Statement(MemberDoor):
    scopes: ClassVar = {"GET": "lookup"}

    @told(
        "What happened to a member's points, newest first",
        name="member_statement",
        shows={200: shapes.Statement},
        refused=[404],
        parameters=PAGE,
    )
    def get(self, request: Request, member_id: str) -> HttpResponse:
        query = self.parameters("limit", "cursor")
        limit = reading.limit_of(query)
        member = self.standing(reading.identity(member_id)).member_id
        before = cursors.read(query.get("cursor"), of=str(member))
        found = queries.statement(member, before=before, limit=limit + 1)
        page = found[:limit]
        following = cursors.make(page[-1].seq, of=str(member)) if len(found) > limit else None
        answer = answers.statement(page, stores=queries.store_codes(), cursor=following, language=self.language)
        return self.tell(answer)


class Vouchers(MemberDoor):
    scopes: ClassVar = {"GET": "lookup"}

    @told(
        "A member's vouchers, newest first; codes are for the member's own eyes",
        name="member_vouchers",
        shows={200: shapes.MemberVouchers},
        refused=[404],
        parameters=PAGE,
    )
    def get(self, request: Request, member_id: str) -> HttpResponse:
        query = self.parameters("limit", "cursor")
        limit = reading.limit_of(query)
        member = self.standing(reading.identity(member_id)).member_id
        last = cursors.read(query.get("cursor"), of=f"{member}/vouchers")
        found = vouchers.of_member(
            member_id=member, at=self.at, before=UUID(int=last) if last is not None else None, limit=limit + 1
        )
        page = found[:limit]
        following = cursors.make(page[-1].id.int, of=f"{member}/vouchers") if len(found) > limit else None
        return self.tell(answers.vouchers(page, cursor=following, at=self.at, language=self.language))


class Codes(MemberDoor):
    scopes: ClassVar = {"POST": "redeem"}

    @told(
        "Send a member a one-time code, which proves that they are here; always the same answer",
        name="member_code",
        body=CodeAsked,
        shows={202: shapes.CodeOnItsWay},
    )
    def post(self, request: Request, member_id: str) -> HttpResponse:
        reading.shape(self.raw() or b"{}", CodeAsked)
        till = self.caller.till
        sending_codes.send_for_spending(
            member_id=reading.identity(member_id),
            asker=till.by,
            practice=till.practice,
            at=self.at,
        )
        seconds = int(one_time_codes.GOOD_FOR.total_seconds())
        return self.tell(shapes.CodeOnItsWay(seconds=seconds), status=202)
