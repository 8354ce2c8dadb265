"""A button that changes something asks first: opening its address shows the question, sending the form does it.

unfold's buttons are links; without this, any page could make a signed-in browser open one.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def ask(
    request: HttpRequest, site: AdminSite, *, title: Any, question: str, back: str, do: str = "", button: Any = ""
) -> HttpResponse:
    """The question, with a button that sends the same address as POST and a way back. `do`: what it sends along."""
    context = {
        **site.each_context(request),
        "title": title,
        "question": question,
        "back": back,
        "do": do,
        "button": button or title,
    }
    return TemplateResponse(request, "dashboard/confirm.html", context)
