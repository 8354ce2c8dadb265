from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from events.models import Event
from members import founding, terms
from members.models import TermsAccepted, TermsText
from tests.factories.people import JOINED_AT, MemberFactory

AT = JOINED_AT + timedelta(days=30)
pytestmark = pytest.mark.django_db


@pytest.fixture
def first(db) -> TermsText:
    founding.found(at=JOINED_AT)
    return TermsText.objects.get()


def test_who_joins_accepts_the_terms_in_force(first):
    lan = MemberFactory(store_id=3)
    row = TermsAccepted.objects.get(member=lan)
    assert (row.text_id, row.how, row.store_id, row.at) == (first.pk, "counter", 3, JOINED_AT)
    assert terms.to_accept(member_id=lan.pk, at=AT) is None
    assert Event.objects.filter(type="terms.accepted", member_id=lan.pk).count() == 1


def test_a_new_version_is_asked_for_once_it_holds_and_accepted_once(first):
    lan = MemberFactory()
    new = TermsText.objects.create(code="terms-2", body_vi="Mới", body_en="New", valid_from=AT)
    assert terms.to_accept(member_id=lan.pk, at=AT - timedelta(seconds=1)) is None
    assert terms.to_accept(member_id=lan.pk, at=AT) == new
    told = {"member_id": lan.pk, "code": "terms-2", "how": "portal", "by": f"member:{lan.pk}"}
    with pytest.raises(terms.TermsUnknown):
        terms.accept(**told, at=AT - timedelta(seconds=1))
    rows = {terms.accept(**told, at=AT + timedelta(minutes=n)).pk for n in range(3)}
    assert len(rows) == 1
    assert [row.text_id for row in terms.of_member(member_id=lan.pk)] == ["terms-2", "terms-1"]
    assert Event.objects.filter(type="terms.accepted").count() == 2


def test_a_shop_without_terms_writes_nothing_down(db):
    lan = MemberFactory()
    assert not TermsAccepted.objects.filter(member=lan).exists()
    assert terms.to_accept(member_id=lan.pk, at=AT) is None


def test_what_was_written_and_accepted_is_never_changed(first):
    MemberFactory()
    for change in (
        lambda: TermsText.objects.update(body_vi="x"),
        lambda: TermsAccepted.objects.update(how="x"),
        lambda: TermsAccepted.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_founding_terms_say_the_same_in_both_languages(first):
    assert len(first.body_vi.splitlines()) == len(first.body_en.splitlines()) == 10
