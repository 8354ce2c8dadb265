"""An apology: points or a voucher for a member whose case it is, given and told in one transaction."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum

from events import outbox
from events.refusals import Refusal
from loyalty import adjusting, policies
from members import joining
from members.models import CaseLine
from members.relationship import cases, saying, threads
from rewards import granting

LONGEST_WORDS = 400


class NothingGiven(Refusal):
    """An apology gives points, a voucher, or both."""

    code = "nothing_given"


def apologise(
    *,
    case_id: UUID,
    words: str,
    points: int = 0,
    voucher: str = "",
    token: UUID,
    by: str,
    at: datetime,
    request_id: str = "",
) -> CaseLine:
    """Gives `points`, a voucher of the kind `voucher`, or both, and writes it into the case's thread as our answer.

    All of it or nothing; the same `token` again is the same apology. One case gets no more points in all than one
    person may add by hand (`adjusting`), vouchers count among those given by hand (`granting`). Raises NothingGiven,
    WordsMissing, WordsTooLong, AboveLimit, TooManyByHand, DefinitionUnknown, DefinitionEnded, CaseUnknown, CaseClosed.
    """
    said = saying.kept(words, longest=LONGEST_WORDS)
    if points < 0 or not (points or voucher):
        raise NothingGiven
    case = threads.get(case_id=case_id)
    known = CaseLine.objects.filter(token=token, case=case).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            # the ledger's account first, then the case: the order in which everybody locks
            seq, voucher_id = None, None
            if points:
                seq = adjusting.adjust(
                    member_id=case.member_id, points=points, reason=said, by=by, at=at, request_id=request_id
                )
            if voucher:
                voucher_id = granting.grant(
                    member_id=case.member_id, key=voucher, reason=said, token=token, by=by, at=at
                )
            gift = CaseLine(points=points or None, entry_seq=seq, voucher_id=voucher_id)
            return _write(gift, case_id=case_id, said=said, token=token, by=by, at=at, request_id=request_id)
    except IntegrityError as conflict:
        if joining.constraint_of(conflict) != "a_form_says_one_line":
            raise
        # the same form, sent twice at once: the other one has given it
        return CaseLine.objects.get(token=token, case=case)


def _write(
    gift: CaseLine, *, case_id: UUID, said: str, token: UUID, by: str, at: datetime, request_id: str
) -> CaseLine:
    with cases.locked(case_id=case_id) as case:
        if case.is_closed:
            raise cases.CaseClosed
        before = case.lines.filter(kind=CaseLine.Kind.APOLOGY).aggregate(points=Sum("points"))["points"] or 0
        if gift.points and before + gift.points > policies.at(at).programme.manual_limit:
            raise adjusting.AboveLimit
        gift.case, gift.kind, gift.text = case, CaseLine.Kind.APOLOGY, said
        gift.at, gift.by, gift.token = at, by, token
        gift.save(force_insert=True)
        cases.answered(case, at=at)
        outbox.record(
            type="case.answered",
            member_id=case.member_id,
            subject_id=case.pk,
            store_id=case.store_id,
            data={"kind": str(case.kind), "who": "staff", "line": str(gift.pk), "points": gift.points or 0},
            at=at,
            by=by,
            request_id=request_id,
        )
    return gift
