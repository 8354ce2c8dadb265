"""The page as a whole, one section of it, and its top."""

from datetime import datetime
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control

from dashboard.member_page import actions, sections
from dashboard.member_page import top as header
from members.models import Member


def page(
    request: HttpRequest, site: AdminSite, member: Member, *, at: datetime, said: str = "", extra: Any = None
) -> HttpResponse:
    """The whole page; to htmx, what stands inside its frame. `said`: what was just done."""
    name = sections.chosen(request)
    context = {
        **_around(request, member, name),
        **header.context(request, member, at=at),
        **sections.context(name, request, member, at=at),
        "said": said,
    }
    if by_htmx(request):
        return _private(TemplateResponse(request, "dashboard/member/body.html", context))
    context = {**site.each_context(request), **context, **(extra or {}), "title": str(member)}
    return _private(TemplateResponse(request, "dashboard/member/page.html", context))


def section(request: HttpRequest, member: Member, *, at: datetime) -> HttpResponse:
    """One section alone, with the row of tabs that says which it is; or the next page of the timeline."""
    name = sections.chosen(request)
    context = {**_around(request, member, name), **sections.context(name, request, member, at=at)}
    template = "dashboard/member/more.html" if request.GET.get("before") else "dashboard/member/tabs.html"
    return _private(TemplateResponse(request, template, context))


def top(request: HttpRequest, member: Member, *, at: datetime) -> HttpResponse:
    """The top alone, after something in a section has changed it."""
    context = {**_around(request, member, sections.FIRST), **header.context(request, member, at=at)}
    return _private(TemplateResponse(request, "dashboard/member/top.html", context))


def by_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a part, not a browser for a page (or for one from its history)."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def _around(request: HttpRequest, member: Member, name: str) -> dict[str, Any]:
    return {
        "member": member,
        "address": reverse("admin:members_member_change", args=[member.pk]),
        "base": reverse("admin:members_member_change", args=[member.pk]).removesuffix("change/"),
        "tabs": [
            {
                "name": tab,
                "title": title,
                "here": tab == name,
                "link": f"{reverse('admin:members_member_section', args=[member.pk])}?tab={tab}",
            }
            for tab, title in sections.TITLES.items()
        ],
        "tab": name,
        "actions": actions.offered(request, member),
    }


def _private(response: TemplateResponse) -> HttpResponse:
    patch_cache_control(response, no_store=True, private=True)
    response["Vary"] = "HX-Request, Cookie"
    return response
