"""The first day: the list of steps with what is done, and a small page for each step."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard import access
from dashboard.first_day import doing, payback, steps
from dashboard.first_day.steps import Step
from events.refusals import Refusal
from loyalty.models import Store

HIDDEN = "first_day"
YEAR = 365 * 24 * 3600
REFUSED = {
    "store_exists": gettext_lazy("Đã có cửa hàng mang mã này."),
    "store_nameless": gettext_lazy("Tên cần có chữ hoặc số."),
    "terms_agreed": gettext_lazy(
        "Đã có thành viên đồng ý với thể lệ. Hãy đăng bản mới với một ngày sắp tới, ở trang Mọi bản thể lệ."
    ),
    "channel_closed": gettext_lazy("Kênh này chưa mở."),
    "message_not_taken": gettext_lazy("Nhà cung cấp không nhận tin này. Xem lại cấu hình của kênh."),
    "email_unreadable": gettext_lazy("Không đọc được e-mail này."),
    "phone_unreadable": gettext_lazy("Không đọc được số điện thoại này."),
}


def card(request: HttpRequest) -> dict[str, Any] | None:
    """What the first page says of the first day, until it is over or put away."""
    if not access.may(request.user, "change", "first day") or HIDDEN in request.COOKIES:
        return None
    state = steps.state()
    if state.over:
        return None
    return {"done": state.done, "all": len(state.steps), "percent": _percent(state), "next": state.next}


def _percent(state: steps.State) -> int:
    return round(100 * state.done / len(state.steps))


def overview(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Every step with whether it is done; sent with `do=hide`, the first page no longer speaks of it."""
    _ask(request)
    if request.method == "POST":
        response = HttpResponseRedirect(reverse("admin:index"))
        kept = {"max_age": YEAR, "httponly": True, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}
        response.set_cookie(HIDDEN, "hidden", **kept)
        return response
    state = steps.state()
    context = {
        "title": _("Ngày đầu tiên"),
        "steps": [{"step": one, "done": done, "next": one is state.next} for one, done in state.steps],
        "state": state,
        "percent": _percent(state),
    }
    return _page(request, site, "first_day", context)


def step(request: HttpRequest, site: AdminSite, key: str) -> HttpResponse:
    """One step: its form, or the way to the page where it is done."""
    _ask(request)
    found = steps.find(key)
    if found is None:
        raise Http404
    make = doing.FORMS.get(key)
    form = make(request.POST or None, initial=doing.initial(key)) if make else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            made = doing.do(request, key, form)
        except Refusal as refusal:
            _refuse(request, form, refusal)
        else:
            return _done(request, site, found, made)
    return _page(request, site, "first_day_step", _context(request, found, form))


def _refuse(request: HttpRequest, form: forms.Form | None, refusal: Refusal) -> None:
    words = str(REFUSED.get(refusal.code, _("Không thực hiện được.")))
    if form is None:
        messages.error(request, words)
    else:
        form.add_error(None, words)


def _done(request: HttpRequest, site: AdminSite, found: Step, made: doing.Made) -> HttpResponse:
    if not made.secret:
        messages.success(request, made.words)
        return HttpResponseRedirect(reverse("admin:beginning"))
    context = {**_context(request, found, None), "secret": made.secret, "command": made.command}
    response = _page(request, site, "first_day_step", context)
    response["Cache-Control"] = "no-store"
    return response


def _context(request: HttpRequest, found: Step, form: forms.Form | None) -> dict[str, Any]:
    more: dict[str, Callable[[], dict[str, Any]]] = {
        "points": lambda: _payback(form),
        "tiers": lambda: {"ladders": doing.ladder_tables()},
        "stores": lambda: {"stores": Store.objects.filter(practice_of=None).order_by("code")},
        "first_point": lambda: {"command": doing.first_sale()},
    }
    return {
        "title": found.title,
        "step": found,
        "is_done": found.done(),
        "form": form,
        "links": doing.links(found.key),
        "back": reverse("admin:beginning"),
        **more.get(found.key, dict)(),
    }


def _payback(form: forms.Form | None) -> dict[str, Any]:
    """Of what the form holds now, whether or not it was sent."""
    said = doing.initial("points")
    if form is not None and form.is_bound and form.is_valid():
        said = form.cleaned_data
    return {
        "payback": payback.of(points=said["points"], per_amount=said["per_amount"], point_value=said["point_value"]),
        "limits": {"little": payback.LITTLE, "much": payback.MUCH, "too_much": payback.TOO_MUCH},
    }


def ask_payback(request: HttpRequest, site: AdminSite, key: str) -> HttpResponse:
    """The payback of figures that are being typed: the same words and limits as everywhere."""
    _ask(request)
    form = doing.FORMS["points"](request.GET)
    context = _payback(form) if form.is_valid() else {"payback": None}
    return TemplateResponse(request, "dashboard/payback.html", context)


def _ask(request: HttpRequest) -> None:
    if not access.may(request.user, "change", "first day"):
        raise PermissionDenied


def _page(request: HttpRequest, site: AdminSite, name: str, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(request, f"dashboard/{name}.html", {**site.each_context(request), **context})
