"""Who stands at the counter: the device's cookie, the person's cookie, and what every page of theirs is sent with.

Neither cookie is a session of the dashboard, and the dashboard's is none here: whoever has one has nothing of the
other. Both are random texts of which the database keeps hashes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from counter import wording
from events import clock
from events.refusals import Refusal
from loyalty import devices, sitting
from loyalty.devices import DeviceUnknown
from loyalty.models import Device, Sitting
from loyalty.sitting import Locked
from loyalty.till import Till
from members import guessing, roles
from members.models import User

DEVICE_COOKIE, PERSON_COOKIE = "counter_device", "counter_person"
DEVICE_COOKIE_AGE = 400 * 24 * 3600  # the longest that browsers keep one
PATH = "/counter/"
# one device looks up no more people than this: a cashier serves one after the other, a thief copies the list
LOOK_UPS, LOOK_UPS_WITHIN = 150, timedelta(minutes=5)

# what the camera's reader of codes needs beyond the strict policy of the doors
POLICY = {"script-src": ["'self'", "'wasm-unsafe-eval'"], "worker-src": ["'self'"], "connect-src": ["'self'"]}


@dataclass(frozen=True, slots=True)
class Desk:
    """A person at a device, at this moment."""

    device: Device
    sitting: Sitting
    at: datetime

    @property
    def user(self) -> User:
        return self.sitting.user

    @property
    def by(self) -> str:
        return f"user:{self.user.pk}"

    @property
    def practice(self) -> bool:
        return self.sitting.practice

    @property
    def till(self) -> Till:
        return devices.till_of(self.device, by=self.by, practice=self.practice)

    @property
    def staff(self) -> str:
        return staff_name(self.user)

    @property
    def is_manager(self) -> bool:
        return is_manager(self.user)

    def count_look_up(self) -> None:
        """Raises TooManyGuesses where this device looked up too many people."""
        guessing.count(
            kind="counter look-up", of=str(self.device.pk), limit=LOOK_UPS, within=LOOK_UPS_WITHIN, at=self.at
        )


View = Callable[..., HttpResponse]


def is_manager(user: User) -> bool:
    return user.is_superuser or user.groups.filter(name__in=(roles.STORE_MANAGER, roles.ADMIN)).exists()


def staff_name(user: User) -> str:
    """How a person is named on bills: by the code of the till where they have one."""
    own = user.staff_phones.exclude(staff_code="").values_list("staff_code", flat=True).first()
    return own or user.username[:64]


def device_of(request: HttpRequest, *, at: datetime) -> Device:
    """Raises DeviceUnknown."""
    return devices.verify(request.COOKIES.get(DEVICE_COOKIE, ""), at=at)


def desk_of(request: HttpRequest, *, at: datetime) -> Desk:
    """Raises DeviceUnknown, Locked."""
    device = device_of(request, at=at)
    return Desk(device, sitting.of(request.COOKIES.get(PERSON_COOKIE, ""), device=device, at=at), at)


def private(view: View) -> View:
    """Kept by no cache, and with the policy of the counter."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        response._csp_update = POLICY  # type: ignore[attr-defined]
        return response

    return inside


def serves(view: View) -> View:
    """A page for somebody at a counter: `view(request, desk, …)`. Whoever is nobody is asked for the PIN again.

    A refusal that the view let through is said in words, with the status of its kind.
    """

    @private
    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        at = clock.now()
        try:
            desk = desk_of(request, at=at)
        except (DeviceUnknown, Locked) as refused:
            return locked(request, refused)
        if desk.user.staff_pin.temporary and request.path != reverse("counter:pin"):
            return redirect(reverse("counter:pin"))
        try:
            return view(request, desk, *args, **kwargs)
        except Refusal as refused:
            return refusal(request, refused)

    return inside


def locked(request: HttpRequest, refused: Refusal) -> HttpResponse:
    """The way back to the PIN: the page itself, or word for the script that asked."""
    if request.headers.get("HX-Request") or request.headers.get("Accept", "").startswith("application/json"):
        response = HttpResponse(status=401)
        response["X-Counter"] = refused.code
        return response
    return redirect(reverse("counter:home"))


def refusal(request: HttpRequest, refused: Refusal) -> HttpResponse:
    return render(
        request, "counter/parts/refused.html", {"words": wording.refusal(refused)}, status=wording.status(refused)
    )


def remember(response: HttpResponse, name: str, token: str, *, age: int | None) -> None:
    """A cookie that scripts cannot read and other sites cannot send. `age` None: until the browser is closed."""
    response.set_cookie(
        name, token, max_age=age, path=PATH, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def forget(response: HttpResponse, name: str) -> None:
    response.delete_cookie(name, path=PATH, samesite="Lax")
