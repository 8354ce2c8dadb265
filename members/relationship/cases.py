"""Cases: opened, answered, handed on, closed with a reason, opened again. Every line of the thread is kept.

A case is `open` while the member waits for us. Our answer makes it `answered`, or `waiting` where something else must
happen first; the member's word makes it `open` again with a new time to answer. The case's row is locked for every
step, so that two who answer at once both stand in the thread and the first one counts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from events import outbox
from events.refusals import Refusal
from members import identifying, joining
from members.changing import StaffUnknown
from members.models import Case, CaseKind, CaseLine, User
from members.relationship import contacts, saying, terms
from members.relationship.threads import CaseUnknown

LONGEST_SUBJECT = 120


class CaseKindUnknown(Refusal):
    code = "case_kind_unknown"


class CaseClosed(Refusal):
    """The case is closed; open it again first. For a member: it was closed too long ago, a new one is needed."""

    code = "case_closed"


class CaseNotClosed(Refusal):
    """Only a closed case is opened again."""

    code = "case_not_closed"


def open(
    *,
    member_id: UUID,
    kind: str,
    subject: str = "",
    words: str,
    via: str,
    store_id: int | None = None,
    purchase_id: UUID | None = None,
    owner_id: int | None = None,
    token: UUID | None = None,
    by: str,
    at: datetime,
    request_id: str = "",
) -> Case:
    """Opens a case with its first words and its times; owned by the member's contact person unless said.

    The same `token` again is the same case. `via`: counter, portal, dashboard, feedback. Without a subject the first
    line of the words is one. Raises CaseKindUnknown, WordsMissing, WordsTooLong, StaffUnknown, MemberGone.
    """
    if kind not in CaseKind.values:
        raise CaseKindUnknown
    said = saying.kept(words)
    about = identifying.clean(subject) or said.split("\n", 1)[0]
    about = about if len(about) <= LONGEST_SUBJECT else about[: LONGEST_SUBJECT - 1].rstrip() + "…"
    due = terms.due(terms.of(kind), at=at)
    try:
        with transaction.atomic():
            member = saying.member(member_id)
            if owner_id is None:
                contact = contacts.of_member(member_id=member_id)
                owner_id = contact.user_id if contact else None
            else:
                _must_work_here(owner_id)
            case = Case.objects.create(
                member_id=member_id,
                practice=member.practice,
                kind=kind,
                subject=about,
                words=said,
                via=via,
                store_id=store_id,
                purchase_id=purchase_id,
                owner_id=owner_id,
                opened_at=at,
                by=by,
                token=token,
                first_due_at=due.answer,
                answer_due_at=due.answer,
                close_due_at=due.close,
            )
            _tell("case.opened", case, {"via": str(via)}, by=by, at=at, request_id=request_id)
            return case
    except IntegrityError as conflict:
        if joining.constraint_of(conflict) != "a_form_opens_one_case":
            raise
        known = Case.objects.filter(token=token, member_id=member_id).first()
        if known is None:
            raise CaseUnknown from None
        return known


def answer(
    *,
    case_id: UUID,
    words: str,
    from_member: UUID | None = None,
    internal: bool = False,
    waits: bool = False,
    token: UUID | None = None,
    by: str,
    at: datetime,
    request_id: str = "",
) -> CaseLine:
    """Adds to the thread: staff's answer to the customer, a line for staff only (`internal`), or the member's own word.

    `from_member`: the member who speaks; the case must be theirs, and a closed one opens again within its days.
    `waits`: the answer says that something else must happen first. The same `token` again is the same line. Raises
    CaseUnknown, CaseClosed, WordsMissing, WordsTooLong.
    """
    said = saying.kept(words)
    kind = CaseLine.Kind.INTERNAL if internal else CaseLine.Kind.ANSWER
    if from_member is not None:
        kind = CaseLine.Kind.CUSTOMER
    try:
        with _locked(case_id, member_id=from_member) as case:
            known = CaseLine.objects.filter(token=token, case=case).first() if token else None
            if known is not None:
                return known
            if case.is_closed and kind == CaseLine.Kind.CUSTOMER:
                _open_again(case, words="", by=by, at=at, request_id=request_id, asked_by_member=True)
            if case.is_closed and kind == CaseLine.Kind.ANSWER:
                raise CaseClosed
            line = CaseLine.objects.create(case=case, kind=kind, text=said, at=at, by=by, token=token)
            if kind == CaseLine.Kind.CUSTOMER:
                _waits_for_us(case, at=at)
            elif kind == CaseLine.Kind.ANSWER:
                answered(case, waits=waits, at=at)
            if kind != CaseLine.Kind.INTERNAL:
                data = {"who": "member" if kind == CaseLine.Kind.CUSTOMER else "staff", "line": str(line.pk)}
                _tell("case.answered", case, data, by=by, at=at, request_id=request_id)
            return line
    except IntegrityError as conflict:
        if joining.constraint_of(conflict) != "a_form_says_one_line":
            raise
        raise CaseUnknown from None  # the token belongs to another case


def assign(*, case_id: UUID, user_id: int | None, by: str, at: datetime) -> Case:
    """Hands the case to somebody, or to nobody; nothing is written when it is theirs.

    Raises CaseUnknown, StaffUnknown.
    """
    if user_id is not None:
        _must_work_here(user_id)
    with _locked(case_id) as case:
        if case.owner_id != user_id:
            case.owner_id = user_id
            case.save(update_fields=["owner"])
            CaseLine.objects.create(case=case, kind=CaseLine.Kind.OWNER, owner_id=user_id, at=at, by=by)
    return case


def close(
    *,
    case_id: UUID,
    reason: str,
    words: str = "",
    token: UUID | None = None,
    by: str,
    at: datetime,
    request_id: str = "",
) -> Case:
    """Closes the case with a reason of the list, and last words to the customer if any.

    Raises CaseUnknown, CaseClosed, CloseReasonUnknown.
    """
    why = terms.reason(reason)
    said = saying.kept(words, required=False)
    with _locked(case_id) as case:
        if case.is_closed:
            if token and CaseLine.objects.filter(token=token, case=case).exists():
                return case
            raise CaseClosed
        if said and case.first_answered_at is None:
            case.first_answered_at = at
        case.state, case.closed_at, case.closed_by, case.reason = Case.State.CLOSED, at, by, why
        case.answer_due_at = None
        case.save(update_fields=["state", "closed_at", "closed_by", "reason", "answer_due_at", "first_answered_at"])
        CaseLine.objects.create(case=case, kind=CaseLine.Kind.CLOSED, text=said, reason=why, at=at, by=by, token=token)
        _tell("case.closed", case, {"reason": why.pk}, by=by, at=at, request_id=request_id)
    return case


def reopen(*, case_id: UUID, words: str, by: str, at: datetime, request_id: str = "") -> Case:
    """Opens a closed case again, with new times and why. Raises CaseUnknown, CaseNotClosed, WordsMissing."""
    said = saying.kept(words)
    with _locked(case_id) as case:
        if not case.is_closed:
            raise CaseNotClosed
        _open_again(case, words=said, by=by, at=at, request_id=request_id, asked_by_member=False)
    return case


def answered(case: Case, *, waits: bool = False, at: datetime) -> None:
    """The member has our word; only with the case locked (`locked`)."""
    case.first_answered_at = case.first_answered_at or at
    case.state = Case.State.WAITING if waits else Case.State.ANSWERED
    case.answer_due_at = None
    case.save(update_fields=["state", "first_answered_at", "answer_due_at"])


@contextmanager
def locked(*, case_id: UUID) -> Iterator[Case]:
    """The case, for a higher floor that adds to it in a transaction of its own. Raises CaseUnknown."""
    with _locked(case_id) as case:
        yield case


# --- how every step is made -------------------------------------------------------------------------------------------


@contextmanager
def _locked(case_id: UUID, *, member_id: UUID | None = None) -> Iterator[Case]:
    with transaction.atomic():
        cases = Case.objects.select_for_update(no_key=True).filter(pk=case_id)
        if member_id is not None:
            cases = cases.filter(member_id=member_id)
        case = cases.first()
        if case is None:
            raise CaseUnknown
        yield case


def _waits_for_us(case: Case, *, at: datetime) -> None:
    """The member said something: who waits already goes on waiting from then."""
    if case.state != Case.State.OPEN:
        case.state = Case.State.OPEN
        case.answer_due_at = terms.due(terms.of(case.kind), at=at).answer
        case.save(update_fields=["state", "answer_due_at"])


def _open_again(case: Case, *, words: str, by: str, at: datetime, request_id: str, asked_by_member: bool) -> None:
    rule = terms.of(case.kind)
    if asked_by_member and case.closed_at and at > case.closed_at + timedelta(days=rule.reopen_days):
        raise CaseClosed
    due = terms.due(rule, at=at)
    case.state, case.closed_at, case.closed_by, case.reason = Case.State.OPEN, None, "", None
    case.answer_due_at, case.close_due_at = due.answer, due.close
    case.reopened += 1  # under the lock
    case.save(update_fields=["state", "closed_at", "closed_by", "reason", "answer_due_at", "close_due_at", "reopened"])
    CaseLine.objects.create(case=case, kind=CaseLine.Kind.REOPENED, text=words, at=at, by=by)
    _tell("case.reopened", case, {"times": case.reopened}, by=by, at=at, request_id=request_id)


def _must_work_here(user_id: int) -> None:
    if not User.objects.filter(pk=user_id, is_active=True, groups__isnull=False).exists():
        raise StaffUnknown


def _tell(type: str, case: Case, data: dict[str, Any], *, by: str, at: datetime, request_id: str) -> None:
    outbox.record(
        type=type,
        member_id=case.member_id,
        subject_id=case.pk,
        store_id=case.store_id,
        data={"kind": str(case.kind), **data},
        at=at,
        by=by,
        request_id=request_id,
    )
