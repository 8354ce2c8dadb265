from datetime import UTC, datetime

import pytest

from events.models import Event
from members import birthdays, consenting, finding, identifying, joining
from members.models import Identifier, Member, NameToken

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def join(**given):
    return joining.join(**{"name": "Nguyễn Thị Lan", "joined_via": "counter", "by": "system", "at": AT, **given})


def test_lan_joins_with_everything_that_names_her():
    lan = join(
        phone="0912 345 678",
        email="Lan@Example.vn",
        external_id="KH-7",
        gender="female",
        birthday=birthdays.Birthday(day=20, month=5),
        store_id=3,
    )

    assert (lan.name, lan.folded_name, lan.call_name, lan.honorific) == (
        "Nguyễn Thị Lan",
        "nguyen thi lan",
        "Lan",
        "chị",
    )
    named = dict(Identifier.objects.filter(member=lan).values_list("kind", "value"))
    assert named.pop("card").startswith("LM")
    assert named == {"phone": "+84912345678", "email": "lan@example.vn", "external": "KH-7"}
    tokens = set(NameToken.objects.values_list("token", flat=True))
    assert tokens == {"nguyen thi lan", "nguyen lan", "thi lan", "lan"}
    event = Event.objects.get(type="member.joined")
    assert (event.member_id, event.subject_id, event.store_id, event.data) == (lan.pk, lan.pk, 3, {"via": "counter"})
    assert finding.by_phone("+84 912 345 678") == lan
    assert finding.by_email("LAN@example.vn") == lan
    assert finding.by_external("KH-7") == lan
    assert finding.by_id(lan.pk) == lan


def test_a_phone_that_names_a_member_is_refused_and_nothing_is_written():
    join(phone="0912345678")
    with pytest.raises(joining.MemberExists) as refusal:
        join(name="Trần Minh", phone="84912345678")
    assert refusal.value.details == {}
    assert Member.objects.count() == Event.objects.count() == 1
    assert NameToken.objects.filter(token__contains="minh").count() == 0


def test_what_is_given_wins_over_what_is_guessed():
    lan = join(call_name="Bé Lan", honorific="cô", card="vip-71", gender="female")
    assert (lan.call_name, lan.honorific) == ("Bé Lan", "cô")
    assert finding.by_card("VIP71") == lan


@pytest.mark.parametrize(("gender", "honorific"), [("female", "chị"), ("male", "anh"), ("other", "bạn"), ("", "bạn")])
def test_a_member_is_spoken_to_politely(gender, honorific):
    assert join(gender=gender).honorific == honorific


def test_a_name_is_kept_as_typed_without_the_invisible():
    name = "  Lan\u200b <script>\x00alert(1)</script> =HYPERLINK() {{7*7}}  Nguyê\u0303n\u202e "
    assert join(name=name).name == "Lan <script>alert(1)</script> =HYPERLINK() {{7*7}} Nguyễn"


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"name": ""}, joining.NameUnreadable),
        ({"name": "\u200b\x00\u202e "}, joining.NameUnreadable),
        ({"name": "x" * 121}, joining.NameUnreadable),
        ({"phone": "12"}, identifying.PhoneUnreadable),
        ({"phone": ""}, identifying.PhoneUnreadable),
        ({"card": "LM000000000001"}, identifying.CardUnreadable),
        ({"email": "lan"}, identifying.EmailUnreadable),
        ({"external_id": " "}, identifying.ExternalIdUnreadable),
        ({"gender": "queen"}, joining.GenderUnknown),
        ({"locale": "xx"}, joining.LocaleUnknown),
        ({"birthday": birthdays.Birthday(day=22, month=11, year=2026)}, birthdays.BirthdayImpossible),
        (
            {"consents": [consenting.ConsentGiven(purpose="marketing", channel="sms", text="none")]},
            consenting.ConsentTextUnknown,
        ),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_written(given, refusal):
    with pytest.raises(refusal) as refused:
        join(**given)
    assert refused.value.details == {}
    assert not any(table.objects.exists() for table in (Member, Identifier, NameToken, Event))


@pytest.mark.parametrize("given", [{"phone": "0912345678"}, {"card": "VIP71"}, {"external_id": "KH-7"}])
def test_whatever_names_one_member_names_no_second(given):
    join(**given)
    with pytest.raises(joining.MemberExists):
        join(name="Trần Minh", **given)
    assert Member.objects.count() == 1
    assert join(name="Tập", practice=True, **given).practice


def test_an_email_never_conflicts():
    join(email="home@example.vn")
    join(name="Trần Minh", email="HOME@example.vn")
    assert Identifier.objects.filter(kind="email", verified_at__isnull=True).count() == 2
    assert finding.by_email("home@example.vn") is None


def test_live_and_practice_members_do_not_see_each_other():
    lan = join(phone="0912345678")
    practice = join(name="Tập", phone="0912345678", practice=True)
    assert finding.by_phone("0912345678") == lan
    assert finding.by_phone("0912345678", practice=True) == practice
    assert finding.by_id(practice.pk) is None
    assert finding.by_id(lan.pk, practice=True) is None


def test_lan_belongs_to_the_shop_where_she_joined():
    lan = join(store_id=3, staff="Minh", source="tờ rơi 8/3")
    assert (lan.joined_store_id, lan.home_store_id, lan.joined_staff, lan.joined_source) == (3, 3, "Minh", "tờ rơi 8/3")
    assert lan.joined_at == lan.created_at == AT
