"""Cases and their threads, as far as they have come by the end of the history; and the feedback that opens some."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from dashboard.seeding import sayings
from dashboard.seeding.relationship.telling import CHANCES, DAYS, SCORES, Story, new_id
from members.models import Case, CaseKind, CaseLine, Feedback, User
from members.relationship import terms

JUDGED = 0.07


def judge(story: Story) -> None:
    chosen = story.chance.random(len(story.bills)) < JUDGED
    scores = story.chance.choice(SCORES, size=len(story.bills), p=CHANCES).tolist()
    low = terms.of_feedback().opens_case_at_most
    given, cases, lines = [], [], []
    for (bill, member, store, moment), score in ((story.bills[n], scores[n]) for n in np.flatnonzero(chosen).tolist()):
        at = min(moment + timedelta(minutes=20), story.ends)
        kind = "good" if score >= 9 else "bad" if score <= 6 else "plain"
        comment = story.pick(sayings.COMMENTS[kind]) if kind == "bad" or story.chance.random() < 0.35 else ""
        case = None
        if score <= low:
            subject = f"Khách chấm {score}/10"
            case, thread = _case(story, member, "complaint", subject, comment, "feedback", store, bill, at)
            cases.append(case)
            lines += thread
        given.append((member, bill, store, score, comment, at, case))
    Case.objects.bulk_create(cases)
    CaseLine.objects.bulk_create(lines)
    rows = Feedback.objects.bulk_create(
        Feedback(
            id=new_id(),
            member_id=member,
            purchase_id=bill,
            store_id=store,
            score=score,
            comment=comment,
            via="link",
            at=at,
            by=f"member:{member}",
            case=case,
        )
        for member, bill, store, score, comment, at, case in given
    )
    for row in rows:
        data = {"score": row.score, "purchase": str(row.purchase_id)}
        story.tell("feedback.given", row.member_id, row.pk, row.store_id, data, row.at, row.by)


def open_and_answer(story: Story) -> None:
    """What was said at the counter and in the portal; the last days wait still."""
    cases, lines = [], []
    for number in range(max(6, len(story.people) // 50)):
        member, home, *_rest, joined = story.pick(story.people)
        kind, among = (
            ("complaint", sayings.COMPLAINTS),
            ("question", sayings.QUESTIONS),
            ("wish", sayings.WISHES),
        )[int(story.chance.choice(3, p=(0.5, 0.25, 0.25)))]
        subject, words = story.pick(among)
        # the first ones are hours old, so that every state has its cases
        ago = (
            timedelta(hours=1.5 * number + 0.5) if number < 14 else timedelta(days=float(story.chance.uniform(2, DAYS)))
        )
        at = max(story.ends - ago, joined)
        via = story.pick(("counter", "portal", "portal", "dashboard"))
        case, thread = _case(story, member, kind, subject, words, via, home, None, at)
        cases.append(case)
        lines += thread
    Case.objects.bulk_create(cases)
    CaseLine.objects.bulk_create(lines)


def _case(
    story: Story,
    member: UUID,
    kind: str,
    subject: str,
    words: str,
    via: str,
    store: int | None,
    bill: UUID | None,
    at: datetime,
) -> tuple[Case, list[CaseLine]]:
    """A case and its thread, as far as it has come by the end of the history."""
    due = terms.due(story.terms[CaseKind(kind)], at=at)
    owner = story.owner(store)
    by = f"member:{member}" if via in ("portal", "feedback") else f"user:{owner.pk}"
    case = Case(
        id=new_id(),
        member_id=member,
        kind=kind,
        subject=subject,
        words=words or subject,
        via=via,
        store_id=store,
        purchase_id=bill,
        owner=None if story.chance.random() < 0.1 else owner,
        opened_at=at,
        by=by,
        first_due_at=due.answer,
        answer_due_at=due.answer,
        close_due_at=due.close,
    )
    story.tell("case.opened", member, case.pk, store, {"kind": kind, "via": via}, at, by)
    return case, _thread(story, case, owner)


def _thread(story: Story, case: Case, owner: User) -> list[CaseLine]:
    by = f"user:{owner.pk}"
    lines: list[CaseLine] = []
    answered = case.opened_at + (case.first_due_at - case.opened_at) * float(story.chance.gamma(1.2, 0.4))
    recent = story.ends - case.opened_at < timedelta(days=6)
    if answered > story.ends or (recent and story.chance.random() < 0.05):
        return lines
    if story.chance.random() < 0.3:
        lines.append(_line(story, case, "internal", story.pick(sayings.INTERNAL), case.opened_at, by))
    lines.append(_line(story, case, "answer", story.pick(sayings.ANSWERS), answered, by))
    case.first_answered_at, case.answer_due_at, case.state = answered, None, "answered"
    replied = answered + timedelta(hours=float(story.chance.exponential(6)))
    if replied < story.ends and story.chance.random() < 0.4:
        lines.append(_line(story, case, "customer", story.pick(sayings.REPLIES), replied, f"member:{case.member_id}"))
        lines.append(_line(story, case, "answer", story.pick(sayings.ANSWERS), replied, by))
    if recent and story.chance.random() < 0.15:
        case.state = "waiting"
        return lines
    closed = replied + (case.close_due_at - case.opened_at) * float(story.chance.gamma(1.1, 0.4))
    if closed < story.ends:
        case.state, case.closed_at, case.closed_by = "closed", closed, by
        case.reason = story.pick(_reasons(story, case.kind))
        lines.append(_line(story, case, "closed", "", closed, by, reason=case.reason))
    return lines


def _reasons(story: Story, kind: str) -> list[Any]:
    keys = {"complaint": ("solved", "refunded", "explained"), "question": ("explained",), "wish": ("noted",)}[kind]
    return [story.close_reasons[key] for key in keys if key in story.close_reasons] or [*story.close_reasons.values()]


def _line(story: Story, case: Case, kind: str, text: str, at: datetime, by: str, **more: Any) -> CaseLine:
    line = CaseLine(id=new_id(), case=case, kind=kind, text=text, at=at, by=by, **more)
    data: dict[str, Any] = {"kind": case.kind}
    if kind in ("answer", "customer"):
        data |= {"who": "member" if kind == "customer" else "staff", "line": str(line.pk)}
        story.tell("case.answered", case.member_id, case.pk, case.store_id, data, at, by)
    elif kind == "closed":
        data |= {"reason": more["reason"].pk}
        story.tell("case.closed", case.member_id, case.pk, case.store_id, data, at, by)
    return line
