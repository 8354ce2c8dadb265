"""What passed between the chain and its members in the last months: notes, cases, feedback, surveys, recommendations.

Written in a few statements, with the events from which the timeline is made; the same seed says the same.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import orjson
from django.db import connection, transaction

from dashboard.seeding import sayings
from dashboard.seeding.questions import SURVEYS
from dashboard.seeding.shop import Shop
from events import outbox
from loyalty.models import Purchase
from members import roles
from members.models import (
    Case,
    CaseKind,
    CaseLine,
    Consent,
    Feedback,
    Member,
    Note,
    StoreContact,
    Survey,
    SurveyReply,
    Tag,
    User,
    Voice,
)
from members.relationship import questions, surveys, terms

DAYS = 120
JUDGED, NOTED, ASKED, QUOTED = 0.07, 0.08, 0.06, 0.004
SCORES = (10, 9, 8, 7, 6, 5, 3, 2, 0)
CHANCES = (0.31, 0.26, 0.17, 0.1, 0.05, 0.04, 0.03, 0.02, 0.02)
Told = tuple[str, UUID, UUID, int | None, dict[str, Any], datetime, str]


@transaction.atomic
def write(*, shop: Shop, seed: int, ends: datetime) -> None:
    """All of it, in one transaction."""
    _Written(shop=shop, seed=seed, ends=ends).all()


class _Written:
    def __init__(self, *, shop: Shop, seed: int, ends: datetime) -> None:
        self._shop, self._ends = shop, ends
        self._chance = np.random.default_rng([seed, 9])
        self._told: list[Told] = []
        self._managers = _managers(shop)
        self._terms = {kind: terms.of(kind) for kind in CaseKind}
        self._close_reasons = {reason.pk: reason for reason in terms.reasons()}
        since = ends - timedelta(days=DAYS)
        bills = Purchase.objects.filter(member_id__isnull=False, occurred_at__range=(since, ends), status="posted")
        self._bills: list[tuple[UUID, Any, int, datetime]] = list(
            bills.order_by("occurred_at", "store_id", "receipt").values_list(
                "id", "member_id", "store_id", "occurred_at"
            )
        )
        people = Member.objects.filter(practice=False).order_by("joined_at", "folded_name", "id")
        self._people = list(people.values_list("id", "home_store_id", "honorific", "call_name", "joined_at"))

    def all(self) -> None:
        if not self._people or not self._bills:
            return
        self._judgements()
        self._cases()
        self._notes()
        self._surveys()
        self._voices()
        self._events()

    def _pick(self, among: Any) -> Any:
        return among[int(self._chance.integers(len(among)))]

    def _owner(self, store_id: int | None) -> User:
        return self._managers.get(store_id or 0) or next(iter(self._managers.values()))

    # --- feedback and the cases that low scores open ------------------------------------------------------------------

    def _judgements(self) -> None:
        chosen = self._chance.random(len(self._bills)) < JUDGED
        scores = self._chance.choice(SCORES, size=len(self._bills), p=CHANCES).tolist()
        low = terms.of_feedback().opens_case_at_most
        given, cases, lines = [], [], []
        for (bill, member, store, moment), score in (
            (self._bills[n], scores[n]) for n in np.flatnonzero(chosen).tolist()
        ):
            at = min(moment + timedelta(minutes=20), self._ends)
            kind = "good" if score >= 9 else "bad" if score <= 6 else "plain"
            comment = self._pick(sayings.COMMENTS[kind]) if kind == "bad" or self._chance.random() < 0.35 else ""
            case = None
            if score <= low:
                subject = f"Khách chấm {score}/10"
                case, thread = self._case(member, "complaint", subject, comment, "feedback", store, bill, at)
                cases.append(case)
                lines += thread
            given.append((member, bill, store, score, comment, at, case))
        Case.objects.bulk_create(cases)
        CaseLine.objects.bulk_create(lines)
        rows = Feedback.objects.bulk_create(
            Feedback(
                id=_id(),
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
            self._tell("feedback.given", row.member_id, row.pk, row.store_id, data, row.at, row.by)

    def _cases(self) -> None:
        """What was said at the counter and in the portal; the last days wait still."""
        cases, lines = [], []
        for number in range(max(6, len(self._people) // 50)):
            member, home, *_rest, joined = self._pick(self._people)
            kind, among = (
                ("complaint", sayings.COMPLAINTS),
                ("question", sayings.QUESTIONS),
                ("wish", sayings.WISHES),
            )[int(self._chance.choice(3, p=(0.5, 0.25, 0.25)))]
            subject, words = self._pick(among)
            # the first ones are hours old, so that every state has its cases
            ago = (
                timedelta(hours=1.5 * number + 0.5)
                if number < 14
                else timedelta(days=float(self._chance.uniform(2, DAYS)))
            )
            at = max(self._ends - ago, joined)
            via = self._pick(("counter", "portal", "portal", "dashboard"))
            case, thread = self._case(member, kind, subject, words, via, home, None, at)
            cases.append(case)
            lines += thread
        Case.objects.bulk_create(cases)
        CaseLine.objects.bulk_create(lines)

    def _case(
        self,
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
        due = terms.due(self._terms[CaseKind(kind)], at=at)
        owner = self._owner(store)
        by = f"member:{member}" if via in ("portal", "feedback") else f"user:{owner.pk}"
        case = Case(
            id=_id(),
            member_id=member,
            kind=kind,
            subject=subject,
            words=words or subject,
            via=via,
            store_id=store,
            purchase_id=bill,
            owner=None if self._chance.random() < 0.1 else owner,
            opened_at=at,
            by=by,
            first_due_at=due.answer,
            answer_due_at=due.answer,
            close_due_at=due.close,
        )
        self._tell("case.opened", member, case.pk, store, {"kind": kind, "via": via}, at, by)
        return case, self._thread(case, owner)

    def _thread(self, case: Case, owner: User) -> list[CaseLine]:
        by = f"user:{owner.pk}"
        lines: list[CaseLine] = []
        answered = case.opened_at + (case.first_due_at - case.opened_at) * float(self._chance.gamma(1.2, 0.4))
        recent = self._ends - case.opened_at < timedelta(days=6)
        if answered > self._ends or (recent and self._chance.random() < 0.05):
            return lines
        if self._chance.random() < 0.3:
            lines.append(self._line(case, "internal", self._pick(sayings.INTERNAL), case.opened_at, by))
        lines.append(self._line(case, "answer", self._pick(sayings.ANSWERS), answered, by))
        case.first_answered_at, case.answer_due_at, case.state = answered, None, "answered"
        replied = answered + timedelta(hours=float(self._chance.exponential(6)))
        if replied < self._ends and self._chance.random() < 0.4:
            lines.append(self._line(case, "customer", self._pick(sayings.REPLIES), replied, f"member:{case.member_id}"))
            lines.append(self._line(case, "answer", self._pick(sayings.ANSWERS), replied, by))
        if recent and self._chance.random() < 0.15:
            case.state = "waiting"
            return lines
        closed = replied + (case.close_due_at - case.opened_at) * float(self._chance.gamma(1.1, 0.4))
        if closed < self._ends:
            case.state, case.closed_at, case.closed_by = "closed", closed, by
            case.reason = self._pick(self._reasons(case.kind))
            lines.append(self._line(case, "closed", "", closed, by, reason=case.reason))
        return lines

    def _reasons(self, kind: str) -> list[Any]:
        keys = {"complaint": ("solved", "refunded", "explained"), "question": ("explained",), "wish": ("noted",)}[kind]
        return [self._close_reasons[key] for key in keys if key in self._close_reasons] or [
            *self._close_reasons.values()
        ]

    def _line(self, case: Case, kind: str, text: str, at: datetime, by: str, **more: Any) -> CaseLine:
        line = CaseLine(id=_id(), case=case, kind=kind, text=text, at=at, by=by, **more)
        data: dict[str, Any] = {"kind": case.kind}
        if kind in ("answer", "customer"):
            data |= {"who": "member" if kind == "customer" else "staff", "line": str(line.pk)}
            self._tell("case.answered", case.member_id, case.pk, case.store_id, data, at, by)
        elif kind == "closed":
            data |= {"reason": more["reason"].pk}
            self._tell("case.closed", case.member_id, case.pk, case.store_id, data, at, by)
        return line

    # --- notes, surveys, recommendations ------------------------------------------------------------------------------

    def _notes(self) -> None:
        rows = []
        for member, home, *_rest, joined in self._people:
            if self._chance.random() < NOTED:
                owner = self._owner(home)
                at = joined + (self._ends - joined) * float(self._chance.random())
                seen_by = "everybody" if self._chance.random() < 0.6 else "office"
                rows.append(
                    Note(
                        id=_id(),
                        member_id=member,
                        author=owner,
                        text=self._pick(sayings.NOTES),
                        seen_by=seen_by,
                        pinned=bool(self._chance.random() < 0.25),
                        at=at,
                        by=f"user:{owner.pk}",
                    )
                )
        Note.objects.bulk_create(rows)
        for row in rows:
            data = {"pinned": row.pinned, "seen_by": row.seen_by}
            self._tell("note.added", row.member_id, row.pk, None, data, row.at, row.by)

    def _surveys(self) -> None:
        for days, (title_vi, title_en, asked) in zip((60, 20), SURVEYS, strict=True):
            at = self._ends - timedelta(days=days)
            survey = Survey.objects.create(
                title_vi=title_vi,
                title_en=title_en,
                questions=questions.written(asked),
                created_at=at,
                created_by="system",
            )
            version = surveys.publish(survey_id=survey.pk, by="system", at=at)
            replies, tags = [], []
            for member, _home, *_rest, joined in self._people:
                if self._chance.random() < ASKED and joined < at:
                    said = questions.checked(asked, self._answers(asked))
                    moment = at + (self._ends - at) * float(self._chance.beta(1, 3))
                    by = f"member:{member}"
                    replies.append(
                        SurveyReply(
                            id=_id(),
                            survey=survey,
                            version=version,
                            member_id=member,
                            answers=said.chosen,
                            words=said.words,
                            via="portal",
                            at=moment,
                            by=by,
                        )
                    )
                    tags += [
                        Tag(member_id=member, key=key, from_at=moment, by=f"survey:{survey.pk}") for key in said.tags
                    ]
                    data = {"survey": survey.pk, "version": 1, "tags": list(said.tags)}
                    self._tell("survey.answered", member, replies[-1].pk, None, data, moment, by)
            SurveyReply.objects.bulk_create(replies)
            Tag.objects.bulk_create(tags, ignore_conflicts=True)

    def _answers(self, asked: Any) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for question in asked:
            if question.kind == "scale":
                said[question.key] = int(self._chance.choice(SCORES, p=CHANCES))
            elif question.kind == "text":
                said[question.key] = self._pick(sayings.COMMENTS["plain"]) if self._chance.random() < 0.3 else ""
            elif question.kind == "choices":
                said[question.key] = [o.key for o in question.options if self._chance.random() < 0.4]
            else:
                said[question.key] = self._pick(question.options).key
        return said

    def _voices(self) -> None:
        consents: list[Consent] = []
        rows: list[Voice] = []
        states = ("approved", "approved", "waiting", "refused")
        for member, home, honorific, called, joined in self._people:
            if called and self._chance.random() < QUOTED:
                at = joined + (self._ends - joined) * float(self._chance.random())
                consents.append(
                    Consent(
                        id=_id(),
                        member_id=member,
                        purpose="voice",
                        channel="any",
                        granted=True,
                        text_id="voice-1",
                        how="portal",
                        store_id=home,
                        at=at,
                        recorded_at=at,
                        by=f"member:{member}",
                    )
                )
                state = states[len(rows) % len(states)]
                signed = f"{honorific} {called}".strip()
                rows.append(
                    Voice(
                        id=_id(),
                        member_id=member,
                        text=sayings.VOICES[len(rows) % len(sayings.VOICES)],
                        signed=signed[:1].upper() + signed[1:],
                        store_id=home,
                        consent=consents[-1],
                        state=state,
                        at=at,
                        by=f"member:{member}",
                        decided_at=None if state == "waiting" else min(at + timedelta(hours=5), self._ends),
                        decided_by=None if state == "waiting" else self._owner(home),
                    )
                )
        Consent.objects.bulk_create(consents)
        Voice.objects.bulk_create(rows)
        for row in rows:
            self._tell("voice.given", row.member_id, row.pk, row.store_id, {}, row.at, row.by)

    # --- events -------------------------------------------------------------------------------------------------------

    def _tell(
        self, type: str, member: UUID, subject: UUID, store: int | None, data: dict[str, Any], at: datetime, by: str
    ) -> None:
        self._told.append((type, member, subject, store, data, at, by))

    def _events(self) -> None:
        """All events in one statement, in the order in which it all happened."""
        self._told.sort(key=lambda told: told[5])
        rows = [
            {
                "type": type,
                "member": str(member),
                "subject": str(subject),
                "store": store,
                "data": data,
                "at": at.isoformat(),
                "by": by,
                "readers": outbox.readers_of(type),
            }
            for type, member, subject, store, data, at, by in self._told
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(events_record(t.type, t.member, t.subject, t.store, t.data, t.at, t.at, t.by, '',"
                " t.readers)) FROM jsonb_to_recordset(%s::jsonb) AS t(type text, member uuid, subject uuid, store int,"
                " data jsonb, at timestamptz, by text, readers text[])",
                [orjson.dumps(rows).decode()],
            )


def _managers(shop: Shop) -> dict[int, User]:
    """Each store's manager, who looks after its members. They sign in once an admin has given them a password."""
    found = {}
    for store, (first, last) in zip(shop.stores, sayings.MANAGERS, strict=True):
        user, made = User.objects.get_or_create(
            username=f"manager-{store.code}",
            defaults={"first_name": first, "last_name": last, "is_staff": True, "store_ids": [store.pk]},
        )
        if made:
            user.set_unusable_password()
            user.save(update_fields=["password"])
            roles.give(user=user, role=roles.STORE_MANAGER)
        StoreContact.objects.get_or_create(store_id=store.pk, defaults={"person": user})
        found[store.pk] = user
    return found


_ids: list[UUID] = []


def _id() -> UUID:
    """The next id by the database's own clock, a thousand at a time."""
    if not _ids:
        with connection.cursor() as cursor:
            cursor.execute("SELECT uuidv7() FROM generate_series(1, 1000)")
            _ids.extend(row[0] for row in reversed(cursor.fetchall()))
    return _ids.pop()
