from datetime import timedelta

import pytest

from events.models import Event
from members import birthdays, changing, finding, identifying, joining, qr, searching
from members.models import Identifier, Member
from tests.factories.people import JOINED_AT, MemberFactory, StaffFactory

pytestmark = pytest.mark.django_db
LATER = JOINED_AT + timedelta(days=30)
HOW = {"by": "user:1", "at": LATER}


@pytest.fixture
def lan(db) -> Member:
    return MemberFactory(name="Nguyễn Thị Lan", phone="0912345678")


@pytest.fixture
def minh(db) -> Member:
    return MemberFactory(name="Trần Văn Minh", phone="0987654321")


def told() -> list[list[str]]:
    return [event.data["changed"] for event in Event.objects.filter(type="member.changed").order_by("id")]


def test_a_new_name_finds_her_and_the_old_one_no_longer_does(lan):
    changing.rename(member_id=lan.pk, name="Nguyễn Thị Hồng Lan", **HOW)
    assert [hit.name for hit in searching.search("hong lan")] == ["Nguyễn Thị Hồng Lan"]
    changing.rename(member_id=lan.pk, name="Lê Mai", call_name="Bé Mai", honorific="em", **HOW)
    assert searching.search("hong") == searching.search("nguyen") == []
    lan.refresh_from_db()
    assert (lan.folded_name, lan.call_name, lan.honorific) == ("le mai", "Bé Mai", "em")
    assert told() == [["name"], ["call_name", "honorific", "name"]]


def test_the_same_again_changes_nothing_and_tells_nobody(lan):
    changing.rename(member_id=lan.pk, name="  Nguyễn Thị   Lan ", **HOW)
    changing.change_birthday(member_id=lan.pk, birthday=None, **HOW)
    changing.move_phone(member_id=lan.pk, phone="84912345678", verified=False, **HOW)
    changing.change_details(member_id=lan.pk, locale="vi", **HOW)
    changing.appoint(member_id=lan.pk, user_id=None, **HOW)
    assert told() == []
    assert Identifier.objects.filter(member=lan, kind="phone").count() == 1


@pytest.mark.parametrize("name", ["", "  ", "\u200b\x00", "x" * 121])
def test_a_name_nobody_can_read_is_refused(lan, name):
    with pytest.raises(joining.NameUnreadable):
        changing.rename(member_id=lan.pk, name=name, **HOW)
    assert told() == []


def test_a_birthday_is_changed_and_taken_away(lan):
    changing.change_birthday(member_id=lan.pk, birthday=birthdays.Birthday(day=30, month=12, calendar="lunar"), **HOW)
    lan.refresh_from_db()
    assert (lan.birth_day, lan.birth_month, lan.birth_year, lan.birth_calendar) == (30, 12, None, "lunar")
    changing.change_birthday(member_id=lan.pk, birthday=None, **HOW)
    lan.refresh_from_db()
    assert (lan.birth_day, lan.birth_month) == (None, None)
    assert told() == [["birth_calendar", "birth_day", "birth_month"]] * 2


def test_somebody_of_the_staff_looks_after_her(lan):
    hoa = StaffFactory(username="hoa")
    changing.appoint(member_id=lan.pk, user_id=hoa.pk, **HOW)
    lan.refresh_from_db()
    assert lan.contact_person == hoa
    hoa.is_active = False
    hoa.save(update_fields=["is_active"])
    with pytest.raises(changing.StaffUnknown):
        changing.appoint(member_id=lan.pk, user_id=hoa.pk, **HOW)


def test_a_phone_moves_and_may_name_somebody_else_later(lan, minh):
    new = changing.move_phone(member_id=lan.pk, phone="0909 090 909", verified=True, **HOW)
    assert (new.value, new.verified_at) == ("+84909090909", LATER)
    assert finding.by_phone("0909090909") == lan
    assert finding.by_phone("0912345678") is None
    changing.move_phone(member_id=minh.pk, phone="0912345678", verified=False, **HOW)
    assert finding.by_phone("0912345678") == minh
    old = Identifier.objects.filter(value="+84912345678").order_by("from_at")
    assert [(row.member_id, row.until_at) for row in old] == [(lan.pk, LATER), (minh.pk, None)]


def test_a_phone_that_names_another_is_refused_and_her_own_stays(lan, minh):
    with pytest.raises(changing.IdentifierTaken) as refusal:
        changing.move_phone(member_id=lan.pk, phone="0987654321", verified=True, **HOW)
    assert refusal.value.details == {}
    assert finding.by_phone("0912345678") == lan
    assert told() == []


def test_a_phone_proved_later_is_the_same_phone(lan):
    proved = changing.move_phone(member_id=lan.pk, phone="0912345678", verified=True, **HOW)
    assert (proved.from_at, proved.verified_at) == (JOINED_AT, LATER)
    assert told() == [["phone"]]


def test_an_email_may_be_shared(lan, minh):
    for member in (lan, minh):
        changing.move_email(member_id=member.pk, email="home@example.vn", verified=False, **HOW)
    assert finding.by_email("home@example.vn") is None
    changing.move_email(member_id=minh.pk, email="HOME@example.vn", verified=True, **HOW)
    assert finding.by_email("home@example.vn") == minh


def test_a_lost_card_is_blocked_and_replaced(lan, minh):
    card = Identifier.objects.get(member=lan, kind="card").value
    with pytest.raises(changing.CardUnknown):
        changing.block_card(member_id=minh.pk, card=card, **HOW)
    changing.block_card(member_id=lan.pk, card=card.lower(), **HOW)
    assert finding.by_card(card) is None
    new = changing.replace_card(member_id=lan.pk, **HOW)
    assert identifying.card(new.value) == new.value != card
    printed = changing.replace_card(member_id=lan.pk, card="VIP-71", **HOW)
    assert finding.by_card("vip71") == lan
    assert finding.by_card(new.value) is None
    with pytest.raises(changing.IdentifierTaken):
        changing.replace_card(member_id=minh.pk, card=printed.value, **HOW)


def test_renewing_the_qr_makes_older_screens_worthless(lan):
    shown = qr.text(lan, LATER)
    changing.renew_qr(member_id=lan.pk, **HOW)
    with pytest.raises(qr.QrRefused):
        qr.verify(shown, at=LATER)


def test_who_has_left_is_changed_no_more(lan):
    Member.objects.filter(pk=lan.pk).update(status="closed")
    with pytest.raises(changing.MemberGone):
        changing.rename(member_id=lan.pk, name="Lan", **HOW)


def test_practice_and_live_phones_do_not_meet(lan):
    practice = MemberFactory(name="Tập", phone="0909090909", practice=True)
    changing.move_phone(member_id=practice.pk, phone="0912345678", verified=False, **HOW)
    assert finding.by_phone("0912345678") == lan
    assert finding.by_phone("0912345678", practice=True) == practice
