"""The page behind the link in every message: refusing advertising, without signing in.

Opening it changes nothing, because mail programs open links by themselves; its button, or the one in the mail program
(RFC 8058), sends the same address as POST. Whoever holds the link may press it, so no cookie and no token of a form is
asked for: the worst that a stranger can do is to spare somebody advertising.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns import unsubscribing
from campaigns.unsubscribing import LinkExpired, LinkForged
from events import clock
from portal import access


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Asks on GET, refuses on POST."""
    at = clock.now()
    try:
        link = unsubscribing.read(token, at=at)
        with translation.override(unsubscribing.language(link)):
            if request.method == "POST":
                unsubscribing.refuse(link=link, at=at)
            return _page(request, done=request.method == "POST", channel=link.channel)
    except LinkForged:
        return _page(request, trouble="forged", status=404)
    except LinkExpired:
        return _page(request, trouble="expired", status=400)


def _page(request: HttpRequest, *, status: int = 200, **said: object) -> HttpResponse:
    answer = access.strict(render(request, "portal/unsubscribe.html", said, status=status))
    # the address is a key: it is told to nobody, and no search engine keeps it
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
