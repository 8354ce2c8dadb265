from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from events.models import Event
from members import birthdays, changing, consenting
from members.consenting import ConsentGiven
from members.models import Consent, ConsentText, Member
from tests.factories.people import JOINED_AT, MemberFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def texts(db) -> None:
    for code, purpose in (
        ("terms-9", "programme"),
        ("ads-9", "marketing"),
        ("ads-10", "marketing"),
        ("habits-9", "profiling"),
    ):
        ConsentText.objects.create(
            code=code, purpose=purpose, body_vi="Tôi đồng ý", body_en="I agree", valid_from=JOINED_AT
        )


@pytest.fixture
def lan(db) -> Member:
    return MemberFactory(name="Nguyễn Thị Lan")


def yes(member: Member, channel: str = "any", *, at: datetime, text: str = "ads-9", purpose: str = "marketing", **how):
    given = ConsentGiven(
        purpose=purpose, channel=channel, text=text, how=how.pop("how", "counter"), **how.pop("proof", {})
    )
    return consenting.give(member_id=member.pk, consents=[given], **{"by": "terminal:1", "at": at, **how})


def no(member: Member, channel: str = "any", *, at: datetime):
    return consenting.withdraw(
        member_id=member.pk, purpose="marketing", channel=channel, how="counter", by="terminal:1", at=at
    )


def allowed(member: Member, channel: str, at: datetime) -> bool:
    return consenting.allows_advertising(member=member, channel=channel, at=at)


def test_nobody_agrees_by_default(lan):
    assert consenting.current(member_id=lan.pk, at=JOINED_AT) == []
    for channel in ("sms", "zalo", "email", "push", "call", "any"):
        assert not allowed(lan, channel, JOINED_AT)
    assert not consenting.allows(member=lan, purpose="profiling", at=JOINED_AT)
    assert not consenting.allows(member=lan, purpose="programme", at=JOINED_AT)


def test_joining_writes_down_what_was_agreed_to_and_nothing_else():
    lan = MemberFactory(
        consents=[
            ConsentGiven(purpose="programme", channel="any", text="terms-9", how="counter"),
            ConsentGiven(purpose="marketing", channel="zalo", text="ads-9", how="counter"),
        ]
    )
    assert allowed(lan, "zalo", JOINED_AT)
    assert not allowed(lan, "sms", JOINED_AT)
    assert [(row.purpose, row.channel, row.text) for row in consenting.current(member_id=lan.pk, at=JOINED_AT)] == [
        ("marketing", "zalo", "ads-9"),
        ("programme", "any", "terms-9"),
    ]
    types = Event.objects.filter(member_id=lan.pk).order_by("id").values_list("type", flat=True)
    assert list(types) == ["member.joined", "consent.given", "consent.given"]


def test_the_latest_word_counts_on_each_channel(lan):
    yes(lan, "any", at=JOINED_AT)
    no(lan, "sms", at=JOINED_AT + DAY)
    assert allowed(lan, "zalo", JOINED_AT + 2 * DAY)
    assert not allowed(lan, "sms", JOINED_AT + 2 * DAY)
    assert allowed(lan, "sms", JOINED_AT), "what she said later does not change what held before"
    yes(lan, "sms", at=JOINED_AT + 3 * DAY, text="ads-10")
    assert allowed(lan, "sms", JOINED_AT + 4 * DAY)
    no(lan, "any", at=JOINED_AT + 5 * DAY)
    assert not any(allowed(lan, channel, JOINED_AT + 6 * DAY) for channel in ("sms", "zalo", "email", "any"))


def test_a_yes_on_one_channel_is_no_yes_on_any(lan):
    yes(lan, "email", at=JOINED_AT)
    assert allowed(lan, "email", JOINED_AT)
    assert not allowed(lan, "any", JOINED_AT)
    assert not allowed(lan, "call", JOINED_AT)


def test_at_the_same_instant_a_no_outweighs_a_yes(lan):
    no(lan, "sms", at=JOINED_AT)
    yes(lan, "sms", at=JOINED_AT)
    assert not allowed(lan, "sms", JOINED_AT)


def test_an_imported_yes_without_evidence_allows_nothing_and_hides_nothing(lan):
    yes(lan, "sms", at=JOINED_AT, by="import:1")
    assert not allowed(lan, "sms", JOINED_AT)
    yes(lan, "email", at=JOINED_AT, by="import:1", proof={"evidence": "phiếu số 71"})
    assert allowed(lan, "email", JOINED_AT)
    yes(lan, "zalo", at=JOINED_AT)
    yes(lan, "zalo", at=JOINED_AT + DAY, by="import:1")
    assert allowed(lan, "zalo", JOINED_AT + DAY)
    no(lan, "zalo", at=JOINED_AT + 2 * DAY)
    yes(lan, "zalo", at=JOINED_AT + 3 * DAY, by="import:1")
    assert not allowed(lan, "zalo", JOINED_AT + 4 * DAY)


