"""A part of the counter's page: alone for the script that asked, inside the whole page for a browser that opened it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from counter.desk import Desk
from loyalty import devices, practising
from loyalty.look import brand


def part(
    request: HttpRequest, desk: Desk, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """`template` is a file of parts/."""
    told = {"desk": desk, "stage": f"counter/parts/{template}.html", **(context or {})}
    if request.headers.get("HX-Request"):
        return render(request, f"counter/parts/{template}.html", told, status=status)
    return render(request, "counter/page.html", {**told, **frame(desk)}, status=status)


def frame(desk: Desk) -> dict[str, Any]:
    """What stands around every part: the door, who may sit down here, and whom to practise on."""
    return {
        "door": "counter",
        "offline_words": away(),
        "people": devices.people_of(desk.device),
        "invented": invented(desk),
    }


def invented(desk: Desk) -> list[tuple[str, str]]:
    """Names and phones of the invented members, in practice mode."""
    return [(name, phone) for name, phone, _gender, _bought in practising.INVENTED] if desk.practice else []


def away() -> str:
    """What works without a network."""
    return _("Đang mất mạng: vẫn tích được, chưa dùng %(unit)s được.") % {"unit": brand.current().unit}
