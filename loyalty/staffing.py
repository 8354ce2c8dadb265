"""People of the shop come and go: stores take on cashiers, and whoever leaves is shut out of every door at once."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from events.refusals import Conflict, Refusal
from loyalty.models import DeviceInvitation, Sitting, StaffPhone
from members import identifying, inviting, pins, roles
from members.models import User

CODE = re.compile(r"[\w.+-]{2,32}")


class StoreElsewhere(Refusal):
    """A cashier works in stores of whoever takes them on, in at least one."""

    code = "store_elsewhere"


class CodeUnreadable(Refusal):
    """A staff code is 2 to 32 letters and digits."""

    code = "staff_code_unreadable"


class CodeTaken(Conflict):
    """Somebody else has this code on the till, or signs in by it."""

    code = "staff_code_taken"


class PhoneTaken(Conflict):
    """Somebody else of the staff has this number."""

    code = "staff_phone_taken"


class NotOneself(Refusal):
    """Nobody shuts themselves out: the shop would be left without whoever does it."""

    code = "not_oneself"


class ShutOut(Refusal):
    """Whoever asks was shut out in this very moment."""

    code = "shut_out"


@dataclass(frozen=True, slots=True)
class TakenOn:
    """A new cashier and a PIN, told this once: at the first sign-in the cashier has to choose another."""

    user: User
    pin: str


def cashiers_of(store_ids: Collection[int] | None) -> QuerySet[User]:
    """Who is a cashier and nothing else, and works in these stores only. None: in whichever."""
    others = [role for role in roles.LABELS if role != roles.CASHIER]
    only = User.objects.filter(groups__name=roles.CASHIER, is_superuser=False, member__isnull=True)
    only = only.exclude(groups__name__in=others)
    if store_ids is None:
        return only
    return only.filter(store_ids__contained_by=list(store_ids)).exclude(store_ids=[])


def take_on_cashier(
    *,
    name: str,
    code: str,
    phone: str = "",
    store_ids: Collection[int],
    within: Collection[int] | None,
    by: str,
    at: datetime,
) -> TakenOn:
    """A cashier who can sit down at the devices of these stores. `within`: the stores of whoever asks; None = all.

    On bills they stand by their code. With a phone, they earn no points on bills they key for themselves.
    Raises StoreElsewhere, CodeUnreadable, CodeTaken, PhoneTaken, PhoneUnreadable.
    """
    stores = {int(store) for store in store_ids}
    if not stores or (within is not None and not stores <= set(within)):
        raise StoreElsewhere
    code = code.strip()
    if not CODE.fullmatch(code):
        raise CodeUnreadable
    number = identifying.phone(phone) if phone.strip() else ""
    *family, given = identifying.clean(name).split() or [code]
    with transaction.atomic():
        if _has_code(code):
            raise CodeTaken
        with _refused_as(CodeTaken):
            user = User.objects.create_user(
                username=code, first_name=given[:150], last_name=" ".join(family)[:150], store_ids=sorted(stores)
            )
        roles.give(user=user, role=roles.CASHIER)
        if number:
            with _refused_as(PhoneTaken):
                StaffPhone.objects.create(user=user, phone=number, staff_code=code)
        return TakenOn(user, pins.reset(user_id=user.pk, by=by, at=at))


def deactivate(*, user_id: int, by: User, at: datetime) -> None:
    """The person has left: no session, no seat at a counter and no invitation of theirs is good any longer.

    What they did stays. Raises NotOneself, and ShutOut where two shut each other out at once.
    """
    if by.pk == user_id:
        raise NotOneself
    with transaction.atomic():
        both = {one.pk: one for one in User.objects.select_for_update().filter(pk__in=[by.pk, user_id]).order_by("pk")}
        if not both[by.pk].is_active:
            raise ShutOut
        User.objects.filter(pk=user_id).update(is_active=False, sign_in_round=F("sign_in_round") + 1)
        Sitting.objects.filter(user_id=user_id, ended_at__isnull=True).update(ended_at=at)
        inviting.revoke_all_of(both[user_id], at=at)
        DeviceInvitation.objects.filter(made_by_id=user_id, device=None, expires_at__gt=at).update(expires_at=at)


def reactivate(*, user_id: int) -> None:
    """The person is back, with the roles and stores of before; sessions of before stay ended."""
    User.objects.filter(pk=user_id).update(is_active=True)


def _has_code(code: str) -> bool:
    signs_in = User.objects.filter(username__iexact=code).exists()
    return signs_in or StaffPhone.objects.filter(staff_code__iexact=code).exists()


@contextmanager
def _refused_as(refusal: type[Conflict]) -> Iterator[None]:
    """The row's one unique key is taken: somebody was there before."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise refusal from None