def test_who_has_left_is_told_no_offers(lan):
    yes(lan, at=JOINED_AT)
    lan.status = "closed"
    assert not allowed(lan, "sms", JOINED_AT)


def test_below_sixteen_a_guardian_must_agree():
    child = MemberFactory()
    yes(child, at=JOINED_AT)  # nobody knew yet how old
    yes(child, at=JOINED_AT, purpose="profiling", text="habits-9")
    born = birthdays.Birthday(day=20, month=5, year=2012)
    child = changing.change_birthday(member_id=child.pk, birthday=born, by="user:1", at=JOINED_AT)
    assert consenting.is_child(member=child, at=JOINED_AT)
    for purpose, text in (("marketing", "ads-9"), ("profiling", "habits-9")):
        with pytest.raises(consenting.GuardianNeeded):
            yes(child, at=JOINED_AT + timedelta(hours=1), purpose=purpose, text=text)
    assert not allowed(child, "sms", JOINED_AT)
    assert not consenting.allows(member=child, purpose="profiling", at=JOINED_AT)
    yes(child, at=JOINED_AT + DAY, how=consenting.GUARDIAN)
    assert allowed(child, "sms", JOINED_AT + DAY)
    no(child, "sms", at=JOINED_AT + 2 * DAY)
    assert not allowed(child, "sms", JOINED_AT + 2 * DAY), "a child's own no always counts"
    # 20 May 2028 begins at 17:00 UTC of the day before
    assert consenting.is_child(member=child, at=datetime(2028, 5, 19, 16, 59, tzinfo=UTC))
    assert not consenting.is_child(member=child, at=datetime(2028, 5, 19, 17, 0, tzinfo=UTC))


def test_a_lunar_birthday_comes_of_age_by_the_moon():
    # 15/12 Tân Mão is 8 January 2012; sixteen lunar years later, 15/12 Đinh Mùi is 11 January 2028
    child = MemberFactory(birthday=birthdays.Birthday(day=15, month=12, year=2011, calendar="lunar"))
    assert consenting.is_child(member=child, at=datetime(2028, 1, 10, 5, tzinfo=UTC))
    assert not consenting.is_child(member=child, at=datetime(2028, 1, 11, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("consent", "refusal"),
    [
        ({"text": "no-such-text"}, consenting.ConsentTextUnknown),
        ({"text": "terms-9"}, consenting.ConsentTextUnknown),
        ({"purpose": "fun"}, consenting.ConsentUnreadable),
        ({"channel": "fax"}, consenting.ConsentUnreadable),
    ],
)
def test_a_consent_to_nothing_known_is_refused_and_nothing_is_written(lan, consent, refusal):
    given = ConsentGiven(**{"purpose": "marketing", "channel": "sms", "text": "ads-9", **consent})
    good = ConsentGiven(purpose="marketing", channel="email", text="ads-9")
    with pytest.raises(refusal):
        consenting.give(member_id=lan.pk, consents=[good, given], by="system", at=JOINED_AT)
    assert not Consent.objects.exists()


def test_nobody_agrees_to_a_text_before_it_was_written(lan):
    with pytest.raises(consenting.ConsentTextUnknown):
        yes(lan, at=JOINED_AT - DAY)


def test_the_same_word_twice_is_one_row_and_one_event(lan):
    [first] = yes(lan, "sms", at=JOINED_AT)
    [again] = yes(lan, "sms", at=JOINED_AT)
    assert first == again
    assert no(lan, at=JOINED_AT + DAY) == no(lan, at=JOINED_AT + DAY)
    assert (
        Event.objects.filter(type="consent.given").count()
        == Event.objects.filter(type="consent.withdrawn").count()
        == 1
    )


def test_a_consent_is_never_changed_or_deleted(lan):
    [consent] = yes(lan, at=JOINED_AT)
    for harm in (lambda: Consent.objects.update(granted=False), consent.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            harm()
    consent.refresh_from_db()
    assert consent.granted


def test_the_event_of_a_consent_says_nothing_personal(lan):
    yes(lan, "sms", at=JOINED_AT, proof={"evidence": "Lan ký tên 0912345678"})
    event = Event.objects.get(type="consent.given")
    assert event.data == {"purpose": "marketing", "channel": "sms"}
    assert event.subject_id == Consent.objects.get().pk
