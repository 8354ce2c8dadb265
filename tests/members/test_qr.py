from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from members import qr
from members.models import Member
from tests.factories.people import MemberFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 3, 0, 10, tzinfo=UTC)


def test_lan_shows_who_she_is():
    lan = MemberFactory()
    shown = qr.text(lan, AT)
    assert shown.startswith(f"LM1.{lan.pk}.") and len(shown) == 49
    assert qr.verify(shown, at=AT) == lan.pk == qr.named(shown)


@pytest.mark.parametrize(
    ("seconds", "good"), [(-70, False), (-40, True), (0, True), (49, True), (80, False), (3600, False)]
)
def test_a_code_lives_for_its_half_minute_and_one_step_either_way(seconds, good):
    shown = qr.text(lan := MemberFactory(), AT)
    if good:
        assert qr.verify(shown, at=AT + timedelta(seconds=seconds)) == lan.pk
    else:
        with pytest.raises(qr.QrRefused):
            qr.verify(shown, at=AT + timedelta(seconds=seconds))


def test_nobody_shows_anothers_code():
    lan, minh = MemberFactory(), MemberFactory()
    forged = f"LM1.{minh.pk}.{qr.text(lan, AT)[-8:]}"
    with pytest.raises(qr.QrRefused):
        qr.verify(forged, at=AT)


def test_a_member_who_left_or_never_was_shows_nothing():
    lan = MemberFactory()
    shown = qr.text(lan, AT)
    Member.objects.filter(pk=lan.pk).update(status="closed")
    stranger = qr.text(Member(pk=UUID(int=7)), AT)
    for text in (shown, stranger):
        with pytest.raises(qr.QrRefused):
            qr.verify(text, at=AT)


def test_another_secret_key_makes_other_codes(settings):
    lan = MemberFactory()
    shown = qr.text(lan, AT)
    settings.SECRET_KEY = "another-key-of-another-shop-0123456789012345678901234567890"
    assert qr.text(lan, AT) != shown


@pytest.mark.parametrize(
    "text",
    ["", "LM1", "LM1..", "LM1.x.12345678", "LM2.00000000-0000-0000-0000-000000000007.12345678",
     "LM1.00000000-0000-0000-0000-000000000007.1234567", "LM1.00000000-0000-0000-0000-000000000007.１２３４５６７８",
     "LM1.00000000-0000-0000-0000-000000000007.12345678\n", "\0", "\ud800", "L" * 10_000],
)  # fmt: skip
def test_what_is_no_code_is_refused(text):
    for read in (lambda: qr.verify(text, at=AT), lambda: qr.named(text)):
        with pytest.raises(qr.QrRefused):
            read()
