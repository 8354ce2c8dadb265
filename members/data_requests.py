"""What people ask of their data, and the law's times: answered in two working days, done within fifteen days.

Whoever asks may be the member (portal), or staff for the member (a marketer may ask); an admin answers and carries out.
"""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction

from events import outbox
from events.refusals import Conflict, Missing, Refusal
from members import changing, consenting, erasing, exporting, identifying, joining, named_days
from members.models import DataRequest, Member, Purpose

Kind, State = DataRequest.Kind, DataRequest.State
DAYS_TO_ANSWER = 2
DAYS_TO_DO = 15
LONGEST_WORDS = 2000
ONE_AT_A_TIME = "a_member_asks_for_a_thing_once_at_a_time"
OPEN = (State.ASKED, State.ANSWERED)


class RequestKindUnknown(Refusal):
    code = "data_request_kind_unknown"


class AskedAlready(Conflict):
    """The same was asked and is not done yet."""

    code = "data_request_asked_already"


class RequestUnknown(Missing):
    """No such request, or it is over."""

    code = "data_request_unknown"


class AnswerMissing(Refusal):
    """An answer and a refusal say something."""

    code = "answer_missing"


def ask(
    *, member_id: UUID, kind: str, words: str = "", via: str, by: str, at: datetime, request_id: str = ""
) -> DataRequest:
    """Takes the request down with its times. Raises RequestKindUnknown, AskedAlready, MemberGone."""
    if kind not in Kind.values:
        raise RequestKindUnknown
    if not Member.objects.filter(pk=member_id).exclude(status=Member.Status.ERASED).exists():
        raise changing.MemberGone
    try:
        with transaction.atomic():
            request = DataRequest.objects.create(
                member_id=member_id,
                kind=kind,
                words=identifying.clean(words)[:LONGEST_WORDS],
                via=via,
                asked_at=at,
                asked_by=by,
                answer_due_at=_working_days_after(at, DAYS_TO_ANSWER),
                done_due_at=at + timedelta(days=DAYS_TO_DO),
            )
            _tell("data_request.asked", request, by=by, at=at, request_id=request_id)
            return request
    except IntegrityError as conflict:
        if joining.constraint_of(conflict) != ONE_AT_A_TIME:
            raise
        raise AskedAlready from None


def answer(*, data_request_id: UUID, text: str, by: str, at: datetime, request_id: str = "") -> DataRequest:
    """Tells the person what will be done; it is still to do. Raises AnswerMissing, RequestUnknown."""
    return _step(data_request_id, State.ANSWERED, text=text, by=by, at=at, request_id=request_id)


def refuse(*, data_request_id: UUID, text: str, by: str, at: datetime, request_id: str = "") -> DataRequest:
    """It is not done, and why. Raises AnswerMissing, RequestUnknown."""
    return _step(data_request_id, State.REFUSED, text=text, by=by, at=at, request_id=request_id)


def carry_out(*, data_request_id: UUID, by: str, at: datetime, request_id: str = "") -> DataRequest:
    """Does what was asked, in one transaction: erases, stops advertising and profiling; the others are done by hand.

    Raises RequestUnknown, MemberGone.
    """
    with transaction.atomic():
        request = _locked(data_request_id)
        if request.kind == Kind.ERASE:
            _over(request, State.DONE, by=by, at=at)
            erasing.erase(member_id=request.member_id, by=by, at=at, request_id=request_id)
            request.refresh_from_db()
        else:
            if request.kind == Kind.STOP:
                _stop(request.member_id, by=by, at=at, request_id=request_id)
            if request.kind == Kind.EXPORT:
                exporting.told(member_id=request.member_id, by=by, at=at, request_id=request_id)
            _over(request, State.DONE, by=by, at=at)
        _tell("data_request.answered", request, by=by, at=at, request_id=request_id)
        return request


def waiting(*, at: datetime) -> tuple[int, int]:
    """How many requests are not over, and how many of them are late."""
    open_ = DataRequest.objects.filter(state__in=OPEN)
    unanswered = open_.filter(state=State.ASKED, answer_due_at__lt=at)
    undone = open_.filter(done_due_at__lt=at)
    return open_.count(), (unanswered | undone).count()


def _stop(member_id: UUID, *, by: str, at: datetime, request_id: str) -> None:
    for purpose in (Purpose.MARKETING, Purpose.PROFILING):
        consenting.withdraw(
            member_id=member_id, purpose=purpose, how="data_request", by=by, at=at, request_id=request_id
        )


def _step(data_request_id: UUID, state: str, *, text: str, by: str, at: datetime, request_id: str) -> DataRequest:
    said = identifying.clean(text)[:LONGEST_WORDS]
    if not said:
        raise AnswerMissing
    with transaction.atomic():
        request = _locked(data_request_id)
        request.answer = said
        if request.answered_at is None:
            request.answered_at, request.answered_by = at, by
        if state == State.ANSWERED:
            request.state = state
            request.save(update_fields=["answer", "answered_at", "answered_by", "state"])
        else:
            request.save(update_fields=["answer", "answered_at", "answered_by"])
            _over(request, state, by=by, at=at)
        _tell("data_request.answered", request, by=by, at=at, request_id=request_id)
        return request


def _locked(data_request_id: UUID) -> DataRequest:
    request = DataRequest.objects.select_for_update().filter(pk=data_request_id, state__in=OPEN).first()
    if request is None:
        raise RequestUnknown
    return request


def _over(request: DataRequest, state: str, *, by: str, at: datetime) -> None:
    request.state, request.ended_at, request.ended_by = state, at, by
    if request.answered_at is None:
        request.answered_at, request.answered_by = at, by
    request.save(update_fields=["state", "ended_at", "ended_by", "answered_at", "answered_by"])


def _working_days_after(at: datetime, days: int) -> datetime:
    """The end of the n-th working day (Monday to Friday, no holiday) after the day of `at`, by the shop's clock."""
    zone = ZoneInfo(settings.TIME_ZONE)
    day = at.astimezone(zone).date()
    left, off = days, named_days.calendar().off
    while left:
        day += timedelta(days=1)
        if day.weekday() < 5 and not off(day):
            left -= 1
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone)


def _tell(type: str, request: DataRequest, *, by: str, at: datetime, request_id: str) -> None:
    outbox.record(
        type=type,
        member_id=request.member_id,
        subject_id=request.pk,
        data={"kind": request.kind, "state": request.state},
        at=at,
        by=by,
        request_id=request_id,
    )
