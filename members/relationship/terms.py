"""How soon cases are answered and closed, why they are closed, and what a low score sets going. Set by staff."""

from dataclasses import dataclass
from datetime import datetime

from events.refusals import Missing
from members import named_days
from members.models import CaseKind, CaseTerms, CloseReason, FeedbackTerms
from members.relationship import hours

# working hours to the first answer and to the end, as a shop begins: its day has thirteen
FIRST_TERMS = {
    CaseKind.COMPLAINT: (4, 26),
    CaseKind.QUESTION: (13, 39),
    CaseKind.WISH: (26, 130),
}
FIRST_REASONS = (
    ("solved", "Đã xử lý xong", "Solved"),
    ("refunded", "Đã đổi hàng hoặc hoàn tiền", "Exchanged or refunded"),
    ("explained", "Đã giải thích, khách đồng ý", "Explained, and the customer agrees"),
    ("noted", "Đã ghi nhận mong muốn", "The wish has been noted"),
    ("unreachable", "Không liên lạc được với khách", "The customer could not be reached"),
    ("duplicate", "Trùng với phiếu khác", "Same as another case"),
    ("unfounded", "Không đúng sự thật", "Without ground"),
)


class CloseReasonUnknown(Missing):
    """No such reason, or one that is no longer used."""

    code = "close_reason_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When the next answer is due and when the case is to be closed."""

    answer: datetime
    close: datetime


def found() -> None:
    """Make the terms and reasons that are absent; what a shop has changed stays."""
    known = set(CaseTerms.objects.values_list("kind", flat=True))
    CaseTerms.objects.bulk_create(
        [
            CaseTerms(kind=kind, answer_hours=answer, close_hours=close)
            for kind, (answer, close) in FIRST_TERMS.items()
            if kind not in known
        ],
        ignore_conflicts=True,
    )
    if not CloseReason.objects.exists():
        CloseReason.objects.bulk_create(
            [
                CloseReason(key=key, name_vi=vietnamese, name_en=english, position=10 * place)
                for place, (key, vietnamese, english) in enumerate(FIRST_REASONS, 1)
            ],
            ignore_conflicts=True,
        )
    FeedbackTerms.objects.get_or_create(pk=1)


def of(kind: str) -> CaseTerms:
    """The terms of one kind, the first ones where nobody has written any."""
    row = CaseTerms.objects.filter(pk=kind).first()
    if row is not None:
        return row
    answer, close = FIRST_TERMS[CaseKind(kind)]
    return CaseTerms(kind=kind, answer_hours=answer, close_hours=close, reopen_days=30)


def due(terms: CaseTerms, *, at: datetime) -> Due:
    """The two times of a case that begins (again) at a moment: hours are counted while somebody is there."""
    off = named_days.calendar().off
    answer, close = (
        hours.after(at, hours=many, opens=terms.opens, closes=terms.closes, off=off)
        for many in (terms.answer_hours, terms.close_hours)
    )
    return Due(answer=answer, close=close)


def of_feedback() -> FeedbackTerms:
    return FeedbackTerms.objects.filter(pk=1).first() or FeedbackTerms(pk=1)


def reasons() -> list[CloseReason]:
    """The reasons a case may be closed with, in the order of the shop."""
    return list(CloseReason.objects.filter(active=True).order_by("position", "key"))


def reason(key: str) -> CloseReason:
    """Raises CloseReasonUnknown."""
    found = CloseReason.objects.filter(pk=key, active=True).first()
    if found is None:
        raise CloseReasonUnknown
    return found
