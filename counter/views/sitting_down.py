"""The door of the counter: making this browser a device, tapping one's name, the PIN, the lock."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counter import desk as desks
from counter import pages, wording
from counter.desk import DEVICE_COOKIE, DEVICE_COOKIE_AGE, PERSON_COOKIE, Desk, private, serves
from events import clock
from events.refusals import Refusal
from loyalty import devices, practising, sitting
from loyalty.devices import DeviceUnknown, InvitationRefused
from loyalty.models import Device, Sitting
from loyalty.sitting import Locked
from members import pins
from members.guessing import TooManyGuesses


@private
@ensure_csrf_cookie
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The counter itself; before it the PIN, and before that the code that makes this browser a device."""
    at = clock.now()
    try:
        device = desks.device_of(request, at=at)
    except DeviceUnknown:
        return _strange(request)
    try:
        desk = desks.desk_of(request, at=at)
    except Locked:
        return _names(request, device)
    if desk.user.staff_pin.temporary:
        return redirect(reverse("counter:pin"))
    return pages.part(request, desk, "start")


@private
@ensure_csrf_cookie
@require_GET
def invited(request: HttpRequest, code: str) -> HttpResponse:
    """The link behind the dashboard's QR: it asks, because cameras and messengers open links by themselves."""
    at = clock.now()
    if settings.MODE == "demo" and _is_token(code, at=at):
        return _demo(code)
    try:
        invitation = devices.invited(code[:64], address=_address(request), at=at)
    except (InvitationRefused, TooManyGuesses) as refused:
        return _strange(request, refused)
    return render(request, "counter/invited.html", {"door": "counter", "invitation": invitation, "code": code})


@private
@require_POST
def enrol_device(request: HttpRequest) -> HttpResponse:
    """This browser becomes the device of whoever holds the code."""
    try:
        made = devices.enrol(code=request.POST.get("code", "")[:64], address=_address(request), at=clock.now())
    except (InvitationRefused, TooManyGuesses) as refused:
        return _strange(request, refused)
    response = redirect(reverse("counter:home"))
    desks.remember(response, DEVICE_COOKIE, made.token, age=DEVICE_COOKIE_AGE)
    return response


@private
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and PIN. Whoever comes back to their own half-typed bill (`stay`) finds it as it was."""
    at = clock.now()
    try:
        device = desks.device_of(request, at=at)
    except DeviceUnknown as refused:
        return desks.locked(request, refused)
    try:
        person = _number(request.POST.get("person", ""))
        pin = request.POST.get("pin", "")[:12]
        practice = _was_practising(device)
        begun = sitting.begin(device=device, user_id=person, pin=pin, at=at, practice=practice)
    except Refusal as refused:
        return _names(request, device, trouble=wording.refusal(refused), status=wording.status(refused))
    response = HttpResponse(status=204)
    if request.POST.get("stay") == str(person) and not begun.must_change:
        response["HX-Trigger"] = "counter:unlocked"
    else:
        response = _go(request, reverse("counter:pin" if begun.must_change else "counter:home"))
    desks.remember(response, PERSON_COOKIE, begun.token, age=None)
    return response


@private
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """The screen is locked by a key, or by itself."""
    at = clock.now()
    try:
        sitting.end(device=desks.device_of(request, at=at), at=at)
    except DeviceUnknown as refused:
        return desks.locked(request, refused)
    response = HttpResponse(status=204) if request.headers.get("HX-Request") else redirect(reverse("counter:home"))
    desks.forget(response, PERSON_COOKIE)
    return response


@serves
@require_GET
def here(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Somebody touches the screen though nothing is asked of the server: the seat stays warm."""
    return HttpResponse(status=204)


@serves
@require_http_methods(["GET", "POST"])
def pin(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One's own PIN, changed by oneself."""
    trouble, status = "", 200
    if request.method == "POST":
        old, new = request.POST.get("old", "")[:12], request.POST.get("new", "")[:12]
        try:
            pins.change(user_id=desk.user.pk, old=old, new=new, device=str(desk.device.pk), at=desk.at)
            return _go(request, reverse("counter:home"))
        except Refusal as refused:
            trouble, status = wording.refusal(refused), wording.status(refused)
    told = {"trouble": trouble, "must": desk.user.staff_pin.temporary}
    return pages.part(request, desk, "pin_change", told, status=status)


@serves
@require_POST
def practice(request: HttpRequest, desk: Desk) -> HttpResponse:
    """To the invented members and back."""
    begins = not desk.practice
    if begins:
        practising.people(till=devices.till_of(desk.device, by=desk.by, practice=True), at=desk.at)
    sitting.practise(desk.sitting, practice=begins)
    return _go(request, reverse("counter:home"))


def _strange(request: HttpRequest, refused: Refusal | None = None) -> HttpResponse:
    """The page of a browser that is no device yet."""
    told = {"door": "counter", "trouble": wording.refusal(refused) if refused else ""}
    return render(request, "counter/strange.html", told, status=wording.status(refused) if refused else 200)


def _is_token(code: str, *, at: datetime) -> bool:
    try:
        devices.verify(code, at=at)
    except DeviceUnknown:
        return False
    return True


def _demo(token: str) -> HttpResponse:
    """In a demonstration the printed address is the device: any number of browsers may open it."""
    response = redirect(reverse("counter:home"))
    desks.remember(response, DEVICE_COOKIE, token, age=DEVICE_COOKIE_AGE)
    return response


def _names(request: HttpRequest, device: Device, *, trouble: str = "", status: int = 200) -> HttpResponse:
    """The names of this store's people and a field for the PIN."""
    people = devices.people_of(device)
    chosen = _number(request.POST.get("person", "")) or _last_person(device)
    if len(people) == 1:
        chosen = people[0].pk
    told = {
        "door": "counter",
        "device": device,
        "people": people,
        "chosen": chosen,
        "stay": request.POST.get("stay", ""),
        "trouble": trouble,
    }
    alone = bool(request.headers.get("HX-Request"))
    return render(request, "counter/parts/names.html" if alone else "counter/locked.html", told, status=status)


def _last_person(device: Device) -> int:
    last = Sitting.objects.filter(device=device).order_by("-began_at").values_list("user_id", flat=True).first()
    return last or 0


def _was_practising(device: Device) -> bool:
    """A locked screen comes back in the mode it was locked in."""
    last = Sitting.objects.filter(device=device).order_by("-began_at").values_list("practice", flat=True).first()
    return bool(last)


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """There, by whichever of the two asked: a script or a form."""
    if not request.headers.get("HX-Request"):
        return redirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
