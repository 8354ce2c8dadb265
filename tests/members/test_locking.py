from datetime import timedelta

import pytest

from events.models import Event
from members import changing, locking
from members.locking import Reason
from members.models import Member, SpendingLock
from tests.factories.people import JOINED_AT, MemberFactory
from tests.members.test_racing import at_once

AT = JOINED_AT + timedelta(days=30)
DAY = timedelta(days=1)


@pytest.fixture
def lan(db) -> Member:
    return MemberFactory(name="Nguyễn Thị Lan")


def lock(member, *, reason="asked", until=None, at=AT):
    return locking.lock_spending(member_id=member.pk, reason=reason, until=until, by=f"member:{member.pk}", at=at)


def test_a_lock_without_an_end_holds_until_it_is_lifted(lan):
    lock(lan)
    assert locking.is_locked(member_id=lan.pk, at=AT + 1000 * DAY)
    assert locking.unlock(member_id=lan.pk, by=f"member:{lan.pk}", at=AT + DAY) == 1
    assert not locking.is_locked(member_id=lan.pk, at=AT + DAY)
    row = SpendingLock.objects.get()
    assert (row.lifted_at, row.lifted_by) == (AT + DAY, f"member:{lan.pk}")
    assert list(
        Event.objects.filter(type__startswith="member.spending").order_by("id").values_list("type", "data")
    ) == [
        ("member.spending_locked", {"reason": "asked", "until": None}),
        ("member.spending_unlocked", {"reasons": ["asked"]}),
    ]


def test_a_lock_with_an_end_ends_by_itself(lan):
    lock(lan, reason="phone_moved", until=AT + DAY)
    assert locking.is_locked(member_id=lan.pk, at=AT + DAY - timedelta(seconds=1))
    assert not locking.is_locked(member_id=lan.pk, at=AT + DAY)


def test_a_clock_put_back_opens_no_lock(lan):
    lock(lan, until=AT + DAY)
    assert locking.is_locked(member_id=lan.pk, at=AT - 300 * DAY)


def test_members_do_not_lift_what_protects_them_from_a_thief(lan):
    lock(lan, reason="phone_moved", until=AT + DAY)
    lock(lan, reason="staff")
    lock(lan)
    assert locking.unlock(member_id=lan.pk, by=f"member:{lan.pk}", at=AT) == 1
    held = locking.current(member_id=lan.pk, at=AT)
    assert (held.reasons, held.until, held.own) == ({"phone_moved", "staff"}, None, False)
    assert locking.unlock(member_id=lan.pk, reasons=locking.ALL, by="user:1", at=AT) == 2
    assert locking.current(member_id=lan.pk, at=AT) is None


def test_the_same_lock_again_is_the_one_there_is(lan):
    assert lock(lan).pk == lock(lan, at=AT + DAY).pk
    assert Event.objects.filter(type="member.spending_locked").count() == 1
    assert locking.unlock(member_id=lan.pk, by="user:1", at=AT) == 1
    assert locking.unlock(member_id=lan.pk, by="user:1", at=AT) == 0


def test_nobody_locks_who_is_not_there_or_for_no_reason(lan):
    with pytest.raises(locking.ReasonUnknown):
        lock(lan, reason="just so")
    Member.objects.filter(pk=lan.pk).update(status="closed")
    with pytest.raises(changing.MemberGone):
        lock(lan)
    with pytest.raises(changing.MemberGone):
        locking.unlock(member_id=lan.pk, by="user:1", at=AT)
    assert set(locking.ALL) == set(Reason.values)


def test_locking_at_several_doors_at_once_is_one_lock(shop_db):
    lan = MemberFactory()
    at_once(*[lambda: lock(lan)] * 4)
    assert SpendingLock.objects.count() == 1
