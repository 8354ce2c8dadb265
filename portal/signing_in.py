"""Signing in and out: /me/sign-in."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from events import clock
from members import finding, identifying, signing_in
from portal import access, entering
from portal.access import MemberRequest

PAGE = require_http_methods(["GET", "HEAD", "POST"])


@PAGE
@access.for_strangers
def sign_in(request: HttpRequest) -> HttpResponse:
    """Which phone? A code goes to it, whoever has it."""
    wrong = ""
    phone = request.POST.get("phone", "")
    if request.method == "POST":
        try:
            entering.begin(
                request,
                purpose="sign_in",
                phone=identifying.phone(phone) if _readable(phone) else phone,
                own_phone=bool(request.POST.get("own_phone")),
                next=request.POST.get("next", ""),
            )
            return redirect("portal_code")
        except entering.NotSent as refusal:
            wrong = str(refusal)
    shown = {"phone": phone, "wrong": wrong, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, "portal/sign_in.html", shown, status=422 if wrong else 200)


@PAGE
@access.for_strangers
def code(request: HttpRequest) -> HttpResponse:
    """The six digits. Who the phone belongs to is looked up only after they were right."""
    entry = entering.said(request)
    if entry is None or entry.get("proved_at"):
        return redirect("portal_sign_in")
    wrong = ""
    if request.method == "POST":
        try:
            typed = request.POST.get("code", "")
            proved = entering.prove(request, purpose=entry["purpose"], phone=entry["phone"], code=typed)
        except entering.NotProved as refusal:
            wrong = str(refusal)
        else:
            return _in(request, phone=proved.address)
    shown = {"masked": entering.masked(entry), "demo_code": entry["code"], "wrong": wrong, "entry": entry}
    return render(request, "portal/code.html", shown, status=422 if wrong else 200)


@require_POST
@access.for_strangers
def another_code(request: HttpRequest) -> HttpResponse:
    entry = entering.said(request)
    if entry is None:
        return redirect("portal_sign_in")
    try:
        entering.begin(request, **{**entry, "proved_at": None})
        messages.success(request, _("Đã gửi mã mới."))
    except entering.NotSent as refusal:
        messages.error(request, str(refusal))
    return redirect("portal_code")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if access.member_of(request) is not None:
        logout(request)
    return gone(redirect("portal_sign_in"))


@require_POST
@access.members_only
def sign_out_everywhere(request: MemberRequest) -> HttpResponse:
    signing_in.sign_out_everywhere(member_id=request.member.pk, at=clock.now(), request_id=access.request_id(request))
    logout(request)
    return gone(redirect("portal_sign_in"))


def _in(request: HttpRequest, *, phone: str) -> HttpResponse:
    """A member goes to their card; anybody else may become one now, without another code."""
    entry = entering.said(request) or {}
    member = finding.by_phone(phone)
    if member is None or entry.get("purpose") == "join":
        entering.note_proved(request, phone=phone)
        return redirect("portal_joining")
    entering.forget(request)
    access.enter(request, member=member, own_phone=bool(entry.get("own_phone", True)))
    target = entry.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/me/"):
        return redirect(target)
    return redirect("portal_home")


def gone(response: HttpResponse) -> HttpResponse:
    """Nothing of the member stays in this browser, not even the card kept for times without a network."""
    response["Clear-Site-Data"] = '"cache", "storage"'
    return access.private(response)


def _readable(phone: str) -> bool:
    try:
        identifying.phone(phone)
    except identifying.PhoneUnreadable:
        return False
    return True
