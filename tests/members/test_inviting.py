"""An invitation makes one person one of the staff, once, within its time."""

from datetime import UTC, datetime, timedelta

import pytest

from members import inviting, roles
from members.inviting import InvitationEnded, InvitationRefused, NameTaken
from members.models import StaffInvitation, User

AT = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def hà(db) -> User:
    """Hà the admin."""
    return User.objects.create_user(username="hà", email="ha@pho.vn")


def invite(by, **told):
    return inviting.invite(role=roles.STORE_MANAGER, store_ids=[7], email="mai@pho.vn", by=by, at=AT, **told)


def accept(token, username="mai", *, at=AT):
    return inviting.accept(
        token=token, username=username, first_name="Mai", last_name="Lê", password="cà phê trứng 26", at=at
    )


def test_an_accepted_invitation_gives_the_role_the_stores_and_the_password_that_was_chosen(hà):
    made = invite(hà)
    mai = accept(made.token)
    assert mai.check_password("cà phê trứng 26") and mai.is_staff and mai.store_ids == [7]
    assert mai.email == "mai@pho.vn" and list(mai.groups.values_list("name", flat=True)) == [roles.STORE_MANAGER]
    kept = StaffInvitation.objects.get()
    assert (kept.accepted_by, kept.accepted_at) == (mai, AT)
    assert made.token not in str(vars(kept)), "only a hash is kept"


def test_an_invitation_is_accepted_once(hà):
    token = invite(hà).token
    accept(token)
    with pytest.raises(InvitationRefused):
        accept(token, "someone")
    assert User.objects.count() == 2


def test_whoever_is_overtaken_while_accepting_becomes_nobody(hà, monkeypatch):
    made = invite(hà)
    monkeypatch.setattr(inviting, "look", lambda token, *, at: made.invitation)
    accept(made.token)
    with pytest.raises(InvitationRefused):
        accept(made.token, "second")
    assert not User.objects.filter(username="second").exists()


def test_unknown_used_late_and_revoked_links_are_refused_alike(hà):
    used, late, revoked = (invite(hà) for _ in range(3))
    accept(used.token)
    inviting.revoke(invitation_id=revoked.invitation.pk, at=AT)
    for token, at in (
        ("unknown", AT),
        ("", AT),
        ("\0\ud800", AT),
        (used.token, AT),
        (late.token, AT + inviting.GOOD_FOR),
        (revoked.token, AT),
    ):
        with pytest.raises(InvitationRefused):
            inviting.look(token, at=at)
    assert inviting.look(late.token, at=AT + inviting.GOOD_FOR - timedelta(seconds=1)) == late.invitation


def test_a_link_sent_again_has_all_its_time_and_kills_the_one_before(hà):
    first = invite(hà)
    later = AT + timedelta(days=5)
    second = inviting.again(invitation_id=first.invitation.pk, at=later)
    with pytest.raises(InvitationRefused):
        inviting.look(first.token, at=AT)
    assert inviting.look(second.token, at=later + timedelta(hours=71)).pk == first.invitation.pk


def test_what_ended_is_neither_sent_again_nor_taken_back(hà):
    made = invite(hà)
    accept(made.token)
    for verb in (inviting.again, inviting.revoke):
        with pytest.raises(InvitationEnded):
            verb(invitation_id=made.invitation.pk, at=AT)


def test_a_name_that_somebody_has_is_refused_however_it_is_written_and_the_link_lives_on(hà):
    made = invite(hà)
    with pytest.raises(NameTaken):
        accept(made.token, "HÀ")
    assert accept(made.token).username == "mai"


def test_nobody_is_invited_to_be_a_cashier_or_to_a_role_nobody_wrote_down(hà):
    for role in (roles.CASHIER, "owner"):
        with pytest.raises(KeyError):
            inviting.invite(role=role, by=hà, at=AT)


def test_whoever_leaves_invites_nobody_and_is_not_invited(hà):
    theirs, to_them = invite(hà), inviting.invite(role=roles.ADMIN, email="HA@pho.vn", by=None, at=AT)
    other = inviting.invite(role=roles.ADMIN, email="an@pho.vn", by=None, at=AT)
    assert inviting.revoke_all_of(hà, at=AT) == 2
    for made in (theirs, to_them):
        with pytest.raises(InvitationRefused):
            inviting.look(made.token, at=AT)
    assert inviting.look(other.token, at=AT)
