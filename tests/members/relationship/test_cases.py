"""A complaint, from the first word to the last."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import InternalError, transaction
from django.db.utils import IntegrityError

from events.models import Event
from members import changing, founding, roles
from members.models import Case, CaseLine, CaseTerms, CloseReason, Member
from members.relationship import cases, contacts, measuring, terms, threads
from members.relationship.saying import WordsMissing, WordsTooLong
from tests.factories.people import JOINED_AT, MemberFactory
from tests.members.relationship.conftest import hire
from tests.members.test_racing import at_once

NOON = JOINED_AT + timedelta(days=30)
HOUR = timedelta(hours=1)
MINH = "user:7"


def complain(member: Member, **told) -> Case:
    told = {"kind": "complaint", "words": "Cà phê nguội.\nĐợi 20 phút.", "via": "counter", "store_id": 1} | told
    return cases.open(**{"member_id": member.pk, "by": MINH, "at": NOON} | told)


def told(type: str) -> list[dict]:
    return [event.data for event in Event.objects.filter(type=type).order_by("id")]


def test_a_complaint_has_its_times_by_the_terms_of_its_kind(lan):
    case = complain(lan)
    # four hours of the morning; twenty-six are two days of thirteen
    assert (case.answer_due_at - NOON, case.close_due_at - NOON) == (4 * HOUR, 48 * HOUR)
    CaseTerms.objects.filter(kind="complaint").update(answer_hours=2, close_hours=24)
    later = complain(lan, at=NOON + HOUR)
    assert later.answer_due_at == NOON + 3 * HOUR
    case.refresh_from_db()
    assert case.answer_due_at == NOON + 4 * HOUR, "what was promised stays promised"
    assert told("case.opened") == [{"kind": "complaint", "via": "counter"}] * 2


def test_the_first_line_is_the_subject_where_none_is_given(lan):
    assert complain(lan).subject == "Cà phê nguội."
    assert complain(lan, subject="  Món   nguội ").subject == "Món nguội"
    assert len(complain(lan, subject="dài " * 60).subject) <= 120


def test_the_same_form_sent_twice_opens_one_case(lan):
    token = uuid4()
    assert complain(lan, token=token).pk == complain(lan, token=token, at=NOON + HOUR).pk
    assert Case.objects.count() == len(told("case.opened")) == 1


def test_a_form_of_one_member_never_shows_the_case_of_another(lan):
    token = uuid4()
    complain(lan, token=token)
    with pytest.raises(threads.CaseUnknown):
        complain(MemberFactory(), token=token)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"kind": "praise"}, cases.CaseKindUnknown),
        ({"words": " \n \u200b "}, WordsMissing),
        ({"words": "a" * 4001}, WordsTooLong),
        ({"owner_id": 999}, changing.StaffUnknown),
    ],
)
def test_what_cannot_be_a_case_is_refused_and_nothing_written(lan, wrong, refusal):
    with pytest.raises(refusal):
        complain(lan, **wrong)
    assert not Case.objects.exists()
    assert not told("case.opened")


def test_whoever_looks_after_the_member_owns_the_case(lan, quân):
    assert complain(lan).owner is None
    contacts.set_for_store(store_id=1, user_id=quân.pk)
    Member.objects.filter(pk=lan.pk).update(home_store_id=1)
    assert complain(lan).owner_id == quân.pk
    hoa = hire("hoa", roles.STORE_MANAGER)
    changing.appoint(member_id=lan.pk, user_id=hoa.pk, by=MINH, at=NOON)
    assert complain(lan).owner_id == hoa.pk
    type(hoa).objects.filter(pk=hoa.pk).update(is_active=False)
    assert complain(lan).owner_id == quân.pk, "who has left is asked for nothing"


def test_an_answer_ends_the_waiting_and_the_members_word_begins_it_again(lan):
    case = complain(lan)
    cases.answer(case_id=case.pk, words="Xin lỗi chị.", by=MINH, at=NOON + 3 * HOUR)
    case.refresh_from_db()
    assert (case.state, case.answer_due_at, case.first_answered_at) == ("answered", None, NOON + 3 * HOUR)

    cases.answer(case_id=case.pk, words="Vẫn nguội!", from_member=lan.pk, by=f"member:{lan.pk}", at=NOON + 5 * HOUR)
    case.refresh_from_db()
    assert (case.state, case.answer_due_at) == ("open", NOON + 9 * HOUR)
    # saying more does not put the answer off
    cases.answer(case_id=case.pk, words="Alo?", from_member=lan.pk, by=f"member:{lan.pk}", at=NOON + 8 * HOUR)
    case.refresh_from_db()
    assert case.answer_due_at == NOON + 9 * HOUR

    cases.answer(case_id=case.pk, words="Đang chờ bếp.", waits=True, by=MINH, at=NOON + 9 * HOUR)
    case.refresh_from_db()
    assert (case.state, case.first_answered_at) == ("waiting", NOON + 3 * HOUR)
    assert [data["who"] for data in told("case.answered")] == ["staff", "member", "member", "staff"]


def test_what_staff_say_among_themselves_reaches_no_customer_and_changes_nothing(lan):
    case = complain(lan)
    cases.answer(case_id=case.pk, words="Khách này khó.", internal=True, by=MINH, at=NOON + HOUR)
    cases.assign(case_id=case.pk, user_id=None, by=MINH, at=NOON + HOUR)
    case.refresh_from_db()
    assert case.state == "open"
    assert threads.lines(case_id=case.pk) == []
    assert [line.kind for line in threads.lines(case_id=case.pk, for_customer=False)] == ["internal"]
    assert not told("case.answered")


def test_a_member_speaks_in_the_own_cases_only(lan):
    case, minh = complain(lan), MemberFactory(name="Trần Văn Minh")
    with pytest.raises(threads.CaseUnknown):
        cases.answer(case_id=case.pk, words="?", from_member=minh.pk, by=f"member:{minh.pk}", at=NOON)
    with pytest.raises(threads.CaseUnknown):
        threads.get(case_id=case.pk, member_id=minh.pk)
    assert threads.of_member(member_id=minh.pk) == []


def test_a_closed_case_says_why_and_takes_no_answer_until_it_is_opened_again(lan):
    case = complain(lan)
    cases.close(case_id=case.pk, reason="solved", words="Đã đổi ly mới.", by=MINH, at=NOON + HOUR)
    case.refresh_from_db()
    assert (case.state, case.reason_id, case.closed_at) == ("closed", "solved", NOON + HOUR)
    assert case.first_answered_at == NOON + HOUR, "last words are words"
    with pytest.raises(cases.CaseClosed):
        cases.answer(case_id=case.pk, words="còn nữa", by=MINH, at=NOON + HOUR)
    with pytest.raises(cases.CaseClosed):
        cases.close(case_id=case.pk, reason="solved", by=MINH, at=NOON + HOUR)

    cases.reopen(case_id=case.pk, words="Khách gọi lại.", by=MINH, at=NOON + 50 * HOUR)
    case.refresh_from_db()
    assert (case.state, case.reason_id, case.closed_at, case.reopened) == ("open", None, None, 1)
    assert (case.answer_due_at, case.close_due_at) == (NOON + 54 * HOUR, NOON + 98 * HOUR)
    assert case.first_due_at == NOON + 4 * HOUR
    with pytest.raises(cases.CaseNotClosed):
        cases.reopen(case_id=case.pk, words="lại", by=MINH, at=NOON)
    assert (told("case.closed"), told("case.reopened")) == (
        [{"kind": "complaint", "reason": "solved"}],
        [{"kind": "complaint", "times": 1}],
    )


def test_the_member_opens_a_case_again_by_speaking_within_its_days(lan):
    case = complain(lan)
    cases.close(case_id=case.pk, reason="solved", by=MINH, at=NOON)
    said = {"case_id": case.pk, "words": "Lại nguội.", "from_member": lan.pk, "by": f"member:{lan.pk}"}
    with pytest.raises(cases.CaseClosed):
        cases.answer(**said, at=NOON + timedelta(days=30, seconds=1))
    cases.answer(**said, at=NOON + timedelta(days=30))
    case.refresh_from_db()
    assert (case.state, case.reopened) == ("open", 1)
    assert [line.kind for line in threads.lines(case_id=case.pk)] == ["closed", "reopened", "customer"]


def test_a_reason_no_longer_used_closes_nothing(lan):
    case = complain(lan)
    CloseReason.objects.filter(pk="solved").update(active=False)
    for reason in ("solved", "because"):
        with pytest.raises(terms.CloseReasonUnknown):
            cases.close(case_id=case.pk, reason=reason, by=MINH, at=NOON)
    assert "solved" not in [reason.pk for reason in terms.reasons()]


def test_the_thread_and_what_began_a_case_are_never_changed(lan):
    case = complain(lan)
    line = cases.answer(case_id=case.pk, words="Xin lỗi chị.", by=MINH, at=NOON)
    for change in (
        lambda: CaseLine.objects.filter(pk=line.pk).update(text="Không."),
        lambda: CaseLine.objects.filter(pk=line.pk).update(text="", by="user:8"),
        lambda: CaseLine.objects.filter(pk=line.pk).delete(),
        lambda: Case.objects.filter(pk=case.pk).update(opened_at=NOON - HOUR),
        lambda: complain(lan).delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="closed")


def test_lateness_is_told_by_the_clock(lan):
    case = complain(lan)
    assert not measuring.late_count(at=NOON + 4 * HOUR)
    assert measuring.late_count(at=NOON + 4 * HOUR + timedelta(seconds=1)) == 1
    assert measuring.late_count(at=NOON + 5 * HOUR, store_ids=[2]) == 0
    cases.answer(case_id=case.pk, words="Xin lỗi chị.", by=MINH, at=NOON + 5 * HOUR)
    assert not measuring.late_count(at=NOON + 48 * HOUR)
    assert list(measuring.overdue(at=NOON + 49 * HOUR)) == [case]
    cases.close(case_id=case.pk, reason="solved", by=MINH, at=NOON + 49 * HOUR)
    assert not measuring.late_count(at=NOON + 99 * HOUR)


def test_times_are_medians_and_shares_of_what_has_come_due(lan):
    for hours in (1, 2, 6):  # two in time, one late
        case = complain(lan)
        cases.answer(case_id=case.pk, words="Xin lỗi.", by=MINH, at=NOON + hours * HOUR)
        cases.close(case_id=case.pk, reason="solved", by=MINH, at=NOON + 2 * hours * HOUR)
    complain(lan)  # never answered: late once its time has come
    complain(lan, at=NOON + 8 * HOUR)  # still in time
    complain(MemberFactory(practice=True))
    found = measuring.times(since=NOON, until=NOON + 24 * HOUR, at=NOON + 9 * HOUR)
    assert (found.opened, found.answered, found.median_answer) == (5, 3, 2 * HOUR)
    assert (found.answered_in_time, found.answer_judged) == (2, 4)
    assert (found.closed, found.median_close, found.closed_in_time, found.close_judged) == (3, 4 * HOUR, 3, 3)
    assert measuring.times(since=NOON, until=NOON, at=NOON).median_answer is None


def test_two_who_answer_at_once_both_stand_and_the_same_form_once(shop_db):
    founding.found(at=JOINED_AT)
    case = complain(MemberFactory())
    tokens = [uuid4(), uuid4()] * 3

    def say(token):
        return lambda: cases.answer(case_id=case.pk, words="Xin lỗi chị.", token=token, by=MINH, at=NOON + HOUR)

    answers = at_once(*map(say, tokens))
    assert len({answer.pk for answer in answers}) == 2
    assert CaseLine.objects.count() == len(told("case.answered")) == 2


def test_a_case_is_closed_once_however_many_close_it_at_once(shop_db):
    founding.found(at=JOINED_AT)
    case = complain(MemberFactory())
    shut = [lambda: cases.close(case_id=case.pk, reason="solved", by=MINH, at=NOON + HOUR)] * 5
    answers = at_once(*shut)
    assert sum(isinstance(answer, Case) for answer in answers) == 1
    assert sum(isinstance(answer, cases.CaseClosed) for answer in answers) == 4
    assert len(told("case.closed")) == 1
