"""How likely is it that you recommend us? Asked after a visit, answered once per bill."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from events import outbox
from events.refusals import Conflict, Refusal
from members import joining
from members.models import Case, CaseKind, Feedback
from members.relationship import cases, saying, terms

LONGEST_COMMENT = 1000
# without a bill, a member is heard once within this time
AGAIN_AFTER = timedelta(days=1)


class ScoreUnreadable(Refusal):
    """A score is a whole number from 0 to 10."""

    code = "score_unreadable"


class AlreadyJudged(Conflict):
    """This bill has its feedback, or this member gave some today."""

    code = "already_judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The feedback, and the case it opened, if it did."""

    feedback: Feedback
    case: Case | None


def give(
    *,
    member_id: UUID,
    score: int,
    comment: str = "",
    purchase_id: UUID | None = None,
    store_id: int | None = None,
    via: str,
    by: str,
    at: datetime,
    request_id: str = "",
) -> Given:
    """Keeps one member's score for one bill (that it is theirs, the door has seen) or for the shop as a whole.

    A low score opens a complaint where the shop wants it so (`terms.of_feedback`). `via`: link, portal, counter.
    Raises ScoreUnreadable, AlreadyJudged, WordsTooLong, MemberGone.
    """
    if isinstance(score, bool) or not isinstance(score, int) or not 0 <= score <= 10:
        raise ScoreUnreadable
    said = saying.kept(comment, longest=LONGEST_COMMENT, required=False)
    try:
        with transaction.atomic():
            member = saying.member(member_id, lock=True)
            if purchase_id is None and _heard_lately(member_id, at):
                raise AlreadyJudged
            case = None
            rule = terms.of_feedback()
            if rule.opens_case and score <= rule.opens_case_at_most:
                case = _complaint(
                    member_id=member_id,
                    score=score,
                    said=said,
                    purchase_id=purchase_id,
                    store_id=store_id,
                    by=by,
                    at=at,
                    request_id=request_id,
                )
            given = Feedback.objects.create(
                member_id=member_id,
                practice=member.practice,
                purchase_id=purchase_id,
                store_id=store_id,
                score=score,
                comment=said,
                via=via,
                at=at,
                by=by,
                case=case,
            )
            outbox.record(
                type="feedback.given",
                member_id=member_id,
                subject_id=given.pk,
                store_id=store_id,
                data={"score": score, "purchase": str(purchase_id) if purchase_id else None},
                at=at,
                by=by,
                request_id=request_id,
            )
            return Given(feedback=given, case=case)
    except IntegrityError as conflict:
        if joining.constraint_of(conflict) != "a_bill_is_judged_once":
            raise
        raise AlreadyJudged from None


def of_bill(*, purchase_id: UUID) -> Feedback | None:
    """What was said of a bill, so that a door asks once."""
    return Feedback.objects.filter(purchase_id=purchase_id).first()


def of_member(*, member_id: UUID, limit: int = 20) -> list[Feedback]:
    """A member's feedback, newest first."""
    return list(Feedback.objects.filter(member_id=member_id).order_by("-at")[:limit])


def _heard_lately(member_id: UUID, at: datetime) -> bool:
    lately = Feedback.objects.filter(member_id=member_id, purchase_id__isnull=True, at__gt=at - AGAIN_AFTER)
    return lately.exists()


def _complaint(*, member_id: UUID, score: int, said: str, **told: object) -> Case:
    with translation.override(settings.LANGUAGE_CODE):  # staff read it, whatever language the member does
        subject = _("Khách chấm %(score)s/10") % {"score": score}
    return cases.open(
        member_id=member_id,
        kind=CaseKind.COMPLAINT,
        subject=subject,
        words=said or subject,
        via=Case.Via.FEEDBACK,
        **told,  # type: ignore[arg-type]
    )
