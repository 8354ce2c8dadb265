"""The sign-ins of a demo shop, made at its first start and shown once."""

import secrets
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from dashboard import access
from loyalty import devices, keys
from loyalty.models import Account, Store
from members import pins, roles
from members.models import Identifier, StaffPin, User

FULL_NAMES = {"admin": ("Hà", "Nguyễn Thu"), "marketer": ("Quân", "Trần Minh"), "cashier": ("Minh", "Lê Văn")}


@transaction.atomic
def create_sign_ins(*, at: datetime) -> dict[str, Any]:
    """Make (or renew) the demo people and keys; answer everything needed to sign in, in plain text, this once.

    `{admin: {username, password, totp_secret}, marketer: {…}, cashier: {username, password, pin, device_token},
    api_key, api_test_key, member: {phone, id}}`; keys and member are absent where the shop has no store or no member.
    """
    made: dict[str, Any] = {
        "admin": _staff("admin", names=[access.ADMIN], second_factor=True),
        "marketer": _staff("marketer", names=[access.MARKETER], second_factor=True),
        # a cashier has no page in the dashboard: the counter asks for an enrolled device and a PIN
        "cashier": {
            **_staff("cashier", names=[access.CASHIER], second_factor=False),
            "pin": None,
            "device_token": None,
        },
    }
    store = Store.objects.filter(practice_of=None).order_by("id").first()
    if store is not None:
        by = User.objects.get(username="admin")
        _key, made["api_key"] = keys.create(store=store, description="demo", by=by, at=at)
        made["cashier"] |= _counter(store, by=by, at=at)
        _key, made["api_test_key"] = keys.create(store=store, test=True, description="demo", by=by, at=at)
    made |= _somebody()
    return made


def _staff(username: str, *, names: list[str], second_factor: bool) -> dict[str, str]:
    first, last = FULL_NAMES[username]
    user, _ = User.objects.get_or_create(username=username, defaults={"first_name": first, "last_name": last})
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.is_staff = access.signs_in_here(names)
    user.is_active = True
    user.save()
    user.groups.clear()
    for name in names:
        roles.give(user=user, role=name)
    answer = {"username": username, "password": password}
    if second_factor:
        Authenticator.objects.filter(user=user).delete()
        answer["totp_secret"] = generate_totp_secret()
        TOTP.activate(user, answer["totp_secret"])
    return answer


def _counter(store: Store, *, by: User, at: datetime) -> dict[str, str]:
    """A cashier's PIN, and the token of a device that is enrolled already: `/counter/device/<token>` opens it."""
    pin = pins.reset(user_id=User.objects.get(username="cashier").pk, by="system", at=at)
    StaffPin.objects.filter(user__username="cashier").update(temporary=False)
    made = devices.create(store=store, name=f"{store.name}: demo", by=by, at=at)
    return {"pin": pin, "device_token": made.token}


def _somebody() -> dict[str, dict[str, str]]:
    """A member worth looking at: the one with most entries who has a phone."""
    for account in Account.objects.order_by("-entries")[:20]:
        phone = Identifier.objects.filter(
            member_id=account.member_id, kind="phone", until_at=None, practice=False
        ).first()
        if phone is not None:
            return {"member": {"phone": phone.value, "id": str(account.member_id)}}
    return {}
