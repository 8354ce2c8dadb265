"""Somebody at a device: from the right PIN until the lock, which comes by itself when nobody touches the screen."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from events.refusals import Refusal
from loyalty import devices
from loyalty.models import Device, Sitting
from members import pins
from members.models import User
from members.pins import PinWrong

# between these the row is not written again
SEEN_NOTED_EVERY = timedelta(seconds=20)


class Locked(Refusal):
    """Nobody sits here: signed out, idle for too long, or no longer somebody who works in this store."""

    code = "locked"


@dataclass(frozen=True, slots=True)
class Begun:
    """`token` is told once, to the browser. `must_change`: the PIN was chosen by somebody else."""

    sitting: Sitting
    token: str
    must_change: bool


def begin(*, device: Device, user_id: int, pin: str, at: datetime, practice: bool = False) -> Begun:
    """The person sits down; whoever sat here before is signed out. Raises PinWrong, TooManyGuesses.

    Somebody who does not work here is answered as a wrong PIN is, and counted alike.
    """
    must_change = pins.prove(user_id=user_id, pin=pin, device=str(device.pk), at=at)
    user = User.objects.filter(pk=user_id).first()
    if user is None or not devices.works_here(user, device=device):
        raise PinWrong
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Device.objects.select_for_update().get(pk=device.pk)
        end(device=device, at=at)
        sitting = Sitting.objects.create(
            token_hash=_hashed(token), device=device, user=user, began_at=at, seen_at=at, practice=practice
        )
    return Begun(sitting, token, must_change)


def of(token: str, *, device: Device, at: datetime) -> Sitting:
    """Who sits at the device now, seen again at this moment. Raises Locked."""
    found = (
        Sitting.objects.select_related("user", "user__staff_pin")
        .filter(token_hash=_hashed(token), device=device, ended_at__isnull=True)
        .first()
        if token
        else None
    )
    if found is None:
        raise Locked
    found.device = device
    if at - found.seen_at > timedelta(minutes=device.idle_minutes) or not devices.works_here(found.user, device=device):
        Sitting.objects.filter(pk=found.pk, ended_at__isnull=True).update(ended_at=at)
        raise Locked
    if at - found.seen_at > SEEN_NOTED_EVERY:
        Sitting.objects.filter(pk=found.pk).update(seen_at=at)
    return found


def end(*, device: Device, at: datetime) -> None:
    """The screen is locked: nobody sits here any more."""
    Sitting.objects.filter(device=device, ended_at__isnull=True).update(ended_at=at)


def practise(sitting: Sitting, *, practice: bool) -> None:
    """From now on the person practises on invented members, or serves real ones again."""
    Sitting.objects.filter(pk=sitting.pk).update(practice=practice)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
