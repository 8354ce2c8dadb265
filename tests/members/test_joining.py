from datetime import UTC, datetime

import pytest

from events.models import Event
from members import birthdays, finding, joining
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
