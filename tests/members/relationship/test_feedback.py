from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import InternalError, transaction

from events.models import Event
from members import changing, founding
from members.models import Case, Feedback, FeedbackTerms, Member
from members.relationship import feedback, nps
from tests.factories.people import JOINED_AT, MemberFactory
from tests.members.test_racing import at_once

NOON = JOINED_AT + timedelta(days=30)


def say(member: Member, score: int, **told) -> feedback.Given:
    told = {"purchase_id": uuid4(), "store_id": 1, "via": "link", "by": f"member:{member.pk}", "at": NOON} | told
    return feedback.give(member_id=member.pk, score=score, **told)


def test_a_bill_is_judged_once(lan):
    bill = uuid4()
    say(lan, 9, purchase_id=bill)
    with pytest.raises(feedback.AlreadyJudged):
        say(lan, 2, purchase_id=bill)
    assert Feedback.objects.get().score == feedback.of_bill(purchase_id=bill).score == 9
    assert not Case.objects.exists(), "the refused one opened nothing"
    assert [event.data["score"] for event in Event.objects.filter(type="feedback.given")] == [9]


def test_without_a_bill_a_member_is_heard_once_a_day(lan):
    say(lan, 9, purchase_id=None)
    with pytest.raises(feedback.AlreadyJudged):
        say(lan, 8, purchase_id=None, at=NOON + timedelta(hours=23))
    say(lan, 8, purchase_id=None, at=NOON + timedelta(hours=24))


def test_a_low_score_opens_a_complaint_in_the_members_words(lan):
    given = say(lan, 6, comment="Nhân viên chào rất nhỏ.")
    case = Case.objects.get()
    assert given.case == given.feedback.case == case
    assert (case.kind, case.via, case.words) == ("complaint", "feedback", "Nhân viên chào rất nhỏ.")
    assert case.subject == "Khách chấm 6/10"
    assert say(lan, 7).case is None


def test_the_shop_decides_whether_a_low_score_opens_a_case(lan):
    FeedbackTerms.objects.update(opens_case_at_most=3)
    assert say(lan, 4).case is None
    assert say(lan, 3).case is not None
    FeedbackTerms.objects.update(opens_case=False)
    assert say(lan, 0).case is None


@pytest.mark.parametrize("score", [-1, 11, 7.0, "7", True, None])
def test_a_score_is_a_whole_number_from_0_to_10(lan, score):
    with pytest.raises(feedback.ScoreUnreadable):
        say(lan, score)


def test_who_has_left_is_not_heard_and_nothing_said_is_changed(lan):
    say(lan, 9, comment="Ngon.")
    with pytest.raises(InternalError), transaction.atomic():
        Feedback.objects.update(score=10)
    Member.objects.update(status="closed")
    with pytest.raises(changing.MemberGone):
        say(lan, 9)


def test_one_bill_judged_from_two_phones_at_once_is_judged_once(shop_db):
    founding.found(at=JOINED_AT)
    lan, bill = MemberFactory(), uuid4()
    answers = at_once(*[lambda: say(lan, 3, purchase_id=bill)] * 4)
    assert sum(isinstance(answer, feedback.Given) for answer in answers) == 1
    assert Feedback.objects.count() == Case.objects.count() == 1


# --- the score --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("promoters", "passives", "detractors", "score", "low", "high"),
    [
        # by hand: p .5, d .2, se = sqrt((.7 − .09) / 100) = .0781025; 1.959964 × 7.81025 = 15.3078
        (50, 30, 20, 30.0, 14.6922, 45.3078),
        # p .625, d .25 of 8: se = sqrt((.875 − .140625) / 8) = .302980; half 59.3830
        (5, 1, 2, 37.5, -21.8830, 96.8830),
        # all alike: nothing to be unsure of by this formula
        (10, 0, 0, 100.0, 100.0, 100.0),
        # p = d = .5 of 4: se = sqrt(1 / 4) = .5; half 97.9982
        (2, 0, 2, 0.0, -97.9982, 97.9982),
        # beyond the ends it is cut off: p .75, d 0 of 4: se = sqrt((.75 − .5625) / 4) = .216506; half 42.4345
        (3, 1, 0, 75.0, 32.5655, 100.0),
    ],
)
def test_the_score_and_its_interval_are_those_reckoned_by_hand(promoters, passives, detractors, score, low, high):
    found = nps.of(promoters=promoters, passives=passives, detractors=detractors)
    assert found.score == pytest.approx(score)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))
    assert found.few == (promoters + passives + detractors < 30)


def test_nobody_asked_is_no_score():
    assert nps.of(promoters=0, passives=0, detractors=0) is None


def test_each_store_has_its_score_and_practice_counts_nowhere(lan):
    FeedbackTerms.objects.update(opens_case=False)
    for score, store in ((10, 1), (9, 1), (6, 1), (7, 2), (0, 2)):
        say(lan, score, store_id=store)
    say(MemberFactory(practice=True), 0)
    say(lan, 0, at=NOON + timedelta(days=1))
    day = {"since": NOON, "until": NOON + timedelta(days=1)}
    whole = nps.of_period(**day)
    assert (whole.promoters, whole.passives, whole.detractors) == (2, 1, 2)
    assert nps.of_period(**day, store_ids=[2]).score == -50
    assert {store: round(found.score) for store, found in nps.by_store(**day).items()} == {1: 33, 2: -50}
    assert nps.of_period(**day, store_ids=[]) is None
