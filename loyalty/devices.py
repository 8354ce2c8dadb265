"""The devices a store trusts: invited by a link that is good for minutes, known by a cookie, ended at once.

Whoever works at one is asked for the PIN (`loyalty.sitting`); a device alone opens nothing.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from events.refusals import Refusal
from loyalty.keys import practice_twin
from loyalty.models import Device, DeviceInvitation, Store, Terminal
from loyalty.till import Till
from members import guessing, roles
from members.models import User

GOOD_FOR = timedelta(minutes=15)
SEEN_NOTED_EVERY = timedelta(minutes=5)
# letters and digits that nobody confuses on a screen across the room; ten of them hold fifty bits
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
TRIES, TRIES_WITHIN = 20, timedelta(minutes=15)
# who may stand at a counter
AT_THE_COUNTER = (roles.CASHIER, roles.STORE_MANAGER, roles.ADMIN)


class InvitationRefused(Refusal):
    """No such code, used already, or past its quarter of an hour. Which of them is not said."""

    code = "invitation_refused"


class DeviceUnknown(Refusal):
    """No device bears this token, or not any more."""

    code = "device_unknown"


class TerminalElsewhere(Refusal):
    """The till stands in another store."""

    code = "terminal_elsewhere"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device and its token, which is told this once: whoever bears it is the device."""

    device: Device
    token: str


def invite(
    *, store: Store, terminal: Terminal | None = None, name: str, by: User | None, at: datetime
) -> tuple[DeviceInvitation, str]:
    """A code that makes the next browser to show it a device of the store. Raises TerminalElsewhere."""
    if terminal is not None and terminal.store_id != store.id:
        raise TerminalElsewhere
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    invitation = DeviceInvitation.objects.create(
        code_hash=_hashed(code),
        store=store,
        terminal=terminal,
        name=name.strip()[:80] or store.name,
        made_at=at,
        made_by=by,
        expires_at=at + GOOD_FOR,
    )
    return invitation, code


def invited(code: str, *, address: str, at: datetime) -> DeviceInvitation:
    """The invitation behind a code that may still be used. Tries are counted per address of the visitor.

    Raises InvitationRefused, TooManyGuesses.
    """
    guess = guessing.count(kind="device code", of=address, limit=TRIES, within=TRIES_WITHIN, at=at)
    found = (
        DeviceInvitation.objects.select_related("store", "terminal")
        .filter(code_hash=_hashed(read(code)), device=None, expires_at__gt=at, store__closed=False)
        .first()
    )
    if found is None:
        raise InvitationRefused
    guessing.take_back(guess=guess)
    return found


def enrol(*, code: str, address: str, at: datetime) -> Enrolled:
    """This browser becomes a device of the store that invited it, once. Raises InvitationRefused, TooManyGuesses."""
    invitation_id = invited(code, address=address, at=at).pk
    with transaction.atomic():
        invitation = DeviceInvitation.objects.select_for_update().get(pk=invitation_id)
        if invitation.device_id is not None:
            raise InvitationRefused
        made = create(
            store=invitation.store, terminal=invitation.terminal, name=invitation.name, by=invitation.made_by, at=at
        )
        invitation.device = made.device
        invitation.save(update_fields=["device"])
        return made


def create(*, store: Store, terminal: Terminal | None = None, name: str, by: User | None, at: datetime) -> Enrolled:
    """A device without an invitation: for a demonstration, and for whoever holds its token."""
    token = secrets.token_urlsafe(32)
    device = Device.objects.create(
        store=store, terminal=terminal, name=name, token_hash=_hashed(token), enrolled_at=at, enrolled_by=by
    )
    return Enrolled(device, token)


def verify(token: str, *, at: datetime) -> Device:
    """The device that bears the token. Raises DeviceUnknown."""
    device = (
        Device.objects.select_related("store", "terminal")
        .filter(token_hash=_hashed(token), revoked_at__isnull=True, store__closed=False)
        .first()
        if token
        else None
    )
    if device is None:
        raise DeviceUnknown
    if device.last_seen_at is None or at - device.last_seen_at > SEEN_NOTED_EVERY:
        Device.objects.filter(pk=device.pk).update(last_seen_at=at)
    return device


def revoke(*, device: Device, at: datetime) -> None:
    """The device is lost or given away: its next call is a stranger's, and whoever sits at it is sent away."""
    with transaction.atomic():
        if device.revoked_at is None:
            device.revoked_at = at
            device.save(update_fields=["revoked_at"])
        device.sittings.filter(ended_at__isnull=True).update(ended_at=at)


def works_here(user: User, *, device: Device) -> bool:
    """Whether somebody may serve at this device: an active person with a role for it, in this store."""
    if not user.is_active:
        return False
    has_role = user.is_superuser or user.groups.filter(name__in=AT_THE_COUNTER).exists()
    return has_role and (not user.store_ids or device.store_id in user.store_ids)


def people_of(device: Device) -> list[User]:
    """Who may tap their name at this device, in the order of names."""
    staff = User.objects.filter(is_active=True, groups__name__in=AT_THE_COUNTER, staff_pin__isnull=False).distinct()
    here = [user for user in staff if not user.store_ids or device.store_id in user.store_ids]
    return sorted(here, key=lambda user: (user.first_name or user.username, user.pk))


def till_of(device: Device, *, by: str, practice: bool = False) -> Till:
    """The till a device stands at; in practice mode that of the practice twin, which no live figure ever meets."""
    if practice:
        return Till.of(practice_twin(device.store), by=by)
    return Till.of(device.store, device.terminal, by=by)


def next_receipt(device: Device) -> str:
    """A receipt number for a bill without one: unique, because nobody else counts under this prefix."""
    Device.objects.filter(pk=device.pk).update(receipts=F("receipts") + 1)
    device.refresh_from_db(fields=["receipts"])
    return f"D{device.pk}-{device.receipts:06d}"


def read(code: str) -> str:
    """A code as typed: small letters, blanks and dashes do not matter, O is 0, I and L are 1."""
    plain = "".join(character for character in code.upper() if character.isalnum())[:40]
    return plain.translate(str.maketrans("OIL", "011"))


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
