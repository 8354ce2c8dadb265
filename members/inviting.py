"""Inviting people to the dashboard: a link that is good for three days and for one person, who chooses the password.

Nobody but the invited ever knows a password, and nobody knows the link again once it was shown or sent.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from events.refusals import Conflict, Refusal
from members import roles
from members.models import StaffInvitation, User

GOOD_FOR = timedelta(hours=72)
# cashiers sign in at a counter only, with a PIN (`loyalty.staffing`)
ROLES = (roles.STORE_MANAGER, roles.MARKETER, roles.ANALYST, roles.ADMIN)


class InvitationRefused(Refusal):
    """No such link, accepted already, taken back, or past its time. Which of them is not said."""

    code = "invitation_refused"


class InvitationEnded(Refusal):
    """It was accepted or taken back: there is nothing to send again or to take back."""

    code = "invitation_ended"


class NameTaken(Conflict):
    """Somebody else signs in by this name."""

    code = "name_taken"


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and the token of its link, which is told this once."""

    invitation: StaffInvitation
    token: str


def invite(
    *,
    role: str,
    store_ids: Iterable[int] = (),
    name: str = "",
    email: str = "",
    language: str = "vi",
    by: User | None,
    at: datetime,
) -> Invited:
    """A link that makes whoever opens it first one of the staff. Raises KeyError for a role nobody is invited to."""
    if role not in ROLES:
        raise KeyError(role)
    token = secrets.token_urlsafe(32)
    invitation = StaffInvitation.objects.create(
        token_hash=_hashed(token),
        role=role,
        store_ids=sorted({int(store) for store in store_ids}),
        name=name.strip()[:120],
        email=email.strip(),
        language=language,
        made_at=at,
        made_by=by,
        expires_at=at + GOOD_FOR,
    )
    return Invited(invitation, token)


def again(*, invitation_id: int, at: datetime) -> Invited:
    """Another link for the same invitation, with all its time; the link of before is dead. Raises InvitationEnded."""
    token = secrets.token_urlsafe(32)
    changed = StaffInvitation.objects.filter(_open(), pk=invitation_id).update(
        token_hash=_hashed(token), expires_at=at + GOOD_FOR
    )
    if not changed:
        raise InvitationEnded
    return Invited(StaffInvitation.objects.get(pk=invitation_id), token)


def revoke(*, invitation_id: int, at: datetime) -> None:
    """The link is dead from now on. Raises InvitationEnded."""
    if not StaffInvitation.objects.filter(_open(), pk=invitation_id).update(revoked_at=at):
        raise InvitationEnded


def revoke_all_of(user: User, *, at: datetime) -> int:
    """Whoever leaves invites nobody any more, and is not invited: the links they gave, and those sent to them."""
    theirs = Q(made_by=user)
    if user.email:
        theirs |= Q(email__iexact=user.email)
    return StaffInvitation.objects.filter(_open() & theirs).update(revoked_at=at)


def look(token: str, *, at: datetime) -> StaffInvitation:
    """The invitation behind a link that may still be used. Raises InvitationRefused."""
    found = StaffInvitation.objects.filter(_open(), token_hash=_hashed(token), expires_at__gt=at).first()
    if found is None:
        raise InvitationRefused
    return found


def accept(*, token: str, username: str, first_name: str, last_name: str, password: str, at: datetime) -> User:
    """The invited becomes one of the staff, once however often the form is sent. Raises InvitationRefused, NameTaken.

    That the password is strong enough is asked where it is typed.
    """
    invitation = look(token, at=at)
    try:
        with transaction.atomic():
            if User.objects.filter(username__iexact=username).exists():
                raise NameTaken
            user = User.objects.create_user(
                username=username,
                password=password,
                email=invitation.email,
                first_name=first_name.strip(),
                last_name=last_name.strip(),
                store_ids=invitation.store_ids,
                locale=invitation.language,
                is_staff=True,
            )
            roles.give(user=user, role=invitation.role)
            still_open = StaffInvitation.objects.filter(_open(), pk=invitation.pk, expires_at__gt=at)
            if not still_open.filter(token_hash=_hashed(token)).update(accepted_at=at, accepted_by=user):
                raise InvitationRefused  # somebody was quicker: the person made above is not kept
    except IntegrityError:
        raise NameTaken from None
    return user


def _open() -> Q:
    return Q(accepted_at__isnull=True, revoked_at__isnull=True)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
