from datetime import timedelta

import pytest

from members import tagging
from members.models import Tag
from tests.factories.people import JOINED_AT, MemberFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_tag_is_borne_from_one_moment_until_another():
    lan, minh = MemberFactory(), MemberFactory()
    tagging.bear(member_ids=[lan.pk, minh.pk], key="vip", by="user:1", at=JOINED_AT)
    tagging.bear(member_ids={lan.pk}, key="vip", by="user:2", at=JOINED_AT + DAY)
    assert Tag.objects.get(member=lan).from_at == JOINED_AT
    assert set(tagging.bearers(key="vip")) == {lan.pk, minh.pk}

    assert tagging.drop(member_ids=[lan.pk], key="vip", at=JOINED_AT + 2 * DAY) == 1
    assert tagging.drop(member_ids=[lan.pk], key="vip", at=JOINED_AT + 3 * DAY) == 0
    assert set(tagging.bearers(key="vip")) == {minh.pk}
    assert tagging.keys_of(member_id=lan.pk, at=JOINED_AT + DAY) == {"vip"}
    assert tagging.keys_of(member_id=lan.pk, at=JOINED_AT + 2 * DAY) == set()

    tagging.bear(member_ids=[lan.pk], key="vip", by="system", at=JOINED_AT + 4 * DAY)
    assert tagging.keys_of(member_id=lan.pk, at=JOINED_AT + 5 * DAY) == {"vip"}
    assert Tag.objects.filter(member=lan).count() == 2


@pytest.mark.parametrize("key", ["", "VIP", "khách quý", "a" * 65, "a b", "-x", "\0", "vip\n"])
def test_a_key_nobody_could_write_in_a_rule_is_refused(key):
    with pytest.raises(tagging.TagUnreadable):
        tagging.bear(member_ids=[], key=key, by="system", at=JOINED_AT)


def test_thousands_bear_a_key_at_once():
    lan = MemberFactory()
    tagging.bear(member_ids=[lan.pk] * 3000, key="segment:7", by="system", at=JOINED_AT)
    assert list(tagging.bearers(key="segment:7")) == [lan.pk]
