from datetime import timedelta

import pytest

from members import changing, joining, people
from members.birthdays import Birthday
from members.models import Member, Person
from tests.factories.people import JOINED_AT, MemberFactory

AT = JOINED_AT + timedelta(days=30)
pytestmark = pytest.mark.django_db


@pytest.fixture
def lan(db) -> Member:
    return MemberFactory()


def add(member, first_name="Bin", relation="spouse", **told):
    return people.add(member_id=member.pk, first_name=first_name, relation=relation, by="user:1", at=AT, **told)


def test_a_husband_uses_the_account_and_leaves_it_without_a_trace(lan):
    husband = add(lan, birthday=Birthday(day=1, month=2))
    assert list(people.current(member_id=lan.pk)) == [husband]
    people.remove(member_id=lan.pk, person_id=husband.pk, by="user:1", at=AT)
    assert not people.current(member_id=lan.pk).exists()
    gone = Person.objects.get()
    assert (gone.first_name, gone.birth_day, gone.until_at) == ("", None, AT)


def test_a_childs_birthday_needs_the_guardians_word(lan):
    with pytest.raises(people.GuardianNeeded):
        add(lan, "Bông", "child", birthday=Birthday(day=1, month=6, year=2020))
    assert add(lan, "Bông", "child", birthday=Birthday(day=1, month=6, year=2020), guardian=True).birth_year == 2020
    assert add(lan, "Cún", "child").birth_day is None


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"first_name": " \u200b"}, joining.NameUnreadable),
        ({"first_name": "x" * 41}, joining.NameUnreadable),
        ({"relation": "boss"}, people.RelationUnknown),
    ],
)
def test_what_is_no_person_is_refused(lan, told, refusal):
    with pytest.raises(refusal):
        add(lan, **told)


def test_an_account_has_room_for_ten_and_only_its_own_people_leave(lan):
    everybody = [add(lan, f"Bin {number}") for number in range(10)]
    with pytest.raises(people.TooManyPeople):
        add(lan)
    with pytest.raises(people.PersonUnknown):
        people.remove(member_id=MemberFactory().pk, person_id=everybody[0].pk, by="user:1", at=AT)
    Member.objects.filter(pk=lan.pk).update(status="closed")
    with pytest.raises(changing.MemberGone):
        add(lan)
