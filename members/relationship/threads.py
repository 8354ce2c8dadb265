"""Cases and their threads, read: a member's, one, and what was said in it."""

from uuid import UUID

from events.refusals import Missing
from members.models import Case, CaseLine

# what a customer is shown of a thread
FOR_CUSTOMERS = (
    CaseLine.Kind.CUSTOMER,
    CaseLine.Kind.ANSWER,
    CaseLine.Kind.APOLOGY,
    CaseLine.Kind.CLOSED,
    CaseLine.Kind.REOPENED,
)


class CaseUnknown(Missing):
    """No such case, or not one of this member."""

    code = "case_unknown"


def of_member(*, member_id: UUID, not_closed: bool = False, limit: int = 20) -> list[Case]:
    """A member's cases, newest first."""
    cases = Case.objects.filter(member_id=member_id)
    if not_closed:
        cases = cases.exclude(state=Case.State.CLOSED)
    return list(cases.select_related("owner", "reason").order_by("-opened_at")[:limit])


def get(*, case_id: UUID, member_id: UUID | None = None) -> Case:
    """One case; of this member only where one is named. Raises CaseUnknown."""
    cases = Case.objects.filter(pk=case_id)
    if member_id is not None:
        cases = cases.filter(member_id=member_id)
    case = cases.select_related("owner", "reason").first()
    if case is None:
        raise CaseUnknown
    return case


def lines(*, case_id: UUID, for_customer: bool = True, limit: int = 200) -> list[CaseLine]:
    """The lines after the first words, oldest first; what staff say among themselves only where asked for."""
    said = CaseLine.objects.filter(case_id=case_id)
    if for_customer:
        said = said.filter(kind__in=FOR_CUSTOMERS)
    return list(said.select_related("reason", "owner").order_by("id")[:limit])
