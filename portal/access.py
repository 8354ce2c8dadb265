"""Who stands at the portal: a member who signed in here, or nobody. Staff are nobody here."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from events import clock
from members import signing_in
from members.models import Member
from portal import sessions

P = ParamSpec("P")
SEEN = "seen"


class MemberRequest(HttpRequest):
    """A request of a member who has signed in."""

    member: Member


def member_of(request: HttpRequest) -> Member | None:
    """The member of this session, asked once per request; None for strangers, for staff, and once a member has left."""
    if not isinstance(request.session, sessions.MemberSession) or not request.user.is_authenticated:
        return None
    known: Member | None = getattr(request, "member", None)
    if known is None:
        known = Member.objects.filter(user_id=request.user.pk, status=Member.Status.ACTIVE).first()
        request.member = known  # type: ignore[attr-defined]
    return known


def members_only(
    view: Callable[Concatenate[MemberRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The page is for the member who signed in, who sees only what is theirs; everybody else signs in first."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if member_of(request) is None:
            return private(_to_sign_in(request))
        _stay(request)
        return private(view(request, *args, **kwargs))  # type: ignore[arg-type]

    return guarded


def private(response: HttpResponse) -> HttpResponse:
    """Kept by nobody: not by the browser, not by anybody between, not by a search engine."""
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex"
    response.setdefault("Referrer-Policy", "same-origin")
    return strict(response)


def strict(response: HttpResponse) -> HttpResponse:
    """No page here scans anything: not even WebAssembly is allowed, which the counter's scanner needs."""
    response._csp_replace = {"script-src": ["'self'"]}  # type: ignore[attr-defined]
    return response


def for_strangers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the way in: whoever has signed in goes to their card."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if member_of(request) is not None:
            return private(redirect("portal_home"))
        return private(view(request, *args, **kwargs))

    return guarded


def enter(request: HttpRequest, *, member: Member, own_phone: bool) -> None:
    """Signs the member in, under a new session key. On their own phone for ninety days after the last visit."""
    user = signing_in.user_of(member_id=member.pk, at=clock.now(), request_id=request_id(request))
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    span = sessions.OWN_PHONE if own_phone else sessions.BORROWED_PHONE
    request.session.set_expiry(int(span.total_seconds()))
    request.member = member  # type: ignore[attr-defined]


def asker(request: HttpRequest) -> str:
    """Whose asking for codes is counted together: the visitor's address of the net."""
    return f"net:{get_adapter(request).get_client_ip(request)}"


def request_id(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", "") or "")[:64]


def _stay(request: HttpRequest) -> None:
    """A visit a day renews the ninety days."""
    today = clock.now().date().isoformat()
    if request.session.get(SEEN) != today:
        request.session[SEEN] = today


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    here = request.get_full_path() if request.method == "GET" else reverse("portal_home")
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = reverse("portal_sign_in")
        return answer
    return redirect(f"{reverse('portal_sign_in')}?{urlencode({'next': here})}")
